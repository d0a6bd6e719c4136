import Domain
import Host

/// A field as it is written into the schema.
struct InferredField: Sendable {
    let name: String
    let reading: ColumnReading
    /// Records without a value.
    let missing: Int64
    let isRequired: Bool
    var isUnique = false
    var allowed: [JSONValue] = []
    /// `minimum`, `maximum`, `minLength`, `maxLength`.
    var bounds: [(name: String, value: JSONValue)] = []
    /// Some values that are not of the type, the most frequent first.
    var exceptions: [String] = []
    /// How many different values there are, where they were counted.
    var different: Int?

    /// In the order in which people write it.
    ///
    /// - Parameter isBrief: leaves out descriptions that say that all is well.
    func members(isBrief: Bool) -> [(String, OrderedJSON)] {
        var members: [(String, OrderedJSON)] = [
            ("name", .leaf(.string(name))), ("type", .leaf(.string(reading.lexicon.type.rawValue))),
        ]
        if case .time(let format) = reading.lexicon.format { members.append(("format", .leaf(.string(format.text)))) }
        if reading.lexicon.decimal != "." { members.append(("decimalChar", .leaf(.string(reading.lexicon.decimal)))) }
        if !reading.lexicon.group.isEmpty { members.append(("groupChar", .leaf(.string(reading.lexicon.group)))) }
        var constraints: [(String, OrderedJSON)] = []
        if isRequired { constraints.append(("required", .leaf(.bool(true)))) }
        if isUnique { constraints.append(("unique", .leaf(.bool(true)))) }
        constraints += bounds.map { ($0.name, .leaf($0.value)) }
        if !allowed.isEmpty { constraints.append(("enum", .leaf(.array(allowed)))) }
        if !constraints.isEmpty { members.append(("constraints", .object(constraints))) }
        if isBrief, isSure { return members }
        return members + [("description", .leaf(.string(description)))]
    }

    /// True if all values are of the type.
    private var isSure: Bool { reading.fitting == reading.values }

    /// How sure the type is.
    private var description: String {
        let all = reading.values + missing
        if reading.values == 0 { return "no value in \(InferredField.counted(all, "record"))" }
        let type =
            reading.lexicon.type == .any ? "of no tested type or of several" : reading.lexicon.type.rawValue
        let values = InferredField.counted(reading.values, missing > 0 ? "value" : "record")
        var words = isSure ? "\(type) in all \(values)" : "\(type) in \(reading.fitting) of \(values); the others: "
        if !isSure {
            words += exceptions.prefix(3).map { "'\($0.shown(limit: 40))'" }.joined(separator: ", ")
            if exceptions.count > 3 { words += ", …" }
        }
        if missing > 0 { words += "; \(missing) of \(InferredField.counted(all, "record")) without a value" }
        if let different, allowed.isEmpty {
            words += different == 1 ? "; always the same" : "; \(different) different values"
        }
        return words
    }

    private static func counted(_ count: Int64, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

/// JSON whose members keep their order.
enum OrderedJSON: Sendable {
    case leaf(JSONValue)
    case object([(String, OrderedJSON)])
    /// Each element on a line of its own.
    case lines([OrderedJSON])

    var value: JSONValue {
        switch self {
        case .leaf(let value): value
        case .object(let members):
            .object(Dictionary(members.map { ($0, $1.value) }, uniquingKeysWith: { first, _ in first }))
        case .lines(let items): .array(items.map(\.value))
        }
    }

    /// On one line, but for `lines`.
    var text: String {
        switch self {
        case .leaf(.array(let items)): "[\(items.map { OrderedJSON.leaf($0).text }.joined(separator: ", "))]"
        case .leaf(let value): OrderedJSON.encoded(value)
        case .object(let members):
            "{\(members.map { "\(OrderedJSON.encoded(.string($0))): \($1.text)" }.joined(separator: ", "))}"
        case .lines(let items): "[\n    \(items.map(\.text).joined(separator: ",\n    "))\n  ]"
        }
    }

    /// The whole of a file: each member on a line of its own.
    static func file(_ members: [(String, OrderedJSON)]) -> String {
        "{\n" + members.map { "  \(encoded(.string($0))): \($1.text)" }.joined(separator: ",\n") + "\n}\n"
    }

    private static func encoded(_ value: JSONValue) -> String { Canonical.text(of: value) }
}
