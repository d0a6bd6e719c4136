import Domain
import Host

/// The passes after the first: the values themselves, of the few columns where they matter.
struct ValueScan: Sendable {
    let source: InferenceSource
    let isStrict: Bool

    /// So many different values are a list of allowed ones, if each of them was seen often enough.
    static let mostAllowed = 20
    /// More whole numbers than this are hours, days or counts, of which the next file brings another.
    private static let mostNumbers = 10
    private static let recordsPerValue = 20
    /// A value that was seen less often says that others may come.
    private static let leastSeen = 5
    /// Fewer values say nothing about a bound or a key.
    static let fewest = 100
    /// Columns that are tried for a key: each takes memory for all its values.
    private static let mostKeys = 8
    static let mostRecordsForKeys = 10_000_000

    /// Adds constraints, examples of exceptions and the primary key to the draft.
    func complete(_ draft: inout SchemaDraft) async throws(Fault) {
        try await addExceptions(&draft)
        try await addAllowed(&draft)
        try await addKeys(&draft)
        if isStrict {
            try await BoundScan(source: source).add(to: &draft)
        } else {
            for index in draft.fields.indices where isQuantity(draft, index) {
                draft.fields[index].bounds = [("minimum", .integer(0))]
            }
        }
    }

    /// True if no value is negative, and none is likely to be.
    private func isQuantity(_ draft: SchemaDraft, _ index: Int) -> Bool {
        let (field, tally) = (draft.fields[index], draft.tallies[index])
        let isNumber = field.reading.lexicon.type == .integer || field.reading.lexicon.type == .number
        // NaN is below every minimum; in Parquet it is no missing value.
        let hasNaN = source.types != nil && tally.count(words: ["nan"]) > 0
        return isNumber && !hasNaN && field.allowed.isEmpty && tally.negative == 0
            && field.reading.fitting >= Int64(ValueScan.fewest)
    }

    private func addExceptions(_ draft: inout SchemaDraft) async throws(Fault) {
        let columns = draft.fields.indices.filter { !draft.fields[$0].reading.others.isEmpty }
        if columns.isEmpty { return }
        let others = columns.map { column in
            let codes = draft.fields[column].reading.others.map { String($0.code) }.joined(separator: ", ")
            return "(i = \(column) AND k IN (\(codes)))"
        }.joined(separator: " OR ")
        let rows = try await source.scan.rows(
            """
            SELECT i, v FROM (SELECT i, left(v, 41) AS v, count(*) AS n FROM (\(try source.cells(columns)))
            WHERE \(others) GROUP BY ALL) QUALIFY row_number() OVER (PARTITION BY i ORDER BY n DESC, v) <= 4 ORDER BY i, n DESC, v;
            """)
        for row in rows {
            guard let column = row["i"]?.int64.map({ Int($0) }), draft.fields.indices.contains(column),
                let text = row["v"]?.text
            else { continue }
            draft.fields[column].exceptions.append(text)
        }
    }

    private func addAllowed(_ draft: inout SchemaDraft) async throws(Fault) {
        let columns = draft.fields.indices.filter { column in
            let field = draft.fields[column]
            let isListed = field.reading.lexicon.type == .string || field.reading.lexicon.type == .integer
            return isListed && field.reading.fitting > 0 && field.reading.lexicon.group.isEmpty
                && draft.tallies[column].different <= Double(ValueScan.mostAllowed) * 1.5 + 10
        }
        if columns.isEmpty { return }
        var missing: [String] = []
        for word in draft.missing { missing.append(try DuckDB.literal(word)) }
        let rows = try await source.scan.rows(
            """
            SELECT i, left(v, 201) AS v, count(*) AS n FROM (\(try source.cells(columns)))
            WHERE v IS NOT NULL AND k <> \(CellKind.absent.code) AND v NOT IN (\(missing.joined(separator: ", ")))
            GROUP BY ALL ORDER BY ALL;
            """)
        var found: [Int: [(text: String, count: Int64)]] = [:]
        for row in rows {
            guard let column = row["i"]?.int64, let text = row["v"]?.text, let count = row["n"]?.int64 else { continue }
            found[Int(column), default: []].append((text, count))
        }
        for column in columns { allow(found[column] ?? [], &draft.fields[column]) }
    }

    private func allow(_ values: [(text: String, count: Int64)], _ field: inout InferredField) {
        let isWhole = field.reading.lexicon.type == .integer
        let fitting = values.filter { !isWhole || $0.text.allSatisfy { $0.isNumber || "+-".contains($0) } }
        let count = fitting.reduce(0) { $0 + $1.count }
        field.different = fitting.count
        guard (1...ValueScan.mostAllowed).contains(fitting.count),
            fitting.allSatisfy({ isPlain($0.text) && $0.text.unicodeScalars.count <= 200 })
        else { return }
        let isEnough =
            fitting.count > 1 && (!isWhole || fitting.count <= ValueScan.mostNumbers)
            && count >= Int64(fitting.count * ValueScan.recordsPerValue)
            && fitting.allSatisfy { $0.count >= ValueScan.leastSeen }
        guard isStrict || isEnough else { return }
        if isWhole {
            let numbers = fitting.compactMap { Int64($0.text) }
            if numbers.count == fitting.count { field.allowed = Set(numbers).sorted().map(JSONValue.integer) }
        } else {
            field.allowed = fitting.map(\.text).sorted().map(JSONValue.string)
        }
    }

    private func addKeys(_ draft: inout SchemaDraft) async throws(Fault) {
        guard draft.rows > 1, draft.rows <= Int64(ValueScan.mostRecordsForKeys) else { return }
        let candidates = draft.fields.indices.filter { column in
            let field = draft.fields[column]
            let isKey = field.reading.lexicon.type == .string || field.reading.lexicon.type == .integer
            // The count of different values may be a fifth too low.
            return isKey && field.isRequired && field.reading.fitting == draft.rows
                && draft.tallies[column].different >= Double(draft.rows) * 0.6
                && (isStrict || draft.rows >= Int64(ValueScan.fewest) || ValueScan.isNamedKey(field.name))
        }
        let named = candidates.filter { ValueScan.isNamedKey(draft.fields[$0].name) }
        let ordered = named + candidates.filter { !named.contains($0) }
        var unique: [Int] = []
        for column in ordered.prefix(ValueScan.mostKeys) where try await isUnique(column, draft) {
            unique.append(column)
        }
        draft.uniqueColumns = unique.sorted().map { draft.fields[$0].name }
        if let key = unique.first { draft.primaryKey = draft.fields[key].name }
        if isStrict {
            for column in unique where column != unique.first { draft.fields[column].isUnique = true }
        }
    }

    private func isUnique(_ column: Int, _ draft: SchemaDraft) async throws(Fault) -> Bool {
        let value = source.value(column, draft.fields[column].reading.lexicon)
        let rows = try await source.scan.rows(
            "SELECT count(v) - count(DISTINCT v) AS repeats FROM (SELECT \(value) AS v FROM \(source.table));")
        return rows.first?["repeats"]?.int64 == 0
    }

    /// `id`, `key`, `uuid`, `order_id`, `orderId`, `id_order`
    private static func isNamedKey(_ name: String) -> Bool {
        let lower = name.lowercased()
        return ["id", "key", "uuid", "guid"].contains(lower) || name.hasSuffix("Id") || name.hasSuffix("ID")
            || [" ", "_", "-", "."].contains { lower.hasSuffix("\($0)id") || lower.hasPrefix("id\($0)") }
    }
}

extension InferenceSource {
    /// SQL for the value of a column of `table`, null where it is not of the type.
    func value(_ column: Int, _ lexicon: Lexicon) -> String {
        let text = "c\(column)"
        if let types {
            return types[column] == "VARCHAR" ? text : lexicon.type.value(ofColumn: text, parquet: types[column])
        }
        guard let wrong = lexicon.isWrong(text) else { return text }
        return "CASE WHEN NOT (\(wrong)) THEN \(lexicon.value(ofText: text)) END"
    }
}
