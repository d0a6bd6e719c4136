/// How a text from outside is written in Markdown: as text that a forge shows and never obeys.
///
/// Entities are used rather than backslashes because they work in tables and inside `<code>` too. A forge looks for
/// mentions and references in the finished text, where an entity is a letter again, so those are broken by a space
/// of no width.
enum MarkdownText {
    /// - Parameter limit: bytes of the result; what is longer ends in `…`, never inside an entity.
    static func escaped(_ text: String, limit: Int? = nil) -> String {
        if isPlain(text), limit.map({ text.utf8.count <= $0 }) ?? true { return text }
        // Blanks at the start would make a block of code.
        let scalars = Array(text.unicodeScalars.drop { $0 == " " })
        var escaped = ""
        var end = escaped.endIndex
        for (index, scalar) in scalars.enumerated() {
            let before = index > 0 ? scalars[index - 1] : " "
            let after = index + 1 < scalars.count ? scalars[index + 1] : " "
            if startsBlock(scalar, after: after, head: scalars[..<index]) {
                escaped += "&#\(scalar.value);"
            } else {
                escaped += replacement(for: scalar, before: before, after: after) ?? String(scalar)
            }
            guard let limit else { continue }
            if escaped.utf8.count > limit { return escaped[..<end] + "…" }
            if escaped.utf8.count <= limit - 3 { end = escaped.endIndex }
        }
        return escaped
    }

    /// True for most numbers and names, which are the same in Markdown and need no second look.
    private static func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: ","), UInt8(ascii: "%"):
                    continue
                case UInt8(ascii: " ") where index > 0: continue
                case UInt8(ascii: ".") where index > 0 && index + 1 < bytes.count:
                    // Between digits it makes neither a list nor an address.
                    if isDigit(bytes[index - 1]), isDigit(bytes[index + 1]) { continue }
                    return false
                default: return false
                }
            }
            return true
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    /// True for what makes a list or a rule of a line that starts with it.
    private static func startsBlock(
        _ scalar: Unicode.Scalar, after: Unicode.Scalar, head: ArraySlice<Unicode.Scalar>
    ) -> Bool {
        switch scalar {
        case "-", "+": head.isEmpty && (after == " " || after == scalar)
        case "=": head.isEmpty
        case ".", ")": after == " " && !head.isEmpty && head.allSatisfy { $0.properties.numericType != nil }
        default: false
        }
    }

    private static func replacement(
        for scalar: Unicode.Scalar, before: Unicode.Scalar, after: Unicode.Scalar
    ) -> String? {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "|", "`", "*", "~", "[", "]", "\\", "$": "&#\(scalar.value);"
        case "@": "@&#8203;"
        case "#", "!": isWord(after) ? "&#\(scalar.value);&#8203;" : "&#\(scalar.value);"
        // A name such as `model_bytes` stays readable; `__init__` does not become bold.
        case "_": isWord(before) && isWord(after) ? nil : "&#95;"
        // No `https://…` or `www.…` becomes a link.
        case ":": after == "/" ? "&#58;&#8203;" : nil
        case ".": isWord(before) && isWord(after) && before.properties.isAlphabetic ? dot(before) : nil
        default: nil
        }
    }

    private static func dot(_ before: Unicode.Scalar) -> String? {
        before == "w" || before == "W" ? "&#46;&#8203;" : nil
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}
