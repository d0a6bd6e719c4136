import Domain
import Host

/// What a person should look at in a schema that was read off a file, as sentences.
struct InferenceNotes {
    private let draft: SchemaDraft
    private let findings: [DataFinding]?

    /// - Parameter findings: what the schema finds in its own file; nil if it was not tried there.
    init(_ draft: SchemaDraft, _ findings: [DataFinding]?) {
        self.draft = draft
        self.findings = findings
    }

    var lines: [String] { exceptions + missing + doubts + columns + keys }

    private var exceptions: [String] {
        guard let findings else {
            return [
                "the schema was not tried on the file: it has more than \(SchemaInference.mostColumnsTried) columns"
            ]
        }
        return findings.map { finding in
            var text = "its own file breaks this schema: \(finding.message)"
            let records = (finding.records ?? []).map(String.init)
            if !records.isEmpty {
                let count = finding.count > Int64(records.count) ? ", …" : ""
                text += " (record \(records.joined(separator: ", "))\(count)"
                if let value = finding.value { text += "; the first is '\(value)'" }
                text += ")"
            }
            return text
        }
    }

    private var missing: [String] {
        draft.missing.filter { !$0.isEmpty }.map { word in
            var text =
                "'\(word)' stands for a missing value, for it does in \(InferenceNotes.list(draft.missingIn[word] ?? []))"
            if let swallowed = draft.swallowedIn[word] {
                text += "; so it is one in the texts of \(InferenceNotes.list(swallowed)) too"
            }
            return text
        }
    }

    private var doubts: [String] {
        var columns: [(doubt: ColumnReading.Doubt, names: [String])] = []
        for field in draft.fields {
            guard let doubt = field.reading.doubt else { continue }
            if let known = columns.firstIndex(where: { $0.doubt == doubt }) {
                columns[known].names.append(field.name)
            } else {
                columns.append((doubt, [field.name]))
            }
        }
        return columns.map { doubt, names in
            let list = InferenceNotes.list(names)
            return switch doubt {
            case .years: "\(list): an integer, which could be a year"
            case .codes: "\(list): digits, but with leading zeros or too many of them for a number, so a string"
            case .dayOrMonth(let one, let other):
                "\(list): dates that are '\(one)' or '\(other)', which no day over 12 tells; a string until you give the format"
            }
        }
    }

    private var columns: [String] {
        var lines: [String] = []
        let empty = draft.fields.filter { $0.reading.values == 0 }.map(\.name)
        if !empty.isEmpty { lines.append("\(InferenceNotes.list(empty)): no value at all, so any type") }
        let constant = draft.fields.filter { $0.different == 1 && draft.rows > 1 }.map(\.name)
        if !constant.isEmpty {
            lines.append("\(InferenceNotes.list(constant)): one value only")
        }
        let mixed = draft.fields.filter { $0.reading.values > 0 && $0.reading.lexicon.type == .any }.map(\.name)
        if !mixed.isEmpty {
            lines.append("\(InferenceNotes.list(mixed)): values of a kind that is not tested, so any type")
        }
        return lines
    }

    private var keys: [String] {
        if draft.rows > Int64(ValueScan.mostRecordsForKeys) {
            return ["no key was looked for among more than \(ValueScan.mostRecordsForKeys) records"]
        }
        guard let key = draft.primaryKey else { return [] }
        var lines = ["'\(key.shown(limit: 60))' is the primary key: no value is there twice"]
        let others = draft.uniqueColumns.filter { $0 != key }
        if !others.isEmpty { lines.append("\(InferenceNotes.list(others)): no value twice either") }
        return lines
    }

    /// The first few of them in quotes.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).map { "'\($0.shown(limit: 60))'" }.joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more columns" : shown
    }
}
