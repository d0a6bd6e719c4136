import Foundation
import Synchronization

/// Turns the first SIGINT or SIGTERM into a call, so that a run is cancelled properly; the second one kills.
enum Interruption {
    /// Runs `work`; if a signal comes first, `onSignal` is run beside it; both are waited for.
    static func watch<Value: Sendable>(
        onSignal: @escaping @Sendable (_ name: String) async -> Void, _ work: () async -> Value
    ) async -> Value {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return await work() }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (reader, writer) = (ends[0], ends[1])
        signalPipe.store(writer, ordering: .releasing)
        for number in [SIGINT, SIGTERM] { signal(number, forward) }
        let (signals, feed) = AsyncStream<String>.makeStream()
        Thread {
            var byte: UInt8 = 0
            if read(reader, &byte, 1) == 1, byte != 0 { feed.yield(Int32(byte) == SIGINT ? "SIGINT" : "SIGTERM") }
            feed.finish()
        }.start()
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { for await name in signals { await onSignal(name) } }
            let value = await work()
            for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
            signalPipe.store(-1, ordering: .releasing)
            // Wakes the thread, so that it ends; what a signal called for is brought to its end.
            var end: UInt8 = 0
            _ = write(writer, &end, 1)
            await group.waitForAll()
            close(writer)
            close(reader)
            return value
        }
    }
}

private let signalPipe = Atomic<Int32>(-1)

private func forward(_ number: Int32) {
    for known in [SIGINT, SIGTERM] { signal(known, SIG_DFL) }
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(signalPipe.load(ordering: .acquiring), &byte, 1)
}
