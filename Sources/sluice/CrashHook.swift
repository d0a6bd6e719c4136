import Engine
import Foundation
import Synchronization

/// Lets a test of a debug build kill the process, as `kill -9` would, at a moment: `SLUICE_TEST_KILL_AT=post_sent`, or
/// the third time that it comes to it, `post_sent:3`.
enum CrashHook {
    static func fromEnvironment(_ variables: [String: String]) -> EngineHooks {
        #if DEBUG
            let words = (variables["SLUICE_TEST_KILL_AT"] ?? "").split(separator: ":")
            if let name = words.first, let moment = EngineHooks.Moment(rawValue: String(name)) {
                let left = Countdown(from: words.count > 1 ? Int(words[1]) ?? 1 : 1)
                return EngineHooks { reached in
                    if reached == moment, left.isOver() { kill(getpid(), SIGKILL) }
                }
            }
        #endif
        return EngineHooks()
    }

    private final class Countdown: Sendable {
        private let left: Mutex<Int>
        init(from count: Int) { left = Mutex(count) }

        /// One less; true from the last one on.
        func isOver() -> Bool {
            left.withLock { left in
                left -= 1
                return left <= 0
            }
        }
    }
}
