import Domain
import Foundation
import Testing

@testable import Reports

@Test func `the first screen says whether to approve, and how sure the difference is`() throws {
    let text = ReportRenderer.markdown(try RichReport.make())

    #expect(
        part(of: text, until: "| model_bytes") == """
            ### ✓ Promotable: every stage and gate passed (with 1 exception; 1 gate warns)

            **auc 0.7213 against the champion's 0.7131, +0.0082 (95 %: +0.0058 to +0.0106): better**

            Run 12 of flight-delay, at commit `a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1`

            > ⚠ metrics of the champion's own run are not used: both sides were evaluated in this run

            #### Exceptions

            | | exception | owner | reason | until | gates |
            |:---|:---|:---|:---|:---|:---|
            | ⚠ | holiday-data | alice | Christmas week is short of rows | until 2026-12-31 | auc at most 0.02 below \
            the champion |

            #### Champion and challenger

            | metric | better | champion | challenger | difference | 95 % interval | |
            |:---|:---:|---:|---:|---:|:---:|:---|
            | auc | ↑ | 0.7131 | 0.7213 | +0.0082 | +0.0058 to +0.0106 | better |
            | log_loss | ↓ | 0.4388 | 0.4302 | −0.0086 | −0.0113 to −0.0059 | better |

            """)
    #expect(text.contains("\n| model_bytes | ↓ | 1.21 MB | 1.23 MB | +24.2 kB |  | ↑ worse |\n"))
    #expect(text.contains("\n| accuracy | ↑ | 0.8124 | 0.8131 | +0.0007 | −0.0011 to +0.0025 | no difference |\n"))
    #expect(text.contains("\n| prediction_seconds | ↓ | 8.1 µs | 7.9 µs | −0.20 µs |  | ↓ better |\n"))
}

@Test func `a higher number that is no more than noise is no difference, and says so first`() throws {
    var report = try RichReport.make()
    let noise = RichReport.comparison("auc", 0.6998, 0.7012, noise: 0.00232)
    let gate = Gate(metric: "auc", condition: .minRise(0), test: Gate.PairedTest())
    report.measurements?.comparisons = [noise]
    report.gates = [
        GateResult(
            gate: gate, outcome: .noDifference, challenger: 0.7012, champion: 0.6998, comparison: noise,
            interval: noise.bounds(at: 0.95))
    ]
    report.verdict = .fold(Judge.findings(of: report.gates, sentence: ReportRenderer.sentence))
    let text = ReportRenderer.markdown(report)

    #expect(
        text.hasPrefix(
            """
            ### ✗ Not promotable: no difference: auc 0.7012 against the champion's 0.6998, +0.0014 \
            (95 %: −0.0031 to +0.0059)

            Run 12 of flight-delay
            """))
    #expect(text.contains("\n| ✗ | auc above the champion | no difference: auc 0.7012 against"))
}

@Test func `gates name the worst slice, the exception they stand on and that they only warn`() throws {
    let text = ReportRenderer.markdown(try RichReport.make())

    #expect(
        text.contains(
            """
            | ✓ | auc of every carrier at most 0.02 below the champion | auc of carrier = VX 0.684 against the \
            champion's 0.712, −0.028 (99.5 %: −0.062 to +0.006)<br>the worst of 10 slices, 2 more are too small<br>\
            95 % corrected for the number of comparisons |
            | ✓ | model_bytes ≤ 50 MB | model_bytes 1.2 MB is below 50 MB |
            | ⚠ | ece ≤ 0.02 | ece 0.0231 is above 0.02<br>only warns |
            """))
}

@Test(arguments: [
    (GateResult.Reason.answered("margin 3 % is too thin\nmore"), "auc said no: margin 3 % is too thin"),
    (.notFinite(metric: "loss", place: 12), "value 12 in the history of loss is not finite"),
    (.notFinite(metric: "loss", place: nil), "loss is not finite"),
    (.notFallen(from: 0.69, to: 0.7), "auc did not fall: 0.69 at the start, 0.70 at the end"),
    (.stillFalling(share: 0.231), "auc still falls: the last fifth is 23.1 % of the whole fall"),
    (.risen(from: 0.31, to: 0.9), "auc rises again: 0.90 at the end, 0.31 at its best"),
])
func `what a command or a history says is told in its own words`(_ reason: GateResult.Reason, _ sentence: String) {
    let gate = Gate(metric: "auc", condition: .converged)
    let result = GateResult(gate: gate, outcome: .failed, challenger: nil, champion: nil, reason: reason)

    #expect(ReportRenderer.sentence(result) == sentence)
}

@Test func `past promotions, gaps and doubts are told with the numbers that decided`() throws {
    let past = GateResult(
        gate: Gate(metric: "auc", condition: .maxDrop(0.005), against: .promotions(last: 5)), outcome: .failed,
        challenger: 0.7, champion: 0.72, pastVersion: 4)
    let gap = GateResult(
        gate: Gate(metric: "recall", condition: .maxGap(0.1), slice: Gate.Slicing(column: "sex")), outcome: .failed,
        challenger: 0.12, champion: nil, slice: Slice(column: "sex", value: "f"),
        bestSlice: Slice(column: "sex", value: "m"), judgedSlices: 2, smallSlices: 0)
    let noise = RichReport.comparison("auc", 0.71, 0.709, noise: 0.003)
    let doubt = GateResult(
        gate: Gate(metric: "auc", condition: .maxDrop(0.005), test: Gate.PairedTest()),
        outcome: .undecided(why: "unsure"), challenger: 0.709, champion: 0.71, comparison: noise,
        interval: noise.bounds(at: 0.95), reason: .unsure)

    #expect(
        ReportRenderer.sentence(past)
            == "auc 0.70 is below the best recorded of the last 5 promotions, version 4's 0.72 "
            + "by 0.02, more than 0.005")
    #expect(ReportRenderer.sentence(gap) == "recall of sex = f and sex = m lie 0.12 apart, more than 0.10")
    #expect(
        ReportRenderer.sentence(doubt) == "the rows cannot tell whether auc at most 0.005 below the champion: "
            + "auc 0.7090 against the champion's 0.7100, −0.0010 (95 %: −0.0069 to +0.0049)")
}

@Test func `charts are Mermaid with numbers and words of ours, and a legend below`() throws {
    let text = ReportRenderer.markdown(try RichReport.make())

    #expect(
        text.contains(
            """
            ```mermaid
            %%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "#1f6feb, #d9822b"}}}}%%
            xychart-beta
                title "Calibration"
                x-axis "mean score" [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95]
                y-axis "share of positive labels" 0 --> 1
                bar [0.0587, 0.1695, 0.2656, 0.3498, 0.4342, 0.5306, 0.6416, 0.759, 0.8696, 0.9653]
                line [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95]
            ```

            blue: share of positive labels, orange: mean score
            """))
}

@Test func `numbers that are not finite or far away draw nothing wrong`() throws {
    var report = try RichReport.make()
    report.measurements?.histories = [
        History(metric: "loss", values: [1, .nan, .infinity, 0.5], count: 4),
        History(metric: "cost", values: [1e300, -1e300, .leastNonzeroMagnitude], count: 3),
        History(metric: "flat", values: [2, 2, 2], count: 3),
    ]
    report.details?.challengerPortrait?.roc = [Portrait.Point(x: .nan, y: 1), Portrait.Point(x: 0, y: .infinity)]
    report.details?.challengerPortrait?.fit = [Portrait.Point(x: -1e200, y: 1e-200), Portrait.Point(x: 1e200, y: 1)]
    report.details?.importances = [ReportDetails.Importance(feature: "x", value: -.infinity)]
    let text = ReportRenderer.markdown(report)

    let charts = text.components(separatedBy: "```mermaid").dropFirst().map { part(of: $0, until: "```") }
    for chart in charts { #expect(!chart.contains("nan") && !chart.contains("inf") && !chart.contains("e+")) }
    #expect(text.contains("| loss | 1 | 0.50 | 1 | 0.50 | 4 | `█··▁` |"))
    #expect(text.contains("| flat | 2 | 2 | 2 | 2 | 3 | `▄▄▄` |"))
    #expect(!text.contains("ROC curve") && !text.contains("Feature importance"))
}

@Test func `a report fits whatever is in it, keeps its answer, and leaves out by whole rows`() throws {
    var report = try RichReport.make()
    let value = Changes.Value(name: String(repeating: "@", count: 300), before: "a", now: "b")
    report.details?.changes?.packages = Array(repeating: value, count: 5_000)
    report.plan.snapshots = Array(repeating: report.plan.snapshots[0], count: 5_000)
    for index in 0..<3_000 { report.challenger[String(repeating: "#", count: 200) + "\(index)"] = 1 }
    report.gates = Array(repeating: report.gates[3], count: 2_000)
    report.warnings = Array(repeating: String(repeating: "!a", count: 5_000), count: 2_000)
    for limit in [4_000, 65_536, nil] {
        let text = ReportRenderer.markdown(report, fitting: limit)

        #expect(text.utf8.count <= limit ?? 400_000)
        #expect(text.hasPrefix("### ✓ Promotable") && text.contains("    sluice approve 12\n"))
        #expect(limit == nil || text.hasSuffix(".*\n"))
        #expect(limit == nil || text.contains("\n*Left out or cut, so that this fits: digests"))
    }
}

@Test(arguments: [
    "javascript:alert(1)", "https://a.example/)[x](https://evil.example", "https://a.example/ b", "//a.example",
    "https://" + String(repeating: "a", count: 600),
])
func `a link that is no plain address is not shown`(_ link: String) throws {
    let text = ReportRenderer.markdown(try RichReport.make(), fitting: 4_000, link: link)

    #expect(!text.contains("](") && text.hasSuffix(".*\n"))
}
