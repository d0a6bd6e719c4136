import Documents
import Domain

/// Compares a document with the language, key by key, and collects every mistake.
struct ShapeCheck {
    var reading: Reading

    /// The value, without the parts that were complained about; nil if nothing of it is left.
    mutating func check(_ node: Document.Node, _ shape: Shape, _ name: String) -> Value? {
        switch shape {
        case .mapping(let mapping): return checkMapping(node, mapping, name)
        case .named(_, let inner), .columns(let inner): return checkNamed(node, shape, inner, name)
        case .list(let item): return checkList(node, shape, item, name)
        case .anything: return Value(content: .anything, place: node.place, written: node.scalarText ?? "")
        case .commands where node.items != nil: return checkList(node, shape, .text, name)
        case .either(let one, let other): return checkEither(node, one, other, shape, name)
        default: return checkScalar(node, shape, name)
        }
    }

    private mutating func kept(_ node: Document.Node, _ shape: Shape, _ name: String) -> Value {
        check(node, shape, name) ?? Value(content: .broken, place: node.place)
    }

    private mutating func checkMapping(_ node: Document.Node, _ mapping: Mapping, _ name: String) -> Value? {
        guard let entries = node.entries else {
            if name == Self.rootName {
                reading.complain(node.place, "a policy is a mapping of keys, found \(node.what)")
            } else {
                reading.complain(name, wants: Shape.mapping(mapping).wanted, found: node)
            }
            return nil
        }
        var fields: [Value.Field] = []
        for entry in entries {
            guard let key = mapping[entry.key] else {
                complainUnknown(entry, mapping, name)
                continue
            }
            let path = name == Self.rootName ? key.name : "\(name).\(key.name)"
            if case .later(let does, let instead) = key.status {
                let message = "'\(path)' \(does), which this version cannot do yet"
                reading.complain(entry.keyPlace, message, advice: instead)
            }
            let value = kept(entry.value, key.shape, path)
            if !key.isLater { fields.append(Value.Field(key: key.name, place: entry.keyPlace, value: value)) }
        }
        for key in mapping.keys where key.required && !entries.contains(where: { $0.key == key.name }) {
            let place = name == Self.rootName ? "" : " in '\(name)'"
            let example = key.example.map { "add '\(key.name): \($0)'" } ?? "add it; 'sluice policy schema' says how"
            reading.complain(node.place, "the key '\(key.name)' is missing\(place)", advice: example)
        }
        return Value(content: .mapping(fields), place: node.place)
    }

    static let rootName = "the policy"

    private mutating func complainUnknown(_ entry: Document.Entry, _ mapping: Mapping, _ name: String) {
        let place = name == Self.rootName ? "" : " in '\(name)'"
        let names = mapping.keys.filter { !$0.isLater }.map(\.name)
        let all = mapping.keys.map(\.name)
        let advice: String
        if let nearest = Spelling.nearest(to: entry.key, in: all) {
            advice = "did you mean '\(nearest)'?"
        } else if let home = Self.home(of: entry.key) {
            advice = home.isEmpty ? "it belongs at the top of the file" : "it belongs under '\(home)'"
        } else if names.isEmpty {
            advice = "remove it"
        } else {
            advice = "known are \(names.map { "'\($0)'" }.joined(separator: ", "))"
        }
        reading.complain(entry.keyPlace, "unknown key '\(entry.key)'\(place)", advice: advice)
    }

    /// The path under which a key of that name is known; empty for the top of the file.
    private static func home(of name: String) -> String? {
        if Language.root[name] != nil { return "" }
        for key in Language.root.keys {
            switch key.shape {
            case .mapping(let inner) where inner[name] != nil: return key.name
            case .list(.mapping(let inner)) where inner[name] != nil: return key.name
            case .named(_, .mapping(let inner)) where inner[name] != nil: return "\(key.name).NAME"
            default: continue
            }
        }
        return nil
    }

    private mutating func checkNamed(
        _ node: Document.Node, _ shape: Shape, _ inner: Shape, _ name: String
    ) -> Value? {
        guard let entries = node.entries else {
            reading.complain(name, wants: shape.wanted, found: node)
            return nil
        }
        var fields: [Value.Field] = []
        for entry in entries {
            if case .columns = shape {
                // Any text may name a column of a file.
            } else if DatasetName(entry.key) == nil {
                reading.complain(entry.keyPlace, "'\(entry.key)' is not a name", advice: "use \(nameRule)")
            }
            let value = kept(entry.value, inner, "\(name).\(entry.key)")
            fields.append(Value.Field(key: entry.key, place: entry.keyPlace, value: value))
        }
        return Value(content: .mapping(fields), place: node.place)
    }

    private mutating func checkList(
        _ node: Document.Node, _ shape: Shape, _ item: Shape, _ name: String
    ) -> Value? {
        guard let nodes = node.items else {
            reading.complain(name, wants: shape.wanted, found: node)
            return nil
        }
        var values: [Value] = []
        for node in nodes {
            let value = kept(node, item, name)
            if shape.isSet, let text = value.text, values.contains(where: { $0.text == text }) {
                reading.complain(node.place, "'\(name)' names '\(text)' twice", advice: "keep one of them")
            } else {
                values.append(value)
            }
        }
        if case .commands = shape, nodes.isEmpty {
            reading.complain(node.place, "'\(name)' is an empty list", advice: "give a command, or remove the key")
        }
        return Value(content: .list(values), place: node.place)
    }

    private mutating func checkEither(
        _ node: Document.Node, _ one: Shape, _ other: Shape, _ shape: Shape, _ name: String
    ) -> Value? {
        switch other {
        case .mapping where node.entries != nil, .columns where node.entries != nil: return check(node, other, name)
        default: break
        }
        if node.items != nil, case .list = one { return check(node, one, name) }
        for shape in [one, other] {
            var trial = ShapeCheck(reading: Reading(file: reading.file))
            if let value = trial.check(node, shape, name), trial.reading.complaints.isEmpty { return value }
        }
        if case .between = one, let near = Units.nearFraction(node.scalarText ?? "") {
            reading.complain(
                node.place, "'\(name)': expected \(shape.wanted), found \(node.scalarText ?? "")",
                advice: "did you mean \(near)?")
            return nil
        }
        reading.complain(name, wants: shape.wanted, found: node)
        return nil
    }

    private mutating func checkScalar(_ node: Document.Node, _ shape: Shape, _ name: String) -> Value? {
        if let content = Scalars.content(of: node, as: shape) {
            return Value(content: content, place: node.place, written: node.scalarText ?? "")
        }
        complain(node, shape, name)
        return nil
    }

    private mutating func complain(_ node: Document.Node, _ shape: Shape, _ name: String) {
        let place = node.place
        let expected = "'\(name)': expected \(shape.wanted), found"
        switch (shape, node.json) {
        case (.version, .integer(let version)):
            reading.complain(
                place, "this is a policy of version \(version), which this program cannot read", advice: "write 1")
        case (.python, .integer), (.python, .number):
            let written = node.scalarText ?? ""
            reading.complain(
                place, "\(expected) a number (\(written))",
                advice: "write \"\(written)\"; without quotes YAML drops the last zero of 3.10")
        case (.word(let words), .string(let text)):
            let nearest = Spelling.nearest(to: text, in: words)
            reading.complain(place, "\(expected) '\(text)'", advice: nearest.map { "did you mean '\($0)'?" })
        case (.path, .string(let text)) where !text.isEmpty:
            reading.complain(
                place, "'\(name)': '\(text)' is not a path inside the repository",
                advice: "write it from the root of the repository, without '..'")
        case (.date, .string(let text)) where Scalars.matches(text, Scalars.datePattern):
            reading.complain(place, "'\(name)': '\(text)' is no day of the calendar")
        case (.truth, .string(let text)) where ["yes", "no", "on", "off"].contains(text.lowercased()):
            reading.complain(place, "\(expected) '\(text)'", advice: "YAML 1.2 has only true and false")
        case (.margin, .string(let text)) where text.hasSuffix("%"):
            let near = Units.nearShare(text).map { "did you mean '\($0)'?" } ?? "a share is from 0% to 100%"
            reading.complain(place, "\(expected) '\(text)'", advice: near)
        case (.size, .string(let text)), (.bound, .string(let text)), (.margin, .string(let text)):
            let near = Units.nearSize(text).map { "did you mean '\($0)'?" }
            reading.complain(place, "\(expected) \(text.isEmpty ? "an empty text" : "'\(text)'")", advice: near)
        case (_, .number(let number)) where !number.isFinite:
            reading.complain(place, "\(expected) \(node.scalarText ?? ""), which is not finite")
        case (_, .string(let text)) where !text.isEmpty && text.count <= 60:
            reading.complain(place, "\(expected) '\(text)'")
        default:
            reading.complain(name, wants: shape.wanted, found: node)
        }
    }
}
