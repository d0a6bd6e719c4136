package import Domain
package import Foundation
package import Host
package import SystemPackage

/// Numbers that scripts wrote.
package enum MetricsFile {
    /// What a file holds.
    package struct Contents: Sendable, Equatable {
        /// Keys of nested tables are joined by dots.
        package var metrics: [String: Double]
        /// Of each number of which there is more than one value; a history may hold what is not finite.
        package var histories: [History]

        package init(metrics: [String: Double], histories: [History]) {
            self.metrics = metrics
            self.histories = histories
        }
    }

    /// Reads a file of numbers by its name: `.json`, `.toml`, `.csv` with a header and one row an epoch, else YAML. A
    /// list of numbers and a column of a CSV are a history, and its last value is the metric.
    ///
    /// Complains about text, null, a metric that is NaN or infinite, an empty file and one over 1 MiB: success is by
    /// evidence. In a CSV, columns of other than numbers are left out, and so are empty cells.
    package static func read(_ bytes: Data, file: String) throws(Complaints) -> Contents {
        file.lowercased().hasSuffix(".csv")
            ? try HistoryReader.read(bytes, file: file) : try MetricsReader.read(bytes, file: file)
    }
}

/// Metrics that Sluice computes itself from predictions: a CSV (plain or gzipped) or Parquet file, told by its bytes,
/// with `label` and `prediction` and/or `score`; `docs/metrics.md` is the page for users.
///
/// What the labels are decides what is computed:
///
/// | labels | task | needs |
/// | --- | --- | --- |
/// | 0/1 (also `0.0`, `true`, `False`, …), or -1/1; the positive class is 1 | binary | `prediction` of the same kind, `score`, or both |
/// | other finite numbers | regression | `prediction` |
/// | text | classes | `prediction` |
/// | numbers from 0, with a `query` and a `score` | ranking, beside the others if there is a `prediction` or they are 0/1 | `score` |
///
/// With P, N rows of label 1 and not 1, TP, FP, TN, FN as usual, n rows, y the label (as 0 or 1), h the prediction, s the
/// score, r the reference, and for each class k its hits, predictions and labels hits_k, predicted_k, actual_k:
///
/// | metric | task, needs | formula | as in scikit-learn |
/// | --- | --- | --- | --- |
/// | `accuracy` | binary, classes | rows with h = y / n | `accuracy_score` |
/// | `balanced_accuracy` | binary, classes | mean of the recalls of the classes that labels have | `balanced_accuracy_score` |
/// | `precision` | binary | TP / (TP + FP); 0 if nothing was predicted positive | `precision_score` |
/// | `recall` | binary | TP / P; 0 if P = 0, absent from slices of which that is so | `recall_score` |
/// | `f1` | binary | 2 TP / (2 TP + FP + FN); 0 if that is 0/0 | `f1_score` |
/// | `precision_macro`, … | classes | mean over the classes of labels and predictions; 0 for 0/0 | `average="macro"` |
/// | `precision_weighted`, … | classes | the same, weighted by actual_k | `average="weighted"` |
/// | `selection_rate` | binary | (TP + FP) / n | none |
/// | `false_positive_rate` | binary, N > 0 | FP / N | from `confusion_matrix` |
/// | `auc` | score, both classes | (pairs ranked right + pairs tied / 2) / (P N), Mann-Whitney | `roc_auc_score` |
/// | `pr_auc` | score, both classes | Σ (recall - recall before) precision, by falling score | `average_precision_score` |
/// | `log_loss` | score within 0...1 | -mean(y ln s + (1 - y) ln(1 - s)), s clipped to 2.2e-16...1 - 2.2e-16 | `log_loss` |
/// | `brier` | score within 0...1 | mean((s - y)²) | `brier_score_loss` |
/// | `calibration_error` | score within 0...1 | Σ over ten bins of equal width (0, 0.1], … of rows / n × abs(mean s - mean y) | from `calibration_curve` |
/// | `mae` | regression | mean(abs(h - y)) | `mean_absolute_error` |
/// | `rmse` | regression | sqrt(mean((h - y)²)) | `root_mean_squared_error` |
/// | `mape` | regression | mean(abs(h - y) / max(abs(y), 2.2e-16)) | `mean_absolute_percentage_error` |
/// | `r2` | regression, two rows | 1 - Σ(h - y)² / Σ(y - mean)²; equal labels: 1 if all hit, else 0 | `r2_score` |
/// | `quantile_loss` | regression | mean(q (y - h) if y >= h, else (1 - q) (h - y)), q = `Options.quantile` | `mean_pinball_loss` |
/// | `reference_mae` | regression, `reference` | mean(abs(r - y)) | `mean_absolute_error` |
/// | `skill` | regression, `reference` | 1 - mae / reference_mae; absent if that is 0 | none |
/// | `ndcg`, `ndcg_at_10` | ranking | mean over queries of Σ y / log2(place + 1), over the best there is | `ndcg_score` |
/// | `mrr` | ranking | mean over queries of 1 / place of the first row with y > 0, tied rows in all orders; 0 without one | none |
///
/// A metric that cannot be told (`auc` of one class, `log_loss` of scores that are no probabilities) is absent. No
/// threshold is made up: a score alone gives no accuracy. Where numbers are summed, one thread reads the rows in order
/// and sums are compensated, so that the same file gives the same bits.
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
        /// Metrics of every slice, by column as the policy or the file names them and then by value; a missing value is
        /// the empty text. Metrics that the rows of a slice cannot tell are absent.
        package let slices: [SliceScores]
        /// What pictures are drawn from; nil where there is nothing to draw.
        package let portrait: Portrait?
    }

    /// What is computed beyond the metrics that every file of predictions gives.
    package struct Options: Sendable, Equatable {
        /// Columns whose every value is a slice, of at most 200 values each; nil: every further column with at most 50
        /// values, at most 20 columns, looked for among the first 200.
        package var slices: [String]?
        /// What `quantile_loss` is of, between 0 and 1.
        package var quantile: Double

        package init(slices: [String]? = nil, quantile: Double = 0.5) {
            self.slices = slices
            self.quantile = quantile
        }
    }

    /// Throws `.input` if the file has no label, neither prediction nor score, no rows, a record that cannot be read,
    /// a value that is missing, not finite, or of another kind than the labels, or if a column of `options.slices` is not
    /// there or has too many values. Writes only below `temporary`.
    package func score(
        _ predictions: FilePath, options: Options = Options(), temporary: FilePath
    ) async throws(Fault) -> Scores {
        try await ScratchFolder.use(below: temporary, named: "score") { folder throws(Fault) in
            let rows = try await ReadyRows.prepare(
                predictions, options: options, duckdb, in: folder.appending("rows"))
            return try await Metrics.compute(rows)
        }
    }
}
