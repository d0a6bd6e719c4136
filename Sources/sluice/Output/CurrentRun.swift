import Domain
import Synchronization

/// The run that this process brings on, for the interruption handler.
final class CurrentRun: Sendable {
    private let value = Mutex<RunID?>(nil)

    var id: RunID? {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
