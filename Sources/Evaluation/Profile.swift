import Domain
import Host
import SystemPackage

/// What the labels are, and so what can be computed.
enum LabelKind: Sendable, Equatable {
    /// Labels 0 and 1, or -1 and 1.
    case binary(negative: Int)
    case regression
    case classes
    /// Numbers from 0 that say how good an answer is, with scores that order the answers of each query.
    case relevance
}

/// What a first look at all rows tells: how many, what kinds of values, and whether all are there. On its way it writes
/// them as numbers into `rowsFile`.
struct Profile: Sendable {
    let rows: Int64
    let digest: Digest
    /// True if every score lies within 0...1.
    let isProbability: Bool
    /// Labels and predictions that there are; 0 before `encodeLabels`.
    private(set) var labels = 0
    private let counts: [String: JSONValue]
    private let facts: [String: JSONValue]

    static let rowsFile = "rows.parquet"
    /// The same with labels and predictions of classes as numbers.
    static let codedFile = "coded.parquet"
    static let labelsFile = "labels.parquet"

    /// Half way between the least and the greatest label.
    var centre: Double {
        (counts["l_least"]?.double ?? 0) / 2 + (counts["l_greatest"]?.double ?? 0) / 2
    }

    func hasNegativeLabels(_ kind: LabelKind) -> Bool {
        kind == .regression && (counts["l_least"]?.double ?? 0) < 0
    }

    /// How many values a slice column has (no more than one over the limit is told), and the length of the longest.
    func sliceFacts(_ column: Int) -> (values: Int64, length: Int64) {
        (facts["d\(column)"]?.int64 ?? 0, facts["x\(column)"]?.int64 ?? 0)
    }

    /// Throws `.input` for a file without rows or with a record that cannot be read.
    static func read(
        _ file: PredictionsFile, slices: [SliceColumns.Choice], _ duckdb: DuckDB
    ) async throws(Fault) -> Profile {
        // Two threads: nothing here depends on the order in which rows are added up. A table keeps the order of the
        // file, so that a row's id tells its number.
        let answer = try await duckdb.rows(
            typedSQL(file, slices) + factsSQL(slices) + profileSQL + (file.isCSV ? CSVSource.rejects : "")
                + writeSQL(slices),
            reading: [FilePath(DataFile.linkName), FilePath(rowsFile)], temporary: file.folder)
        if let reject = answer.dropFirst(2).first {
            let line = reject["line"]?.int64 ?? 1
            let words = CSVSource.words(forReject: reject["kind"]?.text ?? "")
            throw Fault(.input, "\(file.name): record \(line - 1) cannot be read: \(words)")
        }
        let facts = answer.first ?? [:]
        let counts = answer.dropFirst().first ?? [:]
        guard let rows = counts["n"]?.int64, rows > 0 else { throw Fault(.input, "\(file.name) has no rows") }
        let sums = "\(counts["upper_half"]?.text ?? "") \(counts["lower_half"]?.text ?? "")"
        return Profile(
            rows: rows, digest: Digest.of("rows \(rows) \(sums)"),
            isProbability: counts["s_range"]?.int64 == nil, counts: counts, facts: facts)
    }

    private init(
        rows: Int64, digest: Digest, isProbability: Bool, counts: [String: JSONValue], facts: [String: JSONValue]
    ) {
        self.rows = rows
        self.digest = digest
        self.isProbability = isProbability
        self.counts = counts
        self.facts = facts
    }

    /// Gives every label and prediction of classes a number, in the order of their texts.
    mutating func encodeLabels(_ file: PredictionsFile, _ duckdb: DuckDB) async throws(Fault) {
        let answer = try await duckdb.rows(
            """
            CREATE TABLE labels AS SELECT row_number() OVER (ORDER BY label) - 1 AS code, label FROM
            (SELECT l AS label FROM read_parquet('\(Profile.rowsFile)')
            UNION SELECT p FROM read_parquet('\(Profile.rowsFile)'));
            COPY labels TO '\(Profile.labelsFile)' (FORMAT parquet, USE_TMP_FILE false);
            COPY (SELECT rows.* EXCLUDE (l, p), a.code AS lc, b.code AS pc FROM read_parquet('\(Profile.rowsFile)') rows
            JOIN labels a ON a.label = l JOIN labels b ON b.label = p ORDER BY rn)
            TO '\(Profile.codedFile)' (FORMAT parquet, USE_TMP_FILE false);
            SELECT count(*) AS n FROM labels;
            """,
            reading: [Profile.rowsFile, Profile.labelsFile, Profile.codedFile].map { FilePath($0) },
            temporary: file.folder)
        labels = Int(answer.first?["n"]?.int64 ?? 0)
    }
}

extension Profile {
    /// Throws `.input` for values that are missing, not finite, or do not fit the labels.
    func kind(_ file: PredictionsFile) throws(Fault) -> LabelKind {
        try refuse("l_null", "label", "is missing", file)
        try refuse("l_wild", "label", "is not finite", file)
        if file.has("score") {
            try refuse("s_null", "score", "is missing", file)
            try refuse("s_number", "score", "is not a finite number", file)
        }
        if file.has("prediction") { try refuse("p_null", "prediction", "is missing", file) }
        if file.has("query"), file.has("score") { try refuse("q_null", "query", "is missing", file) }
        let probabilities = "a 'prediction' is one of the labels; probabilities belong in 'score'"
        if counts["l_binary"]?.int64 == nil {
            if file.has("prediction") { try refuse("p_binary", "prediction", "is not 0 or 1", file, probabilities) }
            return .binary(negative: 0)
        }
        if counts["l_sign"]?.int64 == nil {
            if file.has("prediction") { try refuse("p_sign", "prediction", "is not -1 or 1", file, probabilities) }
            return .binary(negative: -1)
        }
        let isRegression = counts["l_number"]?.int64 == nil
        if isRegression, file.has("query"), !file.has("prediction") {
            let advice = "the label of a row with a 'query' says how relevant it is: 0 for not at all"
            try refuse("l_negative", "label", "is negative", file, advice)
            return .relevance
        }
        guard file.has("prediction") else {
            throw Fault(
                .input,
                "\(file.name) has no column 'prediction', and its labels are \(isRegression ? "numbers" : "text")",
                advice: "a 'score' alone can only be compared with labels 0 and 1, or of rows with a 'query'")
        }
        guard isRegression else { return .classes }
        try refuse("p_number", "prediction", "is not a finite number", file)
        if file.has("reference") {
            try refuse("r_null", "reference", "is missing", file)
            try refuse("r_number", "reference", "is not a finite number", file)
        }
        return .regression
    }

    private func refuse(
        _ count: String, _ column: String, _ words: String, _ file: PredictionsFile, _ advice: String? = nil
    ) throws(Fault) {
        guard let record = counts[count]?.int64 else { return }
        let value = counts["\(count)_value"]?.text.map { ": '\($0.shown())'" } ?? ""
        throw Fault(.input, "\(file.name): the \(column) of record \(record) \(words)\(value)", advice: advice)
    }
}
