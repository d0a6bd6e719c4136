import Domain
import Foundation
import Synchronization

/// What could not be said, because what it is made from cannot be read now. It is tried again, and holds up nothing else.
///
/// While there is any, the stored cursor stays before it: a process that ends looks at all of it again.
final class Unsaid: Sendable {
    private struct State {
        /// With the time at which it failed first.
        var scopes: [Scope: Date] = [:]
        /// How far the journal was looked at.
        var reached: Int64 = 0
        var tried: Date?
    }

    /// Seconds between two tries, and after which it is given up.
    private static let pause = 5.0
    private static let patience = 3600.0

    private let state = Mutex(State())

    var isEmpty: Bool { state.withLock { $0.scopes.isEmpty } }
    var reached: Int64 { state.withLock { $0.reached } }
    func reach(_ sequence: Int64) { state.withLock { $0.reached = max($0.reached, sequence) } }

    /// True if anything of the project is left.
    func holds(_ project: ProjectName) -> Bool { state.withLock { $0.scopes.keys.contains { $0.project == project } } }

    /// False: it was tried for long enough, and is not tried again.
    func failed(_ scope: Scope, at now: Date) -> Bool {
        state.withLock { state in
            let first = state.scopes[scope] ?? now
            state.scopes[scope] = abs(now.timeIntervalSince(first)) < Self.patience ? first : nil
            return state.scopes[scope] != nil
        }
    }

    /// False if it was none of those.
    @discardableResult
    func said(_ scope: Scope) -> Bool { state.withLock { $0.scopes.removeValue(forKey: scope) != nil } }

    /// Those that are to be tried now.
    func due(at now: Date) -> [Scope] {
        state.withLock { state in
            if let tried = state.tried, abs(now.timeIntervalSince(tried)) < Self.pause { return [] }
            state.tried = now
            return state.scopes.sorted { $0.value < $1.value }.map(\.key)
        }
    }
}
