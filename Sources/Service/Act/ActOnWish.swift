import Domain
import Engine
import Foundation
import Git
import Host
import Settings
import Storage

extension Acts {
    /// A time of the schedule came.
    func act(
        onTick cron: String, _ timezone: String, due: Date, _ stored: Store.StoredEvent
    ) async throws(Fault) {
        if parked.isParked(stored.id, now: engine.now()) { return }
        try await refresh(for: stored)
        let head = try await project.head()
        guard let policy = try await policy(at: head.commit.id) else {
            return try await ignore(stored, "commit \(head.commit.id.short) has no sluice.yaml")
        }
        switch policy.match(tick: cron, timezone: timezone, due: due) {
        case .nothing(let reason): try await ignore(stored, reason)
        case .run(let trigger, _):
            if let until = try await coolDown(policy.model) { return try await park(stored, until: until) }
            try await enqueue(
                request(head, trigger), as: ticket(.schedule, stored.id), for: [stored.id])
        }
    }

    /// Somebody asks for a run.
    func act(on ask: Event.Ask, _ stored: Store.StoredEvent) async throws(Fault) {
        if let number = ask.pullRequest, let pull = try await store.pullRequest(number, of: project.name) {
            return try await act(on: ask, pull, stored)
        }
        try await refresh(for: stored)
        let head = try await project.head()
        let branch = ask.branch ?? head.branch
        var commit = head.commit
        if let wanted = ask.commit {
            try await requireOnBranch(wanted)
            commit = try await project.commit(wanted)
        } else if branch != head.branch {
            guard let tip = try await project.tip(of: branch) else {
                throw Fault(.input, "the repository has no branch '\(branch)'")
            }
            commit = try await project.commit(tip)
        }
        let rules = try await project.rules(for: branch)
        let isMerged = try await project.repository.isAncestor(commit.id, of: rules.commit)
        try await enqueue(
            PlanRequest(
                commit: commit, trigger: .manual, rules: rules, isMerged: isMerged, overrides: ask.parameters),
            as: ticket(.manual, stored.id), again: ask.again, for: [stored.id])
    }

    /// Throws unless a branch of the repository has the commit: one of a fork has nobody's word yet, and would run as if it
    /// were the project's own.
    private func requireOnBranch(_ commit: CommitID) async throws(Fault) {
        guard try await !project.isOnBranch(commit) else { return }
        throw Fault(
            .input, "commit \(commit.short) is on no branch of the repository",
            advice: "if it is a pull request's, say /retrain in a comment there")
    }

    private func act(
        on ask: Event.Ask, _ pull: PullRequest, _ stored: Store.StoredEvent
    ) async throws(Fault) {
        var pull = pull
        let known = pull.head
        if let commit = ask.commit { pull.head = commit }
        guard pull.state == .open else {
            return try await ignore(stored, "pull request \(pull.number) is \(pull.state.rawValue) by now")
        }
        switch try await standing(of: pull) {
        case .asTold: break
        case .gone: return try await ignore(stored, "the forge has no pull request \(pull.number) any more")
        case .moved(let head):
            return try await ignore(stored, "pull request \(pull.number) stands on commit \(head.short) by now")
        }
        try await refresh(for: stored)
        // A fork's needs somebody's word; anything else must be of the repository.
        if !pull.isFork, pull.head != known { try await requireOnBranch(pull.head) }
        let rules = try await project.rules(of: pull)
        if pull.isFork, try await !store.isPermitted(pull.head, of: project.name) {
            throw Fault(
                .input, "commit \(pull.head.short) comes from a fork, and nobody let it run",
                advice: "somebody with write access says /ok-to-run \(pull.head.hex)")
        }
        let commit = try await project.commit(of: pull)
        try await enqueue(
            PlanRequest(
                commit: commit, trigger: .pullRequest(pull.number, base: pull.base), rules: rules,
                isForeign: pull.isFork, overrides: ask.parameters),
            as: ticket(.pullRequest(pull.number), stored.id, pull: pull), again: ask.again, for: [stored.id])
    }

    /// New snapshots and alarms of drift, as the policy at the default branch's head takes them: one run for all that
    /// wait. While the model cools down they wait.
    func actOnData() async throws(Fault) {
        let pending = try await store.pendingTriggers(repository: project.repository.id, limit: 1)
        if pending.isEmpty { return }
        let head = try await project.head()
        guard let policy = try await policy(at: head.commit.id) else { return }
        if try await coolDown(policy.model) != nil { return }
        for call in try await engine.dataCalls(in: project.repository, at: head.commit) {
            guard let event = call.events.last else { continue }
            let lane: Ticket.Lane = if case .drift = call.trigger { .drift } else { .data }
            do throws(Fault) {
                try await enqueue(
                    request(head, call.trigger), as: ticket(lane, event), for: call.events)
            } catch {
                guard error.kind == .input else { throw error }
                for event in call.events {
                    try await store.settle(event: event, as: .refused(error), at: engine.now())
                }
            }
        }
    }

    /// What begins by itself is of the default branch's newest commit.
    private func request(_ head: (branch: BranchName, commit: GitRepository.Commit), _ trigger: Trigger) -> PlanRequest
    {
        PlanRequest(commit: head.commit, trigger: trigger, rules: (head.branch, head.commit.id), isMerged: true)
    }

    /// Until when nothing begins by itself; nil: it may.
    private func coolDown(_ model: ModelName) async throws(Fault) -> Date? {
        guard project.settings.coolDown > 0, let end = try await store.lastEnd(ofModel: model) else { return nil }
        return Admission.coolDown(project.settings.coolDown, since: end, now: engine.now())
    }
}
