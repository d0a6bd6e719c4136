import Domain
import Engine
import Foundation
import Host
import Reports
import Settings
import Storage
import Synchronization

extension Publishing {
    /// When runs must be looked at again although nothing happens to them: the time to decide on them is over then.
    func reminders(of scopes: [Scope]) async throws(Fault) -> [RunID: Date] {
        let (store, now) = (bot.engine.store, bot.engine.now())
        var reminders: [RunID: Date] = [:]
        for scope in scopes {
            guard case .run(_, let id) = scope, let run = try await store.run(id), case .judged = run.state,
                let facts = try await store.facts(of: [run]).first, case .waiting = facts.status(at: now),
                let end = facts.approval.expiry(judgedAt: run.finishedAt ?? run.createdAt)
            else { continue }
            // Times are stored in milliseconds, and must not come a part of one too early.
            reminders[id] = end.addingTimeInterval(1)
        }
        return reminders
    }

    /// Says of runs what time has made of them; false: none is due.
    @discardableResult
    func remind() async throws(Fault) -> Bool {
        let (store, now, live) = (bot.engine.store, bot.engine.now(), bot.configuration.now)
        let due = try await store.dueReminders(now: now, limit: 100)
        if due.isEmpty { return false }
        let posts = try await posts(for: try await scopes(of: due, live), live)
        try await store.put(posts, reminded: due, at: now)
        if !posts.isEmpty { bot.bells.posts.ring() }
        return true
    }

    /// Answers whoever set off a promotion that is over now; false: nobody waits for that.
    @discardableResult
    func answer() async throws(Fault) -> Bool {
        let (store, live) = (bot.engine.store, bot.configuration.now)
        let due = try await store.dueAnswers(limit: 100)
        if due.isEmpty { return false }
        let deriving = Deriving(bot: bot, live: live)
        var posts: [Post] = []
        for answer in due {
            guard let ground = Ground(answer.project, live), let forge = ground.forge,
                let promotion = try await store.promotion(answer.promotion)
            else { continue }
            posts.append(
                deriving.replyPost(.promoted(promotion), to: answer.subject, on: answer.pullRequest, forge))
        }
        try await store.put(posts, answering: due, at: bot.engine.now())
        if !posts.isEmpty { bot.bells.posts.ring() }
        return true
    }

    /// Says of queued runs what they wait for now, if it is another thing than before.
    func tellOfQueue() async throws(Fault) {
        let (now, live) = (bot.engine.now(), bot.configuration.now)
        guard said.isTime(now) else { return }
        let waiting = try await bot.waiting()
        let news = said.news(waiting, now: now)
        if news.isEmpty { return }
        let scopes = try await scopes(of: news, live).filter { scope in
            switch scope {
            case .commit, .pullRequest: true
            case .promotion, .run, .event: false
            }
        }
        let posts = try await posts(for: scopes, live)
        try await bot.put(posts)
        said.note(news, waiting, at: now)
    }
}

/// What was said of queued runs: why they wait. Lost with the process; then it is derived again, and what is equal to what
/// stands outside is not sent.
final class SaidOfQueue: Sendable {
    private struct State {
        var looked: Date?
        var said: [RunID: (waiting: Waiting, at: Date)] = [:]
    }

    /// Seconds between two looks at the queue, and between two changes of what is said of a run.
    private static let pause = 5.0
    private static let least = 60.0
    /// Runs of which something is said at once.
    private static let most = 100

    private let state = Mutex(State())

    /// True if the last look was long enough ago; then this is one.
    func isTime(_ now: Date) -> Bool {
        state.withLock { state in
            if let looked = state.looked, abs(now.timeIntervalSince(looked)) < Self.pause { return false }
            state.looked = now
            return true
        }
    }

    /// Runs that wait for another thing than was said, and of which nothing was said for a minute.
    func news(_ waiting: [RunID: Waiting], now: Date) -> [RunID] {
        state.withLock { state in
            state.said = state.said.filter { waiting[$0.key] != nil }
            let news = waiting.filter { run, waits in
                guard let last = state.said[run] else { return true }
                return last.waiting != waits && abs(now.timeIntervalSince(last.at)) >= Self.least
            }
            return Array(news.keys.sorted().prefix(Self.most))
        }
    }

    func note(_ runs: [RunID], _ waiting: [RunID: Waiting], at now: Date) {
        state.withLock { state in
            for run in runs { state.said[run] = waiting[run].map { ($0, now) } }
        }
    }
}
