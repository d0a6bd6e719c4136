import Domain
import Host

/// The smallest and the greatest value of each column, and the lengths of texts.
struct BoundScan: Sendable {
    let source: InferenceSource

    func add(to draft: inout SchemaDraft) async throws(Fault) {
        var missing: [String] = []
        for word in draft.missing { missing.append(try DuckDB.literal(word)) }
        let words = missing.joined(separator: ", ")
        var columns: [String] = []
        var aggregates: [String] = []
        for (index, field) in draft.fields.enumerated() where isBounded(field) {
            let lexicon = field.reading.lexicon
            let value = source.value(index, lexicon)
            let isText = source.types == nil || source.types?[index] == "VARCHAR"
            let plain = isText ? "CASE WHEN c\(index) NOT IN (\(words)) THEN \(value) END" : value
            switch lexicon.type {
            case .string: columns.append("length((\(plain))::VARCHAR) AS b\(index)")
            case .datetime: columns.append("(\(plain)) AT TIME ZONE 'UTC' AS b\(index)")
            case .integer, .number, .boolean, .date, .time, .year, .yearmonth, .any:
                columns.append("\(plain) AS b\(index)")
            }
            let shown = { (value: String) in
                lexicon.type == .datetime ? "strftime(\(value), '%Y-%m-%dT%H:%M:%S.%fZ')" : "\(value)::VARCHAR"
            }
            aggregates += ["\(shown("min(b\(index))")) AS a\(index)", "\(shown("max(b\(index))")) AS z\(index)"]
        }
        if columns.isEmpty { return }
        let rows = try await source.scan.rows(
            """
            SELECT \(aggregates.joined(separator: ",\n")) FROM (SELECT \(columns.joined(separator: ",\n"))
            FROM \(source.table));
            """)
        guard let found = rows.first else { return }
        for index in draft.fields.indices where isBounded(draft.fields[index]) {
            let type = draft.fields[index].reading.lexicon.type
            let names = type == .string ? ("minLength", "maxLength") : ("minimum", "maximum")
            // NaN, the greatest of all, lies outside of every bound.
            if found["z\(index)"]?.text == "nan" { continue }
            for (name, letter) in [(names.0, "a"), (names.1, "z")] {
                guard let text = found["\(letter)\(index)"]?.text, let value = BoundScan.value(text, type) else {
                    continue
                }
                draft.fields[index].bounds.append((name, value))
            }
        }
    }

    private func isBounded(_ field: InferredField) -> Bool {
        let type = field.reading.lexicon.type
        return field.reading.fitting > 0 && field.allowed.isEmpty && (type.isOrdered || type == .string)
    }

    /// Nil for what a schema has no words for: infinities, and dates before and after the years of four digits.
    private static func value(_ text: String, _ type: FieldType) -> JSONValue? {
        switch type {
        case .string, .integer, .year: return Int64(text).map(JSONValue.integer)
        case .number:
            guard let value = Double(text), value.isFinite else { return nil }
            // A whole number is written as one.
            return Int64(exactly: value).map(JSONValue.integer) ?? .number(value)
        case .date, .datetime, .time, .yearmonth:
            let plain = text.replacing(".000000Z", with: "Z")
            guard let pattern = type.pattern, let regex = try? Regex(pattern), !plain.hasPrefix("0000") else {
                return nil
            }
            return (try? regex.wholeMatch(in: plain)) == nil ? nil : .string(plain)
        case .boolean, .any: return nil
        }
    }
}
