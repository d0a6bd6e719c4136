package import Domain
import Mustache

/// The user's own templates (`report.templates` in the policy), each in the place of one of ours.
///
/// They see the same values and can take in our sections by name: `{{> gates}}`. No template can make a text from
/// outside active, because every text is escaped before a template sees it.
package struct ReportTemplates: Codable, Equatable, Sendable {
    /// The texts of `markdown.mustache`, `html.mustache` and `terminal.mustache`; nil: ours.
    package var markdown: String?
    package var html: String?
    package var terminal: String?

    /// Bytes that one template may have.
    package static let mostBytes = 256_000

    package init(markdown: String? = nil, html: String? = nil, terminal: String? = nil) {
        self.markdown = markdown
        self.html = html
        self.terminal = terminal
    }

    /// Throws a complaint with file and line for each thing that cannot be read, or that names nothing.
    /// - Parameter folder: where the templates are, as the policy has it: `report/`.
    package func check(folder: String = "") throws(Complaints) {
        let complaints = TemplateCheck.complaints(all, folder: folder)
        if !complaints.isEmpty { throw Complaints(complaints) }
    }

    private var all: [(kind: TemplateCheck.Kind, text: String)] {
        [(.markdown, markdown), (.html, html), (.terminal, terminal)].compactMap { kind, text in
            text.map { (kind, $0) }
        }
    }
}
