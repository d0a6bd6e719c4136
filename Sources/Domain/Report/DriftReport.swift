/// How far the data of a run has moved from its reference, for a report: what `Drift` and its limits came to, without
/// the profiles that it was computed from.
package struct DriftReport: Codable, Equatable, Sendable {
    package var dataset: DatasetName
    /// What it was compared with, in words: `snapshot 3 of flights, which the champion was trained on`.
    package var reference: String
    package var current: String
    package var referenceRows: Int64
    package var currentRows: Int64
    /// Those with limits first, then the farthest; at most `mostColumns`.
    package var columns: [Column]
    /// Limits that were passed.
    package var findings: [DataFinding]
    /// Limits that could not be asked, as sentences.
    package var unanswered: [String]
    package var action: DriftRules.Action
    /// How many columns were compared, and how many of these have passed a limit: `columns` may hold fewer.
    package var compared: Int
    package var drifted: Int
    /// The limit on the difference of the shares of missing values, of every column; nil: none was set.
    package var nullFractionDelta: Double?

    package static let mostColumns = 30
    /// Findings and unanswered limits, of each.
    package static let mostFindings = 200

    package init(
        dataset: DatasetName, reference: String, current: String, referenceRows: Int64, currentRows: Int64,
        columns: [Column], findings: [DataFinding], unanswered: [String], action: DriftRules.Action,
        compared: Int? = nil, drifted: Int? = nil, nullFractionDelta: Double? = nil
    ) {
        self.dataset = dataset
        self.reference = reference
        self.current = current
        self.referenceRows = referenceRows
        self.currentRows = currentRows
        self.columns = columns
        self.findings = findings
        self.unanswered = unanswered
        self.action = action
        self.compared = compared ?? columns.count
        self.drifted = drifted ?? columns.count { $0.hasDrifted }
        self.nullFractionDelta = nullFractionDelta
    }

    package struct Column: Codable, Equatable, Sendable {
        package var name: String
        package var measures: [Value]
        /// Both distributions, at most ten bins.
        package var picture: [Bin]
        /// Shares of all rows.
        package var referenceNulls: Double
        package var currentNulls: Double
        /// At most five of each.
        package var newCategories: [String]
        package var vanishedCategories: [String]
        /// True if one of its limits is passed.
        package var hasDrifted: Bool

        package init(
            name: String, measures: [Value], picture: [Bin], referenceNulls: Double, currentNulls: Double,
            newCategories: [String], vanishedCategories: [String], hasDrifted: Bool
        ) {
            self.name = name
            self.measures = measures
            self.picture = picture
            self.referenceNulls = referenceNulls
            self.currentNulls = currentNulls
            self.newCategories = newCategories
            self.vanishedCategories = vanishedCategories
            self.hasDrifted = hasDrifted
        }
    }

    package struct Value: Codable, Equatable, Sendable {
        package var measure: Measure
        package var value: Double
        /// Nil: none was set.
        package var limit: Double?

        package init(measure: Measure, value: Double, limit: Double?) {
            self.measure = measure
            self.value = value
            self.limit = limit
        }

        /// True if there is a limit and the value is beyond it.
        package var isOver: Bool { limit.map { measure.isPassed(by: value, limit: $0) } ?? false }
    }

    package struct Bin: Codable, Equatable, Sendable {
        package var label: String
        /// Shares of the values.
        package var reference: Double
        package var current: Double

        package init(label: String, reference: Double, current: Double) {
            self.label = label
            self.reference = reference
            self.current = current
        }
    }
}
