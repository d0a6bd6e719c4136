import Domain
import Engine
import Forges
import Foundation
import Host
import Logging
import Settings
import Storage
import Synchronization

/// Acts on recorded events: oldest first, each project by a task of its own, so that a slow clone of one holds up no
/// other.
///
/// An event is settled in the transaction that creates its run, or that writes down why there is none, so one that was
/// acted on half is acted on again by the next process and comes to the same.
struct Acting: Sendable {
    let bot: Bot
    private let busy = Carried<ProjectName>()
    private let retries = Retries()
    private let parked = Parked()
    /// Events that are looked at together: of these only the newest of a schedule counts.
    private static let page = 500

    init(bot: Bot) { self.bot = bot }

    /// Until cancelled.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await ring() }
            for await _ in bot.bells.events.rings() {
                for project in try await work() where busy.begin(project) {
                    group.addTask {
                        await act(project)
                        if busy.end(project) { bot.bells.events.ring() }
                    }
                }
                // A thousand deliveries a second ring a thousand times, and one look is enough for all of a moment.
                try? await Task.sleep(for: .milliseconds(5))
            }
            group.cancelAll()
        }
    }

    /// Other processes write events too, and what waits for a time is rung for by nobody.
    private func ring() async {
        while !Task.isCancelled {
            let due = retries.nextDue.map { $0.timeIntervalSince(bot.engine.now()) } ?? 5
            try? await Task.sleep(for: .seconds(min(max(due, 0.1), 5)))
            bot.bells.events.ring()
        }
    }

    /// Projects of the configuration that have something to do now.
    private func work() async throws(Fault) -> [ProjectName] {
        let store = bot.engine.store
        let projects = bot.configuration.now.settings.projects
        let waiting = Set(try await store.projectsWithPendingEvents())
        var work: [ProjectName] = []
        for name in projects.keys {
            var hasWork = waiting.contains(name)
            if !hasWork {
                let repository = bot.repositoryID(of: name)
                hasWork = try await !store.pendingTriggers(repository: repository, limit: 1).isEmpty
            }
            if hasWork { work.append(name) }
        }
        return work
    }

    /// Acts on all that waits for one project, page by page: what comes meanwhile is on the last of them, or is rung for.
    private func act(_ name: ProjectName) async {
        var last: Fault?
        do throws(Fault) {
            guard let project = try await bot.project(name) else { return }
            let acts = Acts(bot: bot, project: project, parked: parked)
            var seen: Int64 = 0
            while true {
                let page = try await bot.engine.store.pendingEvents(of: name, after: seen, limit: Self.page)
                let due = page.filter { retries.isDue($0.id, now: bot.engine.now()) }
                for stored in due {
                    if Task.isCancelled { return }
                    if let fault = await act(on: stored, among: due, acts) { last = fault }
                }
                guard let newest = page.last?.id, page.count == Self.page else { break }
                seen = newest
            }
            if retries.isDue(dataOf: name, now: bot.engine.now()) {
                do throws(Fault) {
                    try await acts.actOnData()
                    retries.forget(dataOf: name)
                } catch {
                    last = error
                    _ = retries.failed(dataOf: name, now: bot.engine.now())
                }
            }
        } catch {
            last = error
        }
        if let last {
            bot.tell(last, of: "project \(name)")
        } else {
            bot.health.note(nil, of: "project \(name)", at: bot.engine.now())
        }
    }

    /// Returns what keeps the event from being acted on and may be over later.
    private func act(
        on stored: Store.StoredEvent, among events: [Store.StoredEvent], _ acts: Acts
    ) async -> Fault? {
        let fault: Fault
        do throws(Fault) {
            // Another event's run may have answered it meanwhile.
            guard try await bot.engine.store.isPending(event: stored.id) else { return nil }
            if case .tick = stored.event.kind, let newer = newer(than: stored, among: events) {
                // Of many times that waited, only the newest counts.
                try await acts.ignore(stored, "event \(newer.id) is a later time of the same schedule")
                return nil
            }
            try await acts.act(on: stored)
            retries.forget(stored.id)
            return nil
        } catch {
            fault = error
        }
        if Task.isCancelled { return nil }
        do throws(Fault) {
            let isLast = retries.failed(stored.id, now: bot.engine.now())
            if fault.kind == .input || isLast {
                try await acts.refuse(stored, fault)
                retries.forget(stored.id)
                return nil
            }
            if let newer = newer(than: stored, among: events) {
                let reason = "it could not be acted on (\(fault.message)), and event \(newer.id) is newer"
                try await acts.settle(stored, as: .ignored(reason: reason))
                retries.forget(stored.id)
            }
            return fault
        } catch {
            return error
        }
    }

    /// The newest other event that makes this one out of date.
    private func newer(
        than stored: Store.StoredEvent, among events: [Store.StoredEvent]
    ) -> Store.StoredEvent? {
        guard let subject = stored.event.subject else { return nil }
        return events.last { $0.id > stored.id && $0.event.subject == subject }
    }
}

extension Event {
    /// What a newer event of the same subject makes out of date: a branch, or a pull request.
    var subject: String? {
        switch kind {
        case .forge(_, .push(let branch, _, _, _)), .branchMoved(let branch, _, _): "branch \(branch)"
        case .forge(_, .pullRequest(let pull, _)): "pull request \(pull.number)"
        case .tick(let cron, let timezone, _): "tick \(cron) \(timezone)"
        case .runCommand, .dataAdded, .filesDropped, .fileReleased, .driftAlarm, .reproduceCommand, .forge, .asked: nil
        }
    }
}
