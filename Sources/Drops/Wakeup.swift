import CLinux
import Domain
import Glibc
import Host

/// Waits for a descriptor, for a time, or for the task to be cancelled, whichever is first; without a thread of the
/// cooperative pool.
final class Wakeup: Sendable {
    private let signal: Int32

    init() throws(Fault) {
        signal = clinux_wakeup()
        guard signal >= 0 else {
            throw Fault(.environment, "could not make a descriptor: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(signal) }

    /// Once cancelled, returns at once for ever.
    func wait(for descriptor: Int32, atMost time: Duration) async {
        let milliseconds = Int32(clamping: Int64((max(time, .zero) / .milliseconds(1)).rounded(.up)))
        await withTaskCancellationHandler {
            await Blocking.run { [signal] in
                var places = [
                    pollfd(fd: signal, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                ]
                poll(&places, nfds_t(places.count), milliseconds)
            }
        } onCancel: {
            var one: UInt64 = 1
            _ = write(signal, &one, MemoryLayout<UInt64>.size)
        }
    }
}
