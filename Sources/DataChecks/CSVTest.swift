import Domain
import Host
import SystemPackage

/// A CSV file: everything is read as text and judged by our own rules.
struct CSVTest: Sendable {
    let file: FileTest
    let folder: FilePath
    let source: CSVSource

    func run() async throws(Fault) -> SchemaTest.Outcome {
        let names: [String]
        switch try await source.header(file.duckdb, temporary: folder) {
        case .success(let header): names = header.names
        case .failure(let flaw): return file.refuse(flaw.check, flaw.words)
        }
        let faults = ColumnFaults.find(names, file.schema, file: file.name)
        if !faults.isEmpty { return SchemaTest.Outcome(rows: 0, findings: faults) }

        let scan = try scan(names)
        let lines = try await file.rows(scan.countsSQL + CSVSource.rejects, in: folder)
        let rejects = lines.dropFirst().compactMap(Reject.init)
        let rows = lines.first?["n"]?.int64 ?? 0
        if rows == 0, rejects.isEmpty { return file.refuse("file-empty", "has a header and no records") }
        let refused = Set(rejects.map(\.record)).sorted()
        var findings = Reject.findings(rejects, file: file.name)
        if let counts = lines.first {
            let isPartial = rejects.count >= CSVSource.rejectLimit
            findings += try await file.findings(scan, counts: counts, in: folder) { position in
                isPartial ? nil : CSVTest.record(position, refused)
            }
        }
        return SchemaTest.Outcome(rows: rows + Int64(refused.count), findings: findings)
    }

    /// Records that could not be read are not counted by DuckDB, so each one shifts those behind it.
    static func record(_ position: Int64, _ refused: [Int64]) -> Int64 {
        var record = position
        for one in refused where one <= record { record += 1 }
        return record
    }

    private func scan(_ names: [String]) throws(Fault) -> Scan {
        let reader = try source.table(columns: names.count, missing: file.schema.missingValues)
        let position = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let cells = file.schema.fields.compactMap { field -> Cell? in
            guard let index = position[field.name] else { return nil }
            let isText = field.type.isWrong("") == nil
            return Cell(
                field: field, text: "c\(index)", isMissing: "c\(index) IS NULL", wrong: isText ? nil : "k\(index)",
                value: isText ? "c\(index)" : "v\(index)")
        }
        let wrong = cells.map { $0.field.type.isWrong($0.text) }
        let values = cells.map { cell in
            cell.wrong.flatMap { wrong in
                cell.field.needsValue
                    ? "CASE WHEN NOT \(wrong) THEN \(cell.field.type.value(ofText: cell.text)) END" : nil
            }
        }
        let checks = cells.flatMap { cell in
            cell.checks() + (cell.wrong == nil ? [CSVTest.nulBytes(cell)] : [])
        }
        return Scan(
            source: { numbered in
                let number = numbered ? "row_number() OVER () AS rn, " : ""
                return Cell.judged(cells, wrong: wrong, values: values, from: "SELECT \(number)* FROM \(reader)")
            },
            checks: checks,
            // Columns that no query names are not decoded, and what is wrong with them goes unseen.
            counts: names.indices.map { ("n\($0)", "count(c\($0))") })
    }

    private static func nulBytes(_ cell: Cell) -> Check {
        Check(
            name: "encoding", column: cell.field.name, broken: "contains(\(cell.text), chr(0))", shown: cell.text,
            words: ("value with a NUL byte", "values with a NUL byte"))
    }
}

extension CSVHeader.Flaw {
    /// The word of the finding.
    fileprivate var check: String {
        switch self {
        case .empty: "file-empty"
        case .wideCharacters, .notUTF8, .nul: "encoding"
        case .other, .endless, .blankLine, .damaged, .strayQuote: "file-format"
        }
    }
}
