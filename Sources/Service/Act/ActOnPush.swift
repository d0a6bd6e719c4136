import Domain
import Engine
import Foundation
import Git
import Host
import Reports
import Settings
import Storage

extension Acts {
    /// A branch moved.
    func act(
        onPush branch: BranchName, before: CommitID?, after: CommitID?, _ stored: Store.StoredEvent
    ) async throws(Fault) {
        guard let after else {
            try await ignore(stored, "the branch '\(branch)' was deleted")
            return try await store.setHead(nil, of: branch, in: project.name, at: engine.now())
        }
        if bot.isOwnBranch(branch) { return try await ignore(stored, "'\(branch)' is a branch of the bot's own") }
        try await refresh(for: stored)
        let tip = try await project.tip(of: branch)
        if let tip, tip != after, try await store.head(of: branch, in: project.name) == tip {
            // Told late: its run would take the place of the newer one's in the queue.
            return try await ignore(stored, "'\(branch)' stands on commit \(tip.short) by now")
        }
        let commit = try await project.commit(after)
        guard let tip else { return try await ignore(stored, "the repository has no branch '\(branch)'") }
        // Whoever may tell of pushes could name any commit that the remote hands out.
        guard try await project.repository.isAncestor(commit.id, of: tip) else {
            let reason = "'\(branch)' stands on commit \(tip.short), and commit \(after.short) is not on it"
            return try await ignore(stored, reason)
        }
        let rules = try await project.rules(for: branch)
        switch try await match(push: branch, before: before, commit.id, rules: rules) {
        case .nothing(let reason): try await ignore(stored, reason)
        case .run(let trigger, _):
            if let run = try await run(of: commit.id, on: branch) {
                try await settle(stored, as: .sameAs(run.id))
            } else {
                try await enqueue(
                    PlanRequest(commit: commit, trigger: trigger, rules: rules, isMerged: rules.branch == branch),
                    as: ticket(.branch(branch), stored.id), for: [stored.id])
            }
        }
        try await advance(branch, before: before, to: after)
    }

    /// Remembers how far the branch was acted on: to its newest commit, or from where it was known to stand to the next.
    func advance(_ branch: BranchName, before: CommitID?, to after: CommitID) async throws(Fault) {
        let known = try await store.head(of: branch, in: project.name)
        if known == after { return }
        if before == nil || known != before {
            guard try await project.tip(of: branch) == after else { return }
        }
        try await store.setHead(after, of: branch, in: project.name, at: engine.now())
    }

    /// The run that a commit has already by a push to the branch, whose newest commit it was known to be: a webhook and a
    /// look at the remote may tell of it in different words. Nil: it has none.
    private func run(of commit: CommitID, on branch: BranchName) async throws(Fault) -> Run? {
        guard try await store.head(of: branch, in: project.name) == commit else { return nil }
        let lane = Ticket.Lane.branch(branch)
        let tickets = try await store.tickets(commit: commit, of: project.name)
        // Where something else was asked for since, the branch went on from there and came back.
        guard let run = tickets.first(where: { $0.ticket.lane == lane })?.run,
            try await store.newestTicket(of: lane, model: run.model, in: project.name)?.run == run.id
        else { return nil }
        return run
    }

    private func match(
        push branch: BranchName, before: CommitID?, _ commit: CommitID, rules: (branch: BranchName, commit: CommitID)
    ) async throws(Fault) -> TriggerMatch {
        var policy = try await self.policy(at: rules.commit)
        if policy == nil || rules.branch == branch {
            let own = try await self.policy(at: commit)
            policy = own == nil ? nil : policy ?? own
        }
        guard let policy else { return .nothing("commit \(commit.short) has no sluice.yaml") }
        // What was acted on last counts and not what this push followed on: the one in between may have been lost.
        let known = try await store.head(of: branch, in: project.name)
        let changed = try await changedPaths(from: known == commit ? before : known ?? before, to: commit)
        if let changed, bot.areOwnFiles(changed) {
            return .nothing("it changes nothing but the bot's own files")
        }
        return policy.match(push: branch, default: try await project.head().branch, changed: changed)
    }

    /// The paths that a push changed; nil: nobody knows.
    private func changedPaths(from before: CommitID?, to after: CommitID) async throws(Fault) -> [String]? {
        guard let before, try await project.clone.has(before) else { return nil }
        let most = 20_000
        let changed = try await project.repository.changedPaths(from: before, to: after, limit: most)
        return changed.count < most ? changed : nil
    }

    /// A merge queue's commit. It gets a run as a push into that base would, under the base's rules; where the policy
    /// asks for none, a status that says so, because else the queue would wait for ever.
    func act(onGroup head: CommitID, base: BranchName, _ stored: Store.StoredEvent) async throws(Fault) {
        let model = await bot.model(of: project)
        try await bot.put(bot.status(.pending, Outside.pendingStatus, of: head, model: model, project: project))
        try await refresh(for: stored)
        guard try await project.tip(of: base) != nil else {
            throw Fault(.input, "the repository has no branch '\(base)', into which the merge queue merges")
        }
        let rules = try await project.rules(for: base)
        let policy = try await policy(at: rules.commit)
        guard let policy, policy.triggers?.pullRequest != nil else {
            return try await settle(
                stored, as: .ignored(reason: "the policy starts no runs for pull requests (triggers.pull_request)"),
                posts: bot.status(
                    .success, Outside.noRunNeeded, of: head, model: policy?.model ?? model, project: project))
        }
        try await bot.put(bot.status(.pending, Outside.pendingStatus, of: head, model: policy.model, project: project))
        let commit = try await project.commit(head)
        try await enqueue(
            PlanRequest(commit: commit, trigger: .push(base), rules: rules),
            as: ticket(.manual, stored.id), for: [stored.id])
    }
}
