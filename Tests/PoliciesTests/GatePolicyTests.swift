import Documents
import Domain
import Foundation
import Policies
import Testing

/// What the gates of a policy mean.
struct GatePolicyTests {
    private let predicted = smallPolicy + "evaluate: {run: 'e ${model}', predictions: p.csv, metrics: e.json}\n"
    private let measured = smallPolicy + "evaluate: {run: 'e ${model}', metrics: e.json}\n"

    private func gates(_ lines: String..., after start: String? = nil) throws -> [Gate] {
        try read((start ?? predicted) + "gates:\n" + lines.map { "  - {\($0)}\n" }.joined()).gates
    }

    @Test func `a comparison with the champion is a test where there are predictions`() throws {
        let comparison = "metric: auc, against: champion, max_drop: 0.01"
        #expect(try gates(comparison) == [Gate(metric: "auc", condition: .maxDrop(0.01), test: .init())])
        #expect(
            try gates(comparison, after: measured) == [Gate(metric: "auc", condition: .maxDrop(0.01))],
            "without predictions, values are compared as they are")
    }

    @Test(arguments: [
        ("max_drop: 0.01, confidence: 0.9", Gate.PairedTest(confidence: 0.9, isAsked: true)),
        ("max_drop: 0.01, confidence: none", nil),
        ("max_drop: 0.01, when_unsure: pass", Gate.PairedTest(whenUnsure: .pass)),
        (
            "max_drop: 0.01, when_unsure: pass, confidence: 0.99",
            .init(confidence: 0.99, whenUnsure: .pass, isAsked: true)
        ),
        ("max_drop: 0.01, slice: carrier", Gate.PairedTest(whenUnsure: .pass)),
        ("max_drop: 0.01, slice: carrier, when_unsure: block", Gate.PairedTest(whenUnsure: .block)),
        ("max_drop: 0.01, slice: carrier, confidence: 0.9", .init(confidence: 0.9, whenUnsure: .pass, isAsked: true)),
        ("max_drop: 0", nil), ("max_rise: 0%", nil),
        ("max_drop: 0, confidence: 0.95", Gate.PairedTest(isAsked: true)),
        ("min_rise: 0", Gate.PairedTest()), ("min_drop: 1%", Gate.PairedTest()),
        ("min_rise: 0, slice: carrier", Gate.PairedTest(whenUnsure: .block)),
        ("min_rise: 0, confidence: none", nil),
    ])
    func `the normal form of a comparison`(keys: String, test: Gate.PairedTest?) throws {
        let gates = try gates("metric: auc, against: champion, " + keys)
        #expect(gates.map(\.test) == [test])
    }

    @Test func `what Sluice measures itself is compared as it is`() throws {
        let gates = try gates("metric: model_bytes, against: champion, max_rise: 10%")
        #expect(gates == [Gate(metric: "model_bytes", condition: .maxRise(.relative(0.1)))])
    }

    @Test(arguments: [
        ("max_drop: 2%", Gate.Condition.maxDrop(.relative(0.02))), ("max_rise: 0.5", .maxRise(.absolute(0.5))),
        ("min_rise: 100%", .minRise(.relative(1))), ("min_drop: 2.5%", .minDrop(.relative(0.025))),
    ])
    func `margins`(keys: String, condition: Gate.Condition) throws {
        #expect(try gates("metric: auc, against: champion, " + keys).map(\.condition) == [condition])
    }

    @Test func `the gates of an operator's floor stand in another file`() throws {
        let text =
            "[{metric: auc, min: 0.7}, {metric: auc, against: champion, max_drop: 0.01}, {name: check, command: 'check ${model}'}]"
        let list = try #require(try Document(Data(text.utf8), file: "server.yaml").root)

        let gates = try PolicyFile.gates(list, file: "server.yaml", path: "floor.gates")

        #expect(gates.first == Gate(metric: "auc", condition: .atLeast(0.7)))
        #expect(gates.count == 3)
    }

    @Test func `a mistake in the gates of a floor is told once, where it stands`() throws {
        let list = try #require(try Document(Data("[{metric: auc, min: x}]".utf8), file: "server.yaml").root)

        do throws(Complaints) {
            _ = try PolicyFile.gates(list, file: "server.yaml", path: "floor.gates")
            Issue.record("it was read")
        } catch {
            #expect(error.all.count == 1)
            #expect(error.fault.message.hasPrefix("server.yaml:1:21: 'floor.gates.min': expected a number"))
        }
    }

    @Test func `slices`() throws {
        let gates = try gates(
            "metric: auc, slice: carrier, min: 0.6, min_rows: 200", "metric: recall, slice: sex, max_gap: 0.1")
        #expect(
            gates == [
                Gate(metric: "auc", condition: .atLeast(0.6), slice: .init(column: "carrier", minRows: 200)),
                Gate(metric: "recall", condition: .maxGap(0.1), slice: .init(column: "sex", minRows: 1)),
            ])
    }

    @Test func `past promotions need no evaluation`() throws {
        let gates = try gates(
            "metric: auc, against: promotions, max_drop: 0.02",
            "metric: auc, against: promotions, last: 9, max_drop: 1%",
            after: smallPolicy)
        #expect(
            gates == [
                Gate(metric: "auc", condition: .maxDrop(0.02), against: .promotions(last: 5)),
                Gate(metric: "auc", condition: .maxDrop(.relative(0.01)), against: .promotions(last: 9)),
            ])
    }

    @Test(arguments: [
        ("metric: model_bytes, max: 50 MB", Gate(metric: "model_bytes", condition: .atMost(50e6))),
        ("metric: training_seconds, max: 2h", Gate(metric: "training_seconds", condition: .atMost(7_200))),
        ("metric: x_seconds.p99, max: 90s", Gate(metric: "x_seconds.p99", condition: .atMost(90))),
        (
            "metric: data_age_seconds.flights, max: 7d",
            Gate(metric: "data_age_seconds.flights", condition: .atMost(604_800))
        ),
        (
            "metric: prediction_seconds, against: champion, max_rise: 1s",
            Gate(metric: "prediction_seconds", condition: .maxRise(1))
        ),
    ])
    func `sizes and durations`(keys: String, gate: Gate) throws {
        let datasets = "datasets: {flights: {mount: data}}\n"
        #expect(try gates(keys, after: predicted + datasets) == [gate])
    }

    @Test func `requirements, commands and warnings`() throws {
        let gates = try gates(
            "metric: loss, require: converged", "require: finite", "metric: loss, require: finite, action: warn",
            "name: check, command: 'c ${model} ${predictions} ${metrics}'",
            "name: other, command: [a, b], action: block", "metric: auc, max: 0.95, action: warn")
        #expect(
            gates == [
                Gate(metric: "loss", condition: .converged), Gate(metric: "*", condition: .finite),
                Gate(metric: "loss", condition: .finite, action: .warn),
                Gate(metric: "check", condition: .answers(["c ${model} ${predictions} ${metrics}"])),
                Gate(metric: "other", condition: .answers(["a", "b"])),
                Gate(metric: "auc", condition: .atMost(0.95), action: .warn),
            ])
    }

    @Test func `overlays`() throws {
        let text =
            predicted + """
                gates: [{metric: auc, against: champion, max_drop: 0.005}]
                overlays:
                  holidays:
                    owner: alice
                    reason: few rows
                    expires: 2028-02-29
                    gates: [{metric: auc, against: champion, max_drop: 0.02}, {metric: brier, max: 0.3, action: warn}]

                """
        let overlays = try read(text).overlays
        #expect(
            overlays == [
                Overlay(
                    name: "holidays", owner: try #require(PersonName("alice")), reason: "few rows",
                    expires: "2028-02-29",
                    gates: [
                        Gate(metric: "auc", condition: .maxDrop(0.02), test: .init()),
                        Gate(metric: "brier", condition: .atMost(0.3), action: .warn),
                    ])
            ])
    }

    @Test func `what is evaluated and reported beyond the metrics`() throws {
        let policy = try read(
            smallPolicy + """
                evaluate:
                  run: e ${model}
                  predictions: p.csv
                  slices: [carrier, origin]
                  quantile: 0.9
                  outs: [importance.json, tables]
                report:
                  templates: report/
                  importance: importance.json
                  sections:
                    - { title: Business numbers, file: tables/business.csv }

                """)
        let evaluate = try #require(policy.evaluate)
        #expect(evaluate.slices == ["carrier", "origin"])
        #expect(evaluate.quantile == 0.9)
        #expect(evaluate.outs?.map(\.text) == ["importance.json", "tables"])
        let report = try #require(policy.report)
        #expect(report.templates?.text == "report")
        #expect(report.importance?.text == "importance.json")
        #expect(report.sections.map(\.title) == ["Business numbers"])
        #expect(report.sections.map(\.file.text) == ["tables/business.csv"])
    }

    @Test func `what a pipeline writes is not known here`() throws {
        let text = "version: 1\nmodel: m\ntrain: {pipeline: dvc.yaml, model: m}\nreport: {importance: i.json}\n"
        #expect(complaints(text) == [])
    }
}
