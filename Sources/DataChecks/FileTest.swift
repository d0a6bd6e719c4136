import Domain
import Host
import SystemPackage

/// The test of one file: columns, then counts, then examples of what is broken.
struct FileTest: Sendable {
    let duckdb: DuckDB
    let schema: TableSchema
    /// As the findings name it.
    let name: String

    /// Makes and removes a folder of its own below `temporary`.
    func run(_ path: FilePath, below temporary: FilePath) async throws(Fault) -> SchemaTest.Outcome {
        guard let format = DataFormat(fileName: name) else {
            return refuse("file-format", "has none of the endings that are read (\(DataFormat.endings))")
        }
        let folder = temporary.appending("check-\(UInt64.random(in: 0 ... .max))")
        let size = try await Blocking.run { () throws(Fault) -> Int64? in
            try Files.makeDirectory(folder, mode: 0o700)
            _ = try DataFile.link(path, in: folder)
            return Files.size(path)
        }
        let outcome: Result<SchemaTest.Outcome, Fault>
        do throws(Fault) {
            outcome = .success(try await run(format, size: size, in: folder))
        } catch {
            outcome = .failure(error)
        }
        try await Blocking.run { () throws(Fault) in try Files.removeTree(folder) }
        return try outcome.get()
    }

    private func run(_ format: DataFormat, size: Int64?, in folder: FilePath) async throws(Fault) -> SchemaTest.Outcome
    {
        guard let size else { return refuse("file-format", "is not a regular file") }
        if size == 0 { return refuse("file-empty", "is empty") }
        do throws(Fault) {
            switch format {
            case .csv, .gzippedCSV:
                let source = CSVSource(file: FilePath(DataFile.linkName), isGzipped: format == .gzippedCSV)
                return try await CSVTest(file: self, folder: folder, source: source).run()
            case .parquet: return try await ParquetTest(file: self, folder: folder).run()
            case .jsonLines: return try await JSONLinesTest(file: self, folder: folder).run()
            }
        } catch {
            guard error.kind == .input else { throw error }
            let words = DataFile.message(error.message, naming: name)
            return refuse("file-format", "could not be read: \(words.shown(limit: 500))")
        }
    }

    /// The outcome for a file of which nothing was read.
    func refuse(_ check: String, _ words: String) -> SchemaTest.Outcome {
        let finding = DataFinding(check: check, file: name, message: "the file \(words)")
        return SchemaTest.Outcome(rows: 0, findings: [finding])
    }

    /// Runs our SQL on the linked file. What is wrong with the SQL itself is a bug and not the file's fault.
    func rows(_ sql: String, in folder: FilePath) async throws(Fault) -> [[String: JSONValue]] {
        do throws(Fault) {
            return try await duckdb.rows(sql, reading: [FilePath(DataFile.linkName)], temporary: folder)
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
        let examples = try await rows(scan.examplesSQL(broken), in: folder).first ?? [:]
        return broken.map { index in
            let check = scan.checks[index]
            let count = counts["b\(index)"]?.int64 ?? 0
            let subject = check.column.map { "the column '\($0.shown())'" } ?? "the file"
            return DataFinding(
                check: check.name, file: name, column: check.column?.shown(),
                record: examples["r\(index)"]?.int64.flatMap(record), count: count,
                value: examples["v\(index)"]?.text?.shown(),
                message: "\(subject) holds \(count) \(count == 1 ? check.words.one : check.words.more)")
        }
    }
}
