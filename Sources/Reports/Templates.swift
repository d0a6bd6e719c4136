import Mustache

/// The templates of `templates/report/`, which the build puts into the executable.
enum Templates {
    /// How a template's `{{value}}` is escaped.
    enum Format: String {
        case markdown = "SLUICE_MARKDOWN"
        case terminal = "TEXT"
    }

    /// Reads a template so that its values are escaped for the format, whatever the template itself says.
    static func read(_ text: String, as format: Format) throws -> MustacheTemplate {
        MustacheContentTypes.register(MarkdownText(), named: Format.markdown.rawValue)
        return try MustacheTemplate(string: "{{% CONTENT_TYPE:\(format.rawValue)}}\n" + text)
    }

    static let markdown = builtIn(PackageResources.markdown_mustache, as: .markdown)
    static let terminal = builtIn(PackageResources.terminal_mustache, as: .terminal)

    /// A built-in template that cannot be read fails every test, so it never leaves the house.
    private static func builtIn(_ bytes: [UInt8], as format: Format) -> MustacheTemplate {
        do {
            return try read(String(decoding: bytes, as: UTF8.self), as: format)
        } catch {
            preconditionFailure("a built-in template cannot be read: \(error)")
        }
    }
}
