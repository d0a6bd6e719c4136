import Domain
import Host
import SystemPackage

/// Files that lie linked in a folder, as SQL that DuckDB reads them by: columns `c0`, `c1`, … of each group.
struct Intake: Sendable {
    /// Files that are read alike.
    struct Group: Sendable {
        let format: DataFormat
        let names: [String]
        /// DuckDB's words for the types of a Parquet file's columns.
        let types: [String]?
        /// Links, relative to the folder.
        var files: [FilePath]

        /// A table with the columns `c0`, `c1`, …
        func table() throws(Fault) -> String {
            var literals: [String] = []
            for file in files { literals.append(try DuckDB.literal(file.string)) }
            let list = "[\(literals.joined(separator: ", "))]"
            switch format.kind {
            case .csv:
                // The room's own reader, told of all the files at once.
                let source = CSVSource(file: files[0], isGzipped: format.packing == .gzip)
                let one = try source.table(columns: names.count, missing: Intake.missing)
                return one.replacing("read_csv(\(literals[0])", with: "read_csv(\(list)", maxReplacements: 1)
            case .parquet:
                let columns = names.indices.map { "c\($0)" }.joined(separator: ", ")
                return "read_parquet(\(list)) AS t(\(columns))"
            case .jsonLines:
                let cells = names.indices.map { "s[\($0 + 1)] AS c\($0)" }.joined(separator: ", ")
                return """
                    (SELECT \(cells) FROM (SELECT json_extract_string(json, \(try Intake.pointers(names))) AS s
                    FROM \(Intake.objects(list))))
                    """
            }
        }
    }

    let groups: [Group]
    /// How many times larger the files are than what a sample should be.
    let size: Double
    let links: [FilePath]

    /// Cells that are no value, whatever the column.
    static let missing = ["", "NA", "N/A", "NaN", "nan", "NULL", "null"]

    static func objects(_ list: String) -> String {
        """
        read_ndjson_objects(\(list), compression='uncompressed', ignore_errors=true, maximum_object_size=16777216)
        """
    }

    /// An SQL list of the places of these keys in a JSON object.
    static func pointers(_ names: [String]) throws(Fault) -> String {
        var pointers: [String] = []
        for name in names {
            let escaped = name.replacing("~", with: "~0").replacing("/", with: "~1")
            pointers.append(try DuckDB.literal("/" + escaped))
        }
        return "[\(pointers.joined(separator: ", "))]"
    }

    /// The columns of all files, in the order of their first appearance.
    var names: [String] {
        var seen: Set<String> = []
        return groups.flatMap(\.names).filter { seen.insert($0).inserted }
    }
}

/// Links files into a folder and looks at their columns.
struct IntakeReader: Sendable {
    let duckdb: DuckDB
    let folder: FilePath

    /// Throws `.input` for a file that cannot be read.
    func read(_ files: [(name: String, path: FilePath)]) async throws(Fault) -> Intake {
        var groups: [Intake.Group] = []
        var size = 0.0
        var links: [FilePath] = []
        for (index, file) in files.enumerated() {
            guard let format = DataFormat(fileName: file.name) else {
                throw Fault(
                    .input,
                    "'\(file.name.shown())' has none of the endings that are read (.csv, .csv.gz, .tsv, .parquet, .jsonl, .ndjson)"
                )
            }
            guard format.packing == .none || (format.kind == .csv && format.packing == .gzip) else {
                throw Fault(
                    .input, "'\(file.name.shown())' is packed in a way that drift does not read yet",
                    advice: "give it unpacked, or as .csv.gz")
            }
            let room = folder.appending("f\(index)")
            let bytes = try await Blocking.run { () throws(Fault) -> Int64? in
                try Files.makeDirectory(room, mode: 0o700)
                _ = try DataFile.link(file.path, in: room)
                return Files.size(file.path)
            }
            guard let bytes, bytes > 0 else {
                throw Fault(.input, "'\(file.name.shown())' is empty or no regular file")
            }
            let link = FilePath("f\(index)/\(DataFile.linkName)")
            links.append(link)
            do throws(Fault) {
                let (names, types) = try await columns(of: link, format)
                size += try await weight(of: link, format, bytes: bytes)
                if let known = groups.firstIndex(where: {
                    $0.format == format && $0.names == names && $0.types == types
                }
                ) {
                    groups[known].files.append(link)
                } else {
                    groups.append(Intake.Group(format: format, names: names, types: types, files: [link]))
                }
            } catch {
                throw Fault(
                    error.kind, DataFile.message(error.message, naming: file.name.shown()), advice: error.advice)
            }
        }
        return Intake(groups: groups, size: size, links: links)
    }

    private func columns(
        of link: FilePath, _ format: DataFormat
    ) async throws(Fault) -> (names: [String], types: [String]?) {
        let names: [String]
        var types: [String]?
        switch format.kind {
        case .csv:
            let source = CSVSource(file: link, isGzipped: format.packing == .gzip)
            switch try await source.header(duckdb, temporary: folder) {
            case .success(let header): names = header.names
            case .failure(let flaw): throw Fault(.input, "'\(DataFile.linkName)' \(flaw.words)")
            }
        case .parquet:
            let rows = try await rows(
                "SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM read_parquet('\(link)'));",
                link)
            names = rows.map { $0["name"]?.text ?? "" }
            types = rows.map { $0["type"]?.text ?? "" }
        case .jsonLines:
            let objects = Intake.objects("['\(link)']")
            let rows = try await rows(
                """
                SELECT key FROM (SELECT unnest(keys) AS key, n * 100000 + unnest(range(len(keys))) AS place
                FROM (SELECT json_keys(json) AS keys, row_number() OVER () AS n FROM \(objects)
                WHERE json_type(json) = 'OBJECT')) GROUP BY key ORDER BY min(place), key LIMIT 10000;
                SELECT count_if(coalesce(json_type(json) <> 'OBJECT', true)) AS broken FROM \(objects);
                """, link)
            names = rows.compactMap { $0["key"]?.text }
            if let broken = rows.last?["broken"]?.int64, broken > 0 {
                throw Fault(.input, "'\(DataFile.linkName)' holds \(broken) records that are no JSON objects in UTF-8")
            }
        }
        guard Set(names).count == names.count, !names.isEmpty else {
            throw Fault(.input, "'\(DataFile.linkName)' has no columns, or two of the same name")
        }
        return (names, types)
    }

    // A sample should have about 100,000 rows, or 16 MiB of text.
    private func weight(of link: FilePath, _ format: DataFormat, bytes: Int64) async throws(Fault) -> Double {
        switch format.kind {
        case .csv, .jsonLines: return Double(bytes) / Double((format.packing == .none ? 16 : 3) << 20)
        case .parquet:
            let rows = try await rows("SELECT count(*) AS n FROM read_parquet('\(link)');", link)
            return (rows.first?["n"]?.double ?? 0) / 100_000
        }
    }

    private func rows(_ sql: String, _ link: FilePath) async throws(Fault) -> [[String: JSONValue]] {
        try await duckdb.rows(sql, reading: [link], temporary: folder)
    }
}
