import Domain
import Engine
import Foundation
import Git
import Logging
import Settings
import Storage

/// Turns the times of `triggers.schedule` into events.
///
/// The policy is that of the default branch's newest commit as it was fetched last. A time that came while no server ran
/// is made up for: only the newest one, and once. A schedule that is new has missed nothing.
struct Ticking: Sendable {
    let bot: Bot
    /// Seconds; longer than the time between two looks at a schedule.
    private static let lookback = 60.0

    /// Until cancelled.
    func run() async throws {
        var read: [ProjectName: (commit: CommitID, schedule: [TriggersPolicy.ScheduleTrigger])] = [:]
        while !Task.isCancelled {
            var next: Date?
            for name in bot.configuration.now.settings.projects.keys.sorted() {
                await bot.telling("schedule of \(name)") { () throws(Fault) in
                    guard let schedule = try await schedule(of: name, &read) else { return }
                    for entry in schedule {
                        let due = try await look(at: entry, of: name)
                        if let due { next = min(next ?? due, due) }
                    }
                }
            }
            // Not longer than this: the policy may change, and so may the machine's clock.
            let pause = min(max(next?.timeIntervalSince(bot.engine.now()) ?? 20, 0.02), 20)
            try? await Task.sleep(for: .seconds(pause))
        }
    }

    /// What the policy of now asks for; nil: it cannot be read, or there is none.
    private func schedule(
        of name: ProjectName,
        _ read: inout [ProjectName: (commit: CommitID, schedule: [TriggersPolicy.ScheduleTrigger])]
    ) async throws(Fault) -> [TriggersPolicy.ScheduleTrigger]? {
        guard let project = try await bot.project(name), try await !project.clone.heads().branches.isEmpty else {
            return nil
        }
        let head = try await project.head().commit.id
        if let known = read[name], known.commit == head { return known.schedule }
        let schedule = try await bot.policy(of: project, at: head)?.triggers?.schedule ?? []
        read[name] = (head, schedule)
        return schedule
    }

    /// Records the newest time that was missed, and returns the next one.
    func look(at entry: TriggersPolicy.ScheduleTrigger, of name: ProjectName) async throws(Fault) -> Date? {
        let (store, now) = (bot.engine.store, bot.engine.now())
        guard let cron = try? Cron(entry.cron) else { return nil }
        var since = try await store.lastTick(cron: entry.cron, timezone: entry.timezone, of: name)
        if since == nil {
            let cursor = "schedule:\(name):\(entry.cron):\(entry.timezone)"
            let seen = try await store.cursor(cursor)
            since = seen > 0 ? Date(timeIntervalSince1970: Double(seen)) : now
            if seen == 0 { try await store.put([], cursor: cursor, to: Int64(now.timeIntervalSince1970), at: now) }
        }
        // The clock was put back: what it showed before must not keep the schedule silent until it shows it again. A time
        // that was recorded then is known by its key.
        if let last = since, last > now { since = now.addingTimeInterval(-Self.lookback) }
        if let since, let due = cron.missed(since: since, until: now, in: entry.timezone) {
            _ = try await bot.record(
                .tick(cron: entry.cron, timezone: entry.timezone, due: due), of: name, by: nil,
                key: EventKey.tick(name, cron: entry.cron, timezone: entry.timezone, due: due))
        }
        return cron.next(after: now, in: entry.timezone)
    }
}
