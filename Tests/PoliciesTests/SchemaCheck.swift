import Domain
import Foundation

/// As much of JSON Schema as the policy's schema uses; an unknown keyword is an error, not a yes.
enum SchemaCheck {
    struct UnknownKeyword: Error { var name: String }

    static func accepts(_ value: JSONValue, _ schema: JSONValue) throws -> Bool {
        guard case .object(let members) = schema else { return schema == .bool(true) }
        return try members.allSatisfy { try holds($0.key, $0.value, value, members) }
    }

    private static func holds(
        _ keyword: String, _ rule: JSONValue, _ value: JSONValue, _ schema: [String: JSONValue]
    ) throws -> Bool {
        switch keyword {
        case "$schema", "$id", "title", "description", "default", "examples", "doNotSuggest", "format": return true
        case "type":
            return rule.text.map { type(of: value, is: $0) }
                ?? list(rule).contains { type(of: value, is: $0.text ?? "") }
        case "if": return try !accepts(value, rule) || accepts(value, schema["then"] ?? .bool(true))
        case "then": return true
        case "const": return value == rule
        case "enum": return list(rule).contains(value)
        case "not": return try !accepts(value, rule)
        case "anyOf": return try list(rule).contains { try accepts(value, $0) }
        case "oneOf": return try list(rule).filter { try accepts(value, $0) }.count == 1
        case "pattern":
            guard let text = value.text else { return true }
            return text.range(of: rule.text ?? "", options: .regularExpression) != nil
        case "minimum": return value.text != nil || (value.double ?? 0) >= (rule.double ?? 0)
        case "maximum": return value.text != nil || (value.double ?? 0) <= (rule.double ?? 0)
        case "exclusiveMinimum": return value.text != nil || (value.double ?? 0) > (rule.double ?? 0)
        case "exclusiveMaximum": return value.text != nil || (value.double ?? 0) < (rule.double ?? 0)
        case "minItems", "uniqueItems", "items": return try listHolds(keyword, rule, value)
        default: return try objectHolds(keyword, rule, value, schema)
        }
    }

    private static func listHolds(_ keyword: String, _ rule: JSONValue, _ value: JSONValue) throws -> Bool {
        guard case .array(let items) = value else { return true }
        switch keyword {
        case "minItems": return items.count >= Int(rule.int64 ?? 0)
        case "uniqueItems": return Set(items).count == items.count
        default: return try items.allSatisfy { try accepts($0, rule) }
        }
    }

    private static func objectHolds(
        _ keyword: String, _ rule: JSONValue, _ value: JSONValue, _ schema: [String: JSONValue]
    ) throws -> Bool {
        guard case .object(let members) = value else { return true }
        let rules = object(rule)
        switch keyword {
        case "required": return list(rule).allSatisfy { members[$0.text ?? ""] != nil }
        case "properties":
            return try members.allSatisfy { name, member in
                try rules[name].map { try accepts(member, $0) } ?? true
            }
        case "additionalProperties":
            let known = object(schema["properties"] ?? .null)
            return try members.allSatisfy { name, member in try known[name] != nil || accepts(member, rule) }
        case "propertyNames": return try members.keys.allSatisfy { try accepts(.string($0), rule) }
        case "dependentRequired":
            return rules.allSatisfy { name, needed in
                members[name] == nil || list(needed).allSatisfy { members[$0.text ?? ""] != nil }
            }
        case "dependentSchemas":
            return try rules.allSatisfy { name, needed in try members[name] == nil || accepts(value, needed) }
        default: throw UnknownKeyword(name: keyword)
        }
    }

    private static func type(of value: JSONValue, is name: String) -> Bool {
        switch value {
        case .null: name == "null"
        case .bool: name == "boolean"
        case .integer: name == "integer" || name == "number"
        case .number: name == "number"
        case .string: name == "string"
        case .array: name == "array"
        case .object: name == "object"
        }
    }

    private static func list(_ value: JSONValue) -> [JSONValue] {
        if case .array(let items) = value { items } else { [] }
    }

    private static func object(_ value: JSONValue) -> [String: JSONValue] {
        if case .object(let members) = value { members } else { [:] }
    }
}
