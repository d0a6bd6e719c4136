import Documents
import Domain
import Foundation
import Host

/// Reads a Table Schema, gathering everything that is wrong with it.
struct SchemaReader {
    private let file: String
    private var complaints: [Complaint] = []

    static func read(_ bytes: Data, file: String) throws(Complaints) -> TableSchema {
        let document = try Document(bytes, file: file)
        var reader = SchemaReader(file: file)
        let schema = document.root.flatMap { reader.schema($0) }
        if document.root == nil { reader.complain(nil, "the schema is empty", "give it 'fields'") }
        guard let schema, reader.complaints.isEmpty else { throw Complaints(reader.complaints) }
        return schema
    }

    private init(file: String) { self.file = file }

    private static let untested = "this version does not test it: take it out, or wait for the version that does"
    /// Words for people, which test nothing.
    static let notes: Set = ["$schema", "title", "description", "name", "example", "rdfType"]
    private static let laterKeys: Set = ["uniqueKeys"]
    private static let laterConstraints: Set = ["exclusiveMinimum", "exclusiveMaximum", "jsonSchema"]
    static let laterTypes: Set = ["object", "array", "list", "duration", "geopoint", "geojson"]
    static let laterProperties: Set = [
        "missingValues", "bareNumber", "categories", "categoriesOrdered", "delimiter", "itemType",
    ]
    private static let keys = ["fields", "primaryKey", "foreignKeys", "missingValues", "fieldsMatch"]
    static let properties = [
        "name", "type", "format", "constraints", "trueValues", "falseValues", "decimalChar", "groupChar", "aliases",
        "sensitive",
    ]

    private static let constraints = [
        "required", "unique", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern",
    ]

    mutating func complain(_ place: Document.Place?, _ message: String, _ advice: String? = nil) {
        complaints.append(
            Complaint(file: file, line: place?.line, column: place?.column, message: message, advice: advice))
    }

    /// Complains about a key that stands for nothing here.
    mutating func refuse(_ entry: Document.Entry, later: Set<String>, known: [String], what: String) {
        if later.contains(entry.key) {
            complain(entry.keyPlace, "'\(entry.key)' is not tested in this version", SchemaReader.untested)
        } else {
            let near = Spelling.nearest(to: entry.key, in: known + later.sorted())
            complain(
                entry.keyPlace, "unknown \(what) '\(entry.key.shown())'",
                near.map { "did you mean '\($0)'?" } ?? "known are \(known.joined(separator: ", "))")
        }
    }

    private mutating func schema(_ root: Document.Node) -> TableSchema? {
        guard case .mapping(let entries, let place) = root else {
            complain(root.place, "a schema is a mapping with the key 'fields'")
            return nil
        }
        var fields: [Field]?
        var missing = [""]
        var match = FieldsMatch.exact
        var key: Document.Entry?
        var foreign: Document.Entry?
        for entry in entries {
            switch entry.key {
            case "fields": fields = self.fields(entry)
            case "missingValues": missing = missingValues(entry.value)
            case "primaryKey": key = entry
            case "foreignKeys": foreign = entry
            case "fieldsMatch": match = fieldsMatch(entry.value)
            case let key where SchemaReader.notes.contains(key): continue
            default:
                refuse(
                    entry, later: SchemaReader.laterKeys, known: SchemaReader.keys, what: "key of a schema")
            }
        }
        guard let fields else {
            complain(place, "the schema has no 'fields'")
            return nil
        }
        let primaryKey = key.map { self.primaryKey($0, fields) } ?? []
        return TableSchema(
            fields: fields, missingValues: missing, match: match, primaryKey: primaryKey,
            foreignKeys: foreign.map { foreignKeys($0, fields) } ?? [])
    }

    private mutating func primaryKey(_ entry: Document.Entry, _ fields: [Field]) -> [String] {
        var nodes = [entry.value]
        if case .sequence(let list, _) = entry.value { nodes = list }
        let names = nodes.compactMap { node -> String? in
            if case .scalar(let text, _, _) = node { text } else { nil }
        }
        if names.isEmpty || names.count < nodes.count || Set(names).count < names.count {
            complain(entry.value.place, "'primaryKey' is a field's name or a list of different ones")
        }
        for name in names where !fields.contains(where: { $0.name == name }) {
            let near = Spelling.nearest(to: name, in: fields.map(\.name))
            complain(
                entry.value.place, "'primaryKey' names '\(name.shown())', which is no field",
                near.map { "did you mean '\($0)'?" })
        }
        return names
    }

    private mutating func missingValues(_ node: Document.Node) -> [String] {
        guard case .sequence(let nodes, _) = node else {
            complain(node.place, "'missingValues' is a list of texts")
            return []
        }
        return nodes.compactMap { node in
            guard case .scalar(let text, _, let place) = node else {
                complain(node.place, "a missing value is a text; labels for them are not tested in this version")
                return nil
            }
            // These would end a cell in DuckDB's eyes.
            guard !text.contains(where: { ",;|'\"".contains($0) }), isPlain(text) else {
                complain(place, "a missing value cannot hold a delimiter (, ; |), a quote or control characters")
                return nil
            }
            return text
        }
    }

    private mutating func fieldsMatch(_ node: Document.Node) -> FieldsMatch {
        var word = node
        if case .sequence(let nodes, _) = node, nodes.count == 1 { word = nodes[0] }
        guard case .scalar(let text, _, let place) = word else {
            complain(node.place, "'fieldsMatch' is one word")
            return .exact
        }
        if let match = FieldsMatch(rawValue: text) { return match }
        let words = FieldsMatch.allCases.map(\.rawValue)
        if ["superset", "partial"].contains(text) {
            complain(
                place, "'fieldsMatch: \(text)' is not tested in this version", "use \(words.joined(separator: ", "))")
        } else {
            let near = Spelling.nearest(to: text, in: words)
            complain(
                place, "'\(text.shown())' is no way to match fields",
                near.map { "did you mean '\($0)'?" } ?? "use \(words.joined(separator: ", "))")
        }
        return .exact
    }

    private mutating func fields(_ entry: Document.Entry) -> [Field]? {
        guard case .sequence(let nodes, let place) = entry.value, !nodes.isEmpty else {
            complain(entry.keyPlace, "'fields' is a list of at least one field")
            return []
        }
        guard nodes.count <= 10_000 else {
            complain(place, "a schema may have 10,000 fields, and this one has \(nodes.count)")
            return []
        }
        var fields: [Field] = []
        var names: Set<String> = []
        for node in nodes {
            guard let field = field(node) else { continue }
            if !names.insert(field.name).inserted {
                complain(node.place, "the field '\(field.name)' is there twice")
            }
            fields.append(field)
        }
        return fields
    }

    mutating func name(_ node: Document.Node) -> String? {
        guard case .scalar(let text, _, let place) = node else {
            complain(node.place, "a field's name is a text")
            return nil
        }
        guard isPlain(text) else {
            complain(place, "the name '\(text.shown())' holds control characters, which names may not")
            return nil
        }
        return text
    }

    mutating func refuseConstraint(_ entry: Document.Entry) {
        refuse(
            entry, later: SchemaReader.laterConstraints, known: SchemaReader.constraints,
            what: "constraint")
    }
}

/// True if the text can be an SQL literal.
func isPlain(_ text: String) -> Bool { (try? DuckDB.literal(text)) != nil }

extension Document.Node {
    var place: Document.Place {
        switch self {
        case .scalar(_, _, let place), .sequence(_, let place), .mapping(_, let place): place
        }
    }
}
