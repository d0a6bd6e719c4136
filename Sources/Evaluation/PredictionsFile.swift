import Domain
import Host
import SystemPackage

/// A file of predictions, opened: where its columns are, as SQL.
struct PredictionsFile: Sendable {
    /// As messages name it.
    let name: String
    private let duckdb: DuckDB
    private let folder: FilePath
    /// A SELECT of `rn` and of the texts `l`, `p`, `s`, `i` (label, prediction, score, id), null where there is no
    /// such column.
    let records: String
    let hasPrediction: Bool
    let hasScore: Bool
    let isCSV: Bool

    /// Runs the body with the file linked into a folder of its own below `temporary`, which is removed afterwards.
    static func open<Value: Sendable>(
        _ path: FilePath, name: String, _ duckdb: DuckDB, below temporary: FilePath,
        _ body: (PredictionsFile) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        try await ScratchFolder.use(below: temporary, named: "score") { folder throws(Fault) in
            do throws(Fault) {
                let head = try await Blocking.run { () throws(Fault) -> [UInt8] in
                    _ = try DataFile.link(path, in: folder)
                    guard let size = Files.size(path) else { throw Fault(.input, "\(name) is not a regular file") }
                    guard size > 0 else { throw Fault(.input, "\(name) is empty") }
                    return try DataFile.head(path, bytes: 4)
                }
                return try await body(try await read(head, name: name, duckdb, folder))
            } catch {
                throw Fault(error.kind, DataFile.message(error.message, naming: name), advice: error.advice)
            }
        }
    }

    /// Runs SQL over the file; one thread, so that rows come in order and sums are the same each time.
    func rows(_ sql: String) async throws(Fault) -> [[String: JSONValue]] {
        try await duckdb.rows(
            sql, reading: [FilePath(DataFile.linkName)], temporary: folder, limits: .init(threads: 1))
    }

    private static func read(
        _ head: [UInt8], name: String, _ duckdb: DuckDB, _ folder: FilePath
    ) async throws(Fault) -> PredictionsFile {
        let names: [String]
        let table: String
        let texts: [String]
        if head == Array("PAR1".utf8) {
            let described = try await duckdb.rows(
                "SELECT column_name AS name, column_type AS type "
                    + "FROM (DESCRIBE SELECT * FROM read_parquet('\(DataFile.linkName)'));",
                reading: [FilePath(DataFile.linkName)], temporary: folder)
            names = described.map { $0["name"]?.text ?? "" }
            let columns = names.indices.map { "c\($0)" }.joined(separator: ", ")
            table = "read_parquet('\(DataFile.linkName)') AS t(\(columns))"
            texts = described.enumerated().map { index, row in
                // The text of a 4-byte float is not the text of the number that it is.
                row["type"]?.text == "FLOAT" ? "c\(index)::DOUBLE::VARCHAR" : "c\(index)::VARCHAR"
            }
        } else {
            let source = CSVSource(file: FilePath(DataFile.linkName), isGzipped: head.starts(with: [0x1F, 0x8B]))
            switch try await source.header(duckdb, temporary: folder) {
            case .success(let header): names = header.names
            case .failure(let flaw): throw Fault(.input, "\(name) \(flaw.words)")
            }
            table = try source.table(columns: names.count, missing: [""])
            texts = names.indices.map { "c\($0)" }
        }
        func column(_ wanted: String) throws(Fault) -> String? {
            let places = names.indices.filter { names[$0] == wanted }
            guard places.count < 2 else { throw Fault(.input, "\(name) has the column '\(wanted)' twice") }
            return places.first.map { texts[$0] }
        }
        guard let label = try column("label") else { throw missing("label", name, names) }
        let (prediction, score) = (try column("prediction"), try column("score"))
        if prediction == nil, score == nil { throw missing("prediction' or 'score", name, names) }
        return PredictionsFile(
            name: name, duckdb: duckdb, folder: folder,
            records: """
                SELECT row_number() OVER () AS rn, \(label) AS l, \(prediction ?? "NULL::VARCHAR") AS p,
                \(score ?? "NULL::VARCHAR") AS s, \(try column("id") ?? "NULL::VARCHAR") AS i FROM \(table)
                """,
            hasPrediction: prediction != nil, hasScore: score != nil, isCSV: head != Array("PAR1".utf8))
    }

    private static func missing(_ column: String, _ name: String, _ names: [String]) -> Fault {
        let there = names.prefix(20).map { "'\($0.shown(limit: 40))'" }.joined(separator: ", ")
        return Fault(
            .input, "\(name) has no column '\(column)'; its columns are \(there)",
            advice: "predictions have the columns 'label' and 'prediction' and/or 'score'")
    }
}
