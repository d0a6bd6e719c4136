import Domain
import Engine
import Forges
import Foundation
import Host
import Logging
import Settings
import Storage
import Synchronization

/// Acts on recorded events, each project by a task of its own, so that a slow clone of one holds up no other.
///
/// An event is settled in the transaction that creates its run, or that writes down why there is none, so one that was
/// acted on half is acted on again by the next process and comes to the same.
///
/// What the network, the forge or the machine is to blame for is tried again, for as long as it takes, later each time
/// and never before the forge wants to be asked. What one branch or one pull request is told keeps its order: while the
/// first event about it cannot be acted on, the later ones wait. Others of the project go on; if they fail too, all of the
/// project waits, so that a forge that is down is not asked once for each event.
struct Acting: Sendable {
    let bot: Bot
    private let busy = Carried<ProjectName>()
    private let retries: Retries
    private let parked = Parked()

    init(bot: Bot, retries: Retries = Retries()) {
        self.bot = bot
        self.retries = retries
    }

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
            let now = bot.engine.now()
            let due = retries.nextDue(after: now).map { $0.timeIntervalSince(now) } ?? 5
            try? await Task.sleep(for: .seconds(min(max(due, 0.1), 5)))
            bot.bells.events.ring()
        }
    }

    /// Events that are looked at together: of these only the newest of a schedule counts.
    private static let page = 500
    /// So many things of a project that fail one after the other are the project's own trouble.
    private static let tolerance = 3

    /// Projects of the configuration that have something to do now.
    private func work() async throws(Fault) -> [ProjectName] {
        let (store, now) = (bot.engine.store, bot.engine.now())
        let waiting = Set(try await store.projectsWithPendingEvents())
        var work: [ProjectName] = []
        for name in bot.configuration.now.settings.projects.keys {
            var hasWork = waiting.contains(name) && retries.isDue(.project(name), now: now)
            if !hasWork, retries.isDue(.data(name), now: now) {
                let repository = bot.repositoryID(of: name)
                hasWork = try await !store.pendingTriggers(repository: repository, limit: 1).isEmpty
            }
            if hasWork { work.append(name) }
        }
        return work
    }

    // MARK: One project

    /// How one pass through a project's events goes.
    private struct Pass {
        /// What the events are about that cannot be acted on now.
        var blocked: Set<String> = []
        var seen: Set<String> = []
        var failures = 0
        var settled = 0
        var last: Fault?
    }

    /// Acts on all that waits for one project, page by page: what comes meanwhile is on the last of them, or is rung for.
    private func act(_ name: ProjectName) async {
        var pass = Pass()
        do throws(Fault) {
            guard let project = try await bot.project(name) else { return }
            let acts = Acts(bot: bot, project: project, parked: parked)
            if retries.isDue(.project(name), now: bot.engine.now()) { try await act(onEventsOf: name, acts, &pass) }
            try await actOnData(acts)
        } catch {
            pass.last = error
        }
        if Task.isCancelled { return }
        hold(name, pass)
        if let last = pass.last {
            bot.tell(last, of: "project \(name)")
        } else if pass.blocked.isEmpty, !retries.isTroubled(.project(name)) {
            bot.isWell("project \(name)")
        }
    }

    private func act(onEventsOf name: ProjectName, _ acts: Acts, _ pass: inout Pass) async throws(Fault) {
        var last: Int64 = 0
        while pass.failures < Self.tolerance, !Task.isCancelled {
            let page = try await bot.engine.store.pendingEvents(of: name, after: last, limit: Self.page)
            await act(on: page, acts, &pass)
            guard let newest = page.last?.id, page.count == Self.page else {
                return retries.keep(pass.seen, of: name)
            }
            last = newest
        }
    }

    /// Lets all of a project wait if nothing of it works, or if its forge wants it to.
    private func hold(_ name: ProjectName, _ pass: Pass) {
        let now = bot.engine.now()
        let isDown = pass.settled == 0 && pass.failures >= Self.tolerance
        if let last = pass.last, isDown || last.notBefore != nil {
            retries.failed(.project(name), last, now: now)
        } else if pass.settled > 0, retries.isTroubled(.project(name)) {
            retries.forget(.project(name))
            retries.hurry(name, now: now)
            bot.bells.events.ring()
        }
    }

    private func actOnData(_ acts: Acts) async throws(Fault) {
        let work = Retries.Work.data(acts.project.name)
        guard retries.isDue(work, now: bot.engine.now()) else { return }
        do throws(Fault) {
            try await acts.actOnData()
            retries.forget(work)
        } catch {
            retries.failed(work, error, now: bot.engine.now())
            throw error
        }
    }

    /// Those first that did not fail before, so that what cannot be acted on bars nobody's way.
    private func act(on events: [Store.StoredEvent], _ acts: Acts, _ pass: inout Pass) async {
        let name = acts.project.name
        let failed = events.filter { retries.isTroubled(.subject(name, $0.subject)) }
        let fresh = events.filter { !retries.isTroubled(.subject(name, $0.subject)) }
        pass.seen.formUnion(events.map(\.subject))
        for stored in fresh + failed {
            if Task.isCancelled || pass.failures >= Self.tolerance { return }
            guard !pass.blocked.contains(stored.subject) else { continue }
            guard retries.isDue(.subject(name, stored.subject), now: bot.engine.now()) else {
                pass.blocked.insert(stored.subject)
                continue
            }
            if let fault = await act(on: stored, among: events, acts) {
                pass.blocked.insert(stored.subject)
                pass.failures += 1
                pass.last = fault
                if fault.notBefore != nil { pass.failures = Self.tolerance }
            }
            pass.settled += acts.settled.take()
        }
    }

    /// Returns what keeps the event from being acted on and may be over later.
    private func act(
        on stored: Store.StoredEvent, among events: [Store.StoredEvent], _ acts: Acts
    ) async -> Fault? {
        let work = Retries.Work.subject(acts.project.name, stored.subject)
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
            retries.forget(work)
            return nil
        } catch {
            fault = error
        }
        if Task.isCancelled { return nil }
        do throws(Fault) {
            let (next, isSpent) = retries.failed(work, fault, now: bot.engine.now())
            if fault.isLasting || (fault.kind == .bug && isSpent) {
                try await acts.refuse(stored, fault)
                retries.forget(work)
                return nil
            }
            try await bot.engine.store.note(bot.masked(fault), of: stored.id, next: next, at: bot.engine.now())
            return fault
        } catch {
            return error
        }
    }

    /// The newest other event of the same subject.
    private func newer(
        than stored: Store.StoredEvent, among events: [Store.StoredEvent]
    ) -> Store.StoredEvent? {
        events.last { $0.id > stored.id && $0.subject == stored.subject }
    }
}

extension Fault {
    /// True if trying again would come to the same: it is the user's, or what is asked for is gone.
    fileprivate var isLasting: Bool { kind == .input }
}

extension Store.StoredEvent {
    /// What must be acted on in the order in which it was told: a branch, or a pull request with everything that is said
    /// on it.
    var subject: String {
        switch event.kind {
        case .forge(_, .push(let branch, _, _, _)), .branchMoved(let branch, _, _): "branch \(branch)"
        case .forge(_, .pullRequest(let pull, _)): "pull request \(pull.number)"
        case .forge(_, .pullRequestChanged(let number)): "pull request \(number)"
        case .forge(_, .comment(let comment)): "pull request \(comment.pullRequest)"
        case .forge(_, .button(let button)): "run \(button.run)"
        case .tick(let cron, let timezone, _): "tick \(cron) \(timezone)"
        case .asked(let ask): ask.pullRequest.map { "pull request \($0)" } ?? "event \(id)"
        case .runCommand, .dataAdded, .filesDropped, .fileReleased, .driftAlarm, .reproduceCommand,
            .forge(_, .mergeGroup), .forge(_, .nothing):
            "event \(id)"
        }
    }
}
