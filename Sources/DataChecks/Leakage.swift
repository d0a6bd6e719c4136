import Domain
import Host
import SystemPackage

/// Columns that determine the label, which a model would learn instead of the world.
///
/// Between two numbers (truth values are 0 and 1) it is the absolute correlation of Pearson. Between a text and a
/// number it is the correlation ratio: the root of the share of the number's variance that lies between the texts'
/// groups. Between two texts it is lambda of Goodman and Kruskal: by how much the column makes guessing the label
/// better. All are 1 where one determines the other. Groups of less than five records on average say nothing.
struct Leakage: Sendable {
    let rules: DataRules
    let cells: [Cell]

    private static let records = 5

    private var label: (index: Int, cell: Cell)? {
        guard let name = rules.leakage?.label else { return nil }
        return cells.enumerated().first { $1.field.name == name }.map { ($0, $1) }
    }

    private func others(numeric: Bool) -> [(Int, Cell)] {
        cells.enumerated().filter {
            $1.field.name != rules.leakage?.label && Leakage.isNumeric($1) == numeric
        }
    }

    private static func isNumeric(_ cell: Cell) -> Bool {
        switch cell.field.type {
        case .integer, .number, .boolean, .year: true
        case .string, .any, .date, .datetime, .time, .yearmonth: false
        }
    }

    /// SQL of a number whose square is finite, null otherwise: DuckDB ends with an error where a sum is too large.
    private static func number(_ cell: Cell) -> String {
        "CASE WHEN abs(CAST(\(cell.value) AS DOUBLE)) < 1e100 THEN CAST(\(cell.value) AS DOUBLE) END"
    }

    /// To be taken along on the scan's first pass.
    var correlations: [(name: String, sql: String)] {
        guard let label, Leakage.isNumeric(label.cell) else { return [] }
        let y = Leakage.number(label.cell)
        return others(numeric: true).map { index, cell in
            let corr = "corr(\(Leakage.number(cell)), \(y))"
            return ("q\(index)", "CASE WHEN isfinite(\(corr)) THEN \(corr) END")
        }
    }

    func findings(
        _ scan: Scan, _ counts: [String: JSONValue], _ file: FileTest, _ folder: FilePath
    ) async throws(Fault) -> [DataFinding] {
        guard let rule = rules.leakage, let label else { return [] }
        var strengths: [Int: Double] = [:]
        for (index, _) in cells.enumerated() {
            if let value = counts["q\(index)"]?.double { strengths[index] = abs(value) }
        }
        for sql in grouped(scan, label.cell) {
            for row in try await file.rows(sql, in: folder) {
                guard let name = row["name"]?.text, let index = Int(name.dropFirst()) else { continue }
                strengths[index] = row["strength"]?.double
            }
        }
        return cells.enumerated().compactMap { index, cell in
            // Sums of floating-point numbers may end a hair above what they stand for.
            guard let strength = strengths[index], strength > rule.maxAbsCorrelation + 1e-9 else { return nil }
            return DataFinding(
                check: "leakage", file: file.name, column: cell.field.name.shown(),
                value: RulesTest.number(min(strength, 1)),
                message:
                    "the column '\(cell.field.name.shown())' gives the label '\(rule.label.shown())' away: \(RulesTest.number(min(strength, 1))) is over \(RulesTest.number(rule.maxAbsCorrelation))"
            )
        }
    }

    private func grouped(_ scan: Scan, _ label: Cell) -> [String] {
        let (texts, numbers) = (others(numeric: false), others(numeric: true))
        let source = "FROM (\(scan.source(false)))"
        func unpivot(_ columns: [(Int, Cell)], _ sql: (Cell) -> String, _ y: String) -> String {
            let values = columns.map { "\(sql($1)) AS t\($0)" }.joined(separator: ", ")
            return "(UNPIVOT (SELECT \(y) AS y, \(values) \(source)) ON COLUMNS(* EXCLUDE y) INTO NAME name VALUE x)"
        }
        if Leakage.isNumeric(label) {
            if texts.isEmpty { return [] }
            return [ratio(of: "y", by: "x", unpivot(texts, { "\($0.text)::VARCHAR" }, Leakage.number(label)))]
        }
        let y = "\(label.text)::VARCHAR"
        var statements: [String] = []
        if !numbers.isEmpty { statements.append(ratio(of: "x", by: "y", unpivot(numbers, Leakage.number, y))) }
        if !texts.isEmpty { statements.append(lambda(unpivot(texts, { "\($0.text)::VARCHAR" }, y))) }
        return statements
    }

    private func ratio(of number: String, by group: String, _ records: String) -> String {
        """
        SELECT name, sqrt(greatest(0, least(1,
        sum(n * (m - g) * (m - g)) / nullif(sum(n * (m - g) * (m - g)) + sum(s), 0)))) AS strength FROM (
        SELECT *, sum(n * m) OVER (PARTITION BY name) / sum(n) OVER (PARTITION BY name) AS g FROM (
        SELECT name, \(group) AS k, count(*) AS n, avg(\(number)) AS m, var_pop(\(number)) * count(*) AS s
        FROM \(records) WHERE x IS NOT NULL AND y IS NOT NULL GROUP BY name, k))
        GROUP BY name HAVING sum(n) >= \(Leakage.records) * count(*) AND count(*) > 1;
        """
    }

    private func lambda(_ records: String) -> String {
        """
        WITH cells AS (SELECT name, x, y, count(*) AS n FROM \(records) WHERE y IS NOT NULL GROUP BY name, x, y),
        groups AS (SELECT name, x, max(n) AS best, sum(n) AS n FROM cells GROUP BY name, x),
        labels AS (SELECT name, y, sum(n) AS n FROM cells GROUP BY name, y),
        base AS (SELECT name, max(n) AS best FROM labels GROUP BY name)
        SELECT name, ((sum(groups.best) - any_value(base.best)) / nullif(sum(n) - any_value(base.best), 0))::DOUBLE
        AS strength FROM groups JOIN base USING (name) GROUP BY name HAVING sum(n) >= \(Leakage.records) * count(*);
        """
    }
}
