package import Domain

/// What a scalar without quotes means, as DVC reads it: YAML 1.2, with ruamel.yaml's underscores in numbers.
enum CoreSchema {
    static func value(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".nan", ".NaN", ".NAN": return .number(.nan)
        default: break
        }
        guard let first = text.utf8.first, first < 0x40, text.utf8.count <= 400 else { return .string(text) }
        return integer(text) ?? float(text) ?? .string(text)
    }

    /// Whole numbers; those beyond 64 bits come out as the nearest `Double`.
    private static func integer(_ text: String) -> JSONValue? {
        let (negative, body) = signed(text)
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where body.hasPrefix(prefix) {
            return Int64((negative ? "-" : "") + digits(body.dropFirst(2)), radix: radix).map(JSONValue.integer)
        }
        guard let first = body.utf8.first, isDigit(first), body.utf8.allSatisfy({ isDigit($0) || $0 == 0x5F }) else {
            return nil
        }
        let plain = (negative ? "-" : "") + digits(body)
        return Int64(plain).map(JSONValue.integer) ?? Double(plain).map(JSONValue.number)
    }

    private static func float(_ text: String) -> JSONValue? {
        let (negative, body) = signed(text)
        if [".inf", ".Inf", ".INF"].contains(body) { return .number(negative ? -.infinity : .infinity) }
        let parts = body.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard
            mantissa.count == 2 || parts.count == 2,
            mantissa.allSatisfy({ $0.utf8.allSatisfy { isDigit($0) || $0 == 0x5F } }),
            mantissa.contains(where: { $0.utf8.first.map(isDigit) ?? false }),
            mantissa[0].isEmpty || mantissa[0].utf8.first.map(isDigit) ?? false
        else { return nil }
        var number = (negative ? "-" : "") + "0" + mantissa.map(digits).joined(separator: ".")
        if mantissa.count == 2 { number += "0" }
        if parts.count == 2 {
            let exponent = signed(String(parts[1]))
            guard !exponent.body.isEmpty, exponent.body.utf8.allSatisfy(isDigit) else { return nil }
            number += "e" + (exponent.negative ? "-" : "") + exponent.body
        }
        return Double(number).map(JSONValue.number)
    }

    private static func signed(_ text: String) -> (negative: Bool, body: String) {
        text.hasPrefix("-") || text.hasPrefix("+") ? (text.hasPrefix("-"), String(text.dropFirst())) : (false, text)
    }

    private static func digits(_ text: some StringProtocol) -> String {
        String(text.filter { $0 != "_" })
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

extension Document.Node {
    /// The value in YAML 1.2 core-schema terms as DVC reads it (`yes` is text, `1e3` a number, `0o14` is 12).
    package var json: JSONValue {
        switch self {
        case .scalar(let text, let quoted, _): quoted ? .string(text) : CoreSchema.value(text)
        case .sequence(let nodes, _): .array(nodes.map(\.json))
        case .mapping(let entries, _):
            .object(Dictionary(entries.map { ($0.key, $0.value.json) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// Where the value starts.
    package var place: Document.Place {
        switch self {
        case .scalar(_, _, let place), .sequence(_, let place), .mapping(_, let place): place
        }
    }

    /// The entries of a mapping; nil for anything else.
    package var entries: [Document.Entry]? {
        if case .mapping(let entries, _) = self { entries } else { nil }
    }

    /// The items of a list; nil for anything else.
    package var items: [Document.Node]? {
        if case .sequence(let items, _) = self { items } else { nil }
    }

    /// The scalar as it is written, whatever it means; nil for lists and mappings.
    package var scalarText: String? {
        if case .scalar(let text, _, _) = self { text } else { nil }
    }

    /// The value of a mapping's key.
    package subscript(key: String) -> Document.Node? {
        entries?.first { $0.key == key }?.value
    }

    /// True for `~`, `null` and nothing at all.
    package var isNull: Bool {
        if case .scalar(let text, false, _) = self { CoreSchema.value(text) == .null } else { false }
    }

    /// What this is, for complaints: `a number`, `a list`.
    package var what: String {
        switch self {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let text, let quoted, _):
            switch quoted ? .string(text) : CoreSchema.value(text) {
            case .null: "nothing"
            case .bool: "true or false"
            case .integer, .number: "a number"
            case .string, .array, .object: text.isEmpty ? "an empty text" : "a text"
            }
        }
    }
}
