import Domain
import Host
import SystemPackage

/// Files that lie linked in a folder, as SQL that DuckDB reads them by: columns `c0`, `c1`, … of each group.
struct Intake: Sendable {
    /// Files that are read alike.
    struct Group: Sendable {
        let format: DataFormat
        let names: [String]
        /// As JSON Lines have the names; nil: the same.
        var keys: [String]?
        /// DuckDB's words for the types of a Parquet file's columns.
        let types: [String]?
        /// Of a CSV file.
        var delimiter = CSVHeader.Byte.comma
        var quote = CSVHeader.Byte.quote
        /// Links, relative to the folder.
        var files: [FilePath]
        /// Of the first file, where its format says so.
        var records: Int64?

        func isRead(like other: Group) -> Bool {
            format == other.format && names == other.names && keys == other.keys && types == other.types
                && delimiter == other.delimiter
                && quote == other.quote
        }

        private static let number = "row_number() OVER () AS rn"

        /// A table with the columns `c0`, `c1`, …, for each record the link in `filename`, and `rn`, the number of the
        /// record, if `numbered`.
        func table(numbered: Bool = false) throws(Fault) -> String {
            var literals: [String] = []
            for file in files { literals.append(try DuckDB.literal(file.string)) }
            let list = "[\(literals.joined(separator: ", "))]"
            switch format.kind {
            case .csv:
                // The room's own reader, told of all the files at once.
                let source = CSVSource(
                    file: files[0], isGzipped: format.packing == .gzip, delimiter: delimiter, quote: quote)
                let one = try source.table(columns: names.count, missing: Intake.missing)
                let all = one.replacing("read_csv(\(literals[0])", with: "read_csv(\(list)", maxReplacements: 1)
                return numbered ? "(SELECT *, \(Self.number) FROM \(all))" : all
            case .parquet:
                let columns = names.indices.map { "c\($0)" }.joined(separator: ", ")
                let all = "read_parquet(\(list)) AS t(\(columns))"
                if !numbered { return all }
                // DuckDB's own number is cheaper, but has a name that the file may have, too.
                return names.contains { $0.lowercased() == "file_row_number" }
                    ? "(SELECT *, \(Self.number) FROM \(all))"
                    : "read_parquet(\(list), file_row_number=true) AS t(\(columns), rn)"
            case .jsonLines:
                var cells = names.indices.map { "s[\($0 + 1)] AS c\($0)" }.joined(separator: ", ")
                if numbered { cells += ", \(Self.number)" }
                return """
                    (SELECT \(cells), filename FROM (SELECT json_extract_string(json, \(try Intake.pointers(keys ?? names))) AS s,
                    filename FROM \(Intake.objects(list))))
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
    /// Names that columns of the files may have, by the name that they stand for.
    var aliases: [String: [String]] = [:]
    /// The columns that are looked for; nil: all.
    var wanted: Set<String>?

    /// Throws `.input` for a file that cannot be read.
    func read(_ files: [(name: String, path: FilePath)]) async throws(Fault) -> Intake {
        var groups: [Intake.Group] = []
        var size = 0.0
        var links: [FilePath] = []
        for (index, file) in files.enumerated() {
            let room = folder.appending("f\(index)")
            let link = FilePath("f\(index)/\(DataFile.linkName)")
            links.append(link)
            do throws(Fault) {
                let (group, weight) = try await group(file, room, link)
                size += weight
                if let known = groups.firstIndex(where: { $0.isRead(like: group) }) {
                    groups[known].files.append(link)
                } else {
                    groups.append(group)
                }
            } catch {
                throw Fault(
                    error.kind, DataFile.message(error.message, naming: file.name.shown()), advice: error.advice)
            }
        }
        return Intake(groups: groups, size: size, links: links)
    }

    private func group(
        _ file: (name: String, path: FilePath), _ room: FilePath, _ link: FilePath
    ) async throws(Fault) -> (Intake.Group, weight: Double) {
        guard var format = DataFormat(fileName: file.name) else {
            throw Fault(
                .input, "'\(DataFile.linkName)' has none of the endings that are read (\(DataFormat.endings))")
        }
        var bytes = try await Blocking.run { () throws(Fault) -> Int64? in
            try Files.makeDirectory(room, mode: 0o700)
            _ = try DataFile.link(file.path, in: room)
            return Files.size(file.path)
        }
        guard let packed = bytes, packed > 0 else {
            throw Fault(.input, "'\(DataFile.linkName)' is empty or no regular file")
        }
        var found: Intake.Group?
        if format.packing == .gzip, format.kind == .csv { found = try await group(gzipped: link, format) }
        if format.packing != .none, found == nil {
            if let flaw = try await Unpacking(packing: format.packing, folder: room).run(size: packed) {
                throw Fault(.input, "'\(DataFile.linkName)' \(flaw)")
            }
            format = format.unpacked
            bytes = await Blocking.run { Files.size(room.appending(DataFile.linkName)) }
        }
        let group = if let found { found } else { try await self.group(of: link, format, file.name) }
        guard Set(group.names).count == group.names.count, !group.names.isEmpty else {
            throw Fault(.input, "'\(DataFile.linkName)' has no columns, or two of the same name")
        }
        return (group, weight(format, bytes: bytes ?? packed, records: group.records))
    }

    /// A gzipped CSV file, which DuckDB reads as it is; nil if its header has one name only, because it may be one with
    /// another delimiter, which the unpacked file tells.
    private func group(gzipped link: FilePath, _ format: DataFormat) async throws(Fault) -> Intake.Group? {
        switch try await CSVSource(file: link, isGzipped: true).header(duckdb, temporary: folder) {
        case .success(let header):
            header.names.count == 1
                ? nil : Intake.Group(format: format, names: renamed(header.names), types: nil, files: [link])
        case .failure(let flaw): throw Fault(.input, "'\(DataFile.linkName)' \(flaw.words)")
        }
    }

    private func group(of link: FilePath, _ format: DataFormat, _ name: String) async throws(Fault) -> Intake.Group {
        switch format.kind {
        case .csv:
            let path = folder.pushing(link)
            let head = try await Blocking.run { () throws(Fault) in
                try DataFile.head(path, bytes: CSVHeader.limit)
            }
            do throws(CSVHeader.Flaw) {
                let isTabbed = name.lowercased().contains(".tsv")
                let names = wanted.map { $0.union($0.flatMap { aliases[$0] ?? [] }) }
                let dialect =
                    if let names { try Dialect(head, wanted: names) } else {
                        try Dialect(guessing: head, isTabbed: isTabbed)
                    }
                return Intake.Group(
                    format: format, names: renamed(dialect.header.names), types: nil, delimiter: dialect.delimiter,
                    quote: dialect.quote, files: [link])
            } catch {
                throw Fault(.input, "'\(DataFile.linkName)' \(error.words)")
            }
        case .parquet:
            let found = try await rows(
                """
                SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM read_parquet('\(link)'));
                SELECT count(*) AS n FROM read_parquet('\(link)');
                """, link)
            let rows = found.dropLast()
            return Intake.Group(
                format: format, names: renamed(rows.map { $0["name"]?.text ?? "" }),
                types: rows.map { $0["type"]?.text ?? "" }, files: [link], records: found.last?["n"]?.int64)
        case .jsonLines:
            let objects = Intake.objects("['\(link)']")
            let rows = try await rows(
                """
                SELECT key FROM (SELECT unnest(keys) AS key, n * 100000 + unnest(range(len(keys))) AS place
                FROM (SELECT json_keys(json) AS keys, row_number() OVER () AS n FROM \(objects)
                WHERE json_type(json) = 'OBJECT')) GROUP BY key ORDER BY min(place), key LIMIT 10000;
                SELECT count_if(coalesce(json_type(json) <> 'OBJECT', true)) AS broken FROM \(objects);
                """, link)
            if let broken = rows.last?["broken"]?.int64, broken > 0 {
                throw Fault(.input, "'\(DataFile.linkName)' holds \(broken) records that are no JSON objects in UTF-8")
            }
            let keys = rows.compactMap { $0["key"]?.text }
            return Intake.Group(format: format, names: renamed(keys), keys: keys, types: nil, files: [link])
        }
    }

    private func renamed(_ names: [String]) -> [String] {
        var names = names
        for (name, others) in aliases.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
            if let place = names.firstIndex(where: others.contains) { names[place] = name }
        }
        return names
    }

    // A sample should have about 100,000 rows, or 16 MiB of text.
    private func weight(_ format: DataFormat, bytes: Int64, records: Int64?) -> Double {
        records.map { Double($0) / 100_000 } ?? Double(bytes) / Double((format.packing == .none ? 16 : 3) << 20)
    }

    private func rows(_ sql: String, _ link: FilePath) async throws(Fault) -> [[String: JSONValue]] {
        try await duckdb.rows(sql, reading: [link], temporary: folder)
    }
}
