import Domain
import Foundation
import Testing

@testable import Storage

/// Reading what gates are decided from, without decoding the rest.
struct MeasurementsRecordTests {
    private func everything() throws -> Measurements {
        let slice = Slice(column: "carrier", value: "a \"quoted\" \\ ü\n")
        func scores(_ column: String) -> SliceScores {
            SliceScores(slice: Slice(column: column, value: "x"), rows: 12, metrics: ["auc": 0.5, "brier": 1e-300])
        }
        func comparison(_ metric: String, _ slice: Slice?, _ method: Comparison.Method) -> Comparison {
            Comparison(
                metric: metric, slice: slice, rows: 100, champion: 0.1, challenger: -0.25, method: method,
                pValue: 0.03,
                bounds: [
                    .init(confidence: 0.5, lower: -1.5e-7, upper: 2), .init(confidence: 0.95, lower: -3, upper: 4),
                ])
        }
        return Measurements(
            challenger: ["auc": 0.71, "lost": .infinity, "sunk": -.infinity], champion: ["auc": 0.7],
            championFault: "no \"column\"",
            comparisons: [
                comparison("auc", nil, .delong), comparison("auc", slice, .bootstrap(resamples: 10)),
                comparison("accuracy", nil, .mcnemar(resamples: 5)),
            ], comparisonFault: "none", challengerSlices: [scores("carrier"), scores("month")],
            championSlices: [scores("carrier")],
            histories: [History(metric: "loss", values: [2, .infinity, 1], count: 3)],
            answers: ["a": .yes, "b": .no("no"), "c": .couldNotTell("why")],
            promotions: [.init(version: 3, run: Samples.firstRun, metrics: ["auc": 0.5])])
    }

    private func needs(_ gates: [Gate]) throws -> RecordedRun.Needs {
        var policy = try Samples.plan().policy
        policy.gates = gates
        return RecordedRun.Needs(policy)
    }

    private let all = [
        Gate(metric: "auc", condition: .maxDrop(0), test: .init(), slice: .init(column: "carrier")),
        Gate(metric: "accuracy", condition: .maxDrop(0), test: .init(), slice: .init(column: "month")),
        Gate(metric: "auc", condition: .maxDrop(0), against: .promotions(last: 1)),
        Gate(metric: "loss", condition: .converged), Gate(metric: "a", condition: .answers(["true"])),
    ]

    private func body(_ measurements: Measurements?) -> String {
        var conclusion = Samples.conclusion(.failed([Finding(.no, source: "gate:auc", message: "low")]))
        conclusion.measurements = measurements
        conclusion.details = ReportDetails(importances: [.init(feature: "]}\"{[", value: 1)])
        return Canonical.text(of: conclusion)
    }

    @Test func `what all kinds of gates need comes as it was kept`() throws {
        let kept = try everything()
        let record = try MeasurementsRecord(body(kept), needs: try needs(all))
        #expect(record.measurements == kept)
        #expect(record.isComplete)
        #expect(record.verdict == .failed([Finding(.no, source: "gate:auc", message: "low")]))
        let parts = Mirror(reflecting: kept).children.compactMap(\.label)
        #expect(
            parts == [
                "challenger", "champion", "championFault", "comparisons", "comparisonFault", "challengerSlices",
                "championSlices", "histories", "answers", "promotions",
            ], "a new part of what a run measures must be read too")
    }

    @Test func `what no gate asks is left`() throws {
        let record = try MeasurementsRecord(
            body(try everything()), needs: try needs([Gate(metric: "auc", condition: .atLeast(0))]))
        let found = record.measurements
        #expect(found.challenger["auc"] == 0.71 && found.champion == ["auc": 0.7])
        #expect(found.comparisons.isEmpty && found.histories.isEmpty && found.answers.isEmpty)
        #expect(found.promotions.isEmpty)
        #expect(found.challengerSlices.map(\.slice.column) == ["carrier", "month"])
        #expect(found.challengerSlices.map(\.metrics) == [[:], [:]])
    }

    @Test func `a body from before there were measurements gives its metrics`() throws {
        let record = try MeasurementsRecord(body(nil), needs: try needs(all))
        #expect(!record.isComplete)
        #expect(record.measurements.challenger["auc"] == 0.71)
        #expect(record.measurements.champion == ["auc": 0.7])
    }

    @Test func `a body that is cut anywhere is refused`() throws {
        let whole = body(try everything())
        let needs = try needs(all)
        for length in stride(from: 0, to: whole.utf8.count, by: 7) {
            let cut = String(decoding: whole.utf8.prefix(length), as: UTF8.self)
            #expect(throws: (any Error).self) { try MeasurementsRecord(cut, needs: needs) }
        }
    }

    @Test(arguments: [
        "[]", "1", "\"", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"challenger\":{\"auc\":\"high\"}}",
        "{\"verdict\":7}", "{\"challenger\":[]}", "{\"a\":\"\\",
        "{\"measurements\":{\"promotions\":[{\"version\":1e300,\"run\":1}]}}",
        "{\"measurements\":{\"comparisons\":[{\"metric\":\"auc\"}]}}",
    ])
    func `what was never written is refused`(_ text: String) throws {
        let needs = try needs(all)
        #expect(throws: (any Error).self) { try MeasurementsRecord(text, needs: needs) }
    }
}
