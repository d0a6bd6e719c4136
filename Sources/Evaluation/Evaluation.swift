package import Domain
package import Foundation
package import Host
package import SystemPackage

/// Numbers that scripts wrote.
package enum MetricsFile {
    /// Reads a JSON or YAML file of numbers; nested keys are joined by dots. Complains about text, null, lists,
    /// NaN, infinities, an empty file and one over 1 MiB: success is by evidence.
    package static func read(_ bytes: Data, file: String) throws(Complaints) -> [String: Double] {
        throw Complaints([Complaint(file: file, message: "not built")])
    }
}

/// Metrics that Sluice computes itself from predictions (CSV or Parquet with `label` and `prediction` and/or `score`).
package struct Scorer: Sendable {
    package let duckdb: DuckDB
    package init(duckdb: DuckDB) { self.duckdb = duckdb }

    package struct Scores: Sendable, Equatable {
        /// `accuracy`, `precision`, `recall`, `f1`, `auc`, `log_loss`, `brier` for labels 0/1; `mae`, `rmse`, `r2` for others.
        package let metrics: [String: Double]
        package let rows: Int64
        /// Equal for two prediction files with the same rows in the same order: a digest over `id` (if there is such
        /// a column) and `label`.
        package let rowsDigest: Digest
    }

    /// Throws `.input` if the file has no label, neither prediction nor score, no rows, or a value that is not finite.
    package func score(_ predictions: FilePath, temporary: FilePath) async throws(Fault) -> Scores {
        throw Fault(.bug, "not built")
    }
}
