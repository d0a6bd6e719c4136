import Domain
import Engine
import Foundation
import Git
import Storage

extension Bot {
    /// Looks once more at a queued run whose turn has come. If another model took the champion's place while it waited, a
    /// run of a new plan takes the run's place: compared with a champion that is gone it could never be promoted.
    ///
    /// - Returns: true if the run is over with that.
    /// - Throws: `.environment` if it cannot be told now.
    func isOvertaken(_ id: RunID) async throws(Fault) -> Bool {
        let store = engine.store
        guard let run = try await store.run(id), run.state == .queued, run.trigger.reproduced == nil,
            let ticket = try await store.ticket(of: id), let project = try await project(ticket.project)
        else { return false }
        let plan = try await engine.requiredPlan(of: id)
        let holder = try await store.holder(of: plan.policy.promotion.alias, model: run.model)
        if holder == plan.champion { return false }
        do throws(Fault) {
            let next = try await replan(plan, in: project)
            return try await store.replace(id, by: next, at: engine.now()) != nil
        } catch {
            guard error.kind == .input else { throw error }
            let reason = "the champion is another one by now, and no new plan can be made: \(masked(error).message)"
            _ = try await engine.cancel(id, by: nil, reason: reason)
            return true
        }
    }

    /// The plan as it would be made now: with today's champion, snapshots and rules.
    private func replan(_ plan: Plan, in project: ServedProject) async throws(Fault) -> Plan {
        var rules: (branch: BranchName, commit: CommitID)?
        if let known = plan.rules {
            rules = (known.branch, try await project.tip(of: known.branch) ?? known.commit)
        }
        let request = PlanRequest(
            commit: try await project.repository.commit(plan.commit.hex), trigger: plan.trigger, rules: rules,
            isMerged: plan.rules?.isMerged ?? false, isForeign: plan.isForeign ?? false,
            overrides: plan.overrides ?? [:])
        return try await Acts(bot: self, project: project, parked: Parked()).plan(request).plan
    }
}
