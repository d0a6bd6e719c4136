import Domain
import Foundation
import Host
import SystemPackage

/// Metrics that depend on the order of all scores: areas under the ROC curve and under precision and recall, and the
/// curves themselves.
///
/// DuckDB sorts the rows once and writes one short line for each, and reading these counts for all rows and every slice
/// at the same time: a window over each slice column would sort again for each.
struct Ranks: Sendable {
    private let rows: ReadyRows

    init(_ rows: ReadyRows) { self.rows = rows }

    var isNeeded: Bool {
        if case .binary = rows.kind { rows.hasScore } else { false }
    }

    static let file = "ranks.csv"

    /// Areas of one choice of rows that has both labels.
    struct Area: Sendable, Equatable {
        /// The number of the slice column; -1: all rows.
        let column: Int
        let value: String
        /// (pairs ranked right + pairs tied / 2) / all pairs, as `roc_auc_score`.
        let auc: Double
        /// Σ (recall - recall before) precision, over the scores from the highest, as `average_precision_score`.
        let precisionRecall: Double
    }

    struct Curves: Sendable {
        let areas: [Area]
        let roc: [Portrait.Point]
        let precisionRecall: [Portrait.Point]
    }

    // MARK: The file

    // A line: `=` if the score is that of the line before, the label, and two characters for the number of each slice.
    static let base: UInt8 = 48
    static let digits = 64
    private var width: Int { 3 + 2 * rows.slices.count }

    var exportSQL: String {
        let codes = rows.slices.indices.flatMap { column in
            let code = "enum_code(g\(column))::INT"
            return [
                "chr(\(Ranks.base) + \(code) // \(Ranks.digits))", "chr(\(Ranks.base) + \(code) % \(Ranks.digits))",
            ]
        }
        let cells = ["CASE WHEN s = lag(s) OVER () THEN '=' ELSE '>' END", "y"] + codes
        let columns = ["s", "y"] + rows.slices.indices.map { "g\($0)" }
        return """
            CREATE TABLE ranked AS SELECT \(columns.joined(separator: ", ")) FROM ready ORDER BY s DESC;
            COPY (SELECT concat(\(cells.joined(separator: ", "))) FROM ranked)
            TO '\(Ranks.file)' (FORMAT csv, HEADER false, USE_TMP_FILE false);
            SELECT 'positives' AS part, count_if(y = 1) AS n FROM ranked;

            """
    }

    /// - Parameters:
    ///   - values: of each slice column, in the order of their numbers.
    ///   - positives: how many rows have label 1.
    func read(values: [[String]], positives: Int64) async throws(Fault) -> Curves {
        let file = rows.folder.appending(Ranks.file)
        return try await Blocking.run { () throws(Fault) in
            var reading = RankReading(
                values: values, curve: CurvePoints(positives: positives, negatives: rows.rows - positives))
            do {
                let handle = try FileDescriptor.open(file, .readOnly)
                defer { try? handle.close() }
                try reading.readAll(handle, width: width)
            } catch {
                throw Fault(.environment, "could not read \(file): \(error)")
            }
            return reading.curves
        }
    }
}
