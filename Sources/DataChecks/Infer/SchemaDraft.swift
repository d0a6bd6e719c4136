import Domain
import Host

/// A schema in the making.
struct SchemaDraft: Sendable {
    let rows: Int64
    let tallies: [ColumnTally]
    /// Texts that stand for no value, in all columns; the empty one always.
    let missing: [String]
    /// Columns of each missing word other than the empty one, in which it stands for no value.
    let missingIn: [String: [String]]
    /// Columns of texts in which such a word occurs too.
    let swallowedIn: [String: [String]]
    var fields: [InferredField]
    var primaryKey: String?
    /// Columns that hold no value twice, the key among them.
    var uniqueColumns: [String] = []

    init(_ source: InferenceSource, tallies: [ColumnTally]) {
        self.tallies = tallies
        rows = tallies.first?.total ?? 0
        let typed = tallies.enumerated().map { column, tally in
            source.type(column) == nil ? ColumnReading.typed(tally, delimiter: source.delimiter) : nil
        }
        var missingIn: [String: [String]] = [:]
        for (column, tally) in tallies.enumerated() where source.type(column) == nil {
            for word in tally.words where word != "" && (typed[column] != nil || SchemaDraft.isBare(tally)) {
                missingIn[word, default: []].append(source.names[column])
            }
        }
        self.missingIn = missingIn
        let missing = CellKind.words.filter { $0.isEmpty || missingIn[$0] != nil }
        self.missing = missing
        var swallowedIn: [String: [String]] = [:]
        var fields: [InferredField] = []
        for (column, tally) in tallies.enumerated() {
            let reading: ColumnReading
            if let type = source.type(column) {
                reading = ColumnReading.declared(type, tally, missing: missing)
            } else {
                reading =
                    typed[column] ?? ColumnReading.untyped(tally, missing: missing, isJSON: source.delimiter == nil)
            }
            let name = source.names[column]
            if reading.lexicon.type == .string {
                for word in tally.words where missingIn[word] != nil { swallowedIn[word, default: []].append(name) }
            }
            let without = tally.total - reading.values
            fields.append(
                InferredField(name: name, reading: reading, missing: without, isRequired: without == 0))
        }
        self.swallowedIn = swallowedIn
        self.fields = fields
    }

    /// True if the column holds nothing but words for a missing value; a mark alone may be a text.
    private static func isBare(_ tally: ColumnTally) -> Bool {
        let others = CellKind.words.filter { $0 != "-" }
        return tally.total == tally.absent + tally.count(words: others)
    }

    /// A schema may have this many bytes, or it could not be read again.
    private static let limit = 1 << 20

    /// What is written: with thousands of columns, without the descriptions that say nothing.
    ///
    /// Throws `.input` if even that is too long to be read.
    func written() throws(Fault) -> (text: String, json: JSONValue) {
        for isBrief in [false, true] {
            let members = members(isBrief: isBrief)
            let text = OrderedJSON.file(members)
            if text.utf8.count <= SchemaDraft.limit { return (text, OrderedJSON.object(members).value) }
        }
        throw Fault(
            .input, "a schema for \(fields.count) columns with such names would be longer than 1 MiB",
            advice: "take fewer columns, or shorter names")
    }

    private func members(isBrief: Bool) -> [(String, OrderedJSON)] {
        var members: [(String, OrderedJSON)] = [
            ("$schema", .leaf(.string("https://datapackage.org/profiles/2.0/tableschema.json"))),
            ("fields", .lines(fields.map { .object($0.members(isBrief: isBrief)) })),
            ("missingValues", .leaf(.array(missing.map(JSONValue.string)))),
        ]
        if let primaryKey { members.append(("primaryKey", .leaf(.array([.string(primaryKey)])))) }
        return members
    }
}
