import DataChecks
import Domain

/// A drift for `--json`.
struct DriftView: Encodable {
    struct Side: Encodable {
        let name: String
        let rows: Int64
    }

    struct ColumnSide: Encodable {
        let values: Int64
        let nulls: Int64
        let nullFraction: Double
        let minimum: Double?
        let maximum: Double?
        let mean: Double?
        let deviation: Double?

        init(_ column: ColumnProfile, nullFraction: Double, isHidden: Bool) {
            values = column.values.count
            nulls = column.nulls
            self.nullFraction = nullFraction
            let numbers = isHidden ? nil : column.values.numbers.flatMap { $0.count > 0 ? $0 : nil }
            minimum = numbers?.minimum
            maximum = numbers?.maximum
            mean = numbers?.mean
            deviation = numbers?.deviation
        }
    }

    struct Bin: Encodable {
        let label: String
        let reference: Double
        let current: Double
    }

    struct Column: Encodable {
        let column: String
        let kind: String
        let reference: ColumnSide
        let current: ColumnSide
        let measures: [Measured]
        let nullFractionDelta: Double
        let correctedP: Double?
        let newCategories: [String]
        let vanishedCategories: [String]
        let bins: [Bin]

        init(_ drift: ColumnDrift, correctedP: Double? = nil) {
            column = drift.column
            kind = drift.reference.values.kind
            reference = ColumnSide(drift.reference, nullFraction: drift.referenceNulls, isHidden: drift.isHidden)
            current = ColumnSide(drift.current, nullFraction: drift.currentNulls, isHidden: drift.isHidden)
            measures = drift.measures
            nullFractionDelta = abs(drift.currentNulls - drift.referenceNulls)
            self.correctedP = correctedP
            newCategories = drift.newCategories
            vanishedCategories = drift.vanishedCategories
            bins = drift.picture.map { Bin(label: $0.label, reference: $0.reference, current: $0.current) }
        }
    }

    let verdict: String
    let reference: Side
    let current: Side
    let findings: [DataFinding]
    let unanswered: [String]
    let columns: [Column]
    let newColumns: [String]

    init(_ drift: Drift, _ verdict: DriftVerdict, _ names: DataDriftCommand.Names, hasLimits: Bool) {
        if !verdict.unanswered.isEmpty {
            self.verdict = "undecided"
        } else if !verdict.findings.isEmpty {
            self.verdict = "drift"
        } else {
            self.verdict = hasLimits ? "stable" : "unjudged"
        }
        reference = Side(name: names.reference, rows: drift.referenceRows)
        current = Side(name: names.current, rows: drift.currentRows)
        findings = verdict.findings
        unanswered = verdict.unanswered
        newColumns = drift.newColumns
        columns = drift.columns.map { Column($0, correctedP: verdict.corrected[$0.column]) }
    }
}
