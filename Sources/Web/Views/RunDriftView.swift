package import Domain

/// How far one dataset of a run has moved, in `run`, `show`, `resume` and `reproduce`.
package struct RunDriftView: Encodable, Sendable {
    package struct Column: Encodable, Sendable {
        package let column: String
        package let drifted: Bool
        package let measures: [DriftReport.Value]
        package let referenceNullFraction: Double
        package let currentNullFraction: Double
        package let newCategories: [String]
        package let vanishedCategories: [String]
        package let bins: [DriftReport.Bin]
    }

    package struct Side: Encodable, Sendable {
        package let name: String
        package let rows: Int64
    }

    package let dataset: DatasetName
    /// `stable`, `drift`, `undecided`, as `data drift` has it.
    package let verdict: String
    package let action: DriftRules.Action
    package let reference: Side
    package let current: Side
    package let compared: Int
    package let drifted: Int
    package let findings: [DataFinding]
    package let unanswered: [String]
    package let columns: [Column]

    package init(_ report: DriftReport) {
        dataset = report.dataset
        verdict = report.verdict
        action = report.action
        reference = Side(name: report.reference, rows: report.referenceRows)
        current = Side(name: report.current, rows: report.currentRows)
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
