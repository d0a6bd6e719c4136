package import Domain
package import Foundation
package import Host
package import SystemPackage

/// A Frictionless Table Schema v2, as much of it as this version tests (docs/data-checks.md lists it). Anything else
/// that would test something is a complaint, never ignored.
///
/// How a cell is judged: an integer is `[+-]?[0-9]+`; a number is decimal, with or without an exponent, or `NaN`,
/// `INF`, `-INF`; a boolean is one of `true True TRUE 1 false False FALSE 0`; a date is `2026-11-24` and a datetime
/// `2026-11-24T15:04:05`, with or without fraction and zone, and both must be in the calendar; a field may say
/// otherwise. Nothing is trimmed. A cell that is one of the missing values (by default the empty one) is null; a cell
/// of the wrong type is not tested further; NaN lies outside every minimum and maximum.
package struct TableSchema: Sendable, Equatable {
    let fields: [Field]
    let missingValues: [String]
    let match: FieldsMatch
    /// Names of fields; empty: none.
    var primaryKey: [String] = []
    var foreignKeys: [ForeignKey] = []

    /// Names of the other datasets that its foreign keys need, in the order of the names.
    package var resources: [String] { Set(foreignKeys.map(\.resource)).subtracting([""]).sorted() }

    /// Reads JSON or YAML.
    package static func read(_ bytes: Data, file: String) throws(Complaints) -> TableSchema {
        try SchemaReader.read(bytes, file: file)
    }
}

/// Tests the files of a snapshot against a schema; the scan is DuckDB's.
///
/// Who calls it: the Engine's `schema` stage. It writes only below `temporary`, and the same files always give the
/// same findings. Memory does not grow with the files.
package struct SchemaTest: Sendable {
    package let duckdb: DuckDB
    private let queryLimits: DuckDB.Limits

    /// - Parameter queryLimits: what one test in SQL may use on one file.
    package init(duckdb: DuckDB, queryLimits: DuckDB.Limits = .init(time: .seconds(600))) {
        self.duckdb = duckdb
        self.queryLimits = queryLimits
    }

    package struct Outcome: Sendable, Equatable {
        package let rows: Int64
        /// In the order of the files, then of the schema's columns, then of the rules.
        package internal(set) var findings: [DataFinding]

        /// Gives the findings the lines of their first records.
        mutating func locate(_ lines: [Int64: Int64]) {
            for index in findings.indices where findings[index].line == nil {
                findings[index].line = findings[index].record.flatMap { lines[$0] }
            }
        }
    }

    /// CSV, Parquet or JSON Lines by the file's ending; text may be packed by gzip or zstd. A file that cannot be read
    /// is a finding (`file-format`, `encoding`, `ragged-row`), not a fault; a pattern that cannot be used is a fault of
    /// kind `.input`.
    ///
    /// The columns come first (`duplicate-column`, `missing-column`, `extra-column`, `column-order`): if they are
    /// wrong, no cell of that file is tested, so that one fault is one finding. A JSON record has no order, and a key
    /// that it lacks is a null. A finding gives the first ten records, and the line and value of the first; its count
    /// is "at least" where rows cannot be read at all.
    ///
    /// A foreign key, a test in SQL or a rule that cannot be asked is a fault of kind `.input`: nothing can be told then.
    ///
    /// - Parameters:
    ///   - resources: files of the resources that foreign keys name.
    ///   - now: what `freshness` is measured from; nil: it is not asked, for the same answer tomorrow.
    ///   - usualRows: mean number of records of what was there before, for `growth`; nil: it is not asked.
    package func run(
        _ schema: TableSchema, rules: DataRules = .init(), on files: [(name: String, path: FilePath)],
        resources: [String: [(name: String, path: FilePath)]] = [:], now: Date? = nil, usualRows: Double? = nil,
        temporary: FilePath
    ) async throws(Fault) -> Outcome {
        let patterns = PatternTest(duckdb: duckdb)
        let found: Outcome
        do throws(Fault) {
            found = try await test(
                schema, rules, files, resources: resources, now: now, usualRows: usualRows, temporary: temporary)
        } catch {
            try await patterns.check(schema, temporary: temporary)
            throw error
        }
        // A scan without findings has understood all patterns. The question of its own costs as much as a small file.
        if found.rows == 0 || !found.findings.isEmpty { try await patterns.check(schema, temporary: temporary) }
        return found
    }

    private func test(
        _ schema: TableSchema, _ rules: DataRules, _ files: [(name: String, path: FilePath)],
        resources: [String: [(name: String, path: FilePath)]], now: Date?, usualRows: Double?, temporary: FilePath
    ) async throws(Fault) -> Outcome {
        if now != nil { try Freshness.check(rules, schema) }
        let queries = try await QueryReader(duckdb: duckdb, schema: schema).read(
            rules.tests ?? [], temporary: temporary)
        return try await ScratchFolder.use(below: temporary, named: "resources") { folder throws(Fault) in
            let reader = ResourceReader(duckdb: duckdb, schema: schema, folder: folder)
            let surroundings = Surroundings(
                resources: try await reader.read(resources), queries: queries, queryLimits: queryLimits,
                now: now?.timeIntervalSince1970,
                usualRows: usualRows)
            var rows: Int64 = 0
            var findings: [DataFinding] = []
            for (name, path) in files {
                let test = FileTest(
                    duckdb: duckdb, schema: schema, rules: rules, name: name, surroundings: surroundings)
                let outcome = try await test.run(path, below: temporary)
                rows += outcome.rows
                findings += outcome.findings
            }
            return Outcome(rows: rows, findings: findings)
        }
    }

    /// The number of records of a file, for `usualRows`. Throws `.input` for one that cannot be read.
    package func rows(
        of file: (name: String, path: FilePath), _ schema: TableSchema, temporary: FilePath
    ) async throws(Fault) -> Int64 {
        try await ScratchFolder.use(below: temporary, named: "resources") { folder throws(Fault) in
            try await ResourceReader(duckdb: duckdb, schema: schema, folder: folder).rows(of: file)
        }
    }
}
