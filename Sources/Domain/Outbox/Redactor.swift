import Foundation

/// Takes secrets out of what is said outside: by value, also in base64 and in the escapes of URLs and JSON, and whatever
/// stands before the `@` of an address.
///
/// Applied before anything is cut: half a secret would not be found.
package struct Redactor: Sendable {
    private let hidden: [String]
    package static let mark = "[secret]"

    /// - Parameter shortest: bytes that a secret has at least; shorter values are words that every text is full of.
    package init(_ secrets: some Sequence<String>, shortest: Int = 4) {
        var hidden: Set<String> = []
        for secret in secrets where secret.utf8.count >= max(shortest, 1) {
            hidden.insert(secret)
            for line in secret.split(whereSeparator: \.isNewline) where line.utf8.count >= 16 {
                // A key of several lines is also found line by line.
                hidden.insert(String(line))
            }
            hidden.formUnion(Self.encoded(secret))
        }
        self.hidden = hidden.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    /// Base64 hides a value in three ways, by where in the bytes it begins; digits that depend on neighbours are left off.
    private static func encoded(_ secret: String) -> [String] {
        let bytes = Data(secret.utf8)
        var forms: [String] = []
        for shift in 0..<3 {
            let text = (Data(repeating: 0x20, count: shift) + bytes).base64EncodedString()
            let head = shift == 0 ? 0 : shift + 1
            let bits = (shift + bytes.count) * 8
            let whole = bits / 6
            guard whole - head >= 8 else { continue }
            let form = String(text.dropFirst(head).prefix(whole - head))
            forms += [form, form.replacing("+", with: "-").replacing("/", with: "_")]
        }
        if let escaped = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) { forms.append(escaped) }
        if let escaped = secret.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) { forms.append(escaped) }
        let quoted = String(Canonical.text(of: secret).dropFirst().dropLast())
        return forms + [quoted]
    }

    /// The text without any of them.
    package func text(_ text: String) -> String {
        var text = text
        // Lines of a log go through here, one for each request, and to look is much cheaper than to replace.
        for secret in hidden where text.holds(secret) { text = text.replacing(secret, with: Self.mark) }
        return Self.withoutUsers(text)
    }

    /// `https://user:token@host` without what lets one in.
    private static func withoutUsers(_ text: String) -> String {
        guard text.contains("://"), text.contains("@") else { return text }
        var parts: [Substring] = []
        var rest = text[...]
        while let sign = rest.firstRange(of: "://") {
            parts.append(rest[..<sign.upperBound])
            rest = rest[sign.upperBound...]
            let host = rest.prefix {
                !$0.isWhitespace && $0 != "/" && $0 != "'" && $0 != "\"" && $0 != "<" && $0 != ">"
            }
            if let at = host.lastIndex(of: "@") {
                parts.append(Self.mark[...])
                rest = rest[at...]
            }
        }
        return (parts + [rest]).joined()
    }

    /// Every text in a value, whatever it is; the value as it was if it cannot be read back.
    package func value<Value: Codable>(_ value: Value) -> Value? {
        guard let json = try? Canonical.decode(JSONValue.self, from: Canonical.bytes(of: value)) else { return nil }
        let clean = redacted(json, depth: 0)
        if clean == json { return value }
        return try? Canonical.decode(Value.self, from: Canonical.bytes(of: clean))
    }

    private func redacted(_ value: JSONValue, depth: Int) -> JSONValue {
        guard depth < 100 else { return .null }
        switch value {
        case .string(let string): return .string(text(string))
        case .array(let values): return .array(values.map { redacted($0, depth: depth + 1) })
        case .object(let members): return .object(members.mapValues { redacted($0, depth: depth + 1) })
        case .null, .bool, .integer, .number: return value
        }
    }
}

extension String {
    /// True if the text has these bytes somewhere.
    fileprivate func holds(_ part: String) -> Bool {
        var (text, part) = (self, part)
        return text.withUTF8 { text in
            part.withUTF8 { part in
                guard let first = part.first else { return true }
                var rest = text[...]
                while let start = rest.firstIndex(of: first) {
                    if rest[start...].starts(with: part) { return true }
                    rest = rest[(start + 1)...]
                }
                return false
            }
        }
    }
}
