import Domain
import Host
import SystemPackage

/// A CSV file: everything is read as text and judged by our own rules.
struct CSVTest: Sendable {
    let file: FileTest
    let folder: FilePath

    func run() async throws(Fault) -> Scanned {
        let input = folder.appending(DataFile.linkName)
        let head = try await Blocking.run { () throws(Fault) in try DataFile.head(input, bytes: CSVHeader.limit) }
        let dialect: Dialect
        do throws(CSVHeader.Flaw) {
            dialect = try Dialect(head, wanted: file.knownNames)
        } catch {
            return Scanned(file.refuse(error.check, error.words))
        }
        let names = file.renamed(dialect.header.names)
        let faults = ColumnFaults.find(names, file.schema, file: file.name)
        if !faults.isEmpty { return Scanned(SchemaTest.Outcome(rows: 0, findings: faults)) }
        let survey = try await survey(input, dialect)
        if let long = survey.tooLong {
            return Scanned(
                SchemaTest.Outcome(
                    rows: 0,
                    findings: [
                        DataFinding(
                            check: "file-format", file: file.name, record: long.record, line: long.line,
                            message: "record \(long.record) is longer than 16 MiB", records: [long.record])
                    ]))
        }
        var scanned = try await scanned(names, dialect, survey)
        scanned.lines = { wanted throws(Fault) in try await self.survey(input, dialect, wanted: wanted).lines }
        return scanned
    }

    private func survey(
        _ input: FilePath, _ dialect: Dialect, wanted: Set<Int64> = []
    ) async throws(Fault) -> CSVSurvey {
        try await Blocking.run { () throws(Fault) in
            try CSVSurvey.of(
                input, delimiter: dialect.delimiter, quote: dialect.quote, newline: dialect.newline,
                columns: dialect.header.names.count, wanted: wanted)
        }
    }

    private func scanned(
        _ names: [String], _ dialect: Dialect, _ survey: CSVSurvey
    ) async throws(Fault) -> Scanned {
        let source = CSVSource(
            file: FilePath(DataFile.linkName), isGzipped: false, delimiter: dialect.delimiter, quote: dialect.quote)
        let rules = RulesTest(file: file, folder: folder)
        let scan = rules.extended(try scan(names, source))
        let lines = try await file.rows(scan.countsSQL + CSVSource.rejects, in: folder)
        let rejects = lines.dropFirst().compactMap(Reject.init)
        let rows = lines.first?["n"]?.int64 ?? 0
        if rows == 0, rejects.isEmpty { return Scanned(file.refuse("file-empty", "has a header and no records")) }
        let refused = Set(rejects.map(\.record)).sorted()
        let unseen = survey.wide.filter { !refused.contains($0) }.map(Reject.init(wide:))
        var findings = Reject.findings(
            (rejects + unseen).sorted { $0.record < $1.record }, file: file)
        if rejects.isEmpty, rows != survey.records {
            findings.append(
                DataFinding(
                    check: "file-format", file: file.name,
                    message: "the file has \(survey.records) records, and \(rows) could be read"))
        }
        let isPartial = rejects.count >= CSVSource.rejectLimit
        let all = rows + Int64(refused.count)
        if let counts = lines.first {
            findings += try await file.findings(scan, counts: counts, in: folder) { position in
                isPartial ? nil : CSVTest.record(position, refused)
            }
            findings += try await rules.findings(scan, counts: counts, rows: all)
        }
        let table = KeyFile(
            name: file.name, path: folder.appending(DataFile.linkName), format: .csv, columns: names, dialect: dialect)
        return Scanned(
            SchemaTest.Outcome(rows: all, findings: findings),
            table: ScannedTable(
                scan: scan, file: table, isWhole: rejects.isEmpty && rows == survey.records && unseen.isEmpty,
                record: { isPartial ? nil : CSVTest.record($0, refused) }))
    }

    /// Records that could not be read are not counted by DuckDB, so each one shifts those behind it.
    static func record(_ position: Int64, _ refused: [Int64]) -> Int64 {
        var record = position
        for one in refused where one <= record { record += 1 }
        return record
    }

    private func scan(_ names: [String], _ source: CSVSource) throws(Fault) -> Scan {
        let reader = try source.table(columns: names.count, missing: file.schema.missingValues)
        let position = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let cells = file.schema.fields.compactMap { field -> Cell? in
            guard let index = position[field.name] else { return nil }
            let isText = field.lexicon.isWrong("") == nil
            return Cell(
                field: field, text: "c\(index)", isMissing: "c\(index) IS NULL", wrong: isText ? nil : "k\(index)",
                value: isText ? "c\(index)" : "v\(index)")
        }
        let forms = cells.map { $0.field.lexicon.isWrong($0.text) }
        let values = cells.map { cell in
            cell.wrong.flatMap { wrong in
                file.needsValue(cell.field)
                    ? "CASE WHEN NOT \(wrong) THEN \(cell.field.lexicon.value(ofText: cell.text)) END" : nil
            }
        }
        let checks =
            cells.flatMap { cell in
                cell.checks() + (cell.wrong == nil ? [CSVTest.nulBytes(cell)] : [])
            } + Cell.keyChecks(file.key(cells))
        return Scan(
            source: { numbered in
                let number = numbered ? "row_number() OVER () AS rn, " : ""
                return Cell.judged(cells, hasOtherForm: forms, values: values, from: "SELECT \(number)* FROM \(reader)")
            },
            cells: cells, checks: checks,
            // Columns that no query names are not decoded, and what is wrong with them goes unseen.
            counts: names.indices.map { ("n\($0)", "count(c\($0))") })
    }

    private static func nulBytes(_ cell: Cell) -> Check {
        Check(
            name: "encoding", column: cell.field.name, question: .record("contains(\(cell.text), chr(0))"),
            shown: cell.text,
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
