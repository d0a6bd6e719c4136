import Domain
import Host

/// The formulas of the table at `Scorer`, of all rows and of slices, in one call of DuckDB and one reading of the rows in
/// the order of their scores.
enum Metrics {
    static func compute(_ rows: ReadyRows) async throws(Fault) -> Scorer.Scores {
        let formulas = Formulas(rows.basis)
        let ranks = Ranks(rows)
        var portrait = PortraitReader(rows)
        var groups = Groups(slices: rows.slices.count)
        let sql = readySQL(rows) + groupsSQL(rows, formulas) + portrait.sql + (ranks.isNeeded ? ranks.exportSQL : "")
        for row in try await rows.run(sql, writing: ranks.isNeeded ? [Ranks.file] : []) where !portrait.read(row) {
            groups.read(row, formulas)
        }
        var curves: Ranks.Curves?
        if ranks.isNeeded {
            let read = try await ranks.read(values: groups.values, positives: portrait.positives)
            groups.add(read.areas)
            curves = read
        }
        return Scorer.Scores(
            metrics: try groups.whole(rows), rows: rows.rows, rowsDigest: rows.digest, slices: groups.slices(rows),
            portrait: portrait.portrait(curves))
    }

    /// Makes the table `ready`, in which slices have numbers for texts.
    private static func readySQL(_ rows: ReadyRows) -> String {
        let table = rows.table()
        let types = rows.slices.indices.map {
            "CREATE TYPE e\($0) AS ENUM (SELECT DISTINCT g\($0) FROM \(table) ORDER BY 1);"
        }
        let groups = rows.slices.indices.map { ", g\($0)::e\($0) AS g\($0)" }.joined()
        return types.joined(separator: "\n")
            + "\nCREATE TABLE ready AS SELECT rn, y, h, s + 0.0 AS s, r, q\(groups) FROM \(table);\n"
    }

    /// Rows with `c` (the number of the slice column; -1 for all rows), `g` (its value) and numbers by name.
    private static func groupsSQL(_ rows: ReadyRows, _ formulas: Formulas) -> String {
        var sql = ""
        for column in -1..<rows.slices.count {
            let table = "(SELECT *, \(column < 0 ? "''" : "g\(column)") AS g FROM ready)"
            let sums = formulas.sums(isWhole: column < 0).enumerated().map { "(\($1))::DOUBLE::VARCHAR AS t\($0)" }
            sql += "SELECT \(column) AS c, g, \(sums.joined(separator: ", ")) FROM \(table) GROUP BY g ORDER BY g;\n"
            if rows.kind == .classes { sql += "SELECT \(column) AS c, * FROM (\(ClassTotals.sql(table)));\n" }
            if rows.hasQuery { sql += "SELECT \(column) AS c, * FROM (\(Ranking.sql(table)));\n" }
        }
        return sql
    }
}

/// Metrics of all rows and of every slice, as they come in.
private struct Groups {
    private struct Group {
        var sums: [Double] = []
        var metrics: [String: Double] = [:]
    }

    private var all = Group()
    /// By column, then by value.
    private var parts: [[String: Group]]

    init(slices: Int) { parts = Array(repeating: [:], count: slices) }

    /// The values of each column in order, as the numbers of the slices count them.
    var values: [[String]] { parts.map { $0.keys.sorted(by: Groups.isBefore) } }

    // As DuckDB orders texts: by their bytes.
    private static func isBefore(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }

    mutating func read(_ row: [String: JSONValue], _ formulas: Formulas) {
        guard let column = row["c"]?.int64, let value = row["g"]?.text else { return }
        var numbers: [String: Double] = [:]
        var sums: [Double] = []
        if row["t0"] != nil {
            sums = (0..<formulas.width).map { row["t\($0)"]?.double ?? .nan }
            numbers = formulas.values(sums)
        } else {
            for (name, number) in row where name != "g" && name != "c" { numbers[name] = number.double }
        }
        change(Int(column), value) { group in
            if !sums.isEmpty { group.sums = sums }
            group.metrics.merge(numbers) { _, new in new }
        }
    }

    mutating func add(_ areas: [Ranks.Area]) {
        for area in areas {
            change(area.column, area.value) { group in
                group.metrics["auc"] = area.auc
                group.metrics["pr_auc"] = area.precisionRecall
            }
        }
    }

    private mutating func change(_ column: Int, _ value: String, _ body: (inout Group) -> Void) {
        if column < 0 { body(&all) } else if column < parts.count { body(&parts[column][value, default: Group()]) }
    }

    func whole(_ rows: ReadyRows) throws(Fault) -> [String: Double] {
        var metrics = all.metrics
        // Of all rows every name that the table promises is there; a slice without a positive label has no recall.
        if rows.basis.hasPrediction, case .binary = rows.kind { metrics["recall"] = metrics["recall"] ?? 0 }
        guard all.sums.allSatisfy(\.isFinite), metrics.values.allSatisfy(\.isFinite) else {
            throw Fault(.input, "\(rows.name): its metrics are not finite: the values are too large")
        }
        return metrics
    }

    func slices(_ rows: ReadyRows) -> [SliceScores] {
        rows.slices.enumerated().flatMap { index, column in
            parts[index].sorted { Groups.isBefore($0.key, $1.key) }.map { value, group in
                SliceScores(
                    slice: Slice(column: column, value: value), rows: Int64(group.sums.first ?? 0),
                    metrics: group.metrics.filter { $0.value.isFinite })
            }
        }
    }
}
