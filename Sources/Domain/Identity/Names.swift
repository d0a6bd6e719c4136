/// A name that a user chose and that ends up in paths, tables and reports.
///
/// Letters, digits, `-`, `_` and `.`, at most 100 of them, not starting with `.` or `-`, so a name can never be a
/// path, an option or an injection.
package protocol CheckedName: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    /// The name as written.
    var text: String { get }
    /// Takes a text that was already checked.
    init(checked text: String)
}

extension CheckedName {
    /// Nil unless the text is a valid name.
    package init?(_ text: String) {
        guard isValidName(text) else { return nil }
        self.init(checked: text)
    }

    package var description: String { text }
    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    package init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, as: "a name") { Self($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(text, to: encoder)
    }
}

/// What the rule of `CheckedName` says, as text for error messages.
package let nameRule = "letters, digits, '-', '_' and '.', at most 100, not starting with '.' or '-'"

private func isValidName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 100, first != 0x2E, first != 0x2D else { return false }
    return text.utf8.allSatisfy { byte in
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
            || byte == 0x2D || byte == 0x5F || byte == 0x2E
    }
}

/// The model that a policy trains (`model:`).
package struct ModelName: CheckedName {
    package let text: String
    package init(checked text: String) { self.text = text }
}

/// A named body of data (`datasets:`).
package struct DatasetName: CheckedName {
    package let text: String
    package init(checked text: String) { self.text = text }
}

/// What a server serves: a repository with a policy, under the name that `server.yaml` gives it.
package struct ProjectName: CheckedName {
    package let text: String
    package init(checked text: String) { self.text = text }
}

/// One instance of a forge, under the name that `server.yaml` gives it; also the last part of its webhook's path.
package struct ForgeName: CheckedName {
    package let text: String
    package init(checked text: String) { self.text = text }
}

/// A registry alias such as `champion`.
package struct AliasName: CheckedName {
    package let text: String
    package init(checked text: String) { self.text = text }
    package static let champion = AliasName(checked: "champion")
}

/// A stage of a plan, unique in it: `test:unit`, `schema:flights`, `train:prepare`, `evaluate:challenger`.
package struct StageName: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// Nil if empty, over 200 bytes, or holding control characters.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 200, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        self.text = text
    }

    package var description: String { text }
    package static func < (left: StageName, right: StageName) -> Bool { left.text < right.text }

    /// The name as one safe path component.
    package var pathComponent: String {
        let safe = text.map { character in
            character.isASCII && (character.isLetter || character.isNumber || character == "-" || character == "_")
                ? character : "-"
        }
        return String(safe.prefix(60)) + "-" + Digest.of(text).hex.prefix(8)
    }

    package init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, as: "a stage name") { StageName($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(text, to: encoder)
    }
}

/// A person who decides, as named on the command line or by the login.
package struct PersonName: Hashable, Codable, Sendable, CustomStringConvertible {
    package let text: String

    /// Nil if empty, over 200 bytes, or holding control characters.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 200, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        self.text = text
    }

    /// True for what a user of a server may be called: letters, digits and `@._-`, at most 100, beginning with a letter or a
    /// digit, so that a name goes into a path and onto a command line as it is.
    package var isUserName: Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
        }
        guard let first = text.utf8.first, text.utf8.count <= 100, isPlain(first) else { return false }
        return text.utf8.allSatisfy { isPlain($0) || "@._-".utf8.contains($0) }
    }

    package var description: String { text }

    package init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, as: "a person's name") { PersonName($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(text, to: encoder)
    }
}
