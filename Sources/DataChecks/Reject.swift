import Domain
import Host

/// A record of a CSV file that DuckDB could not read.
struct Reject: Sendable, Equatable {
    /// From 1.
    let record: Int64
    /// Position of the cell, from 1.
    let column: Int64?
    /// DuckDB's word for it.
    let kind: String
    let value: String?

    /// Reads a row of `reject_errors`, whose `line` counts the header as 1.
    init?(_ row: [String: JSONValue]) {
        guard let line = row["line"]?.int64, let kind = row["kind"]?.text else { return nil }
        record = line - 1
        column = row["column_idx"]?.int64
        self.kind = kind
        value = row["value"]?.text
    }

    /// A record that DuckDB read although it has more cells than the header.
    init(wide record: Int64) {
        self.record = record
        column = nil
        kind = "TOO MANY COLUMNS"
        value = nil
    }

    /// One finding for each word, in the order of the first records.
    static func findings(_ rejects: [Reject], file: FileTest) -> [DataFinding] {
        var checks: [String] = []
        for reject in rejects where !checks.contains(check(reject.kind)) { checks.append(check(reject.kind)) }
        return checks.compactMap { check in
            let same = rejects.filter { self.check($0.kind) == check }
            guard let first = same.first else { return nil }
            let records = Set(same.map(\.record)).sorted()
            var kinds: [String] = []
            for reject in same where !kinds.contains(reject.kind) { kinds.append(reject.kind) }
            let least = rejects.count >= CSVSource.rejectLimit ? "at least " : ""
            return DataFinding(
                check: check, file: file.name, record: first.record, count: Int64(records.count),
                value: file.shown(first.value, of: nil),
                message: """
                    \(least)\(records.count) \(records.count == 1 ? "record" : "records") cannot be read: \
                    \(kinds.map(CSVSource.words(forReject:)).joined(separator: "; "))
                    """,
                records: Array(records.prefix(10)))
        }
    }

    private static func check(_ kind: String) -> String {
        switch kind {
        case "MISSING COLUMNS", "TOO MANY COLUMNS": "ragged-row"
        case "INVALID ENCODING": "encoding"
        default: "file-format"
        }
    }
}
