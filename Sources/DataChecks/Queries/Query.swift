import Domain
import Host
import SystemPackage

/// A test in SQL that DuckDB has understood: one SELECT, which may stand between parentheses.
struct Query: Sendable {
    let name: String
    let sql: String
    /// Names of the columns that it gives.
    let columns: [String]

    /// The statement between `before` and `after`, on lines of its own: a comment at its end hides nothing of ours, and
    /// its first line is the second of the whole.
    static func wrapped(_ sql: String, _ before: String, _ after: String) -> String {
        "\(before) (\n\(sql)\n) \(after)"
    }
}

/// Reads the tests in SQL of a dataset's rules, before any file is looked at.
///
/// The text is hostile. DuckDB's own parser says that it is one SELECT; of such a text, no beginning closes the
/// parenthesis in which it is then put, so that whatever the program takes for its end is a syntax error, at which the
/// program ends. Files, settings and extensions are locked; what is left to close are functions that give tables.
struct QueryReader: Sendable {
    let duckdb: DuckDB
    let schema: TableSchema

    private static let limit = 100_000
    private static let sources: Set = [
        "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree",
        "regexp_split_to_table",
    ]

    /// Throws `.input` for the first test that cannot be asked, with its name and the place in its SQL.
    func read(_ tests: [DataTest], temporary: FilePath) async throws(Fault) -> [Query] {
        var queries: [Query] = []
        for test in tests {
            guard case .sql(let text) = test.question else { continue }
            let sql = try plain(text, test.name)
            try await parse(sql, test.name, temporary)
            queries.append(Query(name: test.name, sql: sql, columns: try await bind(sql, test.name, temporary)))
        }
        return queries
    }

    /// The text without what ends a statement.
    private func plain(_ text: String, _ name: String) throws(Fault) -> String {
        var sql = text[...]
        while let last = sql.last, last.isWhitespace || last == ";" { sql.removeLast() }
        if sql.isEmpty { throw fault(name, "is empty", "write 'SELECT * FROM data WHERE …'") }
        guard sql.utf8.count <= QueryReader.limit else {
            throw fault(name, "is longer than \(QueryReader.limit) bytes", "make it several tests")
        }
        let lines = sql.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let start = line.first { !$0.isWhitespace }
            if start == "." || start == "#" {
                throw fault(
                    name, "begins line \(number + 1) with '\(start ?? ".")', which is a command of DuckDB's program",
                    "move it behind something else")
            }
        }
        let isOdd = sql.unicodeScalars.contains {
            $0.properties.generalCategory == .control && !["\n", "\r", "\t"].contains($0)
        }
        if isOdd { throw fault(name, "holds control characters", "write chr(…) for them") }
        return lines.joined(separator: "\n")
    }

    private func parse(_ sql: String, _ name: String, _ temporary: FilePath) async throws(Fault) {
        var lines: [String] = []
        for line in sql.split(separator: "\n", omittingEmptySubsequences: false) {
            var cells: [String] = []
            for cell in line.split(separator: "\t", omittingEmptySubsequences: false) {
                cells.append(try DuckDB.literal(String(cell)))
            }
            lines.append(cells.joined(separator: " || chr(9) || "))
        }
        let text = lines.joined(separator: " || chr(10) ||\n")
        let row =
            try await duckdb.rows(
                """
                SELECT json_extract_string(j, '$.error') AS error, json_extract_string(j, '$.error_message') AS words,
                json_extract_string(j, '$.position') AS position, json_array_length(j, '$.statements') AS statements,
                json_extract_string(j, '$..function.function_name') AS sources FROM (SELECT json_serialize_sql(\(text)) AS j);
                """, reading: [], temporary: temporary
            ).first ?? [:]
        if row["error"]?.text != "false" {
            let words = row["words"]?.text ?? "it is no SQL"
            guard let position = row["position"]?.text.flatMap({ Int($0) }) else {
                guard words.hasPrefix("Only SELECT") else {
                    throw fault(name, "is not understood: \(words.shown(limit: 300))", nil)
                }
                throw fault(name, "is not one SELECT and nothing else", "write 'SELECT * FROM data WHERE …'")
            }
            throw fault(
                name, "has a mistake\(QueryReader.place(position, sql)): \(words.shown(limit: 300))", nil)
        }
        guard row["statements"]?.int64 == 1 else {
            throw fault(name, "is more than one statement", "make it several tests")
        }
        guard case .array(let found)? = row["sources"] else { return }
        for source in found.compactMap(\.text) where !QueryReader.sources.contains(source.lowercased()) {
            throw fault(
                name, "asks '\(source.shown())' for a table, which a test may not", "read from the table 'data'")
        }
    }

    /// Asks it of a table of the same columns that is empty.
    private func bind(_ sql: String, _ name: String, _ temporary: FilePath) async throws(Fault) -> [String] {
        var columns = [#""record" BIGINT"#]
        for column in try QueryReader.columns(schema) {
            columns.append("\(column.identifier) \(column.field.type.sqlName)")
        }
        if columns.dropFirst().contains(where: { $0.lowercased().hasPrefix(#""record" "#) }) { columns.removeFirst() }
        let answer = try await duckdb.answer(
            "CREATE TABLE data (\(columns.joined(separator: ", ")));\n"
                + Query.wrapped(sql, "DESCRIBE SELECT * FROM", "AS found;"),
            reading: [], temporary: temporary)
        switch answer {
        case .rows(let rows): return rows.map { $0["column_name"]?.text ?? "" }
        case .mistake(let mistake):
            let place = mistake.line.map { line in
                " in line \(line - 1)" + (mistake.column.map { ", column \($0)" } ?? "")
            }
            throw fault(
                name, "has a mistake\(place ?? ""): \(mistake.words.replacing("\n", with: "; ").shown(limit: 300))", nil
            )
        }
    }

    /// The schema's fields as columns of a table, whose names know no case.
    static func columns(_ schema: TableSchema) throws(Fault) -> [(field: Field, identifier: String)] {
        var seen: Set<String> = []
        var columns: [(field: Field, identifier: String)] = []
        for field in schema.fields where !field.name.isEmpty && seen.insert(field.name.lowercased()).inserted {
            columns.append((field, try DuckDB.identifier(field.name)))
        }
        return columns
    }

    private func fault(_ name: String, _ words: String, _ advice: String?) -> Fault {
        Fault(.input, "the test '\(name.shown())' \(words)", advice: advice)
    }

    /// - Parameter position: in bytes, from 0.
    private static func place(_ position: Int, _ sql: String) -> String {
        let before = String(decoding: sql.utf8.prefix(position), as: UTF8.self)
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        return " in line \(lines.count), column \((lines.last?.count ?? 0) + 1)"
    }
}

extension FieldType {
    /// The type of the column in the table `data`.
    var sqlName: String {
        switch self {
        case .string, .any, .yearmonth: "VARCHAR"
        case .integer, .year: "BIGINT"
        case .number: "DOUBLE"
        case .boolean: "BOOLEAN"
        case .date: "DATE"
        case .datetime: "TIMESTAMPTZ"
        case .time: "TIME"
        }
    }
}
