import Domain
import Testing

@testable import Engine

/// What is recorded of a run stays small, and the gates' own numbers are never what is left out.
struct TrimTests {
    /// 20 columns of 50 values, with 12 metrics each, compared by one of them.
    private func wide() -> Measurements {
        var slices: [SliceScores] = []
        for column in 0..<20 {
            for value in 0..<50 {
                let metrics = Dictionary(uniqueKeysWithValues: (0..<12).map { ("metric_\($0)", 0.123_456_789_012) })
                slices.append(
                    SliceScores(
                        slice: Slice(column: "column_\(column)", value: "value \(value)"), rows: Int64(value + 1),
                        metrics: metrics))
            }
        }
        let bounds = Comparison.standardConfidences.map {
            Comparison.Bounds(confidence: $0, lower: -0.012_345_678_901_234, upper: 0.012_345_678_901_234)
        }
        let comparisons = slices.map {
            Comparison(
                metric: "metric_0", slice: $0.slice, rows: $0.rows, champion: 0.5, challenger: 0.5,
                method: .bootstrap(resamples: 10_000), pValue: 0.123_456_789, bounds: bounds)
        }
        let past = (1...100).compactMap { number in
            RunID(Int64(number)).map {
                Measurements.PastPromotion(
                    version: number, run: $0,
                    metrics: Dictionary(uniqueKeysWithValues: (0..<40).map { ("metric_\($0)", 0.123_456_789_012) }))
            }
        }
        return Measurements(
            challenger: [:], champion: [:], comparisons: comparisons, challengerSlices: slices, championSlices: slices,
            promotions: past)
    }

    @Test func `measurements of twenty columns fit into half a megabyte, and every slice that a gate asks is there`() {
        let gates = [
            Gate(metric: "metric_3", condition: .atLeast(0), slice: .init(column: "column_7")),
            Gate(
                metric: "metric_0", condition: .maxDrop(0.1), against: .champion, test: .init(),
                slice: .init(column: "column_9")),
        ]
        let measured = wide()

        let trimmed = measured.trimmed(for: gates)

        #expect(Canonical.bytes(of: measured).count > 1_500_000)
        #expect(Canonical.bytes(of: trimmed).count < 600_000)
        #expect(Judge.decide(gates, trimmed).map(\.outcome) == Judge.decide(gates, measured).map(\.outcome))
        #expect(trimmed.challengerSlices.count { $0.slice.column == "column_7" && $0.metrics["metric_3"] != nil } == 50)
        #expect(trimmed.comparisons.count { $0.slice?.column == "column_9" } == 50)
        #expect(trimmed.promotions.count == 100)
    }

    @Test func `what is small is left as it is`() {
        let measured = Measurements(
            challenger: ["auc": 1], comparisons: [], challengerSlices: Array(wide().challengerSlices.prefix(20)))

        #expect(measured.trimmed(for: []) == measured)
    }
}
