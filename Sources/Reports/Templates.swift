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
    static let terminal = builtIn(PackageResources.terminal_mustache)

    /// `{{> gates}}` and its like in Markdown.
    static let markdownSections = MustacheLibrary(templates: sections.mapValues(builtIn))

    /// In the order of the report.
    static let sectionNames = [
        "answer", "exceptions", "metrics", "gates", "slices", "changes", "drift", "replay", "confusion", "curves",
        "importance", "training", "stages", "sections", "failures", "origin", "decision", "reproduce",
    ]

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
        "left": PackageResources.left_md_mustache,
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
