import Documents
import Domain

/// One key of the policy language: the single source of reader, JSON Schema, expanded policy and reference.
struct Key: Sendable {
    /// Whether this version can do what the key asks for.
    enum Status: Sendable {
        case supported
        /// `does` completes "'key' …, which this version cannot do yet"; `instead` says what to do now.
        case later(does: String, instead: String)
    }

    var name: String
    var shape: Shape
    /// One sentence.
    var meaning: String
    /// The value without the key, as YAML; nil if there is none.
    var fallback: String?
    var required = false
    var status = Status.supported
    /// As YAML.
    var example: String?
    /// A key beside it without which it means nothing.
    var needs: Need?

    /// A key, and the word that it must hold, if only one will do.
    struct Need: Sendable {
        var key: String
        var word: String?
    }

    static func key(
        _ name: String, _ shape: Shape, _ meaning: String, fallback: String? = nil, required: Bool = false,
        example: String? = nil, needs: String? = nil, toBe word: String? = nil
    ) -> Key {
        Key(
            name: name, shape: shape, meaning: meaning, fallback: fallback, required: required, example: example,
            needs: needs.map { Need(key: $0, word: word) })
    }

    static func later(
        _ name: String, _ shape: Shape, _ meaning: String, does: String, instead: String
    ) -> Key {
        Key(name: name, shape: shape, meaning: meaning, status: .later(does: does, instead: instead))
    }

    var isLater: Bool {
        if case .later = status { true } else { false }
    }
}

/// What a key may hold.
indirect enum Shape: Sendable {
    /// The number 1.
    case version
    /// Any value at all.
    case anything
    /// Any text but an empty one.
    case text
    /// Any text, an empty one too: names of columns.
    case anyText
    /// A name as `CheckedName` has it.
    case name
    /// Who decides.
    case person
    /// A path inside the repository.
    case path
    /// A directory outside of the repository, or an S3 prefix.
    case place
    /// `3.11` or `3.11.7`, as text.
    case python
    /// The name of an environment variable.
    case variable
    /// One shell command line or a list of them.
    case commands
    case truth
    /// A finite number, at least `minimum`.
    case number(minimum: Double?)
    case whole(ClosedRange<Int>)
    /// `90s`, `15m`, `2h`, `7d`.
    case duration
    /// `512 MB`.
    case size
    /// A number, a size or a duration.
    case bound
    /// As `bound`, at least 0, or a share such as `2%`.
    case margin
    /// A number between two others, which are left out.
    case between(Double, Double)
    /// A day of the calendar, `2026-12-31`.
    case date
    case word([String])
    case list(Shape)
    case mapping(Mapping)
    /// A mapping whose keys are names that the user chooses.
    case named(what: String, Shape)
    /// A mapping from names of columns, which are any texts.
    case columns(Shape)
    case either(Shape, Shape)
}

/// A mapping with known keys.
struct Mapping: Sendable {
    /// In the order in which people write them.
    var keys: [Key]
    /// Rules between keys, for the JSON Schema; the reader has them in code.
    var rules: [String: JSONValue] = [:]

    subscript(name: String) -> Key? { keys.first { $0.name == name } }
}

extension Shape {
    /// For complaints: `expected …`.
    var wanted: String {
        switch self {
        case .version: "1"
        case .anything: "a value"
        case .text, .anyText: "a text"
        case .name: "a name (\(nameRule))"
        case .person: "a name"
        case .path: "a path inside the repository"
        case .place: "an absolute path or an S3 prefix such as s3://bucket/flights"
        case .python: "a Python version in quotes such as \"3.11\""
        case .variable: "the name of an environment variable (letters, digits and '_')"
        case .commands: "a command or a list of commands"
        case .truth: "true or false"
        case .number(let minimum): minimum.map { "a number of at least \(Number.text($0))" } ?? "a number"
        case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration: "a duration such as 90s, 15m, 2h or 7d"
        case .size: "a size such as 512 MB or 2 GiB"
        case .bound: "a number, a size such as 50 MB or a duration such as 2h"
        case .margin: "a number of at least 0, a share such as 2%, a size such as 50 MB or a duration such as 2h"
        case .between(let low, let high): "a number between \(Number.text(low)) and \(Number.text(high))"
        case .date: "a date such as 2026-12-31"
        case .word(let words): words.map { "'\($0)'" }.joined(separator: " or ")
        case .list(let item): "a list of \(item.plural)"
        case .mapping: "a mapping"
        case .named(let what, _): "a mapping from the names of \(what)"
        case .columns: "a mapping from the names of columns"
        case .either(let one, let other): "\(one.wanted) or \(other.wanted)"
        }
    }

    /// True for a list in which nothing may stand twice.
    var isSet: Bool {
        switch self {
        case .list(.mapping): false
        case .list: true
        default: false
        }
    }

    private var plural: String {
        switch self {
        case .name, .person: "names"
        case .path: "paths inside the repository"
        case .variable: "names of environment variables"
        case .text, .anyText: "texts"
        case .mapping: "mappings"
        case .either(let one, let other): "\(one.plural) or \(other.plural)"
        default: wanted
        }
    }
}
