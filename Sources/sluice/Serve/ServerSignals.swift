import Foundation
import Synchronization

/// Signals to a server as a stream: SIGHUP as often as it comes, SIGTERM and SIGINT once; the second one kills.
enum ServerSignals {
    enum Wish: Sendable {
        case reload
        case stop(String)
    }

    /// From now until the process ends. Called once.
    static func listen() -> AsyncStream<Wish> {
        let (wishes, feed) = AsyncStream<Wish>.makeStream()
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return wishes }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (reader, writer) = (ends[0], ends[1])
        serverPipe.store(writer, ordering: .releasing)
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, tellServer) }
        Thread {
            var byte: UInt8 = 0
            while true {
                let count = read(reader, &byte, 1)
                if count < 0, errno == EINTR { continue }
                guard count == 1 else { break }
                switch Int32(byte) {
                case SIGHUP: feed.yield(.reload)
                case SIGINT: feed.yield(.stop("SIGINT"))
                default: feed.yield(.stop("SIGTERM"))
                }
            }
            feed.finish()
        }.start()
        return wishes
    }
}

private let serverPipe = Atomic<Int32>(-1)

private func tellServer(_ number: Int32) {
    let code = errno
    if number != SIGHUP {
        for known in [SIGINT, SIGTERM] { signal(known, SIG_DFL) }
    }
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(serverPipe.load(ordering: .acquiring), &byte, 1)
    errno = code
}
