package import Domain
package import Foundation
package import Host
package import SystemPackage

/// A Frictionless Table Schema v2, as much of it as this version tests: `fields` with `name`, `type`
/// (string, integer, number, boolean, date, datetime, any) and `constraints` (required, enum, minimum, maximum), and
/// `missingValues`. Any other constraint is a complaint, never ignored.
package struct TableSchema: Sendable, Equatable {
    /// Reads JSON or YAML.
    package static func read(_ bytes: Data, file: String) throws(Complaints) -> TableSchema {
        throw Complaints([Complaint(file: file, message: "not built")])
    }
}

/// Tests the files of a snapshot against a schema; the scan is DuckDB's.
package struct SchemaTest: Sendable {
    package let duckdb: DuckDB
    package init(duckdb: DuckDB) { self.duckdb = duckdb }

    package struct Outcome: Sendable, Equatable {
        package let rows: Int64
        /// In the order of the files, then of the schema's columns.
        package let findings: [DataFinding]
    }

    /// CSV, Parquet or JSON Lines by the file's ending. A file that cannot be read is a finding
    /// (`file-format`, `encoding`, `ragged-row`), not a fault.
    package func run(
        _ schema: TableSchema, on files: [(name: String, path: FilePath)], temporary: FilePath
    ) async throws(Fault) -> Outcome { throw Fault(.bug, "not built") }
}
