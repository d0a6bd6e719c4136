import Domain

/// How far one dataset of a run has moved, in `run`, `show`, `resume` and `reproduce`.
struct RunDriftView: Encodable {
    struct Column: Encodable {
        let column: String
        let drifted: Bool
        let measures: [DriftReport.Value]
        let referenceNullFraction: Double
        let currentNullFraction: Double
        let newCategories: [String]
        let vanishedCategories: [String]
        let bins: [DriftReport.Bin]
    }

    let dataset: DatasetName
    /// `stable`, `drift`, `undecided`, as `data drift` has it.
    let verdict: String
    let action: DriftRules.Action
    let reference: DriftView.Side
    let current: DriftView.Side
    let compared: Int
    let drifted: Int
    let findings: [DataFinding]
    let unanswered: [String]
    let columns: [Column]

    init(_ report: DriftReport) {
        dataset = report.dataset
        verdict = report.verdict
        action = report.action
        reference = DriftView.Side(name: report.reference, rows: report.referenceRows)
        current = DriftView.Side(name: report.current, rows: report.currentRows)
        compared = report.compared
        drifted = report.drifted
        findings = report.findings
        unanswered = report.unanswered
        columns = report.columns.map { column in
            Column(
                column: column.name, drifted: column.hasDrifted, measures: column.measures,
                referenceNullFraction: column.referenceNulls, currentNullFraction: column.currentNulls,
                newCategories: column.newCategories, vanishedCategories: column.vanishedCategories,
                bins: column.picture)
        }
    }
}

extension DriftReport {
    fileprivate var verdict: String {
        if !findings.isEmpty { return "drift" }
        return unanswered.isEmpty ? "stable" : "undecided"
    }
}
