package import Domain
import Engine
package import Foundation
import Settings
import Storage

/// What is still to be said to one forge, one address or one project's notes, for numbers and health.
package struct Backlog: Equatable, Sendable {
    /// `forge:github`, `notify:chat`, `notes:flights`.
    package var target: String
    /// True: it failed so often, or refused us, that only a try is made now and then.
    package var isBroken: Bool
    /// Messages that were not sent yet.
    package var waiting: Int
    /// Those of them that may not be sent now: nothing may, or their own next attempt is later.
    package var held: Int
    /// Since when the oldest of them waits; nil: none does.
    package var oldest: Date?
}

extension Bot {
    /// Everything that the configuration names or that something waits for, by name.
    package func backlogs() async throws(Fault) -> [Backlog] {
        let (live, now) = (configuration.now, engine.now())
        var lanes = Set(live.settings.forges.keys.map { Lane.forge($0) })
        lanes.formUnion(live.settings.notify.keys.map { .notify($0) })
        var waiting: [Lane: Store.WaitingPosts] = [:]
        for found in try await engine.store.waitingPosts(now: now) {
            // Repositories of one forge share its lane.
            let lane = Lane(found.target)
            waiting[lane] = waiting[lane].map { $0.with(found) } ?? found
        }
        let known = self.lanes.known
        return lanes.union(waiting.keys).map { lane in
            let (pace, posts) = (known[lane], waiting[lane])
            let isShut =
                (pace?.opens(with: Sending.credentials(of: lane, live)) ?? now) > now.addingTimeInterval(Pace.interval)
            return Backlog(
                target: lane.name, isBroken: pace?.isOpen ?? false, waiting: posts?.count ?? 0,
                held: isShut ? posts?.count ?? 0 : posts?.later ?? 0, oldest: posts?.oldest)
        }.sorted { $0.target < $1.target }
    }
}

extension Lane {
    fileprivate var name: String {
        switch self {
        case .forge(let name): "forge:\(name)"
        case .notify(let name): "notify:\(name)"
        case .notes(let project): "notes:\(project)"
        }
    }
}

extension Store.WaitingPosts {
    fileprivate func with(_ other: Store.WaitingPosts) -> Store.WaitingPosts {
        Store.WaitingPosts(
            target: target, count: count + other.count, later: later + other.later, oldest: min(oldest, other.oldest))
    }
}
