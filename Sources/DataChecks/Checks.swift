import Domain
import Host

/// A question that is asked of every record.
struct Check: Sendable {
    enum Question: Sendable {
        /// SQL over the columns of `Scan.source`; a record for which it is true breaks the check.
        case record(String)
        /// SQL of a value that no two records may share; null is no value.
        case repeated(String)
    }

    /// The word of the finding.
    let name: String
    let column: String?
    let question: Question
    /// SQL for the text of an offending value.
    let shown: String
    /// What they are, for one and for more: `1 value that is missing`.
    let words: (one: String, more: String)

    /// SQL that counts what breaks it.
    ///
    /// Never `FILTER (WHERE …)`: its memory and time grow with the square of the number of columns.
    var count: String {
        switch question {
        case .record(let broken): "coalesce(count_if(\(broken)), 0)"
        case .repeated(let value): "count(\(value)) - count(DISTINCT \(value))"
        }
    }
}

/// A column of a file that a field is about, as the scan sees it.
struct Cell: Sendable {
    let field: Field
    /// SQL name of the value: null for a missing one.
    let text: String
    /// SQL that is true for a missing one.
    let isMissing: String
    /// SQL name of the truth that the value is of the wrong type; nil: it cannot be.
    let wrong: String?
    /// SQL name of the typed value, null where it is wrong.
    let value: String

    /// What is asked of the cell, in the order of findings.
    func checks() -> [Check] {
        var checks: [Check] = []
        func add(_ name: String, _ question: Check.Question, _ rest: String) {
            checks.append(
                Check(
                    name: name, column: field.name, question: question, shown: "\(text)::VARCHAR",
                    words: ("value that is \(rest)", "values that are \(rest)")))
        }
        if let wrong { add("type", .record(wrong), "not of type \(field.lexicon.name)") }
        if field.isRequired { add("required", .record(isMissing), "missing") }
        if field.isUnique { add("unique", .repeated(value), "not the first of that value") }
        if let allowed = field.allowed {
            add("enum", .record("\(value) NOT IN (\(allowed.joined(separator: ", ")))"), "none of the allowed ones")
        }
        if let bound = field.minimum {
            let isNaN = field.type == .number ? " OR isnan(\(value))" : ""
            add("minimum", .record("(\(value) < \(bound.sql)\(isNaN))"), "below \(bound.shown)")
        }
        // NaN is above every number in DuckDB.
        if let bound = field.maximum { add("maximum", .record("\(value) > \(bound.sql)"), "above \(bound.shown)") }
        let judged = wrong.map { "NOT \($0) AND " } ?? ""
        if let length = field.minLength {
            add("min-length", .record("\(judged)length(\(text)::VARCHAR) < \(length)"), "shorter than \(length)")
        }
        if let length = field.maxLength {
            add("max-length", .record("\(judged)length(\(text)::VARCHAR) > \(length)"), "longer than \(length)")
        }
        if let pattern = field.pattern, let literal = try? DuckDB.literal(pattern) {
            add(
                "pattern", .record("\(judged)NOT regexp_full_match(\(text)::VARCHAR, \(literal))"),
                "not as the pattern has it")
        }
        return checks
    }

    /// What the primary key asks of all its cells together.
    static func keyChecks(_ cells: [Cell]) -> [Check] {
        guard !cells.isEmpty else { return [] }
        var checks = cells.filter { !$0.field.isRequired }.map { cell in
            Check(
                name: "primary-key", column: cell.field.name, question: .record(cell.isMissing), shown: "NULL",
                words: ("value of the primary key that is missing", "values of the primary key that are missing"))
        }
        let values = cells.map(\.value)
        let isWhole = values.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        let key =
            values.count == 1 ? values[0] : "CASE WHEN \(isWhole) THEN row(\(values.joined(separator: ", "))) END"
        checks.append(
            Check(
                name: "primary-key", column: cells.map(\.field.name).joined(separator: ", "),
                question: .repeated(key),
                shown: "concat_ws(', ', \(cells.map { "left(\($0.text)::VARCHAR, 201)" }.joined(separator: ", ")))",
                words: ("primary key that was there before", "primary keys that were there before")))
        return checks
    }
}

extension Cell {
    /// The SELECT that adds to `inner` the columns that cells name: `k…` for a wrong type, `v…` for the value.
    ///
    /// Each is computed once: a value only where the form is right, and of a day or time first the value, since that
    /// tells whether the type is wrong.
    ///
    /// - Parameter hasOtherForm: SQL that is true for a text that has not the form of the type.
    static func judged(_ cells: [Cell], hasOtherForm: [String?], values: [String?], from inner: String) -> String {
        var layers = ["", ""]
        for (cell, (form, value)) in zip(cells, zip(hasOtherForm, values)) {
            if let form, let wrong = cell.wrong, cell.field.lexicon.isCalendar {
                let guarded = "CASE WHEN NOT (\(form)) THEN \(cell.field.lexicon.value(ofText: cell.text)) END"
                layers[0] += ", \(guarded) AS \(cell.value)"
                layers[1] += ", \(cell.text) IS NOT NULL AND \(cell.value) IS NULL AS \(wrong)"
                continue
            }
            if let form, let wrong = cell.wrong { layers[0] += ", \(form) AS \(wrong)" }
            if let value, cell.value != cell.text { layers[1] += ", \(value) AS \(cell.value)" }
        }
        return "SELECT *\(layers[1]) FROM (SELECT *\(layers[0]) FROM (\(inner)))"
    }
}

/// One way through a file: where its records come from, and what is asked of them.
struct Scan: Sendable {
    /// A SELECT over the file that has the columns which the checks name; `numbered` adds `rn`, the record from 1.
    let source: @Sendable (_ numbered: Bool) -> String
    let cells: [Cell]
    var checks: [Check]
    /// SQL of further counts, by name.
    var counts: [(name: String, sql: String)] = []

    /// First phase: how often each check is broken, and nothing else.
    var countsSQL: String {
        let columns =
            ["count(*) AS n"] + counts.map { "\($0.sql) AS \($0.name)" }
            + checks.indices.map { "\(checks[$0].count) AS b\($0)" }
        return "SELECT \(columns.joined(separator: ",\n")) FROM (\(source(false)));"
    }

    /// Second phase, only for checks that are broken: the first ten records and the first value. The counts of the
    /// columns come along, so that it reads the same cells as the first one and leaves out the same records.
    func examplesSQL(_ broken: [Int]) -> String? {
        var columns = counts.map { "\($0.sql) AS \($0.name)" }
        let before = columns.count
        for index in broken {
            guard case .record(let isBroken) = checks[index].question else { continue }
            let record = "CASE WHEN \(isBroken) THEN rn END"
            columns += [
                "min(\(record), 10)::VARCHAR AS r\(index)",
                "arg_min(left(\(checks[index].shown), 201), \(record)) AS v\(index)",
            ]
        }
        if columns.count == before { return nil }
        return "SELECT \(columns.joined(separator: ",\n")) FROM (\(source(true)));"
    }

    /// The same for a check of values that repeat: the records whose value stands in an earlier one. Their counts come
    /// along for the same reason.
    func repeatsSQL(_ check: Check, _ value: String) -> String {
        let reads = counts.map { "\($0.sql) AS \($0.name)" }.joined(separator: ", ")
        let source = source(true)
        return """
            SELECT \(reads.isEmpty ? "count(*) AS n" : reads) FROM (\(source));
            SELECT s.rn AS rn, left(s.shown, 201) AS shown
            FROM (SELECT rn, \(value) AS value, \(check.shown) AS shown FROM (\(source))) AS s
            JOIN (SELECT \(value) AS value, min(rn) AS first FROM (\(source)) GROUP BY 1 HAVING count(*) > 1) AS d
            ON s.value = d.value WHERE s.rn > d.first ORDER BY s.rn LIMIT 10;
            """
    }
}
