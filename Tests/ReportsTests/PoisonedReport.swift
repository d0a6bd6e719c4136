import Domain
import Foundation
import Testing

@testable import Reports

/// Texts that want to be markup, commands of a chart or a template, or nothing that a person can see.
let hostileTexts = [
    "</details>@everyone", "a|b\n| c |", "|---|---|\n", "</summary><script>alert(1)</script>",
    "\u{202E}drawkcab\u{2066}",
    "[x](http://evil.example)", "![i](https://evil.example/p.png)", "www.evil.example", "https://evil.example",
    "mail@evil.example", "{{{code.commit}}}{{> answer}}", "\"]; click a href \"https://evil.example\"",
    "```\n```mermaid", "%%{init: {\"securityLevel\": \"loose\"}}%%", "</pre><b>", "~~~\n# heading", "- item", "1. item",
    "***bold*** __init__ ~~gone~~", "\u{1B}[31m\u{7}", "", "    code", "<!--", "&lt;&#60;", "`code`", "\\", "$x$",
    "#12",
    "[ref]: https://evil.example", "> quote", "===", "<https://evil.example>", "\u{AD}\u{200B}",
    String(repeating: "!@#|<", count: 400),
]

/// Puts one text everywhere that a text from outside can be, in a report that has every section.
func poisonedRichReport(_ text: String) throws -> Report {
    var report = try RichReport.make()
    report.challenger[text] = 1.5
    report.champion?[text] = 1.25
    report.warnings = [text]
    report.plan.commitAuthor = text
    report.plan.commitSubject = text
    report.plan.uncommitted = [text]
    report.plan.parameters = [text: Digest.of("params")]
    report.plan.environment?.python = text
    report.verdict = .failed([Finding(.no, source: text, message: text), Finding(.no, source: text, message: text)])
    let column = Gate(metric: text, condition: .maxDrop(0.1), slice: Gate.Slicing(column: text))
    let slice = Slice(column: text, value: text)
    let said = GateResult(
        gate: Gate(metric: text, condition: .answers([text])), outcome: .failed, challenger: nil, champion: nil,
        reason: .answered(text))
    report.plan.policy.gates.insert(column, at: 0)
    report.gates = [
        GateResult(
            gate: column, outcome: .failed, challenger: 1, champion: 2, slice: slice, bestSlice: slice, judgedSlices: 3,
            smallSlices: 1), said,
        GateResult(gate: column, outcome: .undecided(why: text), challenger: nil, champion: nil),
    ]
    poisonMeasurements(&report, text, slice)
    poisonDetails(&report, text)
    let finding = DataFinding(check: text, file: text, column: text, record: 1, count: 2, value: text, message: text)
    report.stages[0].state = .failed(.findings([finding]), nil)
    report.stages[1].state = .errored(Fault(.input, text, advice: text), nil)
    report.stages[2].state = .succeeded(
        StageResult(outs: [:], drift: try driftedReport(name: text, category: text), notes: [text]))
    return report
}

private func poisonMeasurements(_ report: inout Report, _ text: String, _ slice: Slice) {
    guard var measured = report.measurements else { return }
    measured.comparisons.append(RichReport.comparison(text, 1.25, 1.5, noise: 0.01))
    measured.comparisons.append(RichReport.comparison(text, 1, 2, noise: 0.01, slice: slice))
    measured.championSlices = [SliceScores(slice: slice, rows: 5, metrics: [text: 1])]
    measured.challengerSlices = [SliceScores(slice: slice, rows: 5, metrics: [text: 2])]
    measured.histories = [History(metric: text, values: [3, 2, 1, 0.5], count: 4)]
    report.measurements = measured
}

private func poisonDetails(_ report: inout Report, _ text: String) {
    guard var details = report.details else { return }
    let confusion = Portrait.Confusion(labels: ["a", text], counts: [[1, 2], [3, 4]], others: 1)
    details.challengerPortrait?.confusion = confusion
    details.championPortrait?.confusion = confusion
    details.importances = [ReportDetails.Importance(feature: text, value: 1)]
    for index in details.exceptions.indices {
        details.exceptions[index].overlay.name = text
        details.exceptions[index].overlay.reason = text
        details.exceptions[index].overlay.expires = text
        details.exceptions[index].overlay.gates = [Gate(metric: text, condition: .atLeast(1))]
    }
    let value = Changes.Value(name: text, before: text, now: text)
    details.changes?.parameters = [value]
    details.changes?.packages = [value]
    details.changes?.policy = [value]
    details.changes?.ancestry = .unknown(why: text)
    if let rows = details.changes?.commits.indices {
        for row in rows {
            details.changes?.commits[row].author = text
            details.changes?.commits[row].subject = text
        }
    }
    details.changes?.datasets[0].filesAdded = [text]
    details.changes?.datasets[0].columnsAdded = [text]
    details.replay?.refused[0].why = text
    details.replay?.refused[0].before = text
    details.sections = [
        ReportDetails.Section(title: text, body: .text([text, text])),
        ReportDetails.Section(title: text, body: .table(header: [text, text], rows: [[text, text]], left: 2)),
    ]
    report.details = details
}
