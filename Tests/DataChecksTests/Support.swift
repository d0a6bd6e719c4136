import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport

/// The finding without its sentence: `type age record 2 ×1 'abc'`.
func short(_ finding: DataFinding) -> String {
    let column = finding.column.map { " \($0)" } ?? ""
    let record = finding.record.map { " record \($0)" } ?? ""
    let value = finding.value.map { " '\($0)'" } ?? ""
    return "\(finding.check)\(column)\(record) ×\(finding.count)\(value)"
}

func schema(_ text: String) throws -> TableSchema {
    try TableSchema.read(Data(text.utf8), file: "schema.yaml")
}

func tests() throws -> SchemaTest {
    SchemaTest(duckdb: DuckDB(tool: try Tool.find("duckdb", advice: "install duckdb-cli")))
}

/// Writes one file and tests it.
func run(_ bytes: Data, named name: String, _ schema: TableSchema, _ rules: DataRules = .init()) async throws
    -> SchemaTest.Outcome
{
    try await withTemporaryFolder { folder in
        let path = folder.appending("d41d8cd98f00b204")
        try bytes.write(to: URL(filePath: path.string))
        let temporary = folder.appending("tmp [x]*")
        try Files.makeDirectory(temporary)
        let outcome = try await tests().run(schema, rules: rules, on: [(name, path)], temporary: temporary)
        let left = try Files.list(temporary)
        precondition(left.isEmpty, "the test left \(left) behind")
        return outcome
    }
}

func run(
    _ text: String, named name: String = "data.csv", _ schema: TableSchema, _ rules: DataRules = .init()
) async throws -> SchemaTest.Outcome {
    try await run(Data(text.utf8), named: name, schema, rules)
}

/// A Parquet or gzipped file made by DuckDB.
func export(_ sql: String, options: String) async throws -> Data {
    try await withTemporaryFolder { folder in
        let duckdb = try Tool.find("duckdb", advice: "install duckdb-cli")
        let path = folder.appending("out")
        _ = try await duckdb.output(["-no-init", "-c", "COPY (\(sql)) TO '\(path)' (\(options))"])
        return try Data(contentsOf: URL(filePath: path.string))
    }
}
