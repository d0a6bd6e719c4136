import Domain
import Foundation
import Host

/// What a JSON value, or the text of a parameter, must be. One description checks what comes in and writes the document,
/// so that neither can say what the other does not do.
indirect enum Shape: Sendable {
    case any
    case bool
    case integer(ClosedRange<Int64>)
    case number
    /// Characters (Unicode scalars).
    case text(ClosedRange<Int>)
    case word(Word)
    case oneOf([String])
    case time
    case list(Shape, most: Int? = nil)
    case map(Shape)
    /// What is not named may be there too.
    case object([Field])
    /// One of `Shapes.named`.
    case ref(String)

    struct Field: Sendable {
        let name: String
        let shape: Shape
        let isRequired: Bool
        let meaning: String?

        static func required(_ name: String, _ shape: Shape, _ meaning: String? = nil) -> Field {
            Field(name: name, shape: shape, isRequired: true, meaning: meaning)
        }

        static func optional(_ name: String, _ shape: Shape, _ meaning: String? = nil) -> Field {
            Field(name: name, shape: shape, isRequired: false, meaning: meaning)
        }
    }

    /// Texts of a fixed form.
    enum Word: String, Sendable {
        /// `CheckedName`
        case name
        case digest
        case commit
        /// The beginning of a commit's id.
        case prefix
        case person
        /// Who somebody is on a forge; on Bitbucket the account's UUID in braces.
        case login
        /// What CloudEvents are named by: printable ASCII.
        case printable

        var pattern: String {
            switch self {
            case .name: "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$"
            case .digest: "^[0-9a-f]{64}$"
            case .commit: "^([0-9a-f]{40}|[0-9a-f]{64})$"
            case .prefix: "^[0-9a-f]{4,64}$"
            case .printable: "^[ -~]{1,500}$"
            case .login: "^[!-~]{1,200}$"
            case .person: "^[A-Za-z0-9][A-Za-z0-9@._-]{0,99}$"
            }
        }

        func holds(_ text: String) -> Bool {
            func isHex(_ lengths: ClosedRange<Int>) -> Bool {
                lengths.contains(text.utf8.count)
                    && text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
            }
            switch self {
            case .name: return ProjectName(text) != nil
            case .digest: return isHex(64...64)
            case .commit: return isHex(40...40) || isHex(64...64)
            case .prefix: return isHex(4...64)
            case .printable:
                return (1...500).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
            case .login:
                return (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            case .person: return PersonName(text)?.isUserName == true
            }
        }
    }

    /// Any positive number that the store can have given.
    static let id = Shape.integer(1...(1 << 53))
    static let line = Shape.text(1...1000)
}

extension Shape {
    /// Throws 400 that names the place.
    func check(_ value: JSONValue, _ place: String = "the body") throws {
        guard let complaint = complaint(about: value, place) else { return }
        throw Problem.invalid(complaint)
    }

    /// Throws 400 for a member that is not named, which `check` lets be: what a program of ours would not know, it would
    /// silently not do.
    func checkNames(_ value: JSONValue, _ place: String) throws {
        guard case .object(let fields) = self, case .object(let members) = value else { return }
        let known = fields.map(\.name)
        guard let other = members.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw Problem.invalid(
            "'\(place).\(other.shown(limit: 100))' is not known",
            advice: "'\(place)' takes \(known.joined(separator: ", "))")
    }

    /// Nil if the value is of this shape.
    private func complaint(about value: JSONValue, _ place: String) -> String? {
        switch (self, value) {
        case (.any, _), (.bool, .bool), (.number, .integer), (.number, .number): return nil
        case (.integer(let range), .integer(let number)):
            return range.contains(number) ? nil : "\(place) is not in \(range.lowerBound)…\(range.upperBound)"
        case (.integer(let range), .number(let number)):
            guard let whole = Int64(exactly: number), range.contains(whole) else {
                return "\(place) is not a whole number"
            }
            return nil
        case (.text(let range), .string(let text)):
            let isGood = range.contains(text.unicodeScalars.count)
            return isGood ? nil : "\(place) does not have \(range.lowerBound) to \(range.upperBound) characters"
        case (.word(let word), .string(let text)):
            return word.holds(text) ? nil : "\(place) is not of the form \(word.pattern)"
        case (.oneOf(let words), .string(let text)):
            return words.contains(text) ? nil : "\(place) is none of \(words.joined(separator: ", "))"
        case (.time, .string(let text)): return Timestamp.parse(text) != nil ? nil : "\(place) is not a time"
        case (.list(let shape, let most), .array(let members)):
            if let most, members.count > most { return "\(place) has more than \(most) members" }
            return members.lazy.compactMap { shape.complaint(about: $0, "a member of \(place)") }.first
        case (.map(let shape), .object(let members)):
            return members.lazy.compactMap {
                shape.complaint(about: $0.value, "'\($0.key.shown(limit: 100))' in \(place)")
            }
            .first
        case (.object(let fields), .object(let members)):
            for field in fields {
                let name = place == "the body" ? field.name : "\(place).\(field.name)"
                guard let member = members[field.name] else {
                    if field.isRequired { return "'\(name)' is missing" }
                    continue
                }
                if let complaint = field.shape.complaint(about: member, "'\(name)'") { return complaint }
            }
            return nil
        case (.ref(let name), _): return Shapes.named[name].flatMap { $0.complaint(about: value, place) }
        case (.bool, _), (.integer, _), (.number, _), (.text, _), (.word, _), (.oneOf, _), (.time, _), (.list, _),
            (.map, _), (.object, _):
            return "\(place) is not \(kind)"
        }
    }

    /// For complaints.
    private var kind: String {
        switch self {
        case .bool: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .text, .word, .oneOf, .time: "a text (in quotes)"
        case .list: "a list"
        case .map, .object, .ref: "an object"
        case .any: "a value"
        }
    }

    /// The value of a parameter's text. Throws 400.
    func value(of text: String, _ name: String) throws -> JSONValue {
        var value = JSONValue.string(text)
        switch self {
        case .integer:
            // Only digits: `+1`, ` 1` and `01` are not how anybody writes a number here.
            guard let number = Int64(text), String(number) == text else {
                throw Problem.invalid("'\(name)' is not a number")
            }
            value = .integer(number)
        case .bool:
            guard let truth = Bool(text) else { throw Problem.invalid("'\(name)' is neither true nor false") }
            value = .bool(truth)
        case .any, .number, .text, .word, .oneOf, .time, .list, .map, .object, .ref: break
        }
        try check(value, "'\(name)'")
        return value
    }

    /// As JSON Schema 2020-12, the dialect of OpenAPI 3.1.
    var schema: JSONValue {
        switch self {
        case .any: .object([:])
        case .bool: .object(["type": .string("boolean")])
        case .integer(let range):
            .object([
                "type": .string("integer"), "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ])
        case .number: .object(["type": .string("number")])
        case .text(let range):
            .object([
                "type": .string("string"), "minLength": .integer(Int64(range.lowerBound)),
                "maxLength": .integer(Int64(range.upperBound)),
            ])
        case .word(let word): .object(["type": .string("string"), "pattern": .string(word.pattern)])
        case .oneOf(let words): .object(["type": .string("string"), "enum": .array(words.map { .string($0) })])
        case .time: .object(["type": .string("string"), "format": .string("date-time")])
        case .list(let shape, let most):
            .object(
                ["type": .string("array"), "items": shape.schema].merging(
                    most.map { ["maxItems": .integer(Int64($0))] } ?? [:]
                ) { first, _ in first })
        case .map(let shape): .object(["type": .string("object"), "additionalProperties": shape.schema])
        case .object(let fields):
            .object([
                "type": .string("object"),
                "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
                "properties": .object(
                    Dictionary(
                        fields.map { ($0.name, $0.described) }, uniquingKeysWith: { first, _ in first })),
            ])
        case .ref(let name): .object(["$ref": .string("#/components/schemas/\(name)")])
        }
    }
}

extension Shape.Field {
    fileprivate var described: JSONValue {
        guard let meaning, case .object(var members) = shape.schema else { return shape.schema }
        members["description"] = .string(meaning)
        return .object(members)
    }
}
