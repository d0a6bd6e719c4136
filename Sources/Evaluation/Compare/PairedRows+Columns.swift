import Domain

/// What is asked of the rows of both sides: columns of numbers for each slice.
extension PairedRows {
    /// The numbers of one choice of rows.
    struct Group: Sendable {
        /// The slice's value; empty for all rows.
        let value: String
        let rows: Int64
        let columns: [[Double]]
    }

    /// Numbers that one question may bring back: as text they stay below what `DuckDB.rows` takes.
    private static let mostNumbers = 500_000
    private static let mostBlocks = 10_000
    private static let leastBlocks = 50
    /// Rows that the area under the precision-recall curve is resampled from.
    static let mostRanked = 50_000

    /// A number in 0..<1 for each row, spread evenly over any stretch of rows and in step with no period of theirs.
    private static let spread = "(rn * 0.6180339887498949::DOUBLE) % 1"

    /// Label, champion's and challenger's prediction, and number of rows, for all cells in turn.
    func cells(_ column: Int?) async throws(Fault) -> [Group] {
        let key = key(column)
        var table: String
        switch basis.kind {
        case .classes where basis.classes > Formulas.mostClasses:
            // Nothing but hits counts.
            table = """
                SELECT \(key) AS g, 0 AS y, (a.y <> a.h)::INT AS ha, (b.y <> b.h)::INT AS hb, count(*) AS n
                FROM \(pairs) GROUP BY ALL
                """
        case .classes:
            table = """
                SELECT g, y.common AS y, ha.common AS ha, hb.common AS hb, n FROM
                (SELECT \(key) AS g, a.y AS y, a.h AS ha, b.h AS hb, count(*) AS n FROM \(pairs) GROUP BY ALL) cells
                JOIN \(codes(ofChampion: true)) y ON cells.y = y.code
                JOIN \(codes(ofChampion: true)) ha ON cells.ha = ha.code
                JOIN \(codes(ofChampion: false)) hb ON cells.hb = hb.code
                """
        case .binary, .regression, .relevance:
            table = "SELECT \(key) AS g, a.y AS y, a.h AS ha, b.h AS hb, count(*) AS n FROM \(pairs) GROUP BY ALL"
        }
        return try await groups(
            """
            SELECT g, sum(n)::BIGINT AS rows, string_agg(concat_ws(',', y, ha, hb, n), ',' ORDER BY y, ha, hb) AS c0
            FROM (\(table)) GROUP BY g ORDER BY g;
            """, columns: 1)
    }

    /// The sums of each block of rows: of the champion's terms, then of the challenger's.
    /// - Parameter slices: how many there may be.
    func blocks(_ column: Int?, _ formulas: Formulas, slices: Int) async throws(Fault) -> [Group] {
        try await blocks(
            "SELECT \(key(column)) AS g, b.rn AS rn, \(terms(formulas)) FROM \(pairs)", width: 2 * formulas.width,
            slices: slices)
    }

    /// As `blocks`, of queries.
    func queries(_ column: Int?, _ formulas: Formulas, slices: Int) async throws(Fault) -> [Group] {
        let sides = ["a", "b"].map { side in
            Ranking.queries("(SELECT \(side).rn, \(side).y, \(side).s, b.q, \(key(column)) AS g FROM \(pairs))")
        }
        return try await blocks(
            """
            SELECT a.g AS g, a.first AS rn, \(terms(formulas)) FROM (\(sides[0])) a
            JOIN (\(sides[1])) b ON a.g = b.g AND a.q = b.q
            """, width: 2 * formulas.width, slices: slices)
    }

    /// Labels, champion's and challenger's scores, of at most `mostRanked` rows.
    func scores(_ column: Int?, slices: Int) async throws(Fault) -> [Group] {
        let most = min(PairedRows.mostRanked, PairedRows.mostNumbers / 3 / max(1, slices))
        return try await groups(
            """
            WITH rows AS (SELECT \(key(column)) AS g, b.rn AS rn, b.y AS y, a.s AS sa, b.s AS sb FROM \(pairs)),
            sizes AS (SELECT g, count(*) AS n FROM rows GROUP BY g)
            SELECT g, any_value(n) AS rows, string_agg(y::VARCHAR, ',' ORDER BY rn) AS c0,
            string_agg(sa::VARCHAR, ',' ORDER BY rn) AS c1, string_agg(sb::VARCHAR, ',' ORDER BY rn) AS c2
            FROM rows JOIN sizes USING (g) WHERE n <= \(most) OR \(PairedRows.spread) < \(most)::DOUBLE / n
            GROUP BY g ORDER BY g;
            """, columns: 3)
    }

    /// The areas under the precision-recall curve of all rows, by slice.
    func precisionAreas(_ column: Int?) async throws(Fault) -> [String: (champion: Double, challenger: Double)] {
        var areas: [[String: Double]] = []
        for side in ["a", "b"] {
            let sql = """
                SELECT g, (fsum(pos * hits::DOUBLE / rows) / sum(pos))::VARCHAR AS area FROM (
                    SELECT g, pos, sum(pos) OVER down AS hits, sum(n) OVER down AS rows FROM (
                        SELECT \(key(column)) AS g, \(side).s + 0.0 AS s, count_if(b.y = 1) AS pos, count(*) AS n
                        FROM \(pairs) GROUP BY ALL)
                    WINDOW down AS (PARTITION BY g ORDER BY s DESC ROWS UNBOUNDED PRECEDING))
                GROUP BY g;
                """
            areas.append(try await ask(sql).reduce(into: [:]) { $0[$1["g"]?.text ?? ""] = $1["area"]?.double })
        }
        return areas[0].reduce(into: [:]) { both, area in
            both[area.key] = areas[1][area.key].map { (area.value, $0) }
        }
    }

    private func terms(_ formulas: Formulas) -> String {
        (formulas.terms(of: "a") + formulas.terms(of: "b")).enumerated().map { "\($1) AS x\($0)" }
            .joined(separator: ", ")
    }

    private func blocks(_ rows: String, width: Int, slices: Int) async throws(Fault) -> [Group] {
        let most = max(
            PairedRows.leastBlocks, min(PairedRows.mostBlocks, PairedRows.mostNumbers / width / max(1, slices)))
        let sums = (0..<width).map { "fsum(x\($0))::DOUBLE AS x\($0)" }.joined(separator: ", ")
        let texts = (0..<width).map { "string_agg(x\($0)::VARCHAR, ',' ORDER BY block) AS c\($0)" }
            .joined(separator: ", ")
        return try await groups(
            """
            WITH rows AS (\(rows)), sizes AS (SELECT g, count(*) AS n FROM rows GROUP BY g)
            SELECT g, any_value(n) AS rows, \(texts) FROM (
                SELECT g, any_value(n) AS n, block, \(sums) FROM (
                    SELECT rows.*, n, CASE WHEN n <= \(most) THEN rn
                    ELSE floor(\(PairedRows.spread) * \(most))::BIGINT END AS block FROM rows JOIN sizes USING (g))
                GROUP BY g, block)
            GROUP BY g ORDER BY g;
            """, columns: width)
    }

    private func groups(_ sql: String, columns: Int) async throws(Fault) -> [Group] {
        var groups: [Group] = []
        for row in try await ask(sql) {
            let texts = (0..<columns).map { row["c\($0)"]?.text ?? "" }
            groups.append(
                Group(
                    value: row["g"]?.text ?? "", rows: row["rows"]?.int64 ?? 0,
                    columns: texts.map { $0.split(separator: ",").map { Double($0) ?? .nan } }))
        }
        return groups
    }
}
