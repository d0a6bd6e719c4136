import Domain
import Host
import SystemPackage

/// A file of predictions, linked into a folder of its own: which columns it has, and where they are as SQL.
struct PredictionsFile: Sendable {
    /// As messages name it.
    let name: String
    /// Holds the link, and is where DuckDB runs.
    let folder: FilePath
    let isCSV: Bool
    /// A table function; its columns are `c0`, `c1`, ….
    let table: String
    /// Header names in order.
    let names: [String]
    /// The text of each column, as SQL.
    private let texts: [String]
    private let places: [String: Int]
    /// Names that more than one column has.
    let repeated: Set<String>

    /// Columns with a meaning of their own.
    static let reserved = ["id", "label", "prediction", "score", "reference", "query"]

    func has(_ column: String) -> Bool { places[column] != nil }
    /// The text of a column, as SQL; a null if there is no such column.
    func text(_ column: String) -> String { places[column].map { texts[$0] } ?? "NULL::VARCHAR" }

    /// Reads the names of the columns. Throws `.input` for a file that is empty or of another format, for a name of
    /// ours that is there twice, and for one without what can be scored.
    static func open(
        _ path: FilePath, name: String, _ duckdb: DuckDB, in folder: FilePath
    ) async throws(Fault) -> PredictionsFile {
        let head = try await Blocking.run { () throws(Fault) -> [UInt8] in
            try Files.makeDirectory(folder, mode: 0o700)
            _ = try DataFile.link(path, in: folder)
            guard let size = Files.size(path) else { throw Fault(.input, "\(name) is not a regular file") }
            guard size > 0 else { throw Fault(.input, "\(name) is empty") }
            return try DataFile.head(path, bytes: 4)
        }
        let file =
            head == Array("PAR1".utf8)
            ? try await parquet(name, duckdb, folder)
            : try await csv(name, isGzipped: head.starts(with: [0x1F, 0x8B]), duckdb, folder)
        guard file.has("label") else { throw missing("label", name, file.names) }
        if !file.has("prediction"), !file.has("score") { throw missing("prediction' or 'score", name, file.names) }
        return file
    }

    private static func parquet(
        _ name: String, _ duckdb: DuckDB, _ folder: FilePath
    ) async throws(Fault) -> PredictionsFile {
        let described = try await duckdb.rows(
            "SELECT column_name AS name, column_type AS type "
                + "FROM (DESCRIBE SELECT * FROM read_parquet('\(DataFile.linkName)'));",
            reading: [FilePath(DataFile.linkName)], temporary: folder)
        let columns = described.indices.map { "c\($0)" }.joined(separator: ", ")
        let texts = described.enumerated().map { index, row in
            // The text of a 4-byte float is not the text of the number that it is.
            row["type"]?.text == "FLOAT" ? "c\(index)::DOUBLE::VARCHAR" : "c\(index)::VARCHAR"
        }
        return try PredictionsFile(
            name: name, folder: folder, isCSV: false, table: "read_parquet('\(DataFile.linkName)') AS t(\(columns))",
            names: described.map { $0["name"]?.text ?? "" }, texts: texts)
    }

    private static func csv(
        _ name: String, isGzipped: Bool, _ duckdb: DuckDB, _ folder: FilePath
    ) async throws(Fault) -> PredictionsFile {
        let source = CSVSource(file: FilePath(DataFile.linkName), isGzipped: isGzipped)
        switch try await source.header(duckdb, temporary: folder) {
        case .success(let header):
            return try PredictionsFile(
                name: name, folder: folder, isCSV: true,
                table: try source.table(columns: header.names.count, missing: [""]), names: header.names,
                texts: header.names.indices.map { "c\($0)" })
        case .failure(let flaw): throw Fault(.input, "\(name) \(flaw.words)")
        }
    }

    private init(
        name: String, folder: FilePath, isCSV: Bool, table: String, names: [String], texts: [String]
    ) throws(Fault) {
        self.name = name
        self.folder = folder
        self.isCSV = isCSV
        self.table = table
        self.names = names
        self.texts = texts
        var places: [String: Int] = [:]
        var repeated: Set<String> = []
        for (index, column) in names.enumerated() where places.updateValue(index, forKey: column) != nil {
            repeated.insert(column)
            if PredictionsFile.reserved.contains(column) {
                throw Fault(.input, "\(name) has the column '\(column)' twice")
            }
        }
        self.places = places
        self.repeated = repeated
    }

    private static func missing(_ column: String, _ name: String, _ names: [String]) -> Fault {
        let there = names.prefix(20).map { "'\($0.shown(limit: 40))'" }.joined(separator: ", ")
        return Fault(
            .input, "\(name) has no column '\(column)'; its columns are \(there)",
            advice: "predictions have the columns 'label' and 'prediction' and/or 'score'")
    }
}
