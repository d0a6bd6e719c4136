package import Domain
import Engine
import Forges
import Foundation
import Git
import Settings
package import Storage

extension Bot {
    /// Why a queued run does not begin; nil: nobody works on it yet and it may, or it is not queued.
    package func waiting(of run: RunID) async throws(Fault) -> Waiting? {
        guard try await engine.store.run(run)?.state == .queued else { return nil }
        return try await admission().waiting[run]
    }

    /// Why all queued runs that wait do so.
    package func waiting() async throws(Fault) -> [RunID: Waiting] { try await admission().waiting }

    /// Why an event is not acted on; nil: it is settled, or its turn comes.
    package func waiting(event stored: Store.StoredEvent) async throws(Fault) -> Waiting? {
        let projects = configuration.now.settings.projects
        // What drops and drift record names no project, and its repository.
        let found = stored.event.project ?? projects.keys.first { repositoryID(of: $0) == stored.event.repository }
        guard stored.outcome == nil, let name = found, let settings = projects[name] else { return nil }
        if let trouble = try await engine.store.trouble(of: stored.id) {
            return .trouble(trouble.fault, attempts: trouble.attempts, next: trouble.next)
        }
        switch stored.event.kind {
        case .forge(_, .pullRequest(let pull, _)):
            guard pull.isFork, pull.state == .open else { return nil }
            return try await engine.store.isPermitted(pull.head, of: name) ? nil : .permission(pull.head)
        case .dataAdded, .driftAlarm, .tick:
            return try await coolDown(of: name, settings).map { .coolDown(until: $0) }
        case .runCommand, .filesDropped, .fileReleased, .reproduceCommand, .forge, .branchMoved, .asked: return nil
        }
    }

    /// Until when a project's data, schedule and drift start nothing; nil: they may. The model is that of the newest
    /// policy.
    func coolDown(of name: ProjectName, _ settings: ProjectSettings) async throws(Fault) -> Date? {
        guard settings.coolDown > 0, let project = try await project(name) else { return nil }
        let model = try await engine.policy(in: project.repository, at: try await project.head().commit.id).policy.model
        guard let end = try await engine.store.lastEnd(ofModel: model) else { return nil }
        return Admission.coolDown(settings.coolDown, since: end, now: engine.now())
    }

    /// Which queued runs may begin now, and why the others wait.
    ///
    /// - Parameter held: runs that somebody took up, those that did not begin yet and those whose promotion is not over too.
    func admission(holding held: Set<RunID> = []) async throws(Fault) -> Admission.Answer {
        let (store, now) = (engine.store, engine.now())
        let settings = configuration.now.settings
        // The queue first: a run that leaves it in between is then counted twice rather than not at all.
        let queue = try await store.queue()
        if queue.isEmpty { return Admission.Answer() }
        let working = try await store.working()
        var usage: [ProjectName: Admission.Usage] = [:]
        var lastEnd: [ModelName: Date] = [:]
        for (run, ticket) in queue {
            guard let project = settings.projects[ticket.project] else { continue }
            if usage[ticket.project] == nil, project.budget != Budget() {
                let (runs, seconds) = try await store.usage(
                    of: ticket.project, since: Admission.midnight(before: now), now: now)
                usage[ticket.project] = Admission.Usage(runs: runs, seconds: seconds)
            }
            if project.coolDown > 0, ticket.lane.coolsDown, lastEnd[run.model] == nil {
                lastEnd[run.model] = try await store.lastEnd(ofModel: run.model)
            }
        }
        let running = Set(working.map(\.run.id))
        let waiting = queue.filter { !running.contains($0.run.id) }
        let taken = waiting.filter { held.contains($0.run.id) }
        // They began, as far as the day is concerned, and the store does not know yet.
        for (_, ticket) in taken { usage[ticket.project]?.runs += 1 }
        var busy = working + taken
        let known = Set(queue.map(\.run.id)).union(running)
        for id in held where !known.contains(id) {
            // It is judged, and who carries it promotes it: the next of its model is to meet the champion that it makes.
            guard let run = try await store.run(id), let ticket = try await store.ticket(of: id) else { continue }
            busy.append((run, ticket))
        }
        return Admission(
            limits: settings.limits, projects: settings.projects, usage: usage, lastEnd: lastEnd, now: now
        ).answer(
            queue: waiting.filter { !held.contains($0.run.id) },
            working: busy)
    }
}
