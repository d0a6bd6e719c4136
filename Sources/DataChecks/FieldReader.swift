import Documents
import Domain
import Host

extension SchemaReader {
    /// Reads one of `fields`.
    mutating func field(_ node: Document.Node) -> Field? {
        guard case .mapping(let entries, let place) = node else {
            complain(node.place, "a field is a mapping with 'name' and 'type'")
            return nil
        }
        var name: String?
        var lexicon = Lexicon()
        var later: [String: Document.Entry] = [:]
        for entry in entries {
            switch entry.key {
            case "name": name = self.name(entry.value)
            case "type": lexicon.type = self.type(entry.value) ?? .any
            case let key where SchemaReader.properties.contains(key): later[key] = entry
            case let key where SchemaReader.notes.contains(key): continue
            default:
                refuse(
                    entry, later: SchemaReader.laterProperties, known: SchemaReader.properties,
                    what: "property of a field")
            }
        }
        if !entries.contains(where: { $0.key == "name" }) { complain(place, "the field has no 'name'") }
        if let entry = later["format"] { lexicon.format = format(entry, lexicon.type) }
        spelling(&lexicon, later)
        var field = Field(name: name ?? "", lexicon: lexicon)
        if let entry = later["aliases"] { field.aliases = texts(entry) }
        if let entry = later["sensitive"] {
            if case .bool(let value) = entry.value.json {
                field.isSensitive = value
            } else {
                complain(entry.value.place, "'sensitive' is true or false")
            }
        }
        if let entry = later["constraints"] {
            var reader = ConstraintsReader(field)
            reader.read(entry, complainingTo: &self)
            field = reader.field
        }
        return name == nil ? nil : field
    }

    private mutating func spelling(_ lexicon: inout Lexicon, _ entries: [String: Document.Entry]) {
        for key in ["trueValues", "falseValues"] {
            guard let entry = entries[key] else { continue }
            let words = texts(entry)
            if lexicon.type != .boolean { complain(entry.keyPlace, "'\(key)' is for the type boolean") }
            if words.isEmpty { continue }
            if key == "trueValues" { lexicon.trueWords = words } else { lexicon.falseWords = words }
        }
        for key in ["decimalChar", "groupChar"] {
            guard let entry = entries[key] else { continue }
            guard lexicon.type == .number || (lexicon.type == .integer && key == "groupChar") else {
                complain(entry.keyPlace, "'\(key)' has no meaning for the type \(lexicon.type.rawValue)")
                continue
            }
            guard case .scalar(let text, _, _) = entry.value, text.unicodeScalars.count == 1, isPlain(text),
                !text.contains(where: { $0.isNumber || "+-eE".contains($0) })
            else {
                complain(entry.value.place, "'\(key)' is one character")
                continue
            }
            if key == "decimalChar" { lexicon.decimal = text } else { lexicon.group = text }
        }
        if let entry = entries["groupChar"], lexicon.group == lexicon.decimal {
            complain(entry.keyPlace, "'groupChar' and 'decimalChar' are the same")
        }
    }

    private mutating func texts(_ entry: Document.Entry) -> [String] {
        guard case .sequence(let nodes, _) = entry.value else {
            complain(entry.value.place, "'\(entry.key)' is a list of texts")
            return []
        }
        return nodes.compactMap { node in
            if case .scalar(let text, _, _) = node, isPlain(text) { return text }
            complain(node.place, "'\(entry.key)' holds texts without control characters")
            return nil
        }
    }

    private mutating func format(_ entry: Document.Entry, _ type: FieldType) -> Lexicon.Format {
        guard case .scalar(let text, _, let place) = entry.value else {
            complain(entry.value.place, "'format' is a text")
            return .plain
        }
        if text == "default" { return .plain }
        switch type {
        case .string:
            if let pattern = Lexicon.textFormats[text] { return .text(text, pattern: pattern) }
            let words = Lexicon.textFormats.keys.sorted()
            complain(
                place, "the format '\(text.shown())' of a string is not tested in this version",
                Spelling.nearest(to: text, in: words).map { "did you mean '\($0)'?" }
                    ?? "use \(words.joined(separator: ", "))")
        case .date, .datetime:
            if let format = TimeFormat(text) { return .time(format) }
            complain(
                place, "the format '\(text.shown())' of a \(type.rawValue) is not tested in this version",
                "use default, or a text with the directives \(TimeFormat.known)")
        case .integer, .number, .boolean, .time, .year, .yearmonth, .any:
            complain(place, "a 'format' of the type \(type.rawValue) is not tested in this version", "use 'default'")
        }
        return .plain
    }

    mutating func type(_ node: Document.Node) -> FieldType? {
        let words = FieldType.allCases.map(\.rawValue)
        guard case .scalar(let text, _, let place) = node else {
            complain(node.place, "a field's type is one of \(words.joined(separator: ", "))")
            return nil
        }
        if let type = FieldType(rawValue: text) { return type }
        if SchemaReader.laterTypes.contains(text) {
            complain(
                place, "the type '\(text)' is not tested in this version", "use 'string' or 'any' if that is enough")
        } else {
            let near = Spelling.nearest(to: text, in: words)
            complain(
                place, "unknown type '\(text.shown())'",
                near.map { "did you mean '\($0)'?" } ?? "use \(words.joined(separator: ", "))")
        }
        return nil
    }
}
