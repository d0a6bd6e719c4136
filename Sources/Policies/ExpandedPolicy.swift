import Documents
import Domain

/// Writes a checked policy with its defaults, each line with its origin.
struct ExpandedPolicy {
    private let file: String
    private let form: GateForm
    private var lines: [String] = []

    static func text(of root: Value, file: String) -> String {
        var writer = ExpandedPolicy(file: file, form: GateForm(root: root))
        writer.writeMapping(root, Language.root, indent: 0, firstPrefix: "")
        return writer.lines.joined(separator: "\n") + "\n"
    }

    private init(file: String, form: GateForm) {
        self.file = file
        self.form = form
    }

    private mutating func line(_ indent: Int, _ text: String, _ origin: String) {
        lines.append(String(repeating: " ", count: indent) + text + "  # " + origin)
    }

    private func origin(_ value: Value) -> String { origin(value.place) }

    private func origin(_ place: Document.Place) -> String {
        place.filled.reduce(line(of: place)) { "\($0), \($1.parameter) at \(line(of: $1.place))" }
    }

    /// A key and what stands behind it on the same line.
    private func origin(_ field: Value.Field) -> String {
        let filled = field.place.filled
        return origin(field.place.filled(filled + field.value.place.filled.filter { !filled.contains($0) }))
    }

    private func line(of place: Document.Place) -> String { "\(place.file ?? file):\(place.line)" }

    /// `firstPrefix` is `- ` for a mapping in a list; it stands before the first key.
    private mutating func writeMapping(_ value: Value?, _ mapping: Mapping, indent: Int, firstPrefix: String) {
        var prefix = firstPrefix
        for key in mapping.keys where !key.isLater {
            let field = value?.fields.first { $0.key == key.name }
            let before = lines.count
            if let field {
                write(prefix + key.name, field.value, key.shape, indent, origin(field))
            } else if let fallback = key.fallback, isCalledFor(key, value) {
                line(indent, "\(prefix)\(key.name): \(fallback)", "default")
            } else if let value, let implied = form.implied(key.name, value) {
                line(indent, prefix + implied, "default")
            } else if indent == 0, case .mapping(let inner) = key.shape,
                inner.keys.contains(where: { $0.fallback != nil }),
                !inner.keys.contains(where: \.required)
            {
                line(indent, "\(prefix)\(key.name):", "default")
                writeMapping(nil, inner, indent: indent + 2, firstPrefix: "")
            }
            if lines.count > before { prefix = String(repeating: " ", count: firstPrefix.count) }
        }
    }

    private func isCalledFor(_ key: Key, _ value: Value?) -> Bool {
        guard let need = key.needs else { return true }
        guard let value = value?[need.key] else { return false }
        return need.word.map { value.text == $0 } ?? true
    }

    private mutating func write(_ key: String, _ value: Value, _ shape: Shape, _ indent: Int, _ origin: String) {
        if case .either(let one, let other) = shape {
            if case .mapping = value.content { return write(key, value, other, indent, origin) }
            return write(key, value, one, indent, origin)
        }
        let inner = indent + 2 + (key.hasPrefix("- ") || key.hasPrefix("  ") ? 2 : 0)
        switch (shape, value.content) {
        case (.mapping(let mapping), .mapping(let fields)):
            if fields.isEmpty, !mapping.keys.contains(where: { $0.fallback != nil }) {
                return line(indent, "\(key): {}", origin)
            }
            line(indent, "\(key):", origin)
            writeMapping(value, mapping, indent: inner, firstPrefix: "")
        case (.named(_, let shape), .mapping(let fields)), (.columns(let shape), .mapping(let fields)):
            if fields.isEmpty { return line(indent, "\(key): {}", origin) }
            line(indent, "\(key):", origin)
            for field in fields {
                write(YAMLText.scalar(field.key), field.value, shape, inner, self.origin(field))
            }
        case (_, .list(let items)):
            if items.isEmpty { return line(indent, "\(key): []", origin) }
            line(indent, "\(key):", origin)
            for item in items { writeItem(item, shape, inner) }
        default:
            line(indent, "\(key): \(scalar(value))", origin)
        }
    }

    private mutating func writeItem(_ item: Value, _ list: Shape, _ indent: Int) {
        if case .list(.mapping(let mapping)) = list {
            writeMapping(item, mapping, indent: indent, firstPrefix: "- ")
        } else {
            line(indent, "- \(scalar(item))", origin(item))
        }
    }

    private func scalar(_ value: Value) -> String {
        switch value.content {
        case .text(let text): YAMLText.scalar(text)
        case .truth(let truth): truth ? "true" : "false"
        case .number, .share, .list, .mapping, .anything, .broken: value.written
        }
    }
}
