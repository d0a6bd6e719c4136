import Domain
import Foundation

@testable import Reports

/// Texts that want to be markup, script, style, another place of the page, or nothing that a person can see.
let hostileMarkup = [
    "</details><script>alert(1)</script>", "\"><img src=http://evil.example/x onerror=alert(1)>",
    "' onmouseover='alert(1)", "</title></style></svg><style>*{display:none}</style>", "<base href=//evil.example>",
    "<svg onload=alert(1)>", "&lt;script&gt;&#60;script&#62;", "]]><!-- --!><!DOCTYPE x>", "{{{style}}}{{> head}}",
    "javascript:alert(1)", "url(http://evil.example/x)", "\u{202E}gnp.exe\u{2066}", "a\u{0}b\r\n\u{1B}[31m\u{2028}",
    String(repeating: "W", count: 3000), String(repeating: "e\u{301}", count: 3000),
]

/// Puts one text everywhere that a text from outside can be, in a report that has everything.
func poisonedPage(_ text: String) throws -> Report {
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
    let gate = Gate(metric: text, condition: .maxDrop(0.1), slice: Gate.Slicing(column: text))
    report.plan.policy.gates.insert(gate, at: 0)
    report.gates = [
        GateResult(gate: gate, outcome: .failed, challenger: 1, champion: 2, slice: Slice(column: text, value: text)),
        GateResult(gate: gate, outcome: .undecided(why: text), challenger: nil, champion: nil),
    ]
    let finding = DataFinding(check: text, file: text, column: text, record: 1, count: 2, value: text, message: text)
    report.stages.append(try stage("test:other", .unitTest, .failed(.findings([finding]), nil)))
    report.stages.append(try stage("test:more", .unitTest, .errored(Fault(.input, text, advice: text), nil)))
    let noted = StageResult(outs: [:], drift: try driftedReport(name: text, category: text), notes: [text])
    report.stages.append(try stage("drift:other", .unitTest, .succeeded(noted)))
    poison(&report.measurements, text)
    poison(&report.details, text)
    return report
}

private func poison(_ measurements: inout Measurements?, _ text: String) {
    measurements?.comparisons.append(RichReport.comparison(text, 1.25, 1.5, noise: 0.1))
    let slice = Slice(column: text, value: text)
    measurements?.challengerSlices.append(SliceScores(slice: slice, rows: 900, metrics: ["auc": 0.9, text: 1]))
    measurements?.championSlices.append(SliceScores(slice: slice, rows: 900, metrics: ["auc": 0.5, text: 2]))
    measurements?.histories.append(History(metric: text, values: [3, 2, 1], count: 3))
}

private func poison(_ details: inout ReportDetails?, _ text: String) {
    let value = Changes.Value(name: text, before: text, now: text)
    details?.changes?.parameters = [value]
    details?.changes?.packages = [value]
    details?.changes?.policy = [value]
    details?.changes?.commits[0].subject = text
    details?.changes?.commits[0].author = text
    details?.changes?.datasets[0].filesAdded = [text]
    details?.changes?.datasets[0].columnsAdded = [text]
    details?.importances.append(ReportDetails.Importance(feature: text, value: 0.5))
    details?.exceptions[0].overlay.reason = text
    details?.exceptions[0].overlay.name = text
    details?.exceptions[0].overlay.expires = text
    details?.replay?.refused[0].why = text
    details?.challengerPortrait?.confusion?.labels = [text, text + "2"]
    details?.championPortrait?.confusion?.labels = [text, text + "2"]
    details?.sections = [
        ReportDetails.Section(title: text, body: .text([text, text])),
        ReportDetails.Section(title: text, body: .table(header: [text, text], rows: [[text, text]], left: 3)),
    ]
}

/// Numbers that no axis can hold, everywhere that a picture takes one.
func boundlessPage() throws -> Report {
    var report = try RichReport.make()
    let wild = [Double.nan, .infinity, -.infinity, 1e308, -1e308, Double.leastNonzeroMagnitude, 0]
    for (index, number) in wild.enumerated() {
        let other = wild[(index + 3) % wild.count]
        report.challenger["m\(index)"] = number
        report.champion?["m\(index)"] = other
        var comparison = RichReport.comparison("m\(index)", other, number, noise: 1)
        comparison.bounds = [Comparison.Bounds(confidence: 0.95, lower: -abs(other), upper: number)]
        report.measurements?.comparisons.append(comparison)
        let slice = Slice(column: "c", value: "\(index)")
        report.measurements?.challengerSlices.append(SliceScores(slice: slice, rows: 9, metrics: ["auc": number]))
        report.measurements?.championSlices.append(SliceScores(slice: slice, rows: 9, metrics: ["auc": other]))
        report.details?.importances.append(ReportDetails.Importance(feature: "f\(index)", value: number))
        report.stages.append(
            try stage("s\(index)", .train, .succeeded(result(wall: number, cpu: number, memory: .max))))
    }
    report.measurements?.histories = [
        History(metric: "a", values: wild, count: wild.count),
        History(metric: "b", values: [1e308, -1e308, 0], count: 3),
        History(metric: "c", values: [], count: 0), History(metric: "d", values: [1, 1, 1], count: 3),
    ]
    let points = wild.map { Portrait.Point(x: $0, y: $0) }
    report.details?.challengerPortrait?.roc = points
    report.details?.challengerPortrait?.precisionRecall = []
    report.details?.challengerPortrait?.fit = points
    report.details?.challengerPortrait?.calibration = wild.map {
        Portrait.CalibrationBin(predicted: $0, observed: $0, rows: .max)
    }
    report.details?.challengerPortrait?.confusion?.counts = [[.max, .min], [0, -1]]
    return report
}
