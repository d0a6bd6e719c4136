package import Domain
package import Foundation
package import Host
package import SystemPackage

/// Numbers that scripts wrote.
package enum MetricsFile {
    /// Reads a JSON or YAML file of numbers; nested keys are joined by dots. Complains about text, null, lists,
    /// NaN, infinities, an empty file and one over 1 MiB: success is by evidence.
    package static func read(_ bytes: Data, file: String) throws(Complaints) -> [String: Double] {
        try MetricsReader.read(bytes, file: file)
    }
}

/// Metrics that Sluice computes itself from predictions: a CSV (plain or gzipped) or Parquet file, told by its bytes,
/// with `label` and `prediction` and/or `score`. Other columns are left alone.
///
/// What the labels are decides what is computed:
///
/// | labels | task | needs | metrics |
/// | --- | --- | --- | --- |
/// | 0/1 (also `0.0`, `true`, `False`, …), or -1/1; the positive class is 1 | binary | `prediction` of the same kind, `score`, or both | all but the last three |
/// | other finite numbers | regression | `prediction` | `mae`, `rmse`, `r2` |
/// | text | classes | `prediction` | `accuracy` |
///
/// With P, N rows of label 1 and not 1, TP, FP, TN, FN as usual, n rows, y the label as 0 or 1, p the score:
///
/// | metric | needs | formula | as in scikit-learn |
/// | --- | --- | --- | --- |
/// | `accuracy` | prediction | rows with prediction = label / n | `accuracy_score` |
/// | `precision` | prediction | TP / (TP + FP); 0 if nothing was predicted positive | `precision_score` |
/// | `recall` | prediction | TP / P; 0 if P = 0 | `recall_score` |
/// | `f1` | prediction | 2 TP / (2 TP + FP + FN); 0 if that is 0/0 | `f1_score` |
/// | `auc` | score, both classes | (pairs ranked right + pairs tied / 2) / (P N), Mann-Whitney | `roc_auc_score` |
/// | `log_loss` | score within 0...1 | -mean(y ln p + (1 - y) ln(1 - p)), p clipped to 2.2e-16...1 - 2.2e-16 | `log_loss` |
/// | `brier` | score within 0...1 | mean((p - y)²) | `brier_score_loss` |
/// | `mae` | prediction | mean(abs(prediction - label)) | `mean_absolute_error` |
/// | `rmse` | prediction | sqrt(mean((prediction - label)²)) | `root_mean_squared_error` |
/// | `r2` | prediction, two rows | 1 - Σ(prediction - label)² / Σ(label - mean)²; equal labels: 1 if all hit, else 0 | `r2_score` |
///
/// A metric that cannot be told (`auc` of one class, `log_loss` of scores that are no probabilities) is absent. No
/// threshold is made up: a score alone gives no accuracy. One thread reads the rows in order and sums are compensated,
/// so that the same file gives the same bits.
package struct Scorer: Sendable {
    package let duckdb: DuckDB
    package init(duckdb: DuckDB) { self.duckdb = duckdb }

    package struct Scores: Sendable, Equatable {
        /// By the names of the table above.
        package let metrics: [String: Double]
        package let rows: Int64
        /// Equal for two prediction files with the same rows in the same order: a digest over `id` (if there is such
        /// a column) and `label`.
        ///
        /// Numbers count by value, so that `1`, `1.0` and `true` are one label. Each row's position, id and label give
        /// an MD5; the two halves of these are summed apart and the sums digested with the count, so that memory does
        /// not grow. It tells files of different rows apart; it is no seal against somebody who forges one.
        package let rowsDigest: Digest
        /// Metrics of every slice, by column and then by value.
        package let slices: [SliceScores]
        /// What pictures are drawn from; nil where there is nothing to draw.
        package let portrait: Portrait?
    }

    /// What is computed beyond the metrics that every file of predictions gives.
    package struct Options: Sendable, Equatable {
        /// Columns whose every value is a slice; nil: every further column with at most 50 values, of at most 20 columns.
        package var slices: [String]?
        /// What `quantile_loss` is of, between 0 and 1.
        package var quantile: Double

        package init(slices: [String]? = nil, quantile: Double = 0.5) {
            self.slices = slices
            self.quantile = quantile
        }
    }

    /// Throws `.input` if the file has no label, neither prediction nor score, no rows, a record that cannot be read,
    /// or a value that is missing, not finite, or of another kind than the labels. Writes only below `temporary`.
    package func score(
        _ predictions: FilePath, options: Options = Options(), temporary: FilePath
    ) async throws(Fault) -> Scores {
        try await ScratchFolder.use(below: temporary, named: "score") { folder throws(Fault) in
            let rows = try await ReadyRows.prepare(
                predictions, options: options, duckdb, in: folder.appending("rows"))
            return Scores(
                metrics: try await Metrics.ofAllRows(rows), rows: rows.rows, rowsDigest: rows.digest,
                slices: try await Metrics.ofSlices(rows), portrait: nil)
        }
    }
}
