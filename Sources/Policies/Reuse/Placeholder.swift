import Documents

/// `$(name)` in a text of a block.
enum Placeholder {
    enum Part: Equatable {
        case text(String)
        case parameter(String)
    }

    /// True for letters, digits and `_`, not starting with a digit.
    static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, isLetter(first), text.utf8.count <= 100 else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    /// The parts of a text. `$$(name)` is the text `$(name)`, for the shell's own; a `$(` before anything but a name
    /// and `)` is text as well.
    static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var plain = ""
        var rest = text.utf8[...]
        func keep(_ bytes: Substring.UTF8View) { plain += String(Substring(bytes)) }
        while let start = rest.firstIndex(of: dollar) {
            keep(rest[..<start])
            rest = rest[start...]
            if rest.starts(with: "$$(".utf8), let name = name(at: rest.dropFirst()) {
                plain += "$(\(name))"
                rest = rest.dropFirst(name.utf8.count + 4)
            } else if let name = name(at: rest) {
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                parts.append(.parameter(name))
                rest = rest.dropFirst(name.utf8.count + 3)
            } else {
                plain += "$"
                rest = rest.dropFirst()
            }
        }
        keep(rest)
        if !plain.isEmpty || parts.isEmpty { parts.append(.text(plain)) }
        return parts
    }

    /// Every placeholder below a node, keys included.
    static func all(in node: Document.Node) -> [(name: String, place: Document.Place)] {
        func names(_ text: String, _ place: Document.Place) -> [(name: String, place: Document.Place)] {
            parts(of: text).compactMap { part in
                if case .parameter(let name) = part { (name, place) } else { nil }
            }
        }
        return switch node {
        case .scalar(let text, _, let place): names(text, place)
        case .sequence(let items, _): items.flatMap { all(in: $0) }
        case .mapping(let entries, _): entries.flatMap { names($0.key, $0.keyPlace) + all(in: $0.value) }
        }
    }

    /// The name of `$(name)`, if that is how the bytes start.
    private static func name(at bytes: Substring.UTF8View) -> String? {
        guard bytes.starts(with: "$(".utf8) else { return nil }
        let body = bytes.dropFirst(2)
        let name = body.prefix { isLetter($0) || isDigit($0) }
        guard body.dropFirst(name.count).first == UInt8(ascii: ")") else { return nil }
        let text = String(Substring(name))
        return isName(text) ? text : nil
    }

    private static let dollar = UInt8(ascii: "$")

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A) || byte == UInt8(ascii: "_")
    }
}
