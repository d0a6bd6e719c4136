import Documents
import Domain
import Host

/// Fields whose values together must stand in a file of another resource, or in the same file.
struct ForeignKey: Sendable, Equatable {
    let fields: [String]
    /// Name of the resource; empty: the file itself.
    let resource: String
    /// The columns there, one for each field.
    let columns: [String]

    /// For messages: `carriers (code)`.
    var target: String {
        let columns = columns.map { $0.shown() }.joined(separator: ", ")
        return resource.isEmpty ? "the column '\(columns)'" : "'\(resource.shown())' (\(columns))"
    }
}

extension SchemaReader {
    private static let keysOfKey = ["fields", "reference"]
    private static let keysOfReference = ["resource", "fields"]

    /// Reads `foreignKeys`.
    mutating func foreignKeys(_ entry: Document.Entry, _ fields: [Field]) -> [ForeignKey] {
        guard case .sequence(let nodes, _) = entry.value else {
            complain(entry.value.place, "'foreignKeys' is a list of mappings with 'fields' and 'reference'")
            return []
        }
        return nodes.compactMap { foreignKey($0, fields) }
    }

    private mutating func foreignKey(_ node: Document.Node, _ known: [Field]) -> ForeignKey? {
        guard case .mapping(let entries, let place) = node else {
            complain(node.place, "a foreign key is a mapping with 'fields' and 'reference'")
            return nil
        }
        var fields: [String]?
        var reference: (resource: String, fields: Document.Node?)?
        for entry in entries {
            switch entry.key {
            case "fields": fields = names(entry.value, "fields")
            case "reference": reference = self.reference(entry)
            case let key where SchemaReader.notes.contains(key): continue
            default: refuse(entry, later: [], known: SchemaReader.keysOfKey, what: "key of a foreign key")
            }
        }
        for key in SchemaReader.keysOfKey where !entries.contains(where: { $0.key == key }) {
            complain(place, "the foreign key has no '\(key)'")
        }
        for entry in entries where entry.key == "fields" {
            for name in fields ?? [] { requireField(name, entry.value.place, "the foreign key", known) }
        }
        guard let fields, let reference, let node = reference.fields,
            let columns = names(node, "fields")
        else { return nil }
        if reference.resource.isEmpty {
            for name in columns { requireField(name, node.place, "the reference", known) }
        }
        guard columns.count == fields.count else {
            complain(
                node.place,
                "the foreign key and its reference have not as many fields: \(fields.count) and \(columns.count)",
                "name one column there for each field")
            return nil
        }
        return ForeignKey(fields: fields, resource: reference.resource, columns: columns)
    }

    /// Without `resource`, or with an empty one, it is the file itself: the first is version 2 of the standard, the
    /// second version 1.
    private mutating func reference(_ entry: Document.Entry) -> (resource: String, fields: Document.Node?)? {
        guard case .mapping(let entries, let place) = entry.value else {
            complain(entry.value.place, "'reference' is a mapping with 'resource' and 'fields'")
            return nil
        }
        var resource = ""
        var fields: Document.Node?
        for entry in entries {
            switch entry.key {
            case "resource":
                guard case .scalar(let text, _, _) = entry.value, isPlain(text) else {
                    complain(entry.value.place, "'resource' is a name")
                    continue
                }
                resource = text
            case "fields": fields = entry.value
            default: refuse(entry, later: [], known: SchemaReader.keysOfReference, what: "key of a reference")
            }
        }
        if fields == nil { complain(place, "the reference has no 'fields'") }
        return (resource, fields)
    }

    private mutating func names(_ node: Document.Node, _ key: String) -> [String]? {
        var nodes = [node]
        if case .sequence(let list, _) = node { nodes = list }
        let names = nodes.compactMap { node -> String? in
            if case .scalar(let text, _, _) = node, isPlain(text) { text } else { nil }
        }
        guard !names.isEmpty, names.count == nodes.count, Set(names).count == names.count else {
            complain(node.place, "'\(key)' is a field's name or a list of different ones")
            return nil
        }
        return names
    }

    private mutating func requireField(
        _ name: String, _ place: Document.Place, _ subject: String, _ known: [Field]
    ) {
        guard !known.contains(where: { $0.name == name }) else { return }
        complain(
            place, "\(subject) names '\(name.shown())', which is no field",
            Spelling.nearest(to: name, in: known.map(\.name)).map { "did you mean '\($0)'?" })
    }
}
