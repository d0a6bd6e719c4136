package import Domain
package import Host
package import SystemPackage

/// Paired comparisons of two files of predictions of the same rows.
///
/// Both models answered the same rows, so that what is hard about a row is hard for both: the noise of the difference
/// is much smaller than that of either value. Which test belongs to which metric is told in `docs/statistics.md`.
///
/// The same two files give the same bits: every random number comes from a generator that is seeded by the rows.
package struct Comparer: Sendable {
    package let duckdb: DuckDB
    package init(duckdb: DuckDB) { self.duckdb = duckdb }

    /// One comparison for every metric that `Scorer` computes from both files on all rows, and for each slice and
    /// metric that is asked. What cannot be told is left out: the area under the curve of rows of one class.
    ///
    /// Throws what `Scorer` throws for each file, and `.input` if the two are not of the same rows in the same order.
    /// Writes only below `temporary`.
    /// - Parameters:
    ///   - options: as `Scorer` had them.
    ///   - sliceMetrics: by column, the metrics that are compared in every slice of it that has at least `fewestRows`
    ///     rows; columns that `Scorer` would not slice by are passed over.
    package func compare(
        champion: FilePath, challenger: FilePath, options: Scorer.Options = .init(),
        sliceMetrics: [String: Set<String>] = [:], temporary: FilePath
    ) async throws(Fault) -> [Comparison] {
        try await PairedRows.open(
            champion: champion, challenger: challenger, options: options, duckdb, below: temporary
        ) { pair throws(Fault) in
            var comparisons = try await Contest(pair: pair, column: nil, only: nil).comparisons()
            for (index, column) in pair.slices.enumerated() {
                guard let metrics = sliceMetrics[column], !metrics.isEmpty else { continue }
                comparisons += try await Contest(pair: pair, column: index, only: metrics).comparisons()
            }
            return comparisons
        }
    }

    /// Slices with fewer rows are not compared: no test can tell anything of them.
    package static let fewestRows: Int64 = 10
}
