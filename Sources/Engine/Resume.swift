package import Domain
import Storage

extension Engine {
    /// What was interrupted and can go on.
    package struct Unfinished: Sendable, Equatable {
        package let runs: [Run]
        package let promotions: [Promotion]
    }

    /// Runs and promotions that are not over and on which no process works.
    package func unfinished() async throws(Fault) -> Unfinished {
        var runs: [Run] = []
        for run in try await store.runs(unfinishedOnly: true, limit: 1000) where try await !isOwned(run.id) {
            runs.append(run)
        }
        return Unfinished(
            runs: runs, promotions: try await store.promotions(of: nil, unfinishedOnly: true, limit: 1000))
    }

    /// Continues a run from its last committed transition, and promotes if its policy needs no person.
    package func resume(_ id: RunID, progress: @escaping ProgressHandler) async throws(Fault) -> Run {
        if let promotion = try await store.promotion(ofRun: id), !promotion.state.isFinal {
            _ = try await finish(promotion.id, progress: progress)
            return try await required(id)
        }
        let run = try await work(on: id, progress: progress)
        let plan = try await requiredPlan(of: id)
        if run.state == .judged(.passed), plan.trigger == .manual, plan.policy.approval.required == 0 {
            _ = try await promote(decided: id, progress: progress)
        }
        return try await required(id)
    }
}
