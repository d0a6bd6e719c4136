import Domain

/// What the JSON Schema asks of a policy that uses blocks: it may lack what a block brings, and null takes a block's
/// value away. What is in lists is never merged, so it has to be whole.
enum SchemaWithBlocks {
    private static let rules = ["required", "anyOf", "oneOf", "not", "dependentRequired", "dependentSchemas"]

    /// The schema of a whole policy, which asks for whole sections only where there is no `use`.
    static func relax(_ schema: inout [String: JSONValue]) {
        guard case .object(var properties)? = schema["properties"] else { return }
        var whole: [String: JSONValue] = [:]
        for key in BlockFile.keys {
            guard case .object(let section)? = properties[key] else { continue }
            whole[key] = skeleton(section)
            properties[key] = nullable(loose(section))
        }
        schema["properties"] = .object(properties)
        schema["if"] = .object(["not": .requires("use")])
        schema["then"] = .object(["properties": .object(whole)])
    }

    /// A section of which anything may be missing.
    private static func loose(_ schema: [String: JSONValue]) -> [String: JSONValue] {
        var schema = schema
        if case .object(let properties)? = schema["properties"] {
            for rule in rules { schema[rule] = nil }
            schema["properties"] = .object(properties.mapValues { relaxed($0) })
        } else if let others = schema["additionalProperties"] {
            schema["additionalProperties"] = relaxed(others)
        } else if case .array(let choices)? = schema["anyOf"] {
            schema["anyOf"] = .array(choices.map { relaxed($0, isNullable: false) })
        }
        return schema
    }

    private static func relaxed(_ schema: JSONValue, isNullable: Bool = true) -> JSONValue {
        guard case .object(let members) = schema, members["not"] != .object([:]) else { return schema }
        return isNullable ? nullable(loose(members)) : .object(loose(members))
    }

    private static func nullable(_ schema: [String: JSONValue]) -> JSONValue {
        var schema = schema
        if case .string(let type)? = schema["type"] {
            schema["type"] = .strings(type, "null")
        } else if case .array(let words)? = schema["enum"] {
            schema["enum"] = .array(words + [.null])
        } else if case .array(let choices)? = schema["anyOf"] {
            schema["anyOf"] = .array(choices + [.object(["type": .string("null")])])
        }
        return .object(schema)
    }

    /// What `loose` has taken out of a section, and no more.
    private static func skeleton(_ schema: [String: JSONValue]) -> JSONValue {
        var kept: [String: JSONValue] = [:]
        if case .object(let properties)? = schema["properties"] {
            kept = schema.filter { rules.contains($0.key) }
            kept["properties"] = .object(properties.mapValues { part($0) })
        } else if let others = schema["additionalProperties"] {
            kept["additionalProperties"] = part(others)
        } else if case .array(let choices)? = schema["anyOf"] {
            return .object(["anyOf": .array(choices.map { part($0) })])
        }
        if let type = schema["type"] {
            kept["type"] = type
        } else if let words = schema["enum"] {
            kept["enum"] = words
        } else {
            kept["not"] = kept["not"] ?? .object(["type": .string("null")])
        }
        return .object(kept)
    }

    private static func part(_ schema: JSONValue) -> JSONValue {
        guard case .object(let members) = schema, members["not"] != .object([:]) else { return schema }
        return skeleton(members)
    }
}
