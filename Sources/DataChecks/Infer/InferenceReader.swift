import Domain
import Host
import SystemPackage

/// A file that is ready to be scanned.
struct InferenceSource: Sendable {
    let scan: Scanning
    /// The file's name without the ending of what it was packed with.
    let plainName: String
    let names: [String]
    /// DuckDB's words for the types of a Parquet file's columns.
    let types: [String]?
    /// Of a CSV file.
    let delimiter: UInt8?
    /// A table with the columns `c0`, `c1`, …
    let table: String
    private let kinds: Kinds

    private enum Kinds: Sendable {
        case text, parquet
        case json(pointers: String, objects: String)
    }

    /// Fields of these types are told by the file itself.
    func type(_ column: Int) -> FieldType? {
        guard let types else { return nil }
        let order: [FieldType] = [.integer, .number, .boolean, .date, .datetime, .time, .string]
        return order.first { $0.holds(parquet: types[column]) } ?? .any
    }

    /// A SELECT with a row for each cell of these columns: `i` is the column, `v` its text, `k` the code of its kind.
    /// Cells instead of columns: a thousand columns would be thousands of aggregates.
    func cells(_ columns: [Int]) throws(Fault) -> String {
        let numbers = "[\(columns.map(String.init).joined(separator: ", "))]"
        switch kinds {
        case .text:
            let cells = columns.map { "c\($0)" }.joined(separator: ", ")
            let kind = try CellKindSQL.ofText("v", hasCommas: delimiter == CSVHeader.Byte.comma)
            return """
                SELECT i, v, \(kind) AS k
                FROM (SELECT unnest(\(numbers)) AS i, unnest([\(cells)]) AS v FROM \(table))
                """
        case .parquet:
            // What is in lists and bytes tells nothing and would be long.
            let cells = columns.map {
                type($0) == .any ? "CASE WHEN c\($0) IS NOT NULL THEN '?' END" : "c\($0)::VARCHAR"
            }
            return """
                SELECT i, v, \(try CellKindSQL.ofParquet("v")) AS k
                FROM (SELECT unnest(\(numbers)) AS i, unnest([\(cells.joined(separator: ", "))]) AS v FROM \(table))
                """
        case .json(let pointers, let objects):
            let places = "[\(columns.map { String($0 + 1) }.joined(separator: ", "))]"
            return """
                SELECT i, v, \(try CellKindSQL.ofJSON("v", type: "y")) AS k
                FROM (SELECT unnest(\(numbers)) AS i, unnest(list_select(s, \(places))) AS v,
                unnest(list_select(y, \(places))) AS y
                FROM (SELECT json_extract_string(json, \(pointers)) AS s, json_type(json, \(pointers)) AS y FROM \(objects)))
                """
        }
    }

    /// A text source.
    init(_ scan: Scanning, plainName: String, dialect: Dialect) throws(Fault) {
        self.scan = scan
        self.plainName = plainName
        names = dialect.header.names
        types = nil
        delimiter = dialect.delimiter
        kinds = .text
        table = try CSVSource(
            file: scan.intake.links[0], isGzipped: false, delimiter: dialect.delimiter, quote: dialect.quote
        ).table(columns: names.count, missing: [""])
    }

    /// A source whose columns the room's own reader knows.
    init(_ scan: Scanning, plainName: String, group: Intake.Group) throws(Fault) {
        self.scan = scan
        self.plainName = plainName
        names = group.names
        types = group.types
        delimiter = nil
        table = try group.table()
        if group.format.kind == .parquet {
            kinds = .parquet
        } else {
            kinds = .json(
                pointers: try Intake.pointers(group.names),
                objects: Intake.objects("[\(try DuckDB.literal(group.files[0].string))]"))
        }
    }
}

/// Links a file into a folder, unpacks it, and looks at its columns.
struct InferenceReader: Sendable {
    let duckdb: DuckDB
    let folder: FilePath
    /// As the user knows the file.
    let name: String

    /// Throws `.input` for a file that cannot be read.
    func open(_ path: FilePath) async throws(Fault) -> InferenceSource {
        guard let format = DataFormat(fileName: name) else {
            throw flaw("has none of the endings that are read (\(DataFormat.endings))")
        }
        let link = folder.appending(DataFile.linkName)
        let size = try await Blocking.run { () throws(Fault) -> Int64? in
            _ = try DataFile.link(path, in: folder)
            return Files.size(path)
        }
        guard let size else { throw flaw("is not a regular file") }
        if size == 0 { throw flaw("is empty") }
        if format.packing != .none,
            let words = try await Unpacking(packing: format.packing, folder: folder).run(size: size)
        {
            throw flaw(words)
        }
        let plain = format.packing == .none ? name : name.split(separator: ".").dropLast().joined(separator: ".")
        let source: InferenceSource
        if format.kind == .csv {
            source = try await csv(link, plain, format)
        } else {
            let intake = try await IntakeReader(duckdb: duckdb, folder: folder).read([(plain, link)])
            let scan = Scanning(duckdb: duckdb, folder: folder, intake: intake, files: [name])
            source = try InferenceSource(scan, plainName: plain, group: intake.groups[0])
        }
        try check(source.names)
        return source
    }

    private func csv(
        _ link: FilePath, _ plain: String, _ format: DataFormat
    ) async throws(Fault) -> InferenceSource {
        let head = try await Blocking.run { () throws(Fault) in try DataFile.head(link, bytes: CSVHeader.limit) }
        let dialect: Dialect
        do throws(CSVHeader.Flaw) {
            dialect = try Dialect(guessing: head, isTabbed: plain.lowercased().hasSuffix(".tsv"))
        } catch {
            throw flaw(error.words)
        }
        try check(dialect.header.names)
        let survey = try await Blocking.run { () throws(Fault) in
            try CSVSurvey.of(
                link, delimiter: dialect.delimiter, quote: dialect.quote, newline: dialect.newline,
                columns: dialect.header.names.count)
        }
        if let long = survey.tooLong {
            throw flaw("has a record \(long.record) (line \(long.line)) of more than 16 MiB")
        }
        if let wide = survey.wide.first { throw flaw("has more cells in record \(wide) than in its header") }
        if survey.records < 1 { throw flaw("has a header and no records") }
        let group = Intake.Group(
            format: format, names: dialect.header.names, types: nil, files: [FilePath(DataFile.linkName)])
        let intake = Intake(groups: [group], size: 1, links: group.files)
        return try InferenceSource(
            Scanning(duckdb: duckdb, folder: folder, intake: intake, files: [name]), plainName: plain, dialect: dialect)
    }

    /// A schema tells columns by their names.
    private func check(_ names: [String]) throws(Fault) {
        guard names.count <= 10_000 else { throw flaw("has \(names.count) columns; a schema may have 10,000") }
        var seen: Set<String> = []
        for (index, name) in names.enumerated() {
            if !isPlain(name) {
                throw flaw("has control characters in the name of column \(index + 1), '\(name.shown(limit: 60))'")
            }
            if !seen.insert(name).inserted {
                throw flaw(
                    "has two columns with the name '\(name.shown(limit: 60))'; a schema tells columns by their names")
            }
        }
    }

    private func flaw(_ words: String) -> Fault { Fault(.input, "'\(name.shown())' \(words)") }
}
