import Domain
import Host
import SystemPackage

/// Predictions made ready to be counted: a Parquet file of numbers in a scratch folder, its rows in the order of the
/// file that they were read from.
///
/// `table` has these columns, of which those are null that the predictions do not have:
///
/// | column | meaning |
/// | --- | --- |
/// | `rn` | number of the row, from 1 |
/// | `y`, `h` | label and prediction: 0 or 1 for `.binary`, numbers for `.regression`, places in `labels` for `.classes` |
/// | `s`, `r` | score, reference |
/// | `q` | query, a text |
/// | `g0`, `g1`, … | the texts of `slices`, the empty text for a missing value |
///
/// Two sides with equal digests have equal `rn`, `y`, `q` (but `y` of classes, whose places are each side's own).
struct ReadyRows: Sendable {
    /// As messages name it.
    let name: String
    let rows: Int64
    let digest: Digest
    let basis: Formulas.Basis
    let hasScore: Bool
    let hasQuery: Bool
    /// Columns whose values are slices, in the order of `g0`, `g1`, ….
    let slices: [String]
    /// Holds `rowsFile` and, of classes, `labelsFile`.
    let folder: FilePath
    private let columns: String
    private let duckdb: DuckDB

    var kind: LabelKind { basis.kind }

    /// What `table` reads.
    var rowsFile: String { kind == .classes ? Profile.codedFile : Profile.rowsFile }
    /// The labels of classes: `code`, `label`.
    static let labelsFile = Profile.labelsFile

    /// The rows as an SQL table.
    /// - Parameter place: the way to `folder` from where DuckDB runs, with a slash at its end; empty: it runs there.
    func table(from place: String = "") -> String {
        "(SELECT \(columns) FROM read_parquet('\(place)\(rowsFile)'))"
    }

    /// Runs SQL over `table()` and, for classes, `labelsFile`; by one thread, so that rows come in order and sums are the
    /// same each time.
    /// - Parameter written: files of `folder` that the SQL writes.
    func run(_ sql: String, writing written: [String] = []) async throws(Fault) -> [[String: JSONValue]] {
        var files = ([rowsFile] + written).map { FilePath($0) }
        if kind == .classes { files.append(FilePath(ReadyRows.labelsFile)) }
        return try await duckdb.rows(sql, reading: files, temporary: folder, limits: .init(threads: 1))
    }

    /// Reads predictions into `folder`, which is made and is the caller's to remove.
    ///
    /// Throws `.input` as `Scorer.score`.
    static func prepare(
        _ path: FilePath, options: Scorer.Options, _ duckdb: DuckDB, in folder: FilePath
    ) async throws(Fault) -> ReadyRows {
        let name = path.lastComponent?.string ?? path.string
        do throws(Fault) {
            let file = try await PredictionsFile.open(path, name: name, duckdb, in: folder)
            let candidates = try await SliceColumns.candidates(file, options, duckdb)
            var profile = try await Profile.read(file, slices: candidates, duckdb)
            let kind = try profile.kind(file)
            let slices = try SliceColumns.choose(candidates, profile, options, file)
            if kind == .classes { try await profile.encodeLabels(file, duckdb) }
            return ReadyRows(file, profile, kind, slices, options, duckdb)
        } catch {
            throw Fault(error.kind, DataFile.message(error.message, naming: name), advice: error.advice)
        }
    }

    private init(
        _ file: PredictionsFile, _ profile: Profile, _ kind: LabelKind, _ slices: [SliceColumns.Choice],
        _ options: Scorer.Options, _ duckdb: DuckDB
    ) {
        name = file.name
        folder = file.folder
        rows = profile.rows
        digest = profile.digest
        hasScore = file.has("score")
        hasQuery = file.has("query") && hasScore && kind != .classes && !profile.hasNegativeLabels(kind)
        basis = Formulas.Basis(
            kind: kind, hasPrediction: file.has("prediction"), isProbability: hasScore && profile.isProbability,
            hasReference: kind == .regression && file.has("reference"), classes: profile.labels,
            quantile: options.quantile, centre: profile.centre)
        self.slices = slices.map(\.name)
        self.duckdb = duckdb
        let (label, prediction) =
            switch kind {
            case .binary(negative: 0): ("lb", "pb")
            case .binary: ("(ln = 1)::INT", "(pn = 1)::INT")
            case .regression, .relevance: ("ln", "pn")
            case .classes: ("lc", "pc")
            }
        let groups = slices.enumerated().map { ", g\($1.column) AS g\($0)" }.joined()
        columns = "rn, \(label) AS y, \(prediction) AS h, sn AS s, rf AS r, q\(groups)"
    }
}
