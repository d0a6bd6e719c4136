import Domain
import Host
import SystemPackage

/// The rows of both sides, read and checked once, in a folder of their own where DuckDB is asked about them.
struct PairedRows: Sendable {
    let kind: LabelKind
    let rows: Int64
    /// What the seeds of random numbers are made from.
    let digest: Digest
    /// True if both sides have predictions.
    let hasPrediction: Bool
    /// True if both sides have scores.
    let hasScore: Bool
    /// True if the scores of both sides lie within 0...1.
    let isProbability: Bool
    private let duckdb: DuckDB
    private let folder: FilePath

    private static let names = ["champion.parquet", "challenger.parquet"]

    /// Throws as `Comparer.compare`.
    static func open<Value: Sendable>(
        champion: FilePath, challenger: FilePath, _ duckdb: DuckDB, below temporary: FilePath,
        _ body: (PairedRows) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        try await ScratchFolder.use(below: temporary, named: "compare") { folder throws(Fault) in
            let sides = [
                try await side(champion, as: names[0], duckdb, folder),
                try await side(challenger, as: names[1], duckdb, folder),
            ]
            guard sides[0].profile.digest == sides[1].profile.digest, sides[0].kind == sides[1].kind else {
                throw Fault(
                    .input,
                    "the champion's predictions and the challenger's are not of the same rows in the same order",
                    advice: "both must be written by the same evaluation, one prediction for each row of the data")
            }
            let pair = PairedRows(
                kind: sides[0].kind, rows: sides[0].profile.rows, digest: sides[0].profile.digest,
                hasPrediction: sides.allSatisfy(\.hasPrediction), hasScore: sides.allSatisfy(\.hasScore),
                isProbability: sides.allSatisfy(\.profile.isProbability), duckdb: duckdb, folder: folder)
            return try await body(pair)
        }
    }

    /// Runs SQL over the view `pairs` of both sides, row by row: `rn`, the label `y`, predictions `ha` and `hb`,
    /// scores `sa` and `sb` of champion and challenger.
    func ask(_ sql: String) async throws(Fault) -> [[String: JSONValue]] {
        let view = """
            CREATE TEMP VIEW pairs AS SELECT a.rn AS rn, a.y AS y, a.h AS ha, b.h AS hb, a.s AS sa, b.s AS sb
            FROM read_parquet('\(PairedRows.names[0])') AS a
            POSITIONAL JOIN read_parquet('\(PairedRows.names[1])') AS b;

            """
        return try await duckdb.rows(
            view + sql, reading: PairedRows.names.map { FilePath($0) }, temporary: folder,
            limits: .init(memory: PairedRows.memory, threads: 1))
    }

    private struct Side: Sendable {
        let kind: LabelKind
        let profile: Profile
        let hasPrediction: Bool
        let hasScore: Bool
    }

    private static let memory: Int64 = 256 << 20

    /// Checks one file, and writes what is asked of its rows as a file of numbers beside the other's.
    private static func side(
        _ path: FilePath, as name: String, _ duckdb: DuckDB, _ folder: FilePath
    ) async throws(Fault) -> Side {
        let shown = path.lastComponent?.string ?? path.string
        return try await PredictionsFile.open(path, name: shown, duckdb, below: folder) { file throws(Fault) in
            let profile = try await Profile.read(file)
            let kind = try profile.kind(file)
            let columns =
                switch kind {
                case .binary(0): "lb AS y, pb AS h"
                case .binary: "(ln = 1)::INT AS y, (pn = 1)::INT AS h"
                case .regression: "ln AS y, pn AS h"
                case .classes: "l AS y, p AS h"
                }
            let output = folder.appending(name)
            _ = try await file.rows(
                """
                COPY (SELECT rn, \(columns), sn + 0.0 AS s FROM (\(Profile.typed(file.records))))
                TO \(try DuckDB.literal(output.string)) (FORMAT parquet);
                """, writing: [output])
            return Side(
                kind: kind, profile: profile, hasPrediction: file.hasPrediction, hasScore: file.hasScore)
        }
    }
}
