package import Domain
package import SystemPackage

/// A CSV file as DuckDB reads it for us: every cell a text, nothing guessed.
package struct CSVSource: Sendable {
    /// A link made by `DataFile.link`, in the folder where DuckDB runs.
    package let file: FilePath
    package let isGzipped: Bool
    /// ASCII.
    package let delimiter: UInt8
    /// ASCII; doubled within a quoted cell.
    package let quote: UInt8

    package init(
        file: FilePath, isGzipped: Bool, delimiter: UInt8 = CSVHeader.Byte.comma,
        quote: UInt8 = CSVHeader.Byte.quote
    ) {
        self.file = file
        self.isGzipped = isGzipped
        self.delimiter = delimiter
        self.quote = quote
    }

    /// Records that cannot be read are kept by DuckDB up to this number.
    package static let rejectLimit = 1000

    /// A SELECT of the records that the statements before it could not read: `line` (the header is 1), `column_idx`,
    /// `kind`, `value`.
    package static let rejects = """
        SELECT line, column_idx, error_type::VARCHAR AS kind, left(csv_line, 201) AS value FROM reject_errors
        ORDER BY line, column_idx;
        """

    /// What a kind of reject means, to follow "cannot be read: ".
    package static func words(forReject kind: String) -> String {
        switch kind {
        case "MISSING COLUMNS": "fewer cells than the header"
        case "TOO MANY COLUMNS": "more cells than the header"
        case "INVALID ENCODING": "not UTF-8"
        case "LINE SIZE OVER MAXIMUM": "longer than 16 MiB"
        case "UNQUOTED VALUE": "a quote that is not closed or has text beside it"
        default: kind.lowercased()
        }
    }

    /// The table function that gives the records with the columns `c0`, `c1`, …; names never become SQL.
    ///
    /// Columns that a statement does not use are not decoded, and what is wrong with them goes unseen.
    /// - Parameter missing: texts that become null.
    package func table(columns: Int, missing: [String]) throws(Fault) -> String {
        var literals: [String] = []
        for text in missing { literals.append(try DuckDB.literal(text)) }
        let names = (0..<columns).map { "'c\($0)': 'VARCHAR'" }.joined(separator: ", ")
        return """
            read_csv(\(try DuckDB.literal(file.string)), compression='\(isGzipped ? "gzip" : "none")',
            columns={\(names)}, header=true, delim=chr(\(delimiter)), quote=chr(\(quote)), escape=chr(\(quote)), auto_detect=false, strict_mode=true,
            store_rejects=true, rejects_limit=\(CSVSource.rejectLimit), max_line_size=16777216, buffer_size=33554432,
            nullstr=[\(literals.isEmpty ? "chr(1)" : literals.joined(separator: ", "))])
            """
    }

    /// Reads the header, or says why there is none.
    package func header(
        _ duckdb: DuckDB, temporary: FilePath
    ) async throws(Fault) -> Result<CSVHeader, CSVHeader.Flaw> {
        let input = temporary.pushing(file)
        if isGzipped, try await isDamaged(input) { return .failure(.damaged) }
        let bytes =
            isGzipped
            ? try await firstLines(duckdb, temporary)
            : try await Blocking.run { () throws(Fault) in try DataFile.head(input, bytes: CSVHeader.limit) }
        let header: CSVHeader
        do throws(CSVHeader.Flaw) {
            header = try CSVHeader(bytes)
        } catch {
            return .failure(error)
        }
        if isGzipped, try await isFirstRecord(header, duckdb, temporary) { return .failure(.blankLine) }
        return .success(header)
    }

    // DuckDB takes half a gzip file, and one with wrong sums, for a shorter one.
    private func isDamaged(_ input: FilePath) async throws(Fault) -> Bool {
        let gzip = try Tool.find("gzip", advice: "install gzip")
        // From its input, because gzip takes neither links nor names without its ending.
        let outcome = try await Tool(path: "/bin/sh", name: "gzip").run(
            ["-c", "exec \"$1\" -t < \"$2\"", "sh", gzip.path.string, input.string], deadline: .seconds(1800))
        return outcome.status != 0
    }

    // A header with more line breaks in its names than this, or with longer lines, is refused as endless.
    private func firstLines(_ duckdb: DuckDB, _ temporary: FilePath) async throws(Fault) -> [UInt8] {
        let sql = """
            SELECT CASE WHEN length(line) <= 250000 THEN line END AS line
            FROM read_csv(\(try DuckDB.literal(file.string)), compression='gzip', columns={'line': 'VARCHAR'},
            header=false, delim=chr(1), quote='', escape='', auto_detect=false, strict_mode=false, nullstr=[chr(2)],
            max_line_size=\(CSVHeader.limit)) LIMIT 8;
            """
        let lines = try await duckdb.rows(sql, reading: [file], temporary: temporary).map { $0["line"]?.text }
        let whole = lines.prefix { $0 != nil }.compactMap { $0 }
        if whole.isEmpty, !lines.isEmpty { return [UInt8](repeating: UInt8(ascii: "-"), count: CSVHeader.limit) }
        return Array(whole.map { $0 + "\n" }.joined().utf8)
    }

    // DuckDB shows no blank lines, yet takes one at the start for the header; then the header is the first record.
    private func isFirstRecord(
        _ header: CSVHeader, _ duckdb: DuckDB, _ temporary: FilePath
    ) async throws(Fault) -> Bool {
        let table = try table(columns: header.names.count, missing: [])
        let columns = header.names.indices.map { "left(c\($0), 1000) AS c\($0)" }.joined(separator: ", ")
        let rows = try await duckdb.rows(
            "SELECT \(columns) FROM \(table) LIMIT 1;", reading: [file], temporary: temporary)
        guard let row = rows.first else { return false }
        return header.names.enumerated().allSatisfy { row["c\($0)"]?.text == String($1.prefix(1000)) }
    }
}
