import Domain
import Host

/// What reading a file once came to, and what is needed to ask it more.
struct Scanned: Sendable {
    var outcome: SchemaTest.Outcome
    /// Nil: its columns are wrong, or it cannot be read.
    var table: ScannedTable?
    /// The lines on which records start; nil for formats without lines.
    var lines: (@Sendable (Set<Int64>) async throws(Fault) -> [Int64: Int64])?

    init(
        _ outcome: SchemaTest.Outcome, table: ScannedTable? = nil,
        lines: (@Sendable (Set<Int64>) async throws(Fault) -> [Int64: Int64])? = nil
    ) {
        self.outcome = outcome
        self.table = table
        self.lines = lines
    }
}

/// A file whose columns are right.
struct ScannedTable: Sendable {
    let scan: Scan
    /// The same file as one that keys are looked up in.
    let file: KeyFile
    /// True if every record could be read.
    let isWhole: Bool
    /// The number of a record, from its position among those that could be read; nil: unknown.
    var record: @Sendable (Int64) -> Int64? = { $0 }
}

/// What is known beside the file itself.
struct Surroundings: Sendable {
    /// Files of resources, by the resource's name.
    var resources: [String: [KeyFile]] = [:]
    /// The dataset's tests in SQL.
    var queries: [Query] = []
    var queryLimits = DuckDB.Limits()
    /// Seconds since 1970; nil: freshness is not asked.
    var now: Double?
    /// Mean records of what was there before; nil: growth is not asked.
    var usualRows: Double?
}

extension TableSchema {
    /// Names of fields that are part of a key.
    var keyFields: [String] { primaryKey + foreignKeys.flatMap(\.fields) }
}
