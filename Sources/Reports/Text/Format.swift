/// How one kind of report writes what it is given: the only difference between terminal, Markdown and HTML that is not
/// a template.
struct Format: Sendable {
    /// A text from outside as it may stand in the report, cut to about so many bytes; nil: as long as it is.
    let escape: @Sendable (_ text: String, _ limit: Int?) -> String
    /// A picture, ready to stand where the template puts it.
    let draw: @Sendable (Drawing) -> String

    static let markdown = Format(escape: { MarkdownText.escaped($0, limit: $1) }, draw: MarkdownDrawing.text)
    static let html = Format(escape: { text, _ in HTMLText.escape(text) }, draw: HTMLDrawing.text)
    /// Texts are `visible` and fitted already.
    static let terminal = Format(escape: { text, _ in text }, draw: BlockDrawing.text)
}
