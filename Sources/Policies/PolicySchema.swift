import Domain
import Foundation

/// The JSON Schema of the policy file, for editors.
///
/// It says what `ShapeCheck` says. Keys of later versions are in it with their meaning, and match nothing, so that an
/// editor marks them and shows why.
enum PolicySchema {
    static var text: String {
        var schema = members(of: .mapping(Language.root))
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
        case .bound(let minimum): return anyOf(.number(minimum: minimum), .size)
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
        let needing = mapping.keys.compactMap { key in key.needs.map { (key.name, JSONValue.strings($0)) } }
        if !needing.isEmpty {
            schema["dependentRequired"] = .object(Dictionary(needing, uniquingKeysWith: { first, _ in first }))
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
