import Documents
import Domain
import Host

/// Reads the `constraints` of a field, whose values must be of the field's type.
struct ConstraintsReader {
    /// With what was read.
    private(set) var field: Field
    private var type: FieldType { field.type }

    init(_ field: Field) { self.field = field }

    mutating func read(_ entry: Document.Entry, complainingTo reader: inout SchemaReader) {
        guard case .mapping(let entries, _) = entry.value else {
            reader.complain(entry.value.place, "'constraints' is a mapping")
            return
        }
        for entry in entries {
            switch entry.key {
            case "required": field.isRequired = truth(entry, &reader)
            case "unique": field.isUnique = truth(entry, &reader)
            case "enum": field.allowed = words(entry, &reader)
            case "minimum": field.minimum = bound(entry, &reader)
            case "maximum": field.maximum = bound(entry, &reader)
            case "minLength": field.minLength = length(entry, &reader)
            case "maxLength": field.maxLength = length(entry, &reader)
            case "pattern": field.pattern = pattern(entry, &reader)
            default: reader.refuseConstraint(entry)
            }
        }
    }

    private func truth(_ entry: Document.Entry, _ reader: inout SchemaReader) -> Bool {
        if case .bool(let value) = entry.value.json { return value }
        reader.complain(entry.value.place, "'\(entry.key)' is true or false")
        return false
    }

    private func length(_ entry: Document.Entry, _ reader: inout SchemaReader) -> Int? {
        guard type == .string || type == .any else {
            reader.complain(entry.keyPlace, "'\(entry.key)' has no meaning for the type \(type.rawValue)")
            return nil
        }
        if case .integer(let value) = entry.value.json, (0...1_000_000_000).contains(value) { return Int(value) }
        reader.complain(entry.value.place, "'\(entry.key)' is a whole number of at least 0")
        return nil
    }

    private func pattern(_ entry: Document.Entry, _ reader: inout SchemaReader) -> String? {
        guard case .scalar(let text, _, _) = entry.value, isPlain(text), text.utf8.count <= 10_000 else {
            reader.complain(
                entry.value.place, "'pattern' is a regular expression without control characters",
                "write \\t or \\n for them")
            return nil
        }
        return text
    }

    private func words(_ entry: Document.Entry, _ reader: inout SchemaReader) -> [String]? {
        guard case .sequence(let nodes, _) = entry.value, !nodes.isEmpty else {
            reader.complain(entry.value.place, "'enum' is a list of at least one value")
            return nil
        }
        return nodes.compactMap { value($0, of: "enum", &reader)?.sql }
    }

    private func bound(_ entry: Document.Entry, _ reader: inout SchemaReader) -> Bound? {
        guard type.isOrdered else {
            reader.complain(
                entry.keyPlace, "'\(entry.key)' has no meaning for the type \(type.rawValue)",
                "it is for integer, number, date, datetime, time, year and yearmonth")
            return nil
        }
        guard let bound = value(entry.value, of: entry.key, &reader) else { return nil }
        guard bound.shown != "NaN" else {
            reader.complain(entry.value.place, "'\(entry.key)' cannot be NaN")
            return nil
        }
        return bound
    }

    /// A value of the field's type as SQL.
    private func value(_ node: Document.Node, of constraint: String, _ reader: inout SchemaReader) -> Bound? {
        guard case .scalar(let text, _, _) = node, isPlain(text), let sql = sql(text) ?? sqlOfFormat(text) else {
            var shown = "this"
            if case .scalar(let text, _, _) = node { shown = "'\(text.shown())'" }
            reader.complain(node.place, "\(shown) in '\(constraint)' is not of type \(type.rawValue)")
            return nil
        }
        return Bound(sql: sql, shown: text)
    }

    /// For a date written as the field's own format has it.
    private func sqlOfFormat(_ text: String) -> String? {
        guard case .time(let format) = field.lexicon.format else { return nil }
        return format.iso(text, isDate: type == .date).flatMap(sql)
    }

    private func sql(_ text: String) -> String? {
        guard let literal = try? DuckDB.literal(text) else { return nil }
        switch type {
        case .string, .any: return literal
        case .yearmonth: return matches(text) ? literal : nil
        case .time: return matches(text) ? "TRY_CAST(\(literal) AS TIME)" : nil
        case .boolean:
            // YAML's `true` and the words of a cell are the same words.
            if (field.lexicon.trueWords + FieldType.trueWords).contains(text) { return "true" }
            return (field.lexicon.falseWords + FieldType.falseWords).contains(text) ? "false" : nil
        case .integer, .year:
            guard matches(text), text.utf8.count <= 38 else { return nil }
            return "CAST(\(literal) AS \(text.utf8.count <= 18 ? "BIGINT" : "HUGEINT"))"
        case .number: return matches(text) ? "CAST(\(literal) AS DOUBLE)" : nil
        case .date: return matches(text) && isInCalendar(text) ? "CAST(\(literal) AS DATE)" : nil
        case .datetime:
            return matches(text) && isInCalendar(text) ? "CAST(CAST(\(literal) AS TIMESTAMPTZ) AS TIMESTAMP)" : nil
        }
    }

    private func matches(_ text: String) -> Bool {
        guard let pattern = type.pattern, let regex = try? Regex(pattern) else { return false }
        return (try? regex.wholeMatch(in: text)) != nil
    }

    /// For a text that looks like a date or a datetime.
    private func isInCalendar(_ text: String) -> Bool {
        let numbers = text.prefix(19).split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count >= 3, (1...12).contains(numbers[1]) else { return false }
        let (year, month) = (numbers[0], numbers[1])
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        guard year > 0, (1...days).contains(numbers[2]) else { return false }
        guard numbers.count == 6 else { return true }
        return numbers[3] < 24 && numbers[4] < 60 && numbers[5] < 60
    }
}
