package import Domain

/// How far new data is from a reference, column by column. Pure.
package struct Drift: Sendable, Equatable {
    package private(set) var columns: [ColumnDrift]
    package let referenceRows: Int64
    package let currentRows: Int64
    /// Columns that only the new data has.
    package let newColumns: [String]

    /// Compares a reference with new data that was counted on the reference's edges.
    /// Throws `.bug` for profiles on different edges.
    package init(reference: Profile, current: Profile) throws(Fault) {
        guard reference.layout == current.layout else {
            throw Fault(.bug, "two profiles on different edges cannot be compared")
        }
        referenceRows = reference.rows
        currentRows = current.rows
        newColumns = current.others
        columns = zip(reference.columns, current.columns).map { one, other in
            ColumnDrift(reference: one, current: other, rows: (reference.rows, current.rows))
        }
    }

    package subscript(name: String) -> ColumnDrift? { columns.first { $0.column == name } }

    /// The same without values of the columns of those names: how far they have moved is told, what they hold is not.
    package func hiding(_ names: Set<String>) -> Drift {
        var hidden = self
        for index in hidden.columns.indices where names.contains(hidden.columns[index].column) {
            hidden.columns[index].hide()
        }
        return hidden
    }
}

extension TableSchema {
    /// Names and aliases of the columns of which no value is shown.
    package var sensitiveColumns: Set<String> {
        Set(fields.filter(\.isSensitive).flatMap { [$0.name] + $0.aliases })
    }
}

/// How far one column is.
package struct ColumnDrift: Sendable, Equatable {
    package let column: String
    package let reference: ColumnProfile
    package let current: ColumnProfile
    /// In the order of `Measure`; empty if one side has no values.
    package private(set) var measures: [Measured]
    /// Shares of all rows.
    package let referenceNulls: Double
    package let currentNulls: Double
    /// In the new data only, most frequent first; empty for numbers.
    package private(set) var newCategories: [String]
    /// In the reference only.
    package private(set) var vanishedCategories: [String]
    /// True if no value may be shown.
    package private(set) var isHidden = false

    package subscript(measure: Measure) -> Measured? { measures.first { $0.measure == measure } }

    init(reference: ColumnProfile, current: ColumnProfile, rows: (Int64, Int64)) {
        column = reference.name
        self.reference = reference
        self.current = current
        referenceNulls = Double(reference.nulls) / Double(max(1, rows.0))
        currentNulls = Double(current.nulls) / Double(max(1, rows.1))
        var measures: [Measured] = []
        var (new, vanished): ([String], [String]) = ([], [])
        if let one = reference.values.numbers, let other = current.values.numbers {
            if one.count > 0, other.count > 0 { measures = NumberDrift(reference: one, current: other).measured() }
        } else if let one = reference.values.categories, let other = current.values.categories {
            let drift = CategoryDrift(reference: one, current: other)
            measures = drift.measured()
            (new, vanished) = (drift.new, drift.vanished)
        }
        self.measures = measures
        newCategories = new
        vanishedCategories = vanished
    }
}

extension ColumnDrift {
    fileprivate mutating func hide() {
        isHidden = true
        measures = measures.map { measured in
            Measured(
                measure: measured.measure, value: measured.value, error: measured.error,
                place: "some values, which are not shown,", reference: measured.reference, current: measured.current)
        }
        newCategories = newCategories.map { _ in "(not shown)" }
        vanishedCategories = vanishedCategories.map { _ in "(not shown)" }
    }
}

extension NumberProfile {
    /// An upper end of the bin in which the quantile lies.
    func quantile(_ level: Double) -> Double? {
        var below = 0.0
        for (bin, share) in shares.enumerated() {
            below += share
            if below >= level { return extent(bin)?.high }
        }
        return maximum
    }
}
