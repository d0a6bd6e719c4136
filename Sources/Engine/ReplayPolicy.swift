package import Domain
import Reports
import Storage

extension Engine {
    /// Applies a policy to what the runs of a model recorded, newest first: which promotions it would have refused,
    /// and which refusals it would have let through. Runs nothing and changes nothing.
    ///
    /// - Parameters:
    ///   - model: whose runs; nil: those of the policy's model.
    ///   - limit: the most runs that are looked at.
    package func replay(
        _ policy: Policy, model: ModelName? = nil, limit: Int
    ) async throws(Fault) -> PolicyReplay {
        try await store.judgedRuns(
            of: model ?? policy.model, alias: policy.promotion.alias, needs: RecordedRun.Needs(policy),
            limit: limit, into: PolicyReplay.empty
        ) { replay, recorded in
            replay.add(recorded, policy, sentence: ReportRenderer.sentence)
        }
    }
}
