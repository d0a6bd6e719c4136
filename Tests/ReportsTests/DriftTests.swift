import Domain
import Foundation
import Testing

@testable import Reports

@Test func `a drift is a table with both distributions, and bins for what is over a limit`() throws {
    let text = ReportRenderer.markdown(try withDrift(try driftedReport()))

    #expect(
        section("#### Data drift", of: text) == """
            #### Data drift

            **flights**: 1 of 12 columns is over its limits: feb.csv (1 row), compared with snapshot 2 of flights \
            (7 files), which the champion was trained on (27,004 rows). \
            The policy takes such data in, and may retrain on it.

            - could not tell: the reference has no column 'tail'

            | | column | measured / limit | missing | reference above new data | categories |
            |:---|:---|:---|:---|:---|:---|
            | ✗ | dep_hour | psi 0.1235 / 0.20<br>ks 0.50 / 0.30 ✗ | 0 % → 12.5 % ✗ | `▇▅▁`<br>`▁▄█` |  |
            | ✓ | carrier | linf 0.01 / 0.05 | 0 % | `█▃`<br>`█·` | new: UA<br>gone: HP |
            |  | far | psi 0.31 | 0 % | `█`<br>`·` | gone: HP |

            <details><summary>dep_hour: both distributions</summary>

            | values | reference | new data |
            |:---|---:|---:|
            | up to 8 | 50 % | 10 % |
            | over 8 up to 16 | 40 % | 30 % |
            | over 16 | 10 % | 60 % |

            </details>


            """)
    #expect(text.contains("- drift:served: nothing to compare with: the model 'm' has no champion yet\n"))
}

@Test func `a terminal draws the reference above the new data in any width`() throws {
    let report = try withDrift(try driftedReport())
    let text = ReportRenderer.terminal(report, colour: false, width: 80)

    #expect(
        text.contains(
            """
            Data drift
              flights: 1 of 12 columns is over its limits: feb.csv (1 row), compared with
              snapshot 2 of flights (7 files), which the champion was trained on (27,004
              rows). The policy takes such data in, and may retrain on it.
              ? could not tell: the reference has no column 'tail'
                 column    measured / limit        distribution
              ✗  dep_hour  psi 0.1235 / 0.20       ▇▅▁ then
                           ks 0.50 / 0.30 ✗        ▁▄█ now
                           missing 0 % → 12.5 % ✗
              ✓  carrier   linf 0.01 / 0.05        █▃ then
                           missing 0 %             █· now
                           new: UA
                           gone: HP
                 far       psi 0.31                █ then
                           missing 0 %             · now
                           gone: HP
            """), "\(text)")
    let long = String(repeating: "departure_hour_", count: 20)
    for width in [60, 70, 120] {
        let narrow = ReportRenderer.terminal(
            try withDrift(try driftedReport(name: long, category: long)), colour: false, width: width)
        for line in narrow.split(separator: "\n") { #expect(columns(of: String(line)) <= width, "\(line)") }
        #expect(narrow.contains("ks 0.50 / 0.30 ✗  ") && narrow.contains("▁▄█ now"), "\(narrow)")
    }
}

@Test func `refused data names column, value and limit, and what follows`() throws {
    let report = try withDrift(try driftedReport(action: .quarantine), fails: true)
    let text = ReportRenderer.terminal(report, colour: false, width: 300)

    #expect(
        text.contains(
            "  drift:flights found that the data has drifted: "
                + "the column 'dep_hour' has drifted: ks is 0.5, above the limit of 0.3\n"))
    #expect(text.contains("The policy refuses such data until a person has looked."))
    #expect(text.contains("▁▄█ now"))
}

@Test(arguments: [
    "</details>@all", "a|b\n| c |", "`x`", "\u{1B}[31m", "\u{202E}x", "{{number}}", "", "![i](http://e.x)",
])
func `hostile names of columns and categories are shown and not obeyed`(_ text: String) throws {
    func render(_ text: String) throws -> (String, String) {
        let drift = try driftedReport(name: text, category: text)
        var report = try withDrift(drift)
        report.stages[3].state = .succeeded(StageResult(outs: [:], notes: [text]))
        return (
            ReportRenderer.markdown(report), ReportRenderer.terminal(report, colour: false, width: 70)
        )
    }
    let (plain, (markdown, terminal)) = (try render("plain").0, try render(text))

    func tags(_ text: String) -> [Substring] { text.split(separator: "<").dropFirst().map { $0.prefix { $0 != ">" } } }
    func cells(_ text: String) -> [Int] {
        text.split(separator: "\n").filter { $0.hasPrefix("|") }.map { $0.split(separator: "|").count }
    }
    #expect(tags(markdown) == tags(plain))
    #expect(cells(markdown) == cells(plain))
    #expect(!markdown.contains("@all") && !markdown.contains("http:") && !markdown.contains("`x`"))
    for shown in [markdown, terminal] {
        #expect(!shown.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    }
    for line in terminal.split(separator: "\n") { #expect(columns(of: String(line)) <= 70, "\(line)") }
}

private func section(_ title: String, of text: String) -> String {
    let tail = text.range(of: title).map { text[$0.lowerBound...] } ?? ""
    return String(tail.range(of: "<details><summary>Stages").map { tail[..<$0.lowerBound] } ?? tail)
}
