import Mustache

/// The templates of `templates/report/`, which the build puts into the executable: one for each kind of report, and one
/// for each section of it, which others can take in by its name.
enum Templates {
    /// Values are escaped before a template has them, so the template itself escapes nothing.
    private static let head = "{{% CONTENT_TYPE:TEXT}}\n"

    static func read(_ text: String) throws -> MustacheTemplate {
        try MustacheTemplate(string: head + text)
    }

    static let markdown = builtIn(PackageResources.markdown_mustache)
    static let html = builtIn(PackageResources.html_mustache)
    static let terminal = builtIn(PackageResources.terminal_mustache)

    static let left = builtIn(PackageResources.left_md_mustache)

    /// What a template of a kind can take in by name.
    static func library(of kind: TemplateCheck.Kind) -> MustacheLibrary {
        switch kind {
        case .markdown: markdownSections
        case .html: htmlSections
        case .terminal: terminalSections
        }
    }

    /// The names of sections, with the bytes that each takes in.
    static func partials(of kind: TemplateCheck.Kind) -> [String: Int] {
        switch kind {
        case .markdown: sections.mapValues(\.count)
        case .html: htmlParts.mapValues(\.count)
        case .terminal:
            Dictionary(uniqueKeysWithValues: TerminalPage.names.map { ($0, terminalSection($0).utf8.count) })
        }
    }

    /// Names that a value may have somewhere.
    static func names(of kind: TemplateCheck.Kind) -> Set<String> {
        switch kind {
        case .markdown: PageNames.all
        case .html: PageNames.all.union(HTMLPage.names)
        case .terminal: PageNames.all.union(["headline", "blocks", "block", "name", "title", "lines"])
        }
    }

    /// `{{> gates}}` and its like in Markdown.
    static let markdownSections = MustacheLibrary(templates: sections.mapValues(builtIn))

    /// The same on a terminal, where a section is laid out before the template has it.
    static let terminalSections = MustacheLibrary(
        templates: Dictionary(
            uniqueKeysWithValues: TerminalPage.names.map { ($0, builtIn(Array(terminalSection($0).utf8))) }))

    private static func terminalSection(_ name: String) -> String {
        "{{#block.\(name)}}\n\n{{title}}\n{{#lines}}\n  {{.}}\n{{/lines}}\n{{/block.\(name)}}\n"
    }

    private static let sections: [String: [UInt8]] = [
        "answer": PackageResources.answer_md_mustache,
        "exceptions": PackageResources.exceptions_md_mustache,
        "metrics": PackageResources.metrics_md_mustache,
        "gates": PackageResources.gates_md_mustache,
        "slices": PackageResources.slices_md_mustache,
        "changes": PackageResources.changes_md_mustache,
        "drift": PackageResources.drift_md_mustache,
        "replay": PackageResources.replay_md_mustache,
        "confusion": PackageResources.confusion_md_mustache,
        "curves": PackageResources.curves_md_mustache,
        "importance": PackageResources.importance_md_mustache,
        "training": PackageResources.training_md_mustache,
        "stages": PackageResources.stages_md_mustache,
        "sections": PackageResources.sections_md_mustache,
        "failures": PackageResources.failures_md_mustache,
        "origin": PackageResources.origin_md_mustache,
        "decision": PackageResources.decision_md_mustache,
        "reproduce": PackageResources.reproduce_md_mustache,
    ]

    /// The same in HTML.
    static let htmlSections = MustacheLibrary(templates: htmlParts.mapValues(builtIn))

    private static let htmlParts: [String: [UInt8]] = [
        "head": PackageResources.head_html_mustache,
        "contents": PackageResources.contents_html_mustache,
        "answer": PackageResources.answer_html_mustache,
        "exceptions": PackageResources.exceptions_html_mustache,
        "metrics": PackageResources.metrics_html_mustache,
        "gates": PackageResources.gates_html_mustache,
        "slices": PackageResources.slices_html_mustache,
        "changes": PackageResources.changes_html_mustache,
        "drift": PackageResources.drift_html_mustache,
        "replay": PackageResources.replay_html_mustache,
        "confusion": PackageResources.confusion_html_mustache,
        "curves": PackageResources.curves_html_mustache,
        "importance": PackageResources.importance_html_mustache,
        "training": PackageResources.training_html_mustache,
        "stages": PackageResources.stages_html_mustache,
        "sections": PackageResources.sections_html_mustache,
        "failures": PackageResources.failures_html_mustache,
        "origin": PackageResources.origin_html_mustache,
        "decision": PackageResources.decision_html_mustache,
        "reproduce": PackageResources.reproduce_html_mustache,
    ]

    /// A built-in template that cannot be read fails every test, so it never leaves the house.
    private static func builtIn(_ bytes: [UInt8]) -> MustacheTemplate {
        do {
            return try read(String(decoding: bytes, as: UTF8.self))
        } catch {
            preconditionFailure("a built-in template cannot be read: \(error)")
        }
    }
}
