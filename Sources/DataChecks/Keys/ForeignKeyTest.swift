import Domain
import Host
import SystemPackage

/// Asks of every record whether its foreign keys stand where they must; one pass for all of them.
struct ForeignKeyTest: Sendable {
    let file: FileTest
    let table: ScannedTable
    let folder: FilePath

    func findings() async throws(Fault) -> [DataFinding] {
        let keys = file.schema.foreignKeys.filter { key in key.fields.allSatisfy { cell($0) != nil } }
        if keys.isEmpty { return [] }
        var links: [FilePath] = [FilePath(DataFile.linkName)]
        var columns = table.scan.counts.map { "\($0.sql) AS \($0.name)" }
        var asked: [String] = []
        for (index, key) in keys.enumerated() {
            let files = key.resource.isEmpty ? [table.file] : file.surroundings.resources[key.resource] ?? []
            var arms: [String] = []
            for other in files {
                var link = DataFile.linkName
                if !key.resource.isEmpty {
                    link = "resource-\(links.count)"
                    links.append(FilePath(link))
                    let (name, path) = (link, other.path)
                    try await Blocking.run { () throws(Fault) in _ = try DataFile.link(path, in: folder, named: name) }
                }
                arms.append(try self.keys(key, in: other, link))
            }
            asked.append("\(try isStray(key, arms)) AS f\(index)")
            let record = "CASE WHEN f\(index) THEN rn END"
            let shown = key.fields.compactMap(cell).map { "left(\($0.text)::VARCHAR, 201)" }
            columns += [
                "coalesce(count_if(f\(index)), 0) AS b\(index)", "min(\(record), 10)::VARCHAR AS r\(index)",
                "arg_min(concat_ws(', ', \(shown.joined(separator: ", "))), \(record)) AS w\(index)",
            ]
        }
        let sql = """
            SELECT \(columns.joined(separator: ",\n"))
            FROM (SELECT *, \(asked.joined(separator: ", ")) FROM (\(table.scan.source(true))));
            """
        let row = try await file.rows(sql, in: folder, reading: links).first ?? [:]
        return keys.enumerated().compactMap { finding($1, $0, row) }
    }

    private func cell(_ name: String) -> Cell? { table.scan.cells.first { $0.field.name == name } }

    /// The typed values of the referenced columns that are whole.
    private func keys(_ key: ForeignKey, in other: KeyFile, _ link: String) throws(Fault) -> String {
        let fields = key.fields.compactMap { name in file.schema.fields.first { $0.name == name } }
        let columns = key.columns.indices.map { "k\($0)" }
        let whole = columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        let inner = try other.keys(key.columns, as: fields, missing: file.schema.missingValues, link: link)
        return "SELECT \(ForeignKeyTest.row(columns)) FROM (\(inner)) WHERE \(whole)"
    }

    /// SQL that is true for a record whose key is whole and stands nowhere.
    private func isStray(_ key: ForeignKey, _ arms: [String]) throws(Fault) -> String {
        let cells = key.fields.compactMap(cell)
        let values = cells.map { $0.field.type == .string ? "\($0.value)::VARCHAR" : $0.value }
        let whole = values.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        return """
            coalesce(\(whole) AND \(ForeignKeyTest.row(values)) NOT IN (\(arms.joined(separator: " UNION ALL "))), false)
            """
    }

    private static func row(_ values: [String]) -> String {
        values.count == 1 ? values[0] : "row(\(values.joined(separator: ", ")))"
    }

    private func finding(_ key: ForeignKey, _ index: Int, _ row: [String: JSONValue]) -> DataFinding? {
        guard let count = row["b\(index)"]?.int64, count > 0 else { return nil }
        let records = FileTest.numbers(row["r\(index)"]).compactMap(table.record)
        let column = key.fields.joined(separator: ", ")
        return DataFinding(
            check: "foreign-key", file: file.name, column: column.shown(), record: records.first, count: count,
            value: file.shown(row["w\(index)"]?.text, of: column),
            message:
                "the column '\(column.shown())' holds \(count) \(count == 1 ? "value that is" : "values that are") not in \(key.target)",
            records: records.isEmpty ? nil : records)
    }
}
