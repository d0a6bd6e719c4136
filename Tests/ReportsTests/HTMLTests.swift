import Domain
import Foundation
import Testing

@testable import Reports

@Test func `the page is one file that asks nobody for anything`() throws {
    let page = ReportRenderer.html(try RichReport.make())

    #expect(page.hasPrefix("<!DOCTYPE html>"))
    #expect(
        page.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"))
    for word in ["<script", "<link", "<img", "<iframe", "http:", "https:", "url(", "@import", " style=", "javascript:"]
    {
        #expect(!page.contains(word), "\(word)")
    }
    #expect(page.utf8.count < 300_000)
}

@Test func `the one style of the page is the one that its policy names`() throws {
    let page = ReportRenderer.html(try sampleReport())
    let styles = page.matches(of: /<style>([\s\S]*?)<\/style>/)

    let style = String(try #require(styles.first).1)
    let bytes = Digest.of(style).hex.matches(of: /../).compactMap { UInt8($0.0, radix: 16) }

    #expect(styles.count == 1)
    #expect(page.contains("style-src 'sha256-\(Data(bytes).base64EncodedString())'"))
}

@Test func `the page says the answer first and then what Markdown says, in its order`() throws {
    let report = try RichReport.make()
    let page = ReportRenderer.html(report)
    let texts = [
        ">Promotable<", "every stage and gate passed", "holiday-data", "−0.0086",
        "auc at most 0.005 below the champion",
        "carrier = VX", "Train with early stopping", "1 of 12 columns is over its limits",
        "Applied to 240 earlier runs",
        "38,900", "false positive rate", "origin_wind_speed</th>", "val_loss", "evaluate:challenger",
        "missed connections",
        "Python 3.11.7", "sluice approve 12", "sluice reproduce 12",
    ]
    let places = texts.map { page.range(of: $0)?.lowerBound }

    for (text, place) in zip(texts, places) { #expect(place != nil, "\(text)") }
    let found = places.compactMap { $0 }
    // The list of contents stands before everything, and holds none of these.
    #expect(found == found.sorted())
    let shown = page.matches(of: /<h2>([^<]+)/).map { String($0.1) }
    #expect(shown.contains("Slices that moved most") && shown.contains("Policy replay"))
}

@Test func `a page without a champion has no comparison, and one that failed says why`() throws {
    let first = ReportRenderer.html(try sampleReport())
    let broken = ReportRenderer.html(try brokenSchemaReport())

    #expect(first.contains("There is no champion yet") && !first.contains("id=\"slices\""))
    #expect(broken.contains("is-failed") && broken.contains("id=\"failures\""))
    #expect(broken.contains("&#39;Z|9&#39; is not one of the 16 allowed values"))
}

@Test(arguments: hostileMarkup)
func `hostile text makes no markup of a page`(_ text: String) throws {
    // A text of several lines has more of `<br>`.
    func tags(_ page: String) -> [Substring] {
        page.matches(of: /<[^>]*>/).map { $0.0.prefix { $0 != " " } }.filter { $0 != "<br>" }
    }
    let plain = ReportRenderer.html(try poisonedPage("plain"))
    let page = ReportRenderer.html(try poisonedPage(text))

    #expect(tags(page) == tags(plain))
    #expect(page.utf8.count < 400_000)
    let steering = page.unicodeScalars.filter { $0 != "\n" && $0.escaped != nil }
    #expect(steering.isEmpty)
}

@Test func `numbers that no axis can hold break no picture`() throws {
    let page = ReportRenderer.html(try boundlessPage())
    let attributes = page.matches(
        of: #/\s(?:x|y|x1|x2|y1|y2|cx|cy|r|d|width|height|transform|viewBox)="([^"]*)"/#)

    #expect(attributes.count > 200)
    for attribute in attributes {
        let isPlain = attribute.1.wholeMatch(of: /[-0-9.%MLa-z() ]*/) != nil
        let isNumber = !attribute.1.contains("nan") && !attribute.1.contains("inf")
        #expect(isPlain && isNumber, "\(attribute.0)")
    }
}

@Test func `ten thousand slices, and names of ten megabytes, cost no more than a few`() throws {
    var report = try RichReport.make()
    for index in 0..<10_000 {
        let slice = Slice(column: "tail", value: "N\(index)")
        let row = SliceScores(slice: slice, rows: 5, metrics: ["auc": Double(index) / 10_000])
        report.measurements?.challengerSlices.append(row)
        report.measurements?.championSlices.append(row)
    }

    let sliced = ReportRenderer.html(report)
    let named = ReportRenderer.html(try poisonedPage(String(repeating: "<long> ", count: 1_500_000)))

    #expect(sliced.utf8.count < 300_000 && named.utf8.count < 400_000)
    #expect(sliced.contains("10012 slices") && sliced.contains("… and 10002 more"))
}

@Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (12.0, "12"), (0.05, "0.05"), (-1.5, "-1.5"), (2.345, "2.35"), (99.999, "100"),
    (0.004, "0"), (-0.004, "0"), (.nan, "0"), (.infinity, "0"), (1e300, "100000"), (-1e300, "-100000"), (0.1, "0.1"),
])
func `a coordinate has two decimals at most and is always a number`(_ value: Double, _ text: String) {
    #expect(SVG.number(value) == text)
}

@Test func `an axis has round numbers, and none where there is nothing to tell apart`() throws {
    let axis = try #require(Scale(covering: [0.6841, 0.7304]))

    #expect(axis.ticks(4).map(Numbers.text) == ["0.69", "0.70", "0.71", "0.72", "0.73"])
    #expect(axis.share(0.6) == 0 && axis.share(0.8) == 1 && axis.share(.nan) == 0)
    #expect(Scale(covering: [.nan, .infinity]) == nil)
    #expect(Scale(covering: [-1e308, 1e308]) == nil)
    let single = try #require(Scale(covering: [5, 5]))
    let least = try #require(Scale(from: 0, to: Double.leastNonzeroMagnitude))
    #expect(single.share(5) == 0.5)
    #expect(least.ticks(4).count < 20)
}

@Test func `better is to the right of zero in every row of the forest plot`() throws {
    func place(isMirrored: Bool) throws -> Double {
        let picture = StripDrawing.forest(
            Forest(name: "m", difference: -1, interval: (-1.5, -0.5), margin: nil, isMirrored: isMirrored))
        let match = try #require(picture.firstMatch(of: /cx="([0-9.]+)%"/))
        return try #require(Double(match.1))
    }

    #expect(try place(isMirrored: true) > 50)
    #expect(try place(isMirrored: false) < 50)
}

/// WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1 for text.
@Test(arguments: [false, true])
func `every colour of text can be read on every ground`(_ isDark: Bool) throws {
    let style = HTMLPage.style
    let dark = try #require(style.range(of: "prefers-color-scheme: dark"))
    let part = isDark ? style[dark.lowerBound...] : style[..<dark.lowerBound]
    func luminance(_ name: String) throws -> Double {
        let found = try #require(
            part.firstMatch(of: try Regex("--\(name): #([0-9a-f]{6})", as: (Substring, Substring).self)))
        let channels = found.output.1.matches(of: /../).compactMap { UInt8($0.0, radix: 16) }.map { byte -> Double in
            let share = Double(byte) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }

    for ground in ["paper", "wash"] {
        for ink in ["ink", "soft", "accent", "good", "bad", "doubt"] {
            let pair = [try luminance(ground), try luminance(ink)].sorted()
            let contrast = (pair[1] + 0.05) / (pair[0] + 0.05)
            #expect(contrast >= 4.5, "\(ink) on \(ground): \(contrast)")
        }
    }
}

@Test func `a template of the user's own takes in our sections, and makes no text active`() throws {
    let own =
        "<!DOCTYPE html><title>{{{word}}}</title>{{> head}}<p>Ask the flight desk.</p>{{> gates}}<p>{{{model}}}</p>"
    let templates = ReportTemplates(html: own + "{{#warnings}}{{#rows}}<q>{{{.}}}</q>{{/rows}}{{/warnings}}")
    try templates.check()

    let page = ReportRenderer.html(try poisonedPage("<script>alert(1)</script>"), templates: templates)

    #expect(page.hasPrefix("<!DOCTYPE html><title>Not promotable</title>"))
    #expect(page.contains("<p>Ask the flight desk.</p>") && page.contains("<h2>Gates</h2>"))
    #expect(page.contains("<q>&lt;script&gt;alert(1)&lt;/script&gt;</q>") && !page.contains("<script"))
}

@Test func `every name that only HTML has is documented`() throws {
    let docs = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/reports.md")
    let page = try String(contentsOf: docs.standardized, encoding: .utf8)
    let parts = HTMLPage.parts(try RichReport.make())

    for name in HTMLPage.names { #expect(page.contains("`\(name)`"), "\(name)") }
    let known = HTMLPage.names.union(PageNames.all)
    #expect(parts.keys.filter { !known.contains($0) }.isEmpty)
}
