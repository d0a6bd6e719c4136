import Domain
import Foundation

/// What `html.mustache` sees: everything that a `Page` holds, under the same names, and beside it the pictures that only
/// HTML has, the classes of the style, and the head of the document.
enum HTMLPage {
    /// The names that only HTML has; `docs/reports.md` says what they are.
    static let names: Set<String> = [
        "axis", "dots", "forest", "histogram", "kind", "labels", "matrix", "others", "reason", "security", "shade",
        "short", "side", "sides", "span", "started", "style", "word",
    ]

    static func parts(_ report: Report) -> [String: Any] {
        let page = Page(report)
        let answer = Answer(report)
        var parts = fields(of: page)
        parts["kind"] = kind(of: page.answerMark)
        parts["word"] = answer.word
        parts["reason"] = answer.reason
        parts["short"] = report.plan.commit.short
        parts["started"] = moment(report.run.createdAt)
        parts["style"] = Verbatim(text: style)
        parts["security"] = Verbatim(text: security)
        if let comparison = page.comparison { parts["comparison"] = drawn(comparison, report) }
        if let gates = page.gates { parts["gates"] = drawn(gates, report) }
        if let slices = page.slices { parts["slices"] = drawn(slices, report) }
        if let drift = page.drift { parts["drift"] = drawn(drift, report) }
        if let stages = page.stages { parts["stages"] = drawn(stages, report) }
        if let curves = page.curves { parts["curves"] = drawn(curves, report.details) }
        if let confusion = page.confusion { parts["confusion"] = drawn(confusion, report.details) }
        return parts
    }

    /// Nothing comes from anywhere: no script, no picture, no font; the style is the one that was built in.
    static let security =
        "default-src 'none'; style-src 'sha256-\(base64(Digest.of(style)))'; base-uri 'none'; form-action 'none'"

    /// Without its line breaks at the ends, so that what stands between the tags is what was digested.
    static let style = String(decoding: PackageResources.html_css, as: UTF8.self)

    private static func base64(_ digest: Digest) -> String {
        let digits = Array(digest.hex)
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0
        }
        return Data(bytes).base64EncodedString()
    }

    /// The properties of a value by their names.
    static func fields(of value: Any) -> [String: Any] {
        var fields: [String: Any] = [:]
        for case (let name?, let field) in Mirror(reflecting: value).children { fields[name] = field }
        return fields
    }

    /// A table whose rows have more than those of the page: what is made of a row and the thing that it shows.
    static func table<Row, Thing>(
        _ table: Page.Table<Row>, of things: some Sequence<Thing>, adding: (Row, Thing) -> [String: Any]
    ) -> [String: Any] {
        let rows = zip(table.rows, things).map { row, thing in
            fields(of: row).merging(adding(row, thing)) { _, new in new }
        }
        return ["rows": rows, "more": table.more]
    }

    /// The class of a sign or a word, by which the style colours it.
    static func kind(of sign: String) -> String {
        switch sign {
        case "✓": "passed"
        case "✗": "failed"
        case "?", "⚠": "undecided"
        case let word where word.hasSuffix("better"): "better"
        case let word where word.hasSuffix("worse"): "worse"
        default: "none"
        }
    }
}
