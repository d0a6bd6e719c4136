package import Domain
import Storage

extension Engine {
    /// What was interrupted and can go on.
    package struct Unfinished: Sendable, Equatable {
        /// Runs that are not over, and runs that were approved and whose promotion has not begun.
        package let runs: [Run]
        package let promotions: [Promotion]
    }

    /// Runs and promotions that are not over and on which no process works.
    package func unfinished() async throws(Fault) -> Unfinished {
        var runs: [Run] = []
        for run in try await store.runs(unfinishedOnly: true, limit: 1000) where try await !isOwned(run.id) {
            runs.append(run)
        }
        for run in try await store.runs(limit: 200) where try await isApprovedAndLeft(run) { runs.append(run) }
        return Unfinished(
            runs: runs, promotions: try await store.promotions(of: nil, unfinishedOnly: true, limit: 1000))
    }

    /// Removes what killed processes left of the newest runs that are over.
    package func sweep(progress: @escaping ProgressHandler) async throws(Fault) {
        for run in try await store.runs(limit: 200) { try await sweep(run, progress) }
    }

    /// Continues a run, or the promotion that its decisions call for, from the last committed transition.
    package func resume(_ id: RunID, progress: @escaping ProgressHandler) async throws(Fault) -> Run {
        if let promotion = try await store.promotion(ofRun: id), !promotion.state.isFinal {
            _ = try await finish(promotion.id, progress: progress)
            return try await required(id)
        }
        let run = try await work(on: id, progress: progress)
        if try await isApprovedAndLeft(run) { _ = try await promote(decided: id, progress: progress) }
        return try await required(id)
    }

    /// True for a run that may be promoted and whose promotion has not begun: the process ended between the two, or
    /// the policy needs no person.
    private func isApprovedAndLeft(_ run: Run) async throws(Fault) -> Bool {
        guard run.state == .judged(.passed), run.trigger == .manual else { return false }
        guard try await store.promotion(ofRun: run.id) == nil else { return false }
        return try await isApproved(run, try await requiredPlan(of: run.id))
    }
}
