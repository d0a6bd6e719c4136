import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Values that must stand in another file, or in the same one.
@Suite(.timeLimit(.minutes(15)))
struct ForeignKeyTests {
    private static let flights = """
        fields:
          - { name: id, type: integer }
          - { name: code, type: integer }
          - { name: after, type: integer }
        foreignKeys:
          - fields: code
            reference: { resource: carriers, fields: number }
          - fields: [after]
            reference: { resource: "", fields: [id] }
        """

    /// Tests one file beside others of resources.
    private func run(
        _ text: String, named name: String = "data.csv", _ schema: TableSchema,
        _ resources: [String: [(name: String, bytes: Data)]]
    ) async throws -> SchemaTest.Outcome {
        try await withTemporaryFolder { folder in
            var given: [String: [(name: String, path: FilePath)]] = [:]
            func write(_ bytes: Data, _ number: Int) throws -> FilePath {
                let path = folder.appending("file \(number)")
                try bytes.write(to: URL(filePath: path.string))
                return path
            }
            var number = 0
            for (resource, files) in resources {
                for file in files {
                    number += 1
                    given[resource, default: []].append((file.name, try write(file.bytes, number)))
                }
            }
            let temporary = folder.appending("tmp [x]*")
            try Files.makeDirectory(temporary)
            let input = try write(Data(text.utf8), 0)
            return try await tests().run(
                schema, on: [(name, input)], resources: given, temporary: temporary)
        }
    }

    @Test(arguments: ["number.csv", "numbers.parquet", "numbers.jsonl", "numbers.csv.gz"])
    func `values that stand nowhere are named, compared by value`(name: String) async throws {
        let options = [
            "csv": "FORMAT csv, DELIMITER ';'", "parquet": "FORMAT parquet", "jsonl": "FORMAT json",
            "gz": "FORMAT csv, COMPRESSION gzip",
        ]
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        let carriers = try await export(
            "SELECT * FROM (VALUES ('x', 1), ('y', 2), ('z', NULL)) AS t(name, number)", options: options[ending] ?? "")
        let text = "id,code,after\r\n1,01,\r\n2,9,1\r\n3,,77\r\n4,2,2\r\n5,9,4\r\n"
        let outcome = try await run(
            text, try schema(ForeignKeyTests.flights), ["carriers": [(name, carriers)]])
        #expect(
            outcome.findings.map(short) == [
                "foreign-key code record 2 ×2 '9'", "foreign-key after record 3 ×1 '77'",
            ])
        #expect(outcome.findings.first?.records == [2, 5])
        #expect(outcome.findings.first?.line == 3)
        #expect(
            outcome.findings.first?.message
                == "the column 'code' holds 2 values that are not in 'carriers' (number)")
    }

    @Test func `every file of a resource counts, and a JSON file is asked like the others`() async throws {
        let text = #"{"id":1,"code":1}"# + "\n\n" + #"{"id":2,"code":3,"after":null}"# + "\n" + #"{"id":3,"code":4}"#
        let outcome = try await run(
            text, named: "data.jsonl", try schema(ForeignKeyTests.flights),
            ["carriers": [("a.csv", Data("number\n1\n".utf8)), ("b.csv", Data("number\n3\n".utf8))]])
        #expect(outcome.findings.map(short) == ["foreign-key code record 3 ×1 '4'"])
        #expect(outcome.findings.first?.line == 4)
    }

    @Test func `a key of several fields is compared as a whole, and masked where one is sensitive`() async throws {
        let key = try schema(
            """
            fields: [{ name: a, type: string, sensitive: true }, { name: b, type: date }]
            foreignKeys:
              - { fields: [a, b], reference: { resource: days, fields: [who, day] } }
            """)
        let days = Data("day,who\n2026-01-01,x\n2026-01-02,y\n".utf8)
        let outcome = try await run(
            "a,b\nx,2026-01-01\nx,2026-01-02\n,2026-01-09\ny,\n", key, ["days": [("days.csv", days)]])
        #expect(outcome.findings.map(short) == ["foreign-key a, b record 2 ×1 '(masked)'"])
    }

    @Test func `a resource that is missing or cannot be read is no fault of the file`() async throws {
        let wanted = try schema(ForeignKeyTests.flights)
        let calls: [([(name: String, bytes: Data)], String)] = [
            ([], "asks for the resource 'carriers', which is not given"),
            ([("c.csv", Data("numbr\n1\n".utf8))], "'c.csv' has no column 'number'"),
            ([("c.csv", Data("number,x\n1\n".utf8))], "'c.csv': record 1 cannot be read: fewer cells than the header"),
            ([("c.parquet", Data("number\n1\n".utf8))], "'c.parquet'"),
            ([("c.jsonl", Data("1\n".utf8))], "'c.jsonl' holds 1 records that are no JSON objects"),
            ([("c.csv", Data())], "'c.csv' is empty"),
            ([("c.txt", Data("number\n1\n".utf8))], "none of the endings"),
        ]
        for (files, words) in calls {
            let error = await #expect(throws: Fault.self) {
                _ = try await run("id,code,after\n1,1,\n", wanted, ["carriers": files])
            }
            #expect(error?.kind == .input)
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: [
        ("fields: b\n    reference: { resource: x, fields: y }", "3:13: the foreign key names 'b', which is no field"),
        ("fields: a\n    reference: { resource: x }", "4:16: the reference has no 'fields'"),
        ("fields: a\n    reference: { fields: [a, b] }", "4:26: the reference names 'b', which is no field"),
        ("fields: a\n    reference: { resource: x, fields: [a, b] }", "not as many fields: 1 and 2"),
        ("field: a\n    reference: { resource: x, fields: a }", "did you mean 'fields'?"),
        ("fields: a", "3:5: the foreign key has no 'reference'"),
    ])
    func `a mistake of a foreign key has its place`(text: String, words: String) throws {
        let error = #expect(throws: Complaints.self) {
            _ = try schema("fields: [{ name: a }]\nforeignKeys:\n  - \(text)\n")
        }
        #expect(error?.fault.message.contains(words) == true, "\(error?.fault.message ?? "")")
    }
}
