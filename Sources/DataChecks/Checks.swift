import Domain
import Host

/// A question that is asked of every record; a record for which `broken` is true breaks it.
struct Check: Sendable {
    /// The word of the finding.
    let name: String
    let column: String?
    /// SQL over the columns of `Scan.source`.
    let broken: String
    /// SQL for the text of an offending value.
    let shown: String
    /// What they are, for one and for more: `1 value that is missing`.
    let words: (one: String, more: String)
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
        func add(_ name: String, _ broken: String, _ rest: String) {
            checks.append(
                Check(
                    name: name, column: field.name, broken: broken, shown: "\(text)::VARCHAR",
                    words: ("value that is \(rest)", "values that are \(rest)")))
        }
        if let wrong { add("type", wrong, "not of type \(field.type.rawValue)") }
        if field.isRequired { add("required", isMissing, "missing") }
        if let allowed = field.allowed {
            add("enum", "\(value) NOT IN (\(allowed.joined(separator: ", ")))", "none of the allowed ones")
        }
        if let bound = field.minimum {
            let isNaN = field.type == .number ? " OR isnan(\(value))" : ""
            add("minimum", "(\(value) < \(bound.sql)\(isNaN))", "below \(bound.shown)")
        }
        // NaN is above every number in DuckDB.
        if let bound = field.maximum { add("maximum", "\(value) > \(bound.sql)", "above \(bound.shown)") }
        return checks
    }
}

extension Cell {
    /// The SELECT that adds to `inner` the columns that cells name: `k…` for a wrong type, `v…` for the value.
    static func judged(_ cells: [Cell], wrong: [String?], values: [String?], from inner: String) -> String {
        func columns(_ sql: [String?], _ name: (Cell) -> String?) -> String {
            zip(cells, sql).map { cell, sql in
                guard let sql, let name = name(cell) else { return "" }
                return ", \(sql) AS \(name)"
            }.joined()
        }
        let first = "SELECT *\(columns(wrong, \.wrong)) FROM (\(inner))"
        return "SELECT *\(columns(values) { $0.value }) FROM (\(first))"
    }
}

/// One way through a file: where its records come from, and what is asked of them.
struct Scan: Sendable {
    /// A SELECT over the file that has the columns which the checks name; `numbered` adds `rn`, the record from 1.
    let source: @Sendable (_ numbered: Bool) -> String
    let checks: [Check]
    /// SQL of further counts, by name.
    var counts: [(name: String, sql: String)] = []

    /// First phase: how often each check is broken, and nothing else.
    ///
    /// Never `FILTER (WHERE …)`: its memory and time grow with the square of the number of columns.
    var countsSQL: String {
        let columns =
            ["count(*) AS n"] + counts.map { "\($0.sql) AS \($0.name)" }
            + checks.indices.map { "coalesce(count_if(\(checks[$0].broken)), 0) AS b\($0)" }
        return "SELECT \(columns.joined(separator: ",\n")) FROM (\(source(false)));"
    }

    /// Second phase, only for checks that are broken: the first record and its value. The counts of the columns come
    /// along, so that it reads the same cells as the first one and leaves out the same records.
    func examplesSQL(_ broken: [Int]) -> String {
        let columns =
            counts.map { "\($0.sql) AS \($0.name)" }
            + broken.flatMap { index in
                let check = checks[index]
                let record = "CASE WHEN \(check.broken) THEN rn END"
                return [
                    "min(\(record)) AS r\(index)", "arg_min(left(\(check.shown), 201), \(record)) AS v\(index)",
                ]
            }
        return "SELECT \(columns.joined(separator: ",\n")) FROM (\(source(true)));"
    }
}
