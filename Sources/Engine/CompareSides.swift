import Domain
import Evaluation

extension Engine {
    /// Says why challenger and champion cannot be compared row by row, if so.
    func compareSides(
        _ measured: Measured, into found: inout Measurements, _ workspace: Workspace,
        _ progress: @escaping ProgressHandler
    ) async throws(Fault) {
        if measured.plan.policy.evaluate?.predictions == nil {
            found.comparisonFault = "the evaluation writes no predictions"
        }
    }
}

extension Scorer.Options {
    /// What `evaluate:` says of slices and quantiles.
    init(_ policy: EvaluatePolicy?) {
        self.init(slices: policy?.slices, quantile: policy?.quantile ?? 0.5)
    }
}
