import Domain
import Host
import SystemPackage

/// Which columns of predictions have values that are slices.
enum SliceColumns {
    /// A column that may be one; `column` counts `g0`, `g1`, … of the file of rows.
    struct Choice: Sendable, Equatable {
        let name: String
        let column: Int
    }

    /// Values that a column may have that nobody named, and one that the policy names.
    static let mostValues = 50
    static let mostNamedValues = 200
    /// Columns that nobody named.
    static let mostColumns = 20
    /// Columns that are looked at for it.
    static let mostConsidered = 200
    /// Characters of a value.
    static let longestValue = 200
    /// Rows after which most columns have shown more values than slices have.
    private static let sample = 10_000

    /// The named columns, or those with few values in the first rows.
    static func candidates(
        _ file: PredictionsFile, _ options: Scorer.Options, _ duckdb: DuckDB
    ) async throws(Fault) -> [Choice] {
        if let named = options.slices {
            var choices: [Choice] = []
            for name in named where !choices.contains(where: { $0.name == name }) {
                try check(name, file)
                choices.append(Choice(name: name, column: choices.count))
            }
            return choices
        }
        let further = file.names.lazy.filter { name in
            !PredictionsFile.reserved.contains(name) && !file.repeated.contains(name)
        }.prefix(mostConsidered)
        if further.isEmpty { return [] }
        let counts = further.enumerated().map { "count(DISTINCT \(file.text($1))) AS d\($0)" }.joined(separator: ", ")
        let sql = "SELECT \(counts) FROM (SELECT * FROM \(file.table) LIMIT \(sample));"
        let answer = try await duckdb.rows(sql, reading: [FilePath(DataFile.linkName)], temporary: file.folder).first
        return further.enumerated()
            .filter { (answer?["d\($0.offset)"]?.int64 ?? .max) <= Int64(mostValues) }
            .prefix(2 * mostColumns).enumerated().map { Choice(name: $1.element, column: $0) }
    }

    /// Those whose values in all rows are few and short.
    static func choose(
        _ candidates: [Choice], _ profile: Profile, _ options: Scorer.Options, _ file: PredictionsFile
    ) throws(Fault) -> [Choice] {
        var chosen: [Choice] = []
        for candidate in candidates {
            let (values, length) = profile.sliceFacts(candidate.column)
            let isNamed = options.slices != nil
            if values <= Int64(isNamed ? mostNamedValues : mostValues), length <= Int64(longestValue) {
                chosen.append(candidate)
            } else if isNamed {
                throw Fault(
                    .input,
                    values > Int64(mostNamedValues)
                        ? "\(file.name): the slice column '\(candidate.name.shown())' has "
                            + "\(mostNamedValues + 1) values or more"
                        : "\(file.name): the slice column '\(candidate.name.shown())' has a value of more than "
                            + "\(longestValue) characters",
                    advice:
                        "name columns of at most \(mostNamedValues) values: write a column of fewer, coarser groups into the predictions, or take it out of "
                        + "'evaluate.slices'")
            }
        }
        return options.slices == nil ? Array(chosen.prefix(mostColumns)) : chosen
    }

    private static func check(_ name: String, _ file: PredictionsFile) throws(Fault) {
        if PredictionsFile.reserved.contains(name) {
            throw Fault(
                .input, "'\(name)' cannot be a slice column: it has a meaning of its own",
                advice: "take it out of 'evaluate.slices'")
        }
        if file.repeated.contains(name) { throw Fault(.input, "\(file.name) has the column '\(name.shown())' twice") }
        if !file.has(name) {
            let others = file.names.filter { !PredictionsFile.reserved.contains($0) }
            let near = Spelling.nearest(to: name, in: others).map { "; did you mean '\($0.shown())'?" } ?? ""
            throw Fault(
                .input, "\(file.name) has no column '\(name.shown())', which 'evaluate.slices' names\(near)",
                advice: "the evaluation writes every slice column into its predictions")
        }
    }
}
