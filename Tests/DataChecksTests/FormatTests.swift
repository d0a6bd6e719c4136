import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct FormatTests {
    static let rules = """
        fieldsMatch: equal
        fields:
          - { name: id, type: integer, constraints: { required: true, maximum: 3 } }
          - { name: rate, type: number }
          - { name: ok, type: boolean }
          - { name: day, type: date, constraints: { minimum: 2020-01-01 } }
          - { name: name, type: string, constraints: { enum: [x, y] } }
        """

    @Test func `a gzipped CSV file is tested like a plain one`() async throws {
        let bytes = try await export(
            "SELECT * FROM (VALUES (1, 0.5, true, DATE '2020-01-01', 'x'), (9, 1, false, DATE '1999-01-01', 'z')) "
                + "t(id, rate, ok, day, name)", options: "FORMAT csv, HEADER, COMPRESSION gzip")

        let outcome = try await run(bytes, named: "d.csv.gz", schema(FormatTests.rules))

        #expect(outcome.rows == 2)
        #expect(
            outcome.findings.map(short) == [
                "maximum id record 2 ×1 '9'", "minimum day record 2 ×1 '1999-01-01'", "enum name record 2 ×1 'z'",
            ])
        for length in [bytes.count - 1, bytes.count / 2] {
            let cut = try await run(bytes.prefix(length), named: "d.csv.gz", schema(FormatTests.rules))
            #expect(cut.findings.map(\.check) == ["file-format"])
        }
        var wrongSum = bytes
        wrongSum[bytes.count - 6] ^= 1
        #expect(try await run(wrongSum, named: "d.csv.gz", schema(FormatTests.rules)).rows == 0)
    }

    @Test func `Parquet columns of another type are told, the others tested`() async throws {
        let bytes = try await export(
            "SELECT * FROM (VALUES (1, 'a', true, TIMESTAMP '2020-01-01', 'x'), (NULL, 'b', NULL, NULL, '')) "
                + "t(id, rate, ok, day, name)", options: "FORMAT parquet")

        let outcome = try await run(bytes, named: "d.parquet", schema(FormatTests.rules))

        #expect(outcome.rows == 2)
        #expect(
            outcome.findings.map(short) == [
                "required id record 2 ×1", "type rate ×1 'VARCHAR'", "type day ×1 'TIMESTAMP'",
            ])
    }

    @Test func `Parquet values of every type are compared`() async throws {
        let bytes = try await export(
            "SELECT range::UTINYINT AS id, (range / 2)::FLOAT AS rate, true AS ok, DATE '2019-12-30' + range::INT AS day, "
                + "'x' AS name FROM range(6)", options: "FORMAT parquet")

        let outcome = try await run(bytes, named: "D.PARQUET", schema(FormatTests.rules))

        #expect(outcome.rows == 6)
        #expect(outcome.findings.map(short) == ["maximum id record 5 ×2 '4'", "minimum day record 1 ×2 '2019-12-30'"])
    }

    @Test func `JSON Lines are tested by their own types`() async throws {
        let lines = """
            {"id": 1, "rate": 0.5, "ok": true, "day": "2020-01-01", "name": "x"}
            {"name": "z", "id": 4, "rate": 2, "ok": null, "day": "2020-02-30"}

            {"id": 1.0, "rate": "0.5", "ok": 1, "day": 20200101, "name": ["x"]}
            {"id": null, "name": ""}
            """

        let outcome = try await run(lines, named: "d.ndjson", schema(FormatTests.rules))

        #expect(outcome.rows == 4)
        #expect(
            outcome.findings.map(short) == [
                "type id record 3 ×1 '1.0'", "required id record 4 ×1", "maximum id record 2 ×1 '4'",
                "type rate record 3 ×1 '0.5'", "type ok record 3 ×1 '1'", "type day record 2 ×2 '2020-02-30'",
                "type name record 3 ×1 '[\"x\"]'", "enum name record 2 ×1 'z'",
            ])
    }

    @Test func `keys of JSON records are compared over all records`() async throws {
        let one = try schema("fields: [{ name: a, type: any }, { name: b/c~d, type: any }, { name: e }]")

        let extra = try await run("{\"a\":1,\"e\":1}\n{\"a\":1,\"b/c~d\":1,\"x\":1}\n", named: "d.jsonl", one)
        #expect(extra.findings.map(short) == ["extra-column x ×1"])

        let missing = try await run("{\"a\":1,\"b/c~d\":null}\n", named: "d.jsonl", one)
        #expect(missing.findings.map(short) == ["missing-column e ×1"])

        let twice = try await run("{\"a\":1,\"a\":2,\"b/c~d\":1,\"e\":2}\n", named: "d.jsonl", one)
        #expect(twice.findings.map(\.check) == ["duplicate-column"])
    }

    @Test func `files come in their order, and their rows are added up`() async throws {
        try await withTemporaryFolder { folder in
            let one = try schema("fields: [{ name: a, type: integer }]")
            for (name, text) in [("1", "a\n1\n2\n"), ("2", "a\nx\n"), ("3", "b\n1\n")] {
                try Data(text.utf8).write(to: URL(filePath: folder.appending(name).string))
            }
            let files = [("z.csv", "2"), ("a.csv", "1"), ("m.csv", "3")].map { ($0.0, folder.appending($0.1)) }

            let outcome = try await tests().run(one, on: files, temporary: folder)

            #expect(outcome.rows == 3)
            #expect(
                outcome.findings.map { "\($0.file) \($0.check)" } == [
                    "z.csv type", "m.csv missing-column", "m.csv extra-column",
                ])
        }
    }
}
