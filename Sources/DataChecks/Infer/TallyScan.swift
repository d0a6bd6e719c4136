import Domain
import Host

/// How often a column holds each kind of text.
struct ColumnTally: Sendable, Equatable {
    var counts: [CellKind: Int64] = [:]
    /// How many different texts there are, about (DuckDB may be off by a fifth).
    var different = 0.0
    /// Texts that start with a minus, the one that is nothing else left out.
    var negative: Int64 = 0

    /// Records.
    var total: Int64 { counts.values.reduce(0, +) }
    var absent: Int64 { counts[.absent] ?? 0 }

    func count(_ kinds: Set<CellKind>) -> Int64 { kinds.reduce(0) { $0 + (counts[$1] ?? 0) } }
    /// The words that occur and may stand for no value.
    var words: [String] { CellKind.words.filter { counts[.word($0)] ?? 0 > 0 } }
    func count(words: [String]) -> Int64 { words.reduce(0) { $0 + (counts[.word($1)] ?? 0) } }
}

/// The first pass: every cell of the file, once.
struct TallyScan: Sendable {
    let source: InferenceSource

    /// One for each column. Throws `.input` for a file without records, or with one that cannot be read.
    func tallies() async throws(Fault) -> [ColumnTally] {
        let cells = try source.cells(Array(source.names.indices))
        let rows = try await source.scan.rows(
            """
            SELECT i, k, count(*) AS n, approx_count_distinct(v) AS u, count_if(starts_with(v, '-')) AS m
            FROM (\(cells)) GROUP BY i, k ORDER BY i, k;
            """)
        var tallies = [ColumnTally](repeating: ColumnTally(), count: source.names.count)
        for row in rows {
            guard let column = row["i"]?.int64.map({ Int($0) }), tallies.indices.contains(column),
                let code = row["k"]?.int64.map({ Int($0) }), CellKind.all.indices.contains(code)
            else { continue }
            let kind = CellKind.all[code]
            tallies[column].counts[kind] = row["n"]?.int64 ?? 0
            // The kind follows from the text, so no text is counted under two of them.
            tallies[column].different += row["u"]?.double ?? 0
            if kind != .word("-") { tallies[column].negative += row["m"]?.int64 ?? 0 }
        }
        guard let first = tallies.first, first.total > 0 else {
            throw Fault(.input, "'\(source.scan.files[0].shown())' has columns and no records")
        }
        return tallies
    }
}
