import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

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

/// Reads a schema off one file, and tries it on that file.
///
/// - Parameter isClean: false if the file breaks its own schema.
func infer(
    _ bytes: Data, named name: String = "data.csv", isStrict: Bool = false, isClean: Bool = true
) async throws -> InferredSchema {
    let duckdb = DuckDB(tool: try Tool.find("duckdb", advice: "install duckdb-cli"))
    let inferred = try await withTemporaryFolder { folder in
        let path = folder.appending("d41d8cd98f00b204")
        try bytes.write(to: URL(filePath: path.string))
        let temporary = folder.appending("tmp [x]*")
        try Files.makeDirectory(temporary)
        defer { precondition((try? Files.list(temporary).isEmpty) == true, "the inference left files behind") }
        return try await SchemaInference(duckdb: duckdb, isStrict: isStrict).run(
            on: (name, path), temporary: temporary)
    }
    let outcome = try await run(bytes, named: name, try schema(inferred.text))
    #expect(outcome.findings.isEmpty == isClean, "\(outcome.findings.map(short)) for \(inferred.text)")
    #expect(outcome.rows == inferred.rows)
    #expect(try JSONDecoder().decode(JSONValue.self, from: Data(inferred.text.utf8)) == inferred.json)
    return inferred
}

func infer(
    _ text: String, named name: String = "data.csv", isStrict: Bool = false, isClean: Bool = true
) async throws -> InferredSchema {
    try await infer(Data(text.utf8), named: name, isStrict: isStrict, isClean: isClean)
}

/// Expects that no schema can be read off the file, for a reason with these words.
func refused(_ bytes: Data, _ words: String, named name: String = "data.csv") async throws {
    let fault = await #expect(throws: Fault.self) { _ = try await infer(bytes, named: name) }
    #expect(fault?.kind == .input && fault?.message.contains(words) == true, "\(fault?.message.prefix(300) ?? "")")
}

extension InferredSchema {
    var fields: [JSONValue] {
        if case .array(let fields)? = json["fields"] { fields } else { [] }
    }
}

/// A field without its description: `name type format {constraints}`.
func brief(_ field: JSONValue) -> String {
    let words = ["name", "type", "format"].compactMap { field[$0]?.text }.joined(separator: " ")
    return words + (field["constraints"].map { " " + Canonical.text(of: $0) } ?? "")
}
