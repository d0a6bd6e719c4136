/// A path below the root of a work tree: relative, normalised, never leaving it.
///
/// Paths are bytes to a file system, and so they are here: Swift's texts are equal where only the Unicode normal form
/// differs, and a combining mark behind a `/` makes one character of the two.
package struct TreePath: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    /// Components joined by `/`; never empty.
    package let text: String

    /// Drops `.` components and a trailing slash. Nil for an absolute path, one that holds `..`, control
    /// characters or `.git`, or an empty one.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.first != slash, bytes.count <= 4096, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        let parts = bytes.split(separator: slash).map { String(Substring($0)) }.filter { $0 != "." }
        guard !parts.isEmpty, !parts.contains(".."), !parts.contains(where: { $0.lowercased() == ".git" }) else {
            return nil
        }
        self.text = parts.joined(separator: "/")
    }

    package var description: String { text }

    package static func == (left: TreePath, right: TreePath) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(slash)
    }

    package static func < (left: TreePath, right: TreePath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// The components, outermost first.
    package var components: [String] { text.utf8.split(separator: slash).map { String(Substring($0)) } }

    /// The last component.
    package var name: String { components.last ?? text }

    /// True if `other` is this path or lies below it.
    package func contains(_ other: TreePath) -> Bool {
        guard other.text.utf8.starts(with: text.utf8) else { return false }
        let rest = other.text.utf8.dropFirst(text.utf8.count)
        return rest.isEmpty || rest.first == slash
    }

    package init(from decoder: any Decoder) throws {
        self = try decodeText(decoder, as: "a path inside the repository") { TreePath($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        try encodeText(text, to: encoder)
    }
}

private let slash = UInt8(ascii: "/")
