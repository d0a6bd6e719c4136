import Domain
import Host
import SystemPackage

/// Asks a file the tests in SQL of its dataset's rules.
struct QueryTest: Sendable {
    let file: FileTest
    let table: ScannedTable
    let folder: FilePath

    /// Rows of a test's answer that are counted: an answer without an end is ended here.
    private static let most: Int64 = 1_000_000
    /// Rows and columns that a finding shows.
    private static let shown = (rows: 3, columns: 20)

    func findings() async throws(Fault) -> [DataFinding] {
        let view = try view()
        var findings: [DataFinding] = []
        for query in file.surroundings.queries {
            let answer: DuckDB.Answer
            do throws(Fault) {
                answer = try await file.duckdb.answer(
                    view + sql(query), reading: [FilePath(DataFile.linkName)], temporary: folder,
                    limits: file.surroundings.queryLimits)
            } catch {
                throw ended(query, error)
            }
            switch answer {
            case .rows(let rows): if let finding = finding(query, rows.first ?? [:]) { findings.append(finding) }
            case .mistake(let mistake): throw failed(query, mistake.words)
            }
        }
        return findings
    }

    /// The table `data`: the records with the schema's types.
    private func view() throws(Fault) -> String {
        var columns: [String] = []
        var hasRecord = false
        for (field, identifier) in try QueryReader.columns(file.schema) {
            guard let cell = table.scan.cells.first(where: { $0.field.name == field.name }) else { continue }
            hasRecord = hasRecord || field.name.lowercased() == "record"
            columns.append("\(QueryTest.value(cell)) AS \(identifier)")
        }
        if !hasRecord { columns.insert(#"rn AS "record""#, at: 0) }
        return "CREATE VIEW data AS SELECT \(columns.joined(separator: ",\n")) FROM (\(table.scan.source(true)));\n"
    }

    private static func value(_ cell: Cell) -> String {
        switch cell.field.type {
        case .integer, .year:
            // Further out than 64 bits: the end of the range will do.
            """
            coalesce(TRY_CAST(\(cell.value) AS BIGINT),
            CASE WHEN \(cell.value) > 0 THEN \(Int64.max) WHEN \(cell.value) < 0 THEN \(Int64.min) END)
            """
        case .string, .any, .yearmonth, .number, .boolean, .date, .datetime, .time:
            "CAST(\(cell.value) AS \(cell.field.type.sqlName))"
        }
    }

    private func sql(_ query: Query) -> String {
        var columns = ["count(*) AS n"]
        if let place = query.columns.firstIndex(where: { $0.lowercased() == "record" }) {
            columns.append("min(TRY_CAST(c\(place) AS BIGINT), 10)::VARCHAR AS records")
        }
        for row in 1...QueryTest.shown.rows {
            for column in query.columns.indices.prefix(QueryTest.shown.columns) {
                columns.append("max(CASE WHEN i = \(row) THEN left(c\(column)::VARCHAR, 201) END) AS s\(row)_\(column)")
            }
        }
        let names = query.columns.indices.map { "c\($0)" }.joined(separator: ", ")
        return """
            SELECT \(columns.joined(separator: ",\n")) FROM (SELECT row_number() OVER () AS i, * FROM (
            \(Query.wrapped(query.sql, "SELECT * FROM", "AS found LIMIT \(QueryTest.most + 1)"))
            ) AS t(\(names)));
            """
    }

    private func finding(_ query: Query, _ row: [String: JSONValue]) -> DataFinding? {
        guard let count = row["n"]?.int64, count > 0 else { return nil }
        var records: [Int64] = []
        for number in FileTest.numbers(row["records"]) where !records.contains(number) { records.append(number) }
        let rows = (1...QueryTest.shown.rows).filter { Int64($0) <= count }.map { number in
            query.columns.enumerated().prefix(QueryTest.shown.columns).map { index, name in
                "\(name.shown(limit: 40))=\(shown(row["s\(number)_\(index)"]?.text, name))"
            }.joined(separator: ", ")
        }
        let isMore = count > QueryTest.most
        let words = "\(isMore ? "more than \(QueryTest.most)" : "\(count)") \(count == 1 ? "row breaks" : "rows break")"
        return DataFinding(
            check: "test:\(query.name)", file: file.name, record: records.first, count: min(count, QueryTest.most),
            value: rows.joined(separator: "; ").shown(), message: "\(words) the test '\(query.name.shown())'",
            records: records.isEmpty ? nil : records)
    }

    /// Under any other name, a value might be a sensitive one.
    private func shown(_ value: String?, _ column: String) -> String {
        guard let value else { return "NULL" }
        if !file.schema.fields.contains(where: \.isSensitive) || column.lowercased() == "record" { return value }
        let named = file.schema.fields.filter { $0.name.lowercased() == column.lowercased() }
        return named.isEmpty || named.contains(where: \.isSensitive) ? "(masked)" : value
    }

    private func failed(_ query: Query, _ words: String) -> Fault {
        let hasSecrets = file.schema.fields.contains(where: \.isSensitive)
        let kind = words.prefix { $0 != ":" }
        let said = DataFile.message(words, naming: file.name).replacing("\n", with: "; ").shown(limit: 300)
        return Fault(
            .input,
            "the test '\(query.name.shown())' ended with an error: \(hasSecrets ? "\(kind) (the rest may hold a sensitive value)" : said)",
            advice: "TRY_CAST gives NULL for what cannot be converted")
    }

    /// What a test used up, or broke, is the test's fault; what the machine could not do is not.
    private func ended(_ query: Query, _ fault: Fault) -> Fault {
        let ends = [
            "DuckDB ran out of memory", "DuckDB was ended by signal", "'duckdb' used more than", "'duckdb' did not end",
            "DuckDB ran out of disk", "INTERNAL Error", "FATAL Error",
        ]
        guard ends.contains(where: { fault.message.hasPrefix($0) }) else { return fault }
        return Fault(
            .input, "the test '\(query.name.shown())' could not be answered: \(fault.message.shown(limit: 300))",
            advice: "make it ask for less at once")
    }
}
