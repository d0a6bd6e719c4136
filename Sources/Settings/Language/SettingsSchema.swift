import Documents
import Domain
import Foundation

/// The JSON Schema of `server.yaml`, for editors. It says what `SettingsCheck` says.
enum SettingsSchema {
    static var text: String {
        var schema = members(of: .mapping(SettingsLanguage.root))
        schema["$schema"] = .string("https://json-schema.org/draft/2020-12/schema")
        schema["$id"] = .string("urn:sluice:server:1")
        schema["title"] = .string("Configuration of a server of Sluice (server.yaml)")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = (try? encoder.encode(JSONValue.object(schema))) ?? Data()
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }

    private static func members(of shape: SettingsShape) -> [String: JSONValue] {
        switch shape {
        case .version: return ["const": .integer(1)]
        case .form(let form): return pattern(form.pattern)
        case .word(let words): return ["enum": .array(words.map(JSONValue.string))]
        case .whole(let range):
            return [
                "type": .string("integer"), "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        case .truth: return ["type": .string("boolean")]
        case .duration: return pattern(Units.durationPattern)
        case .size: return pattern(Units.sizePattern)
        case .digits:
            let whole = JSONValue.object(["type": .string("integer"), "minimum": .integer(0)])
            return ["anyOf": .array([whole, .object(pattern("^[0-9]{1,18}$"))])]
        case .secret: return secret
        case .gates: return ["type": .string("array"), "items": .object(["type": .string("object")])]
        case .list(let item, let least, let most):
            var list: [String: JSONValue] = ["type": .string("array"), "items": .object(members(of: item))]
            if least > 0 { list["minItems"] = .integer(Int64(least)) }
            if most < .max { list["maxItems"] = .integer(Int64(most)) }
            return list
        case .named(_, let inner):
            return [
                "type": .string("object"), "additionalProperties": .object(members(of: inner)),
                "propertyNames": .object(pattern(SettingsForm.name.pattern)),
            ]
        case .mapping(let mapping): return object(mapping)
        }
    }

    private static var secret: [String: JSONValue] {
        let forms = [("env", SettingsForm.variable), ("file", SettingsForm.path)].map { key, form in
            JSONValue.object([
                "type": .string("object"), "additionalProperties": .bool(false),
                "properties": .object([key: .object(pattern(form.pattern))]), "required": .array([.string(key)]),
            ])
        }
        return ["oneOf": .array(forms)]
    }

    private static func object(_ mapping: SettingsMapping) -> [String: JSONValue] {
        var schema = mapping.rules
        schema["type"] = .string("object")
        schema["additionalProperties"] = .bool(false)
        schema["properties"] = .object(
            Dictionary(uniqueKeysWithValues: mapping.keys.map { ($0.name, .object(property($0))) }))
        let required = mapping.keys.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return schema
    }

    private static func property(_ key: SettingsKey) -> [String: JSONValue] {
        var schema = members(of: key.shape)
        schema["description"] = .string(key.meaning)
        if let fallback = key.fallback { schema["default"] = json(fallback) }
        if let example = key.example { schema["examples"] = .array([json(example)]) }
        return schema
    }

    private static func json(_ yaml: String) -> JSONValue {
        (try? Document(Data(yaml.utf8), file: "example.yaml").root?.json) ?? .null
    }

    private static func pattern(_ pattern: String) -> [String: JSONValue] {
        ["type": .string("string"), "pattern": .string(pattern)]
    }
}
