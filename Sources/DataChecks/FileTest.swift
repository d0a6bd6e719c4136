import Domain
import Host
import SystemPackage

/// The test of one file: columns, then counts, then examples of what is broken.
struct FileTest: Sendable {
    let duckdb: DuckDB
    let schema: TableSchema
    let rules: DataRules
    /// As the findings name it.
    let name: String
    var surroundings = Surroundings()

    /// Makes and removes a folder of its own below `temporary`.
    func run(_ path: FilePath, below temporary: FilePath) async throws(Fault) -> SchemaTest.Outcome {
        let named = try FileName(pattern: rules.file.namePattern).findings(name)
        guard let format = DataFormat(fileName: name) else {
            return refuse("file-format", "has none of the endings that are read (\(DataFormat.endings))", after: named)
        }
        let found = try await ScratchFolder.use(below: temporary, named: "check") { folder throws(Fault) in
            let size = try await Blocking.run { () throws(Fault) -> Int64? in
                _ = try DataFile.link(path, in: folder)
                return Files.size(path)
            }
            return try await further(try await run(format, size: size, in: folder), in: folder)
        }
        return SchemaTest.Outcome(rows: found.rows, findings: named + found.findings)
    }

    /// What is asked of a file whose columns are right: what is wrong with these questions is no fault of the file.
    private func further(_ scanned: Scanned, in folder: FilePath) async throws(Fault) -> SchemaTest.Outcome {
        var outcome = scanned.outcome
        if let table = scanned.table {
            if !schema.foreignKeys.isEmpty {
                outcome.findings += try await ForeignKeyTest(file: self, table: table, folder: folder).findings()
            }
            if !surroundings.queries.isEmpty, table.isWhole {
                outcome.findings += try await QueryTest(file: self, table: table, folder: folder).findings()
            }
        }
        let wanted = Set(outcome.findings.flatMap { $0.records ?? $0.record.map { [$0] } ?? [] })
        if let lines = scanned.lines, !wanted.isEmpty { outcome.locate(try await lines(wanted)) }
        return outcome
    }

    private func run(_ format: DataFormat, size: Int64?, in folder: FilePath) async throws(Fault) -> Scanned {
        guard let size else { return Scanned(refuse("file-format", "is not a regular file")) }
        if size == 0 { return Scanned(refuse("file-empty", "is empty")) }
        do throws(Fault) {
            if format.packing != .none {
                let flaw = try await Unpacking(packing: format.packing, folder: folder).run(size: size)
                if let flaw {
                    return Scanned(refuse(flaw.hasPrefix("is empty") ? "file-empty" : "file-format", flaw))
                }
            }
            switch format.kind {
            case .csv: return try await CSVTest(file: self, folder: folder).run()
            case .parquet: return try await ParquetTest(file: self, folder: folder).run()
            case .jsonLines: return try await JSONLinesTest(file: self, folder: folder).run()
            }
        } catch {
            guard error.kind == .input || isHostile(error, size: size) else { throw error }
            let isLong = error.message.contains("maximum_object_size")
            let words = isLong ? "a record is longer than 16 MiB" : DataFile.message(error.message, naming: name)
            return Scanned(refuse("file-format", "could not be read: \(words.shown(limit: 500))"))
        }
    }

    /// A small file that takes all memory, crashes the reader or breaks its own assertions is at fault itself.
    private func isHostile(_ fault: Fault, size: Int64) -> Bool {
        if fault.message.hasPrefix("INTERNAL Error") || fault.message.hasPrefix("FATAL Error") { return true }
        let ends = ["DuckDB ran out of memory", "DuckDB was ended by signal", "'duckdb' used more than"]
        return size < 64 << 20 && ends.contains { fault.message.hasPrefix($0) }
    }

    /// The outcome for a file of which nothing was read.
    func refuse(_ check: String, _ words: String, after findings: [DataFinding] = []) -> SchemaTest.Outcome {
        let finding = DataFinding(check: check, file: name, message: "the file \(words)")
        return SchemaTest.Outcome(rows: 0, findings: findings + [finding])
    }

    /// Runs our SQL on the linked file. What is wrong with the SQL itself is a bug and not the file's fault.
    func rows(
        _ sql: String, in folder: FilePath, reading links: [FilePath] = [FilePath(DataFile.linkName)]
    ) async throws(Fault) -> [[String: JSONValue]] {
        do throws(Fault) {
            return try await duckdb.rows(sql, reading: links, temporary: folder)
        } catch {
            let ours = ["Parser Error", "Binder Error", "Catalog Error", "Syntax Error"]
            if error.kind == .input, ours.contains(where: { error.message.hasPrefix($0) }) {
                throw Fault(.bug, "the scan of \(name) failed: \(error.message)")
            }
            throw error
        }
    }

    /// The findings of a scan whose counts are known; asks for examples if there are any.
    ///
    /// - Parameter record: the number of a record, from its position among those that could be read.
    func findings(
        _ scan: Scan, counts: [String: JSONValue], in folder: FilePath, record: (Int64) -> Int64? = { $0 }
    ) async throws(Fault) -> [DataFinding] {
        let broken = scan.checks.indices.filter { (counts["b\($0)"]?.int64 ?? 0) > 0 }
        if broken.isEmpty { return [] }
        var examples: [String: JSONValue] = [:]
        if let sql = scan.examplesSQL(broken) { examples = try await rows(sql, in: folder).first ?? [:] }
        var findings: [DataFinding] = []
        for index in broken {
            let check = scan.checks[index]
            var positions = FileTest.numbers(examples["r\(index)"])
            var value = examples["v\(index)"]?.text
            if case .repeated(let sql) = check.question {
                let repeats = try await rows(scan.repeatsSQL(check, sql), in: folder).dropFirst()
                positions = repeats.compactMap { $0["rn"]?.int64 }
                value = repeats.first?["shown"]?.text
            }
            let count = counts["b\(index)"]?.int64 ?? 0
            let subject = check.column.map { "the column '\($0.shown())'" } ?? "the file"
            let records = positions.compactMap(record)
            findings.append(
                DataFinding(
                    check: check.name, file: name, column: check.column?.shown(), record: records.first,
                    count: count, value: shown(value, of: check.column),
                    message: "\(subject) holds \(count) \(count == 1 ? check.words.one : check.words.more)",
                    records: records.isEmpty ? nil : records))
        }
        return findings
    }

    /// A value as a finding may show it. Without a column it may hold any of them.
    func shown(_ value: String?, of column: String?) -> String? {
        guard let value else { return nil }
        let concerned = schema.fields.filter { field in
            guard let column else { return true }
            return field.name == column || (column.contains(", ") && schema.keyFields.contains(field.name))
        }
        return concerned.contains(where: \.isSensitive) ? "(masked)" : value.shown()
    }

    /// `[2, 5]`, as DuckDB prints a list.
    static func numbers(_ value: JSONValue?) -> [Int64] {
        (value?.text ?? "").split { !$0.isNumber }.compactMap { Int64($0) }
    }
}

extension FileTest {
    /// Names of a file's columns with aliases replaced by what they stand for.
    func renamed(_ names: [String]) -> [String] {
        var names = names
        for (name, aliases) in aliases where !names.contains(name) {
            if let place = names.firstIndex(where: aliases.contains) { names[place] = name }
        }
        return names
    }

    /// Every name under which a column may be there.
    var knownNames: Set<String> { Set(schema.fields.map(\.name) + aliases.flatMap(\.aliases)) }

    private var aliases: [(name: String, aliases: [String])] {
        let aliases = schema.aliases(rules)
        return schema.fields.compactMap { field in aliases[field.name].map { (field.name, $0) } }
    }

    /// True if the typed value of a field is asked for.
    func needsValue(_ field: Field) -> Bool {
        field.needsValue || schema.keyFields.contains(field.name) || rules.leakage != nil
            || !surroundings.queries.isEmpty
            || (surroundings.now != nil && rules.freshness?.column == field.name)
    }

    /// The cells of the primary key, in its order.
    func key(_ cells: [Cell]) -> [Cell] {
        schema.primaryKey.compactMap { name in cells.first { $0.field.name == name } }
    }
}

extension TableSchema {
    /// Other names that columns may have in a file, by the field's name.
    func aliases(_ rules: DataRules) -> [String: [String]] {
        var all: [String: [String]] = [:]
        for field in fields {
            let aliases = field.aliases + (rules.columns[field.name]?.aliases ?? [])
            if !aliases.isEmpty { all[field.name] = aliases }
        }
        return all
    }
}
