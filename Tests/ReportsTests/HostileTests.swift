import Domain
import Foundation
import Testing

@testable import Reports

private let hostile = [
    "</details>@everyone", "a|b\n| c |", "`rm -rf`", "<script>alert(1)</script>", "\u{1B}[31mred\u{1B}[0m\u{7}",
    "\u{202E}drawkcab", "[x](http://evil.example)", "![i](https://evil.example/p.png)", "www.evil.example",
    "{{plan.repository}}{{{run}}}", "# heading", "- item", "1. item", "fixes #12", "$x^2$", "**bold** __init__",
    "a\u{200D}uc\u{FEFF}", "\r\n", "", "    code", "<!-- hidden -->", "&lt;", "\\|",
    String(repeating: "é", count: 5000),
    "e" + String(repeating: "\u{301}", count: 5000), "\u{0}", "\u{E0041}",
]

/// Puts one text everywhere that an outside text can be.
private func poisoned(_ text: String) throws -> Report {
    var report = try worseReport()
    let name = StageName(text) ?? report.stages[0].name
    let person = PersonName(text)
    report.challenger[text] = 1.5
    report.champion?[text] = 1.25
    report.warnings = [text]
    report.plan.commitAuthor = text
    report.plan.commitSubject = text
    report.plan.tree = text
    report.plan.uncommitted = [text]
    report.plan.parameters = [text: Digest.of("params")]
    report.plan.environment?.python = text
    report.plan.policy.approval.by = person.map { [$0] } ?? []
    let gate = Gate(metric: text, condition: .atLeast(2))
    report.gates = [
        Judge.decide(gate, challenger: report.challenger, champion: nil),
        GateResult(gate: gate, outcome: .undecided(why: text), challenger: nil, champion: nil),
    ]
    report.verdict = .failed([
        Finding(.no, source: text, message: text), Finding(.couldNotTell, source: text, message: text),
    ])
    let finding = DataFinding(check: text, file: text, column: text, record: 1, count: 2, value: text, message: text)
    let fault = Fault(.input, text, advice: text)
    report.stages = [
        StageRun(
            run: report.run.id, ordinal: 0, name: name, kind: .unitTest, state: .failed(.findings([finding]), nil)),
        StageRun(run: report.run.id, ordinal: 1, name: name, kind: .train, state: .errored(fault, nil)),
        StageRun(
            run: report.run.id, ordinal: 2, name: name, kind: .train, state: .failed(.noEvidence([text, text]), nil)),
    ]
    return report
}

@Test(arguments: hostile)
func `hostile text is shown in Markdown and not obeyed`(_ text: String) throws {
    let plain = ReportRenderer.markdown(try poisoned("plain"))
    let shown = ReportRenderer.markdown(try poisoned(text))

    #expect(tags(shown) == tags(plain))
    #expect(shown.components(separatedBy: "</details>").count == plain.components(separatedBy: "</details>").count)
    #expect(!shown.contains("@everyone"))
    #expect(!shown.contains("http:") && !shown.contains("https:") && !shown.contains("www."))
    #expect(
        !shown.contains("](") && !shown.contains("fixes #12") && !shown.contains("**bold") && !shown.contains("__init"))
    #expect(!shown.contains("$"))
    #expect(shown.unicodeScalars.allSatisfy { !isSteering($0) })
    #expect(headings(shown) == headings(plain))
    #expect(tableShape(shown) == tableShape(plain))
    #expect(shown.utf8.count < 60_000)
}

@Test(arguments: hostile, [true, false])
func `hostile text cannot steer a terminal or leave its line`(_ text: String, colour: Bool) throws {
    let report = try poisoned(text)
    let shown = ReportRenderer.terminal(report, colour: colour, width: 70)
    let bare = colour ? shown.replacing(/\u{1B}\[[0-9]+m/, with: "") : shown

    #expect(bare.unicodeScalars.allSatisfy { !isSteering($0) })
    for line in bare.split(separator: "\n") { #expect(columns(of: String(line)) <= 70, "\(line)") }
    for text in [ReportRenderer.headline(report), ReportRenderer.comparison(report, report, colour: false, width: 60)] {
        #expect(text.unicodeScalars.allSatisfy { !isSteering($0) })
    }
}

@Test func `a name of ten megabytes costs no more than a long one`() throws {
    let name = String(repeating: "long name ", count: 1_000_000)
    let report = try poisoned(name)

    let text = ReportRenderer.markdown(report)

    #expect(text.utf8.count < 60_000)
    #expect(text.contains("…"))
}

@Test func `thousands of metrics, findings and files are cut by whole rows`() throws {
    var report = try sampleReport()
    for index in 0..<5000 { report.challenger["m\(index)"] = 1 }
    let finding = DataFinding(check: "type", file: "f.csv", message: "no number")
    report.stages[0].state = .failed(.findings(Array(repeating: finding, count: 3000)), nil)
    report.plan.uncommitted = (0..<5000).map { "file\($0)" }

    let text = ReportRenderer.markdown(report)

    #expect(text.contains("\n| … and 4903 more | | |\n"))
    #expect(text.contains("\n| … and 2990 more | | | | |\n"))
    #expect(text.contains(" and 4990 more\n"))
}

private func isSteering(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\n" { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
}

private func headings(_ text: String) -> [Substring] {
    text.split(separator: "\n").filter { $0.hasPrefix("#") }.dropFirst().map { $0 }
}

/// What starts with `<`, line breaks left out: a text of several lines has more of them.
private func tags(_ text: String) -> [Substring] {
    text.replacing("<br>", with: "").split(separator: "<").dropFirst().map { $0.prefix { $0 != ">" } }
}

/// Cells of each line of a table.
private func tableShape(_ text: String) -> [Int] {
    text.split(separator: "\n").filter { $0.hasPrefix("|") }.map { $0.split(separator: "|").count }
}
