import Content
import Domain
import Evaluation
import Foundation
import Host
import SystemPackage

extension Engine {
    /// Compares challenger and champion row by row, from the predictions that both evaluations of this run wrote. Where
    /// that cannot be done, says why.
    func compareSides(
        _ measured: Measured, into found: inout Measurements, _ workspace: Workspace,
        _ progress: @escaping ProgressHandler
    ) async throws(Fault) {
        let policy = measured.plan.policy
        guard let file = policy.evaluate?.predictions else {
            found.comparisonFault = "the evaluation writes no predictions"
            return
        }
        let ours = measured.challenger?.state.result
        guard let challenger = ours?.outs[file.text], let champion = measured.champion?.state.result?.outs[file.text]
        else { throw Fault(.bug, "an evaluation succeeded without its predictions '\(file)'") }
        progress(.comparing(rows: ours?.rows ?? 0))
        let temporary = workspace.directory.temporary
        do throws(Fault) {
            found.comparisons = try await ScratchFolder.use(below: temporary, named: "compare") {
                folder throws(Fault) in
                // Under their own names, which are what a complaint names, and outside of the work tree, whose files
                // are the champion's by now.
                let sides = [("champion", champion), ("challenger", challenger)]
                for (side, artifact) in sides {
                    try await content.lay(artifact, at: folder.appending(side).appending(file.name), .readOnly)
                }
                return try await Comparer(duckdb: duckdb()).compare(
                    champion: folder.appending("champion").appending(file.name),
                    challenger: folder.appending("challenger").appending(file.name),
                    options: Scorer.Options(policy.evaluate),
                    sliceMetrics: Self.sliceMetrics(of: policy, found, at: workspace.run.createdAt),
                    temporary: temporary)
            }
        } catch {
            guard error.kind == .input else { throw error }
            found.comparisonFault = error.message
        }
    }

    /// What is compared in every slice: what gates ask, and for the report the metric of the first gate that a slice
    /// has, in every column.
    private static func sliceMetrics(
        of policy: Policy, _ found: Measurements, at time: Date
    ) -> [String: Set<String>] {
        let gates = Judge.gates(of: policy, at: time)
        var metrics: [String: Set<String>] = [:]
        for gate in gates where gate.comparesWithChampion {
            if let column = gate.slice?.column { metrics[column, default: []].insert(gate.metric) }
        }
        for column in Set(found.challengerSlices.map(\.slice.column)) {
            let measured = found.challengerSlices.filter { $0.slice.column == column }
            let first = gates.lazy.map(\.metric).first { metric in measured.contains { $0.metrics[metric] != nil } }
            if let first { metrics[column, default: []].insert(first) }
        }
        return metrics
    }
}

extension Scorer.Options {
    /// What `evaluate:` says of slices and quantiles.
    init(_ policy: EvaluatePolicy?) {
        self.init(slices: policy?.slices, quantile: policy?.quantile ?? 0.5)
    }
}
