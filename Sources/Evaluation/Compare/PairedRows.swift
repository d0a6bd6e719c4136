import Domain
import Host
import SystemPackage

/// The rows of both sides, read and checked once, in a folder of their own where DuckDB is asked about them.
///
/// In SQL, `pairs` joins them row by row: `a` is the champion's, `b` the challenger's, each with the columns of
/// `ReadyRows`.
struct PairedRows: Sendable {
    let rows: Int64
    /// What the seeds of random numbers are made from.
    let digest: Digest
    /// What both sides have.
    private(set) var basis: Formulas.Basis
    let hasScore: Bool
    let hasQuery: Bool
    /// In the order of `g0`, `g1`, … of the challenger, whose values decide in which slice a row is.
    let slices: [String]
    private let champion: ReadyRows
    private let challenger: ReadyRows
    private let duckdb: DuckDB
    private let folder: FilePath

    let pairs: String

    private static let places = ["champion", "challenger"]
    private static let memory: Int64 = 256 << 20

    /// Throws as `Comparer.compare`.
    static func open<Value: Sendable>(
        champion: FilePath, challenger: FilePath, options: Scorer.Options, _ duckdb: DuckDB, below temporary: FilePath,
        _ body: (PairedRows) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        try await ScratchFolder.use(below: temporary, named: "compare") { folder throws(Fault) in
            var sides: [ReadyRows] = []
            for (path, place) in zip([champion, challenger], places) {
                sides.append(
                    try await ReadyRows.prepare(path, options: options, duckdb, in: folder.appending(place)))
            }
            guard sides[0].digest == sides[1].digest, sides[0].kind == sides[1].kind else {
                throw Fault(
                    .input,
                    "the champion's predictions and the challenger's are not of the same rows in the same order",
                    advice: "both must be written by the same evaluation, one prediction for each row of the data")
            }
            return try await body(try await PairedRows(sides[0], sides[1], duckdb, folder))
        }
    }

    private init(
        _ champion: ReadyRows, _ challenger: ReadyRows, _ duckdb: DuckDB, _ folder: FilePath
    ) async throws(Fault) {
        self.champion = champion
        self.challenger = challenger
        self.duckdb = duckdb
        self.folder = folder
        rows = challenger.rows
        digest = challenger.digest
        hasScore = champion.hasScore && challenger.hasScore
        hasQuery = champion.hasQuery && challenger.hasQuery
        slices = challenger.slices
        var basis = challenger.basis
        basis.hasPrediction = basis.hasPrediction && champion.basis.hasPrediction
        basis.isProbability = basis.isProbability && champion.basis.isProbability
        basis.hasReference = basis.hasReference && champion.basis.hasReference
        self.basis = basis
        pairs = """
            \(champion.table(from: "\(PairedRows.places[0])/")) AS a
            POSITIONAL JOIN \(challenger.table(from: "\(PairedRows.places[1])/")) AS b
            """
        if basis.kind == .classes {
            let labels = PairedRows.places.map { "SELECT label FROM read_parquet('\($0)/\(ReadyRows.labelsFile)')" }
            let count = try await ask("SELECT count(*) AS n FROM (\(labels.joined(separator: " UNION ")));")
            self.basis.classes = Int(count.first?["n"]?.int64 ?? 0)
        }
    }

    /// The column of a slice, as SQL over `pairs`; of all rows: the empty text.
    func key(_ column: Int?) -> String { column.map { "b.g\($0)" } ?? "''" }

    /// For classes, which each side has numbered for itself: an SQL table of a side's numbers (`code`) and the common
    /// ones (`common`).
    func codes(ofChampion: Bool) -> String {
        let files = PairedRows.places.map { "read_parquet('\($0)/\(ReadyRows.labelsFile)')" }
        return """
            (SELECT own.code AS code, every.common AS common FROM \(files[ofChampion ? 0 : 1]) own JOIN
            (SELECT label, row_number() OVER (ORDER BY label) - 1 AS common FROM
            (SELECT label FROM \(files[0]) UNION SELECT label FROM \(files[1]))) every ON own.label = every.label)
            """
    }

    /// Runs SQL; by one thread, so that sums are the same each time.
    func ask(_ sql: String) async throws(Fault) -> [[String: JSONValue]] {
        var files: [FilePath] = []
        for (side, place) in zip([champion, challenger], PairedRows.places) {
            let names = [side.rowsFile] + (basis.kind == .classes ? [ReadyRows.labelsFile] : [])
            files += names.map { FilePath("\(place)/\($0)") }
        }
        return try await duckdb.rows(
            sql, reading: files, temporary: folder, limits: .init(memory: PairedRows.memory, threads: 1))
    }
}
