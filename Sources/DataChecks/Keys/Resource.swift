import Domain
import Host
import SystemPackage

/// A file whose columns are read as keys: one of another resource, or the tested file itself.
struct KeyFile: Sendable {
    /// For messages.
    let name: String
    /// Unpacked.
    let path: FilePath
    let format: DataFormat.Kind
    /// As they stand in the file, aliases resolved; of JSON Lines the keys that are asked for.
    let columns: [String]
    /// As JSON Lines have them; nil: the same.
    var keys: [String]?
    /// DuckDB's words for the types of Parquet's columns.
    var types: [String] = []
    var dialect: Dialect?

    /// A SELECT of the typed values of `columns` as `k0`, `k1`, …: what is not of a field's type is null.
    ///
    /// - Parameter link: the file's name where DuckDB runs, plain SQL.
    func keys(_ columns: [String], as fields: [Field], missing: [String], link: String) throws(Fault) -> String {
        let positions = columns.compactMap { self.columns.firstIndex(of: $0) }
        var values: [String] = []
        for (index, (position, field)) in zip(positions, fields).enumerated() {
            values.append("\(value(position, field, missing)) AS k\(index)")
        }
        return "SELECT \(values.joined(separator: ", ")) FROM \(try table(link, missing: missing))"
    }

    /// A SELECT that counts the records and looks at the columns asked for.
    func survey(_ columns: [String], missing: [String], link: String) throws(Fault) -> String {
        let counts = columns.compactMap { self.columns.firstIndex(of: $0) }.map { ", count(c\($0)) AS n\($0)" }
        let broken = format == .jsonLines ? ", coalesce(count_if(NOT o), 0) AS broken" : ""
        let rejects = format == .csv ? CSVSource.rejects : ""
        return """
            SELECT count(*) AS n\(counts.joined())\(broken) FROM \(try table(link, missing: missing));
            \(rejects)
            """
    }

    private func value(_ position: Int, _ field: Field, _ missing: [String]) -> String {
        let column = "c\(position)"
        if types.indices.contains(position), field.type.holds(parquet: types[position]) {
            let value = field.type.value(ofColumn: column, parquet: types[position])
            return field.type == .string ? "\(value)::VARCHAR" : value
        }
        let text = types.isEmpty ? column : "\(column)::VARCHAR"
        guard let wrong = field.lexicon.isWrong(text) else { return text }
        return "CASE WHEN NOT (\(wrong)) THEN \(field.lexicon.value(ofText: text)) END"
    }

    /// A table with the columns `c0`, `c1`, …; missing values are null.
    private func table(_ link: String, missing: [String]) throws(Fault) -> String {
        var literals: [String] = []
        for text in missing { literals.append(try DuckDB.literal(text)) }
        let words = literals.joined(separator: ", ")
        func present(_ cell: String) -> String {
            words.isEmpty ? cell : "CASE WHEN \(cell) NOT IN (\(words)) THEN \(cell) END"
        }
        switch format {
        case .csv:
            guard let dialect else { throw Fault(.bug, "the CSV file '\(name.shown())' has no dialect") }
            return try CSVSource(
                file: FilePath(link), isGzipped: false, delimiter: dialect.delimiter, quote: dialect.quote
            ).table(columns: columns.count, missing: missing)
        case .parquet:
            let cells = columns.indices.map { index in
                "\(types[index] == "VARCHAR" ? present("p\(index)") : "p\(index)") AS c\(index)"
            }
            let positions = columns.indices.map { "p\($0)" }.joined(separator: ", ")
            return "(SELECT \(cells.joined(separator: ", ")) FROM read_parquet('\(link)') AS t(\(positions)))"
        case .jsonLines:
            // Where no key is asked for, any will do.
            let keys = columns.isEmpty ? [""] : keys ?? columns
            let cells = columns.indices.map { "\(present("s[\($0 + 1)]")) AS c\($0)" }
            return """
                (SELECT \((["o"] + cells).joined(separator: ", ")) FROM (SELECT coalesce(json_type(json) = 'OBJECT', false) AS o,
                json_extract_string(json, \(try Intake.pointers(keys))) AS s
                FROM \(JSONLinesTest.reader(link))))
                """
        }
    }
}

/// Looks at the files of resources, so that what is wrong with them is no fault of the tested file.
struct ResourceReader: Sendable {
    let duckdb: DuckDB
    let schema: TableSchema
    /// Holds what is unpacked.
    let folder: FilePath

    /// Every file of every resource that a foreign key names. Throws `.input` for one that is not given or cannot be
    /// read.
    func read(
        _ resources: [String: [(name: String, path: FilePath)]]
    ) async throws(Fault) -> [String: [KeyFile]] {
        var found: [String: [KeyFile]] = [:]
        for key in schema.foreignKeys where !key.resource.isEmpty && found[key.resource] == nil {
            guard let files = resources[key.resource], !files.isEmpty else {
                throw Fault(
                    .input,
                    "the foreign key of '\(key.fields.joined(separator: ", ").shown())' asks for the resource '\(key.resource.shown())', which is not given",
                    advice:
                        "give its file with '--resource \(key.resource.shown())=FILE'; in a run and in a drop it is the dataset of that name, which must hold data"
                )
            }
            var read: [KeyFile] = []
            for file in files {
                let room = folder.appending("resource-\(found.count)-\(read.count)")
                try await Blocking.run { () throws(Fault) in try Files.makeDirectory(room, mode: 0o700) }
                do throws(Fault) {
                    let columns = columns(of: key.resource)
                    read.append(
                        try await self.file(file.name, file.path, columns, wanted: Set(columns), room).file)
                } catch {
                    let words = DataFile.message(error.message, naming: file.name.shown())
                    throw Fault(
                        error.kind, "the resource '\(key.resource.shown())' cannot be read: \(words)",
                        advice: error.advice)
                }
            }
            found[key.resource] = read
        }
        return found
    }

    func rows(of file: (name: String, path: FilePath)) async throws(Fault) -> Int64 {
        let known = Set(schema.fields.flatMap { [$0.name] + $0.aliases })
        do throws(Fault) {
            return try await self.file(file.name, file.path, [], wanted: known, folder).rows
        } catch {
            throw Fault(error.kind, DataFile.message(error.message, naming: file.name.shown()), advice: error.advice)
        }
    }

    private func columns(of resource: String) -> [String] {
        var seen: Set<String> = []
        return schema.foreignKeys.filter { $0.resource == resource }.flatMap(\.columns).filter {
            seen.insert($0).inserted
        }
    }

    private func file(
        _ name: String, _ path: FilePath, _ columns: [String], wanted: Set<String>, _ room: FilePath
    ) async throws(Fault) -> (file: KeyFile, rows: Int64) {
        guard let format = DataFormat(fileName: name) else {
            throw Fault(.input, "'\(name.shown())' has none of the endings that are read (\(DataFormat.endings))")
        }
        let size = try await Blocking.run { () throws(Fault) -> Int64? in
            _ = try DataFile.link(path, in: room)
            return Files.size(path)
        }
        guard let size, size > 0 else {
            throw Fault(.input, "'\(name.shown())' is empty, or no regular file")
        }
        if format.packing != .none,
            let flaw = try await Unpacking(packing: format.packing, folder: room).run(size: size)
        {
            throw Fault(.input, "'\(name.shown())' \(flaw)")
        }
        let link = room.appending(DataFile.linkName)
        let unpacked = try await Blocking.run { () throws(Fault) in try Files.canonical(link) }
        let file = try await described(name, unpacked, format.kind, columns, wanted, room)
        for column in columns where !file.columns.contains(column) {
            let near = Spelling.nearest(to: column, in: file.columns)
            throw Fault(
                .input, "'\(name.shown())' has no column '\(column.shown())'",
                advice: near.map { "did you mean '\($0.shown())'?" })
        }
        let sql = try file.survey(columns, missing: schema.missingValues, link: DataFile.linkName)
        let answer = try await duckdb.rows(sql, reading: [FilePath(DataFile.linkName)], temporary: room)
        if let reject = answer.dropFirst().compactMap(Reject.init).first {
            throw Fault(
                .input,
                "'\(name.shown())': record \(reject.record) cannot be read: \(CSVSource.words(forReject: reject.kind))")
        }
        if let broken = answer.first?["broken"]?.int64, broken > 0 {
            throw Fault(.input, "'\(name.shown())' holds \(broken) records that are no JSON objects in UTF-8")
        }
        return (file, answer.first?["n"]?.int64 ?? 0)
    }

    private func described(
        _ name: String, _ path: FilePath, _ format: DataFormat.Kind, _ columns: [String], _ wanted: Set<String>,
        _ room: FilePath
    ) async throws(Fault) -> KeyFile {
        switch format {
        case .jsonLines: return KeyFile(name: name, path: path, format: format, columns: columns)
        case .parquet:
            let rows = try await duckdb.rows(
                ParquetTest.description, reading: [FilePath(DataFile.linkName)], temporary: room)
            return KeyFile(
                name: name, path: path, format: format, columns: rows.map { $0["name"]?.text ?? "" },
                types: rows.map { $0["type"]?.text ?? "" })
        case .csv:
            let head = try await Blocking.run { () throws(Fault) in
                try DataFile.head(path, bytes: CSVHeader.limit)
            }
            do throws(CSVHeader.Flaw) {
                let dialect = try Dialect(head, wanted: wanted)
                return KeyFile(
                    name: name, path: path, format: format, columns: dialect.header.names, dialect: dialect)
            } catch {
                throw Fault(.input, "'\(name.shown())' \(error.words)")
            }
        }
    }
}
