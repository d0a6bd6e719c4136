/// A full git object id of a commit: 40 hexadecimal digits (SHA-1) or 64 (SHA-256).
package struct CommitID: Hashable, Codable, Sendable, CustomStringConvertible {
    package let hex: String

    /// Nil unless 40 or 64 lower-case hexadecimal digits.
    package init?(hex: String) {
        guard isLowerHex(hex, length: 40) || isLowerHex(hex, length: 64) else { return nil }
        self.hex = hex
    }

    /// The first 10 digits, for people.
    package var short: String { String(hex.prefix(10)) }
    package var description: String { hex }

    package init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, as: "a commit id") { CommitID(hex: $0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(hex, to: encoder)
    }
}

/// A run's number: positive, permanent, counted over the whole home.
package struct RunID: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package let number: Int64

    /// Nil unless positive.
    package init?(_ number: Int64) {
        guard number > 0 else { return nil }
        self.number = number
    }

    /// Parses `12` or `#12`.
    package init?(_ text: String) {
        guard let number = Int64(text.hasPrefix("#") ? String(text.dropFirst()) : text) else { return nil }
        self.init(number)
    }

    package var description: String { String(number) }
    package static func < (left: RunID, right: RunID) -> Bool { left.number < right.number }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = RunID(try container.decode(Int64.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a run number")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

/// The identity of a watched repository on this home: the canonical path of its git directory.
package struct RepositoryID: Hashable, Codable, Sendable, CustomStringConvertible {
    package let path: String
    package init(path: String) { self.path = path }
    package var description: String { path }

    package init(from decoder: any Decoder) throws {
        path = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(path, to: encoder)
    }
}
