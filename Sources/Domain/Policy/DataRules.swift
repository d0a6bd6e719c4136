/// What a dataset's files must be beyond their schema: the words of `datasets.NAME` that are about content.
package struct DataRules: Codable, Equatable, Sendable {
    package var file: FileRules
    /// By the column's name.
    package var columns: [String: ColumnRules]
    package var leakage: LeakageRules?
    package var mojibake: MojibakeRules?

    package init(
        file: FileRules = .init(), columns: [String: ColumnRules] = [:], leakage: LeakageRules? = nil,
        mojibake: MojibakeRules? = nil
    ) {
        self.file = file
        self.columns = columns
        self.leakage = leakage
        self.mojibake = mojibake
    }

    /// True if nothing is asked.
    package var isEmpty: Bool { self == DataRules() }
}

/// `file:` Limits are inclusive.
package struct FileRules: Codable, Equatable, Sendable {
    /// A regular expression for the whole name; a part named like `date` or `time` must be a real one.
    package var namePattern: String?
    package var minRows: Int64?
    package var maxRows: Int64?

    package init(namePattern: String? = nil, minRows: Int64? = nil, maxRows: Int64? = nil) {
        self.namePattern = namePattern
        self.minRows = minRows
        self.maxRows = maxRows
    }
}

/// `columns.NAME:` Limits are inclusive.
package struct ColumnRules: Codable, Equatable, Sendable {
    /// Of missing values among all records.
    package var maxNullFraction: Double?
    /// Of the most frequent value among those that are not missing.
    package var maxTopFraction: Double?
    /// Other names that the column may have in a file.
    package var aliases: [String]

    package init(maxNullFraction: Double? = nil, maxTopFraction: Double? = nil, aliases: [String] = []) {
        self.maxNullFraction = maxNullFraction
        self.maxTopFraction = maxTopFraction
        self.aliases = aliases
    }
}

/// `leakage:` No other column may determine the label.
package struct LeakageRules: Codable, Equatable, Sendable {
    package var label: String
    package var maxAbsCorrelation: Double

    package init(label: String, maxAbsCorrelation: Double) {
        self.label = label
        self.maxAbsCorrelation = maxAbsCorrelation
    }
}

/// `mojibake:` Text that was decoded with the wrong encoding.
package struct MojibakeRules: Codable, Equatable, Sendable {
    package var columns: [String]

    package init(columns: [String]) { self.columns = columns }
}
