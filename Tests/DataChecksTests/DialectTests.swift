import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct DialectTests {
    private static let two = "fields: [{ name: id, type: integer }, { name: x, type: string }]"

    @Test(arguments: [",", ";", "\t", "|"])
    func `the delimiter is told from the header's names`(delimiter: String) async throws {
        let text = ["id,x", "1,\"a,b\n;c\"", "2,b", "x,c", ""].joined(separator: "\n")
            .replacing("id,", with: "id\(delimiter)").replacing("1,", with: "1\(delimiter)")
            .replacing("2,", with: "2\(delimiter)").replacing("x,c", with: "x\(delimiter)c")
        let outcome = try await run(text, schema(DialectTests.two))

        #expect(outcome.rows == 3)
        #expect(outcome.findings.map(short) == ["type id record 3 ×1 'x'"])
        #expect(outcome.findings.first?.line == 5)
    }

    @Test func `single quotes are told from the header too`() async throws {
        let outcome = try await run("'id';'x'\n1;'a;b'\ny;'it''s'\n", schema(DialectTests.two))

        #expect(outcome.findings.map(short) == ["type id record 2 ×1 'y'"])
    }

    @Test(
        arguments: [
            ("id,x\r\n1,a\r\n\r\nz,b\r\n", 2, 4), ("\u{FEFF}\"id\",x\n\n\n1,\"a\n\n\"\"b\n\"\nz,b", 2, 8),
            ("id,x\rz,a\r", 1, 2),
            ("id,x\n\"1\",\"\"\"\"\n\"z\",\"\"\n", 2, 3), ("id,x\n1,a\"b\nz,b\n", 2, 3),
        ] as [(String, Int64, Int64)])
    func `the line is the one of the file, whatever lies before it`(
        text: String, record: Int64, line: Int64
    ) async throws {
        let outcome = try await run(text, schema(DialectTests.two))
        let finding = try #require(outcome.findings.first { $0.check == "type" })

        #expect(finding.record == record)
        #expect(finding.line == line)
    }

    @Test func `the first ten records are named`() async throws {
        let text = "id,x\n" + (1...30).map { $0.isMultiple(of: 2) ? "z,\n" : "1,\n" }.joined()
        let finding = try #require(try await run(text, schema(DialectTests.two)).findings.first)

        #expect(finding.count == 15)
        #expect(finding.records == [2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
        #expect(finding.line == 3)
    }

    @Test(arguments: [("gzip", ".gz"), ("zstd", ".zst")])
    func `packed files are unpacked within limits`(tool: String, ending: String) async throws {
        try await withTemporaryFolder { folder in
            func pack(_ bytes: Data) async throws -> Data {
                let plain = folder.appending("plain")
                try bytes.write(to: URL(filePath: plain.string))
                _ = try await Tool.find(tool, advice: "").output(["-kqf", plain.string])
                return try Data(contentsOf: URL(filePath: plain.string + ending))
            }
            let one = try schema(DialectTests.two)
            let packed = try await pack(Data("id;x\n1;a\nz;b\n".utf8))

            #expect(
                try await run(packed, named: "d.csv\(ending)", one).findings.map(short) == ["type id record 2 ×1 'z'"])
            let lines = try await pack(Data("{\"id\": 1, \"x\": \"a\"}\n".utf8))
            #expect(try await run(lines, named: "d.jsonl\(ending)", one).findings.map(short) == [])
            let cut = try await run(packed.dropLast(3), named: "d.csv\(ending)", one)
            #expect(cut.findings.map(\.check) == ["file-format"])
            let empty = try await run(try await pack(Data()), named: "d.csv\(ending)", one)
            #expect(empty.findings.map(\.check) == ["file-empty"])

            let zeros = folder.appending("plain")
            _ = try await Tool(path: "/bin/sh", name: "sh").output([
                "-c", "head -c 300000000 /dev/zero | \(tool) -c > '\(zeros)'",
            ])
            let bomb = try await run(
                try Data(contentsOf: URL(filePath: zeros.string)), named: "d.csv\(ending)", one)
            #expect(bomb.findings.map(\.check) == ["file-format"])
            #expect(bomb.findings.first?.message.contains("unpacks to more than") == true)
        }
    }

    @Test(arguments: ["1,a,", "1,a,,,", "\"1\",\"a,b\",\"\",", ",,", "1,a,b,"])
    func `cells behind the header's are too many even if they are empty`(record: String) async throws {
        for end in ["\n", "\r\n"] {
            let text = ["id,x", "0,", "2,\"\"", record, "3,\",,\"", "4,a"].joined(separator: end)
            let outcome = try await run(text, schema(DialectTests.two))
            #expect(outcome.findings.map { "\($0.check) \($0.record ?? 0) \($0.line ?? 0)" } == ["ragged-row 3 4"])
        }
        let last = try await run("id,x\n1,a\n2,b,,", schema(DialectTests.two))
        #expect(last.findings.map(\.check) == ["ragged-row"])
    }

    /// A walk that looks back at each quote would take days.
    @Test(.timeLimit(.minutes(15))) func `thirty million quotes are walked over once`() async throws {
        let outcome = try await run("id,x\n" + String(repeating: "\"", count: 30 << 20), schema(DialectTests.two))

        #expect(outcome.findings.map(\.check) == ["file-format"])
    }

    @Test func `a record longer than the reader's buffer is refused and not lost`() async throws {
        let long = "id,x\n0,\n1," + String(repeating: "y", count: 40 << 20) + "\n2,a\n"
        let outcome = try await run(long, schema(DialectTests.two))

        #expect(outcome.findings.map(short) == ["file-format record 2 ×1"])
        #expect(outcome.findings.first?.line == 3)
    }
}
