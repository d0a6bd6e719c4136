import Domain
import Host
import SystemPackage

/// A Parquet file: its columns carry types, so a wrong type is a fault of the whole column.
struct ParquetTest: Sendable {
    let file: FileTest
    let folder: FilePath

    /// SQL for the names and types of the linked file's columns.
    static let description =
        "SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM read_parquet('\(DataFile.linkName)'));"

    func run() async throws(Fault) -> Scanned {
        let answer = try await file.rows(
            "\(ParquetTest.description) SELECT num_rows AS claimed FROM parquet_file_metadata('\(DataFile.linkName)');",
            in: folder)
        let described = answer.filter { $0["name"] != nil }
        let names = file.renamed(described.map { $0["name"]?.text ?? "" })
        let types = described.map { $0["type"]?.text ?? "" }
        let faults = ColumnFaults.find(names, file.schema, file: file.name)
        if !faults.isEmpty { return Scanned(SchemaTest.Outcome(rows: 0, findings: faults)) }

        let position = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var wrong: [DataFinding] = []
        var cells: [Cell] = []
        for field in file.schema.fields {
            guard let index = position[field.name] else { continue }
            if field.type.holds(parquet: types[index]) {
                let hasForm = field.type == .string && field.lexicon.isWrong("") != nil
                cells.append(
                    Cell(
                        field: field, text: "c\(index)", isMissing: "c\(index) IS NULL",
                        wrong: hasForm ? "k\(index)" : nil, value: "v\(index)"))
            } else {
                wrong.append(
                    DataFinding(
                        check: "type", file: file.name, column: field.name, value: types[index].shown(),
                        message: "the column '\(field.name)' is \(types[index].shown()), not \(field.type.rawValue)"))
            }
        }
        let rules = RulesTest(file: file, folder: folder)
        let scan = rules.extended(try scan(types, cells))
        let counts = try await file.rows(scan.countsSQL, in: folder).first ?? [:]
        let rows = counts["n"]?.int64 ?? 0
        if rows == 0 { return Scanned(file.refuse("file-empty", "has columns and no records")) }
        // DuckDB reads what the row groups have, and nothing else.
        if let claimed = answer.last?["claimed"]?.int64, claimed != rows {
            return Scanned(
                file.refuse("file-format", "says that it has \(claimed) records, and \(rows) could be read"))
        }
        let findings = wrong + (try await file.findings(scan, counts: counts, in: folder))
        let order = Dictionary(
            file.schema.fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        let sorted = findings.enumerated().sorted { left, right in
            // What is about several columns comes behind them all.
            let places = [left, right].map { $0.element.column.map { order[$0] ?? .max } ?? -1 }
            return (places[0], left.offset) < (places[1], right.offset)
        }
        let ruled = try await rules.findings(scan, counts: counts, rows: rows)
        let table = KeyFile(
            name: file.name, path: folder.appending(DataFile.linkName), format: .parquet, columns: names, types: types)
        return Scanned(
            SchemaTest.Outcome(rows: rows, findings: sorted.map(\.element) + ruled),
            // Without a column of the right type, the table would not be the schema's.
            table: ScannedTable(scan: scan, file: table, isWhole: wrong.isEmpty))
    }

    private func scan(_ types: [String], _ cells: [Cell]) throws(Fault) -> Scan {
        let missing = try file.schema.missingSQL()
        // Columns are named by position, so no name of the file's is ever SQL.
        let columns = types.indices.map { index in
            guard let missing, types[index] == "VARCHAR" else { return "p\(index) AS c\(index)" }
            return "CASE WHEN p\(index) NOT IN (\(missing)) THEN p\(index) END AS c\(index)"
        }.joined(separator: ", ")
        let positions = types.indices.map { "p\($0)" }.joined(separator: ", ")
        let values = cells.map { cell in
            types.indices.first { cell.text == "c\($0)" }.map {
                cell.field.type.value(ofColumn: cell.text, parquet: types[$0])
            }
        }
        return Scan(
            source: { numbered in
                let number = numbered ? "row_number() OVER () AS rn, " : ""
                let inner = "SELECT \(number)\(columns) FROM read_parquet('\(DataFile.linkName)') AS t(\(positions))"
                return Cell.judged(
                    cells, hasOtherForm: cells.map { $0.wrong == nil ? nil : $0.field.lexicon.isWrong($0.text) },
                    values: values, from: inner)
            },
            cells: cells, checks: cells.flatMap { $0.checks() } + Cell.keyChecks(file.key(cells)),
            counts: types.indices.map { ("n\($0)", "count(c\($0))") })
    }
}
