import Domain
import Foundation
import Testing

@testable import Reports

@Test func `a template of one's own stands in the place of ours and takes in our sections`() throws {
    let own = "# {{model}}\n{{> gates}}\n\nSee the wiki.\n{{> decision}}\n"
    let text = ReportRenderer.markdown(try sampleReport(), templates: ReportTemplates(markdown: own))

    #expect(
        text == """
            # flight-delay

            #### Gates

            | | gate | found |
            |:---|:---|:---|
            | ✓ | auc ≥ 0.70 | auc 0.7213 is above 0.70 |

            See the wiki.

            #### Decision

            Needs 1 approval.

                sluice approve 12
                sluice reject 12 --reason "…"

            """)
}

@Test func `no template makes a text from outside active`() throws {
    let own = "{{{model}}}{{&model}}{{#gates.rows}}{{{gate}}}{{/gates.rows}}"
    var report = try sampleReport()
    report.gates[0].gate.metric = "</details>@everyone {{{code.commit}}}"
    let text = ReportRenderer.markdown(report, templates: ReportTemplates(markdown: own))

    #expect(text == "flight-delayflight-delay&lt;/details&gt;@&#8203;everyone {{{code.commit}}} ≥ 0.70")
}

@Test func `a terminal's template sees sections laid out and values by name`() throws {
    let own = "{{number}}: {{answerMark}}\n{{> gates}}\n{{#blocks}}[{{name}}]{{/blocks}}"
    let text = ReportRenderer.terminal(
        try sampleReport(), colour: false, width: 80, templates: ReportTemplates(terminal: own))

    #expect(
        text == """
            12: ✓

            Gates
                 gate        found
              ✓  auc ≥ 0.70  auc 0.7213 is above 0.70
            [metrics][gates][decision]
            """)
}

@Test(arguments: [
    ("{{#gates}}\n", "report/markdown.mustache:1: the section 'gates' is not closed"),
    ("a\n{{/gates}}", "report/markdown.mustache:2: the section 'gates' is closed and was not opened"),
    (
        "{{#gates}}\n{{#rows}}\n{{/gates}}",
        "report/markdown.mustache:3: the section 'rows' of line 2 is open here, not 'gates'"
    ),
    ("\n\n{{modle}}", "report/markdown.mustache:3: no value is called 'modle'; did you mean 'model'?"),
    ("{{> gaets}}", "report/markdown.mustache:1: there is no section 'gaets' to take in; did you mean 'gates'?"),
    ("{{model", "report/markdown.mustache:1: a tag is opened with '{{' and not closed with '}}'"),
    (
        "{{=<% %>=}}",
        "report/markdown.mustache:1: '{{=' is not part of report templates; there are values, sections and partials"
    ), (String(repeating: "x", count: 256_001), "report/markdown.mustache: has more than 256,000 bytes"),
])
func `a broken template is told by file and line`(_ text: String, _ complaint: String) {
    let complaints = #expect(throws: Complaints.self) {
        try ReportTemplates(markdown: text).check(folder: "report")
    }

    #expect(complaints?.all.first?.description == complaint)
}

@Test func `our own templates pass the check that a user's must`() throws {
    let markdown = String(decoding: PackageResources.markdown_mustache, as: UTF8.self)
    let terminal = String(decoding: PackageResources.terminal_mustache, as: UTF8.self)

    try ReportTemplates(markdown: markdown, terminal: terminal).check()
    let report = try RichReport.make()
    let text = ReportRenderer.markdown(report, templates: ReportTemplates(markdown: markdown))
    #expect(text == ReportRenderer.markdown(report))
}

@Test func `a template that multiplies rows, or says too much itself, ends in a report that fits`() throws {
    let open = String(repeating: "{{#gates.rows}}", count: 30)
    let close = String(repeating: "{{/gates.rows}}", count: 30)
    var report = try sampleReport()
    report.gates = Array(repeating: report.gates[0], count: 100)
    for own in [open + String(repeating: "x", count: 500) + close, String(repeating: "long ", count: 20_000)] {
        let text = ReportRenderer.markdown(report, fitting: 20_000, templates: ReportTemplates(markdown: own))

        #expect(text.utf8.count <= 20_000 && text.hasPrefix("### ✓ Promotable"))
    }
}

@Test func `mutated templates are complained of or rendered, and nothing else`() throws {
    let seeds = ["markdown", "gates", "metrics", "sections", "curves"].map { name in
        (try? String(contentsOfFile: templatePath(name), encoding: .utf8)) ?? "{{> gates}}{{#gates}}{{/gates}}"
    }
    var generator = SplitMix(state: 7)
    let pieces = [
        "{{", "}}", "{{{", "}}}", "{{#", "{{/", "{{^", "{{>", "{{!", "{{&", "\n", "\u{301}", "(", ")", ".", " ", "rows",
    ]
    let report = try sampleReport()
    for round in 0..<400 {
        var text = Array(seeds[round % seeds.count])
        for _ in 0..<(1 + round % 5) {
            let place = Int.random(in: 0...text.count, using: &generator)
            let piece = pieces.randomElement(using: &generator) ?? ""
            let end = min(text.count, place + Int.random(in: 0...4, using: &generator))
            text.replaceSubrange(place..<end, with: Array(piece))
        }
        let rendered = ReportRenderer.markdown(report, templates: ReportTemplates(markdown: String(text)))
        #expect(rendered.utf8.count <= 400_000)
    }
}

@Test func `every value of a full page has a name that templates may say and the docs explain`() throws {
    var names: Set<String> = []
    gather(Page(try RichReport.make()), into: &names)
    let docs = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/reports.md")
        .standardized
    let page = try String(contentsOf: docs, encoding: .utf8)

    #expect(names.subtracting(PageNames.all).isEmpty)
    for name in PageNames.all { #expect(page.contains("`\(name)`"), "\(name)") }
    for name in TerminalPage.names { #expect(page.contains("`\(name)`"), "\(name)") }
    for name in Templates.partials(of: .markdown).keys { #expect(page.contains("`\(name)`"), "\(name)") }
}

private func gather(_ value: Any, into names: inout Set<String>) {
    if value is Verbatim || value is Drawing { return }
    if let table = value as? any PageTable {
        for row in table.anyRows { gather(row, into: &names) }
        return
    }
    for child in Mirror(reflecting: value).children {
        if let label = child.label, label != "some", Mirror(reflecting: value).displayStyle == .struct {
            names.insert(label)
        }
        gather(child.value, into: &names)
    }
}

private func templatePath(_ name: String) -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates/report")
    let file = name == "markdown" ? "markdown.mustache" : "sections/\(name).md.mustache"
    return folder.appending(path: file).standardized.path
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
