import Documents
import Domain
import Foundation
import Host

/// Compares `server.yaml` with its language, key by key, and collects every mistake.
struct SettingsCheck {
    var reading: Reading

    static let rootName = ""

    mutating func check(_ node: Document.Node, _ shape: SettingsShape, _ name: String) {
        switch shape {
        case .mapping(let mapping): checkMapping(node, mapping, name)
        case .named(_, let inner):
            guard let entries = node.entries else { return complain(node, shape, name) }
            for entry in entries {
                if ProjectName(entry.key) == nil {
                    reading.complain(entry.keyPlace, "'\(entry.key)' is not a name", advice: "use \(nameRule)")
                }
                check(entry.value, inner, "\(name).\(entry.key)")
            }
        case .list(let item, let least, let most):
            guard let items = node.items, items.count >= least, items.count <= most else {
                return complain(node, shape, name)
            }
            for value in items { check(value, item, name) }
        case .secret: checkSecret(node, name)
        case .gates: break
        default:
            if !Self.holds(node, shape) { complain(node, shape, name) }
        }
    }

    private mutating func checkMapping(_ node: Document.Node, _ mapping: SettingsMapping, _ name: String) {
        guard let entries = node.entries else {
            if name == Self.rootName {
                reading.complain(node.place, "a server's configuration is a mapping of keys, found \(node.what)")
                return
            }
            return complain(node, .mapping(mapping), name)
        }
        let place = name == Self.rootName ? "" : " in '\(name)'"
        var meant: Set<String> = []
        for entry in entries {
            guard let key = mapping[entry.key] else {
                let names = mapping.keys.map(\.name)
                let near = Spelling.nearest(to: entry.key, in: names)
                if let near { meant.insert(near) }
                reading.complain(
                    entry.keyPlace, "unknown key '\(entry.key)'\(place)",
                    advice: near.map { "did you mean '\($0)'?" }
                        ?? "known are \(names.map { "'\($0)'" }.joined(separator: ", "))")
                continue
            }
            check(entry.value, key.shape, name == Self.rootName ? key.name : "\(name).\(key.name)")
        }
        for key in mapping.keys where key.isRequired && node[key.name] == nil && !meant.contains(key.name) {
            let advice = key.example.map { "add '\(key.name): \($0)'" } ?? "add it; docs/server.md says how"
            reading.complain(node.place, "the key '\(key.name)' is missing\(place)", advice: advice)
        }
    }

    /// A secret that stands in the file itself is never shown.
    private mutating func checkSecret(_ node: Document.Node, _ name: String) {
        guard let entries = node.entries else {
            return reading.complain(
                node.place, "'\(name)': expected \(SettingsShape.secret.wanted), found \(node.what)",
                advice: "put the value into the environment or a file; it does not belong into this one")
        }
        guard entries.count == 1, let entry = entries.first, ["env", "file"].contains(entry.key) else {
            return reading.complain(
                node.place,
                "'\(name)': expected \(SettingsShape.secret.wanted), found \(entries.count) keys"
                    + (entries.isEmpty ? "" : " (\(entries.map(\.key).joined(separator: ", ").shown(limit: 60)))"))
        }
        let form: SettingsForm = entry.key == "env" ? .variable : .path
        check(entry.value, .form(form), "\(name).\(entry.key)")
    }

    private mutating func complain(_ node: Document.Node, _ shape: SettingsShape, _ name: String) {
        let expected = "'\(name)': expected \(shape.wanted), found"
        switch (shape, node.json) {
        case (.version, .integer(let version)):
            reading.complain(
                node.place, "this is a configuration of version \(version), which this program cannot read",
                advice: "write 1")
        case (.word(let words), .string(let text)):
            let near = Spelling.nearest(to: text, in: words).map { "did you mean '\($0)'?" }
            reading.complain(node.place, "\(expected) '\(text.shown(limit: 60))'", advice: near)
        case (.size, .string(let text)):
            let near = Units.nearSize(text).map { "did you mean '\($0)'?" }
            reading.complain(node.place, "\(expected) '\(text.shown(limit: 60))'", advice: near)
        case (.truth, .string(let text)) where ["yes", "no", "on", "off"].contains(text.lowercased()):
            reading.complain(node.place, "\(expected) '\(text)'", advice: "YAML 1.2 has only true and false")
        case (.form(let form), .string(let text)) where text.contains("@") && form.mayHoldPassword:
            // A password may be in it.
            reading.complain(node.place, "'\(name)': expected \(shape.wanted), found something else")
        case (.list, .array(let items)):
            reading.complain(node.place, "\(expected) \(items.count)")
        case (.duration, .string(let text)), (.form, .string(let text)):
            reading.complain(node.place, "\(expected) \(text.isEmpty ? "an empty text" : "'\(text.shown(limit: 60))'")")
        default:
            reading.complain(name, wants: shape.wanted, found: node)
        }
    }

    private static func holds(_ node: Document.Node, _ shape: SettingsShape) -> Bool {
        let json = node.json
        switch shape {
        case .version: return json == .integer(1)
        case .truth:
            if case .bool = json { return true }
            return false
        case .whole(let range):
            guard case .integer(let value) = json else { return false }
            return range.contains(Int(value))
        case .digits: return node.digits != nil
        case .form(let form): return json.text.map { form.holds($0) } ?? false
        case .word(let words): return json.text.map { words.contains($0) } ?? false
        case .duration: return json.text.flatMap(Units.seconds) != nil
        case .size: return json.text.flatMap(Units.bytes) != nil
        case .secret, .gates, .list, .mapping, .named: return true
        }
    }
}

extension SettingsForm {
    func holds(_ text: String) -> Bool {
        text.utf8.count <= 4096
            && text.range(of: pattern, options: .regularExpression) == text.startIndex..<text.endIndex
    }

    /// True for addresses, into which people write passwords.
    var mayHoldPassword: Bool { wanted.contains("://") }
}

extension Document.Node {
    /// A whole number of at most 18 digits, quoted or not, as it is written.
    var digits: String? {
        guard let text = scalarText, (1...18).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        return text
    }
}
