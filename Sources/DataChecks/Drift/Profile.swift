package import Domain

/// What a set of data files looks like, column by column: small, exact in its counts, and kept beside the snapshot so
/// that the files are never read for it again.
///
/// Two profiles on the same edges can be compared (`Drift`) and added (`adding`) exactly; a profile is measured on the
/// edges of another by `Profiler.count`. Pure values; no file is touched here.
package struct Profile: Codable, Sendable, Equatable {
    package let rows: Int64
    /// In the order in which the files have them.
    package let columns: [ColumnProfile]
    /// Columns of the files that are not counted, because the profile on whose edges they were measured has them not.
    package let others: [String]

    package init(rows: Int64, columns: [ColumnProfile], others: [String] = []) {
        self.rows = rows
        self.columns = columns
        self.others = others
    }

    /// The column of that name.
    package subscript(name: String) -> ColumnProfile? { columns.first { $0.name == name } }

    /// What kinds and edges it counts on; profiles of equal layouts can be compared and added.
    package var layout: Digest { Digest.of(canonical: columns.map(ColumnLayout.init)) }

    /// The profile of both sets of files together; nil unless both are on the same edges.
    ///
    /// Counts, smallest and largest values are exact, mean and standard deviation to rounding. The edges stay where they
    /// are, so they are quantiles of the set that they were chosen from, not of the sum.
    package func adding(_ other: Profile) -> Profile? {
        guard layout == other.layout else { return nil }
        let sums = zip(columns, other.columns).map { one, other in
            ColumnProfile(name: one.name, nulls: one.nulls + other.nulls, values: one.values.adding(other.values))
        }
        let others = others + other.others.filter { !self.others.contains($0) }
        return Profile(rows: rows + other.rows, columns: sums, others: others)
    }

    /// The largest share of a column's values that lies inside one bin, single values left out.
    package var coarsest: Double {
        columns.map { $0.values.numbers?.coarsest ?? 0 }.max() ?? 0
    }
}

/// One column.
package struct ColumnProfile: Codable, Sendable, Equatable {
    package let name: String
    /// Cells without a value of the column's kind: missing ones, and in a column of numbers all that is no number
    /// of at most 1e150.
    package let nulls: Int64
    package let values: Values

    package init(name: String, nulls: Int64, values: Values) {
        self.name = name
        self.nulls = nulls
        self.values = values
    }

    /// The values of a column, by its kind.
    package enum Values: Codable, Sendable, Equatable {
        case numbers(NumberProfile)
        /// Dates and times, as seconds since 1970.
        case times(NumberProfile)
        case categories(CategoryProfile)

        /// `number`, `time`, `category`
        package var kind: String {
            switch self {
            case .numbers: "number"
            case .times: "time"
            case .categories: "category"
            }
        }

        /// Numbers or times.
        package var numbers: NumberProfile? {
            switch self {
            case .numbers(let numbers), .times(let numbers): numbers
            case .categories: nil
            }
        }

        package var categories: CategoryProfile? {
            if case .categories(let categories) = self { categories } else { nil }
        }

        /// How many there are.
        package var count: Int64 { numbers?.count ?? categories?.count ?? 0 }

        fileprivate func adding(_ other: Values) -> Values {
            switch (self, other) {
            case (.numbers(let one), .numbers(let other)): .numbers(one.adding(other))
            case (.times(let one), .times(let other)): .times(one.adding(other))
            case (.categories(let one), .categories(let other)): .categories(one.adding(other))
            case (.numbers, _), (.times, _), (.categories, _): self
            }
        }
    }
}

/// What two profiles must share to be compared. The known categories are not a part of it: new ones are an answer.
private struct ColumnLayout: Encodable {
    let name: String
    let kind: String
    let edges: [Double]

    init(_ column: ColumnProfile) {
        name = column.name
        kind = column.values.kind
        edges = column.values.numbers?.edges ?? []
    }
}
