/// What a dataset's files must be beyond their schema: the words of `datasets.NAME` that are about content.
package struct DataRules: Codable, Equatable, Sendable {
    package var file: FileRules
    /// By the column's name, or by a pattern in which `*` stands for any text.
    package var columns: [String: ColumnRules]
    package var leakage: LeakageRules?
    package var mojibake: MojibakeRules?
    package var freshness: FreshnessRules?
    package var growth: GrowthRules?
    package var images: ImageRules?
    /// In the order of their names; nil: none.
    package var tests: [DataTest]?
    package var drift: DriftRules?

    package init(
        file: FileRules = .init(), columns: [String: ColumnRules] = [:], leakage: LeakageRules? = nil,
        mojibake: MojibakeRules? = nil, freshness: FreshnessRules? = nil, growth: GrowthRules? = nil,
        images: ImageRules? = nil, tests: [DataTest]? = nil, drift: DriftRules? = nil
    ) {
        self.file = file
        self.columns = columns
        self.leakage = leakage
        self.mojibake = mojibake
        self.freshness = freshness
        self.growth = growth
        self.images = images
        self.tests = tests
        self.drift = drift
    }

    /// True if nothing is asked.
    package var isEmpty: Bool { self == DataRules() }

    /// The rules of one column: those under its name, else those under the longest pattern that fits it.
    package func rules(of column: String) -> ColumnRules? {
        if let own = columns[column] { return own }
        let fitting = columns.filter { ColumnRules.isPattern($0.key) && ColumnRules.pattern($0.key, fits: column) }
        return fitting.max { ($0.key.count, $0.key) < ($1.key.count, $1.key) }?.value
    }
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

extension ColumnRules {
    /// True for a name that may stand for many columns.
    package static func isPattern(_ name: String) -> Bool { name.contains("*") }

    /// True if the texts between the stars are in the name, in this order.
    package static func pattern(_ pattern: String, fits name: String) -> Bool {
        let texts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = texts.first, let last = texts.last, texts.count > 1 else { return pattern == name }
        guard name.hasPrefix(first) else { return false }
        var rest = name.dropFirst(first.count)
        for text in texts.dropFirst().dropLast() where !text.isEmpty {
            guard let found = rest.firstRange(of: text) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(last)
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

/// `freshness:` How old the newest value of a time column may be when a file arrives.
package struct FreshnessRules: Codable, Equatable, Sendable {
    package var column: String
    /// Seconds.
    package var maxAge: Double

    package init(column: String, maxAge: Double) {
        self.column = column
        self.maxAge = maxAge
    }
}

/// `growth:` How many records a new file may have, as factors of what was there before. Limits are inclusive.
///
/// What was there before is the mean of the files of the newest snapshot for a dataset that appends, else all of it.
package struct GrowthRules: Codable, Equatable, Sendable {
    package var minFactor: Double?
    package var maxFactor: Double?

    package init(minFactor: Double? = nil, maxFactor: Double? = nil) {
        self.minFactor = minFactor
        self.maxFactor = maxFactor
    }
}

/// `images:` For a dataset that is a folder of images, one folder a class. Limits are inclusive.
package struct ImageRules: Codable, Equatable, Sendable {
    /// The folders that there must be, and no others; nil: any.
    package var classes: [String]?
    package var minPerClass: Int64?
    package var maxPerClass: Int64?
    /// Pixels.
    package var minWidth: Int64?
    package var maxWidth: Int64?
    package var minHeight: Int64?
    package var maxHeight: Int64?
    /// Bytes of one file.
    package var maxBytes: Int64?

    package init(
        classes: [String]? = nil, minPerClass: Int64? = nil, maxPerClass: Int64? = nil, minWidth: Int64? = nil,
        maxWidth: Int64? = nil, minHeight: Int64? = nil, maxHeight: Int64? = nil, maxBytes: Int64? = nil
    ) {
        self.classes = classes
        self.minPerClass = minPerClass
        self.maxPerClass = maxPerClass
        self.minWidth = minWidth
        self.maxWidth = maxWidth
        self.minHeight = minHeight
        self.maxHeight = maxHeight
        self.maxBytes = maxBytes
    }
}

/// One entry of a dataset's `tests:`, the user's own question.
package struct DataTest: Codable, Equatable, Sendable {
    /// How it is asked.
    package enum Question: Codable, Equatable, Sendable {
        /// A SELECT over the table `data`, the file with the schema's types; every row that it gives is a violation.
        case sql(String)
        /// Shell command lines that must succeed, run in the work tree of a run with the data laid out.
        case commands([String])
    }

    package var name: String
    package var question: Question

    package init(name: String, question: Question) {
        self.name = name
        self.question = question
    }
}
