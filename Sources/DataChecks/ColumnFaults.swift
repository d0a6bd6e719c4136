import Domain
import Host

/// What is wrong with the names of a file's columns, before any cell is looked at.
enum ColumnFaults {
    /// Compares the names as they stand in the file with the schema's.
    ///
    /// - Parameter isOrdered: false for formats whose records have no order.
    static func find(_ names: [String], _ schema: TableSchema, file: String, isOrdered: Bool = true) -> [DataFinding] {
        var findings: [DataFinding] = []
        func add(_ check: String, _ column: String, _ message: String, count: Int64 = 1) {
            findings.append(
                DataFinding(check: check, file: file, column: column.shown(), count: count, message: message))
        }
        var seen: [String: Int64] = [:]
        for name in names { seen[name, default: 0] += 1 }
        var told: Set<String> = []
        for name in names where seen[name, default: 0] > 1 && told.insert(name).inserted {
            let count = seen[name, default: 0]
            add("duplicate-column", name, "the column '\(name.shown())' is there \(count) times", count: count)
        }
        let wanted = Set(schema.fields.map(\.name))
        for field in schema.fields where seen[field.name] == nil {
            let near = Spelling.nearest(to: field.name, in: names.filter { !wanted.contains($0) })
            let hint = near.map { "; the file has '\($0.shown())'" } ?? ""
            add("missing-column", field.name, "the column '\(field.name)' is missing\(hint)")
        }
        if schema.match != .subset {
            for name in names where !wanted.contains(name) && told.insert(name).inserted {
                add("extra-column", name, "the column '\(name.shown())' is not in the schema")
            }
        }
        if findings.isEmpty, isOrdered, schema.match == .exact {
            for (position, (name, field)) in zip(names, schema.fields).enumerated() where name != field.name {
                add(
                    "column-order", name,
                    "column \(position + 1) is '\(name.shown())' where the schema has '\(field.name)'")
                break
            }
        }
        return findings
    }
}
