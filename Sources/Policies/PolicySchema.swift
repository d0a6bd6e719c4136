import Documents
import Domain
import Foundation

/// The JSON Schema of the policy file, for editors.
///
/// It says what `ShapeCheck` says. Keys of later versions are in it with their meaning, and match nothing, so that an
/// editor marks them and shows why.
enum PolicySchema {
    static var text: String {
        var schema = members(of: .mapping(Language.root))
        SchemaWithBlocks.relax(&schema)
        schema["$schema"] = .string("https://json-schema.org/draft/2020-12/schema")
        schema["$id"] = .string("urn:sluice:policy:1")
        schema["title"] = .string("Policy of Sluice (\(PolicyFile.name))")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = (try? encoder.encode(JSONValue.object(schema))) ?? Data()
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }

    private static func members(of shape: Shape) -> [String: JSONValue] {
        switch shape {
        case .version: return ["const": .integer(1)]
        case .anything: return [:]
        case .text: return ["type": .string("string"), "pattern": .string(#"\S"#)]
        case .name: return pattern(Scalars.namePattern)
        case .person: return pattern(Scalars.personPattern)
        case .path: return pattern(Scalars.pathPattern)
        case .place: return pattern(Scalars.placePattern)
        case .python: return pattern(Scalars.pythonPattern)
        case .variable: return pattern(Scalars.variablePattern)
        case .duration: return pattern(Units.durationPattern)
        case .anyText: return ["type": .string("string")]
        case .size: return pattern(Units.sizePattern)
        case .truth: return ["type": .string("boolean")]
        case .number(let minimum):
            return minimum.map { ["type": .string("number"), "minimum": .number($0)] } ?? ["type": .string("number")]
        case .whole(let range):
            return [
                "type": .string("integer"), "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        case .bound: return anyOf(.number(minimum: nil), .size, .duration)
        case .margin:
            let share = JSONValue.object(pattern(Units.sharePattern))
            let others = [Shape.number(minimum: 0), .size, .duration].map { JSONValue.object(members(of: $0)) }
            return ["anyOf": .array(others + [share])]
        case .between(let low, let high):
            return [
                "type": .string("number"), "exclusiveMinimum": .number(low), "exclusiveMaximum": .number(high),
            ]
        case .date: return pattern(Scalars.datePattern).merging(["format": .string("date")]) { first, _ in first }
        case .word(let words): return ["enum": .array(words.map(JSONValue.string))]
        case .commands:
            let list = JSONValue.object([
                "type": .string("array"), "items": .object(members(of: .text)), "minItems": .integer(1),
            ])
            return ["anyOf": .array([.object(members(of: .text)), list])]
        case .list(let item):
            var list: [String: JSONValue] = ["type": .string("array"), "items": .object(members(of: item))]
            if shape.isSet { list["uniqueItems"] = .bool(true) }
            return list
        case .either(let one, let other): return anyOf(one, other)
        case .named(_, let inner):
            return [
                "type": .string("object"), "additionalProperties": .object(members(of: inner)),
                "propertyNames": .object(pattern(Scalars.namePattern)),
            ]
        case .columns(let inner):
            return ["type": .string("object"), "additionalProperties": .object(members(of: inner))]
        case .mapping(let mapping): return object(mapping)
        }
    }

    private static func object(_ mapping: Mapping) -> [String: JSONValue] {
        var schema = mapping.rules
        schema["type"] = .string("object")
        schema["additionalProperties"] = .bool(false)
        schema["properties"] = .object(
            Dictionary(uniqueKeysWithValues: mapping.keys.map { ($0.name, .object(property($0))) }))
        for key in mapping.keys {
            guard let need = key.needs else { continue }
            schema.add("dependentRequired", key.name, .strings(need.key))
            if let word = need.word {
                let other = JSONValue.object(["properties": .object([need.key: .object(["const": .string(word)])])])
                schema.add("dependentSchemas", key.name, other)
            }
        }
        let required = mapping.keys.filter(\.required).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return schema
    }

    private static func property(_ key: Key) -> [String: JSONValue] {
        if case .later(let does, let instead) = key.status {
            let description = "Not in this version: \(key.meaning) It \(does), which cannot be done yet; \(instead)."
            return ["not": .object([:]), "description": .string(description), "doNotSuggest": .bool(true)]
        }
        var schema = members(of: key.shape)
        schema["description"] = .string(key.meaning)
        if let fallback = key.fallback { schema["default"] = YAMLText.json(fallback) }
        if let example = key.example { schema["examples"] = .array([YAMLText.json(example)]) }
        return schema
    }

    private static func pattern(_ pattern: String) -> [String: JSONValue] {
        ["type": .string("string"), "pattern": .string(pattern)]
    }

    private static func anyOf(_ shapes: Shape...) -> [String: JSONValue] {
        ["anyOf": .array(shapes.map { .object(members(of: $0)) })]
    }
}

extension [String: JSONValue] {
    /// Adds a rule for a key to a keyword that holds one for each; the table's own goes first.
    fileprivate mutating func add(_ keyword: String, _ key: String, _ rule: JSONValue) {
        var rules: [String: JSONValue] = [:]
        if case .object(let known)? = self[keyword] { rules = known }
        rules[key] = rules[key] ?? rule
        self[keyword] = .object(rules)
    }
}
