package import Domain
package import Foundation

/// A YAML (or JSON) document whose every value knows its place, read within limits that make hostile files harmless.
package struct Document: Sendable {
    /// A value and where it stands.
    package indirect enum Node: Sendable, Equatable {
        case scalar(text: String, quoted: Bool, Place)
        case sequence([Node], Place)
        case mapping([Entry], Place)
    }

    /// A key and its value, in the order of the file.
    package struct Entry: Sendable, Equatable {
        package let key: String
        package let keyPlace: Place
        package let value: Node
    }

    /// From 1.
    package struct Place: Sendable, Equatable {
        package let line: Int
        package let column: Int
        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    package let file: String
    /// Nil for an empty document.
    package let root: Node?

    /// Parses. Refuses files over 1 MiB, aliases beyond 100 expansions, nesting beyond 64, duplicate keys, more than
    /// one document and non-text keys, each as a complaint with its place.
    package init(_ bytes: Data, file: String) throws(Complaints) {
        throw Complaints([Complaint(file: file, message: "not built")])
    }
}

extension Document.Node {
    /// The value in YAML 1.2 core-schema terms as DVC reads it (`yes` is text, `1e3` a number, `0o14` is 12).
    package var json: JSONValue { .null }
}
