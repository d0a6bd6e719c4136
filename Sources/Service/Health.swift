package import Domain
package import Foundation
import Synchronization

/// What does not go well right now: a forge that cannot be reached, a loop that was started anew.
///
/// For people and for health checks only; nothing is decided from it, and it is empty after a start.
package final class Health: Sendable {
    /// One thing that does not go well.
    package struct Trouble: Sendable, Equatable {
        /// `acting`, `poll flights`.
        package let what: String
        package let fault: Fault
        package let since: Date
    }

    /// What a broken configuration is noted under.
    package static let configuration = "configuration"
    /// What a renewed certificate that cannot be used is noted under.
    package static let certificate = "certificate"

    private let troubles = Mutex<[String: Trouble]>([:])
    private let ending = Atomic<Bool>(false)

    package init() {}

    /// True once the server was told to end: it finishes what it has, and wants nothing new.
    package var isEnding: Bool { ending.load(ordering: .relaxed) }

    /// Notes that the server was told to end.
    package func end() { ending.store(true, ordering: .relaxed) }

    /// By name, the first name first.
    package var now: [Trouble] { troubles.withLock { $0.values.sorted { $0.what < $1.what } } }

    /// What concerned a project that is not served any more is nobody's trouble.
    func forget(_ project: ProjectName) {
        troubles.withLock { troubles in
            troubles = troubles.filter { what, _ in
                what != "poll \(project)" && what != "project \(project)" && !what.hasSuffix(" of \(project)")
            }
        }
    }

    /// Notes that something fails, or with nil that it works. Returns true if that is news.
    @discardableResult
    package func note(_ fault: Fault?, of what: String, at: Date) -> Bool {
        troubles.withLock { troubles in
            guard let fault else { return troubles.removeValue(forKey: what) != nil }
            let known = troubles[what]
            troubles[what] = Trouble(what: what, fault: fault, since: known.map(\.since) ?? at)
            return known.map(\.fault) != fault
        }
    }
}
