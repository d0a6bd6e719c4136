package import Domain
package import Foundation

/// A YAML (or JSON, or TOML) document whose every value knows its place, read within limits that make hostile files
/// harmless.
///
/// A file named `*.json` is read as JSON, with the `NaN`, `Infinity` and surrogate pairs that Python writes; one named
/// `*.toml` as the part of TOML that `TOMLComposer` names; every other file as YAML 1.2 as DVC reads it, with anchors, aliases and merge keys. What must not go in here: what the
/// keys mean. Pure; blocks only on the CPU.
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

        package init(key: String, keyPlace: Place, value: Node) {
            self.key = key
            self.keyPlace = keyPlace
            self.value = value
        }
    }

    /// Where a value stands.
    package struct Place: Sendable, Hashable, Comparable {
        /// A parameter whose value was filled in at a place.
        package struct Filling: Sendable, Hashable {
            package let parameter: String
            /// Where that value was given.
            package let place: Place

            package init(parameter: String, place: Place) {
                self.parameter = parameter
                self.place = place
            }
        }

        /// From 1.
        package let line: Int
        /// From 1, in characters.
        package let column: Int
        /// Nil: the file that is read. Else the file that was brought into it, as the user knows it.
        package let file: String?
        /// What was filled in here; each once.
        package let filled: [Filling]

        package init(line: Int, column: Int, file: String? = nil, filled: [Filling] = []) {
            self.line = line
            self.column = column
            self.file = file
            self.filled = filled
        }

        package static func < (left: Place, right: Place) -> Bool {
            (left.line, left.column) < (right.line, right.column)
        }
    }

    package let file: String
    /// Nil for an empty document.
    package let root: Node?

    /// Parses. Refuses files over 1 MiB, text that is not UTF-8, aliases beyond 100 or that stand for more than
    /// 100,000 values, nesting beyond 64, duplicate keys, tags other than YAML's own, more than one document, and
    /// lists or mappings as keys, each as a complaint with its place. A key that is a number is taken as it is written.
    package init(_ bytes: Data, file: String) throws(Complaints) {
        self.file = file
        do {
            let bytes = try SourceText.checked(bytes, file: file)
            let name = file.lowercased()
            root =
                name.hasSuffix(".json")
                ? try JSONComposer.compose(bytes, file: file)
                : name.hasSuffix(".toml")
                    ? try TOMLComposer.compose(bytes, file: file) : try YAMLComposer.compose(bytes, file: file)
        } catch {
            throw Complaints(error.all.sortedByPlace())
        }
    }
}

/// The limits within which a document is read.
enum DocumentLimits {
    static let bytes = 1 << 20
    static let depth = 64
    static let aliases = 100
    static let aliasedValues = 100_000
    static let complaints = 50
}

extension Complaint {
    /// A complaint about a place in a document. Where a parameter was filled in, its value is complained about where it
    /// was given, and the place that it came to is named.
    package init(file: String, at place: Document.Place, _ message: String, advice: String? = nil) {
        guard let filling = place.filled.first(where: { $0.place.file != place.file }) else {
            self.init(
                file: place.file ?? file, line: place.line, column: place.column, message: message, advice: advice)
            return
        }
        let given = filling.place
        self.init(
            file: given.file ?? file, line: given.line, column: given.column,
            message: "\(message) (as $(\(filling.parameter)) at \(place.file ?? file):\(place.line))", advice: advice)
    }
}

extension [Complaint] {
    /// In the order in which a reader meets them: the file as a whole first, then by line and column.
    package func sortedByPlace() -> [Complaint] {
        enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            return (one.file, one.line ?? 0, one.column ?? 0, left.offset)
                < (other.file, other.line ?? 0, other.column ?? 0, right.offset)
        }.map(\.element)
    }
}
