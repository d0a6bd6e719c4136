/// The verdict for people: everything that a report shows, before it is rendered.
package struct Report: Codable, Equatable, Sendable {
    package var run: Run
    package var plan: Plan
    package var verdict: Verdict
    package var stages: [StageRun]
    package var gates: [GateResult]
    /// Metrics of the challenger: training, evaluation, `model_bytes`.
    package var challenger: [String: Double]
    /// Metrics of the champion from the same evaluation; nil: there is no champion, or it could not be evaluated.
    package var champion: [String: Double]?
    /// Rows that both sides were scored on, if predictions were written.
    package var rows: Int64?
    /// What the reader should know although it stops nothing: no sandbox, uncommitted changes, no champion.
    package var warnings: [String]
    /// Everything that the gates were decided from; nil in what was judged before it was kept.
    package var measurements: Measurements?
    package var details: ReportDetails?

    package init(
        run: Run, plan: Plan, verdict: Verdict, stages: [StageRun], gates: [GateResult], challenger: [String: Double],
        champion: [String: Double]?, rows: Int64?, warnings: [String],
        measurements: Measurements? = nil, details: ReportDetails? = nil
    ) {
        self.run = run
        self.plan = plan
        self.verdict = verdict
        self.stages = stages
        self.gates = gates
        self.challenger = challenger
        self.champion = champion
        self.rows = rows
        self.warnings = warnings
        self.measurements = measurements
        self.details = details
    }
}
