import Engine
import Foundation

/// Lets a test of a debug build kill the process, as `kill -9` would, right after a transition.
enum CrashHook {
    static func fromEnvironment(_ variables: [String: String]) -> EngineHooks {
        #if DEBUG
            if let name = variables["SLUICE_TEST_KILL_AT"], let moment = EngineHooks.Moment(rawValue: name) {
                return EngineHooks { reached in
                    if reached == moment { kill(getpid(), SIGKILL) }
                }
            }
        #endif
        return EngineHooks()
    }
}
