import Domain
import Host

/// What the labels are, and so what can be computed.
enum LabelKind: Sendable, Equatable {
    /// Labels 0 and 1, or -1 and 1.
    case binary(negative: Int)
    case regression
    case classes
}

/// What a first look at all rows tells: how many, what kinds of values, and whether all are there.
struct Profile: Sendable {
    let rows: Int64
    let digest: Digest
    /// True if every score lies within 0...1.
    let isProbability: Bool
    private let counts: [String: JSONValue]

    /// The values as numbers: `ln`, `pn`, `sn`, and of labels and predictions as 0 or 1: `lb`, `pb`. Null: it is none.
    static func typed(_ records: String) -> String {
        let number = "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?"
        let numbers = ["l", "p", "s"].map { name in
            "CASE WHEN regexp_full_match(\(name), '\(number)') THEN TRY_CAST(\(name) AS DOUBLE) END AS \(name)n"
        }
        let truths = ["l", "p"].map { name in
            "CASE WHEN \(name) IN ('true', 'True', 'TRUE') OR \(name)n = 1 THEN 1 "
                + "WHEN \(name) IN ('false', 'False', 'FALSE') OR \(name)n = 0 THEN 0 END AS \(name)b"
        }
        let first = "SELECT *, \(numbers.joined(separator: ", ")) FROM (\(records))"
        return "SELECT *, \(truths.joined(separator: ", ")) FROM (\(first))"
    }

    /// Throws `.input` for a file without rows or with a record that cannot be read.
    static func read(_ file: PredictionsFile) async throws(Fault) -> Profile {
        let conditions = [
            ("l_null", "l IS NULL"), ("l_wild", "lower(l) IN (\(wild)) OR isinf(ln)"), ("l_binary", "lb IS NULL"),
            ("l_sign", "ln IS NULL OR ln NOT IN (-1, 1)"), ("l_number", "ln IS NULL"),
            ("p_null", "p IS NULL"), ("p_binary", "pb IS NULL"), ("p_sign", "pn IS NULL OR pn NOT IN (-1, 1)"),
            ("p_number", "pn IS NULL OR isinf(pn)"),
            ("s_null", "s IS NULL"), ("s_number", "sn IS NULL OR isinf(sn)"), ("s_range", "sn NOT BETWEEN 0 AND 1"),
        ]
        let columns = conditions.flatMap { name, condition in
            let record = "CASE WHEN \(condition) THEN rn END"
            return [
                "min(\(record)) AS \(name)",
                "arg_min(left(\(name.prefix(1)), 201), \(record)) AS \(name)_value",
            ]
        }
        let key = """
            concat(rn, ':', coalesce(concat(length(i), ':', i), '-'), ':', coalesce(lb::DOUBLE::VARCHAR, ln::VARCHAR, l))
            """
        let halves = ["upper", "lower"].map { "sum(md5_number_\($0)(key)::HUGEINT)::VARCHAR AS \($0)_half" }
        let sql = """
            SELECT count(*) AS n, \(halves.joined(separator: ", ")), \(columns.joined(separator: ",\n"))
            FROM (SELECT *, \(key) AS key FROM (\(typed(file.records))));
            """
        let answer = try await file.rows(sql + (file.isCSV ? CSVSource.rejects : ""))
        if answer.count > 1 {
            let line = answer[1]["line"]?.int64 ?? 1
            let words = CSVSource.words(forReject: answer[1]["kind"]?.text ?? "")
            throw Fault(.input, "\(file.name): record \(line - 1) cannot be read: \(words)")
        }
        let counts = answer.first ?? [:]
        guard let rows = counts["n"]?.int64, rows > 0 else { throw Fault(.input, "\(file.name) has no rows") }
        let sums = "\(counts["upper_half"]?.text ?? "") \(counts["lower_half"]?.text ?? "")"
        return Profile(
            rows: rows, digest: Digest.of("rows \(rows) \(sums)"),
            isProbability: counts["s_range"]?.int64 == nil, counts: counts)
    }

    /// Throws `.input` for values that are missing, not finite, or do not fit the labels.
    func kind(_ file: PredictionsFile) throws(Fault) -> LabelKind {
        try refuse("l_null", "label", "is missing", file)
        try refuse("l_wild", "label", "is not finite", file)
        if file.hasScore {
            try refuse("s_null", "score", "is missing", file)
            try refuse("s_number", "score", "is not a finite number", file)
        }
        if file.hasPrediction { try refuse("p_null", "prediction", "is missing", file) }
        let probabilities = "a 'prediction' is one of the labels; probabilities belong in 'score'"
        if counts["l_binary"]?.int64 == nil {
            if file.hasPrediction { try refuse("p_binary", "prediction", "is not 0 or 1", file, probabilities) }
            return .binary(negative: 0)
        }
        if counts["l_sign"]?.int64 == nil {
            if file.hasPrediction { try refuse("p_sign", "prediction", "is not -1 or 1", file, probabilities) }
            return .binary(negative: -1)
        }
        let isRegression = counts["l_number"]?.int64 == nil
        guard file.hasPrediction else {
            throw Fault(
                .input,
                "\(file.name) has no column 'prediction', and its labels are \(isRegression ? "numbers" : "text")",
                advice: "a 'score' alone can only be compared with labels 0 and 1")
        }
        if isRegression { try refuse("p_number", "prediction", "is not a finite number", file) }
        return isRegression ? .regression : .classes
    }

    private static let wild = ["nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity"]
        .map { "'\($0)'" }.joined(separator: ", ")

    private func refuse(
        _ count: String, _ column: String, _ words: String, _ file: PredictionsFile, _ advice: String? = nil
    ) throws(Fault) {
        guard let record = counts[count]?.int64 else { return }
        let value = counts["\(count)_value"]?.text.map { ": '\($0.shown())'" } ?? ""
        throw Fault(.input, "\(file.name): the \(column) of record \(record) \(words)\(value)", advice: advice)
    }
}
