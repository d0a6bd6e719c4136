import Domain
import Mustache

/// A template with what it may take in, and how much work it may make.
struct Renderer {
    let template: MustacheTemplate
    let library: MustacheLibrary
    /// Rows that all its loops together may show.
    let rows: Int

    static let markdown = Renderer(
        template: Templates.markdown, library: Templates.markdownSections, rows: usualRows)
    static let html = Renderer(template: Templates.html, library: Templates.htmlSections, rows: usualRows)
    static let terminal = Renderer(
        template: Templates.terminal, library: Templates.terminalSections, rows: usualRows)

    private static let usualRows = 100_000
    /// Bytes that a user's template may write at most, before what does not fit is left out.
    private static let mostWork = 64_000_000
}

extension Renderer {
    /// A user's template; nil for one that `ReportTemplates.check` complains of.
    init?(own text: String, _ kind: TemplateCheck.Kind) {
        var check = TemplateCheck(file: kind.file, kind: kind)
        check.read(text)
        guard check.complaints.isEmpty, let template = try? Templates.read(text) else { return nil }
        self.template = template
        library = Templates.library(of: kind)
        // Each row of a loop writes at most the whole template once.
        rows = min(Self.usualRows, Self.mostWork / max(1, text.utf8.count + check.takenIn))
    }

    /// A page with less than everything ends with a sentence on what is missing, whatever the template says.
    func markdown(_ level: Fitting.Level, link: String?) -> String {
        var page = level.page
        page.left = level.isCut ? Page.Left(level, link: link) : nil
        let view = View(format: .markdown, textLimit: level.textLimit, budget: View.Budget(rows: rows))
        let values = view.of(page)
        let text = template.render(values, library: library)
        guard level.isCut else { return text }
        return text + (text.hasSuffix("\n") ? "" : "\n") + Templates.left.render(values)
    }

    func html(_ report: Report) -> String {
        let view = View(format: .html, textLimit: nil, budget: View.Budget(rows: rows))
        return template.render(view.of(HTMLPage.parts(report)), library: library)
    }

    /// - Parameter page: the values by their names, for a user's template; nil: there are none.
    func terminal(_ laid: TerminalPage, _ page: Page?) -> String {
        let view = View(format: .terminal, textLimit: nil, budget: View.Budget(rows: rows))
        let blocks = Dictionary(laid.blocks.map { ($0.name, $0 as Any) }, uniquingKeysWith: { first, _ in first })
        let parts: [String: Any] = ["headline": laid.headline, "blocks": laid.blocks, "block": blocks]
        return template.render(view.of(page, and: parts), library: library)
    }
}

extension Page.Left {
    init(_ level: Fitting.Level, link: String?) {
        sentence =
            level.left.isEmpty
            ? "Long texts are cut, so that this fits."
            : "Left out or cut, so that this fits: \(level.left.joined(separator: ", "))."
        self.link = link.flatMap(Self.address).map { [Verbatim(text: $0)] } ?? []
    }

    /// An address that can stand in Markdown and HTML as it is; nil for any other.
    private static func address(_ link: String) -> String? {
        let isPlain = link.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "-._~:/?#%=&+,;".unicodeScalars.contains(scalar))
        }
        let isWeb = link.hasPrefix("https://") || link.hasPrefix("http://")
        return isPlain && isWeb && link.utf8.count <= 500 ? link : nil
    }
}
