import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct HostileFileTests {
    static let two = "fields: [{ name: id, type: integer }, { name: x, type: string }]"

    @Test func `records that cannot be read are named, and those behind them keep their numbers`() async throws {
        var bytes = Data("id,x\n1,\"a\nb\"\n2\n3,x,y\n".utf8)
        bytes += Data("4,\"a\"b\n5,".utf8) + Data([0xFF, 0xFE]) + Data("\n6,ok\nbad,ok\n".utf8)

        let outcome = try await run(bytes, named: "d.csv", schema(HostileFileTests.two))

        #expect(outcome.rows == 7)
        #expect(
            outcome.findings.map { "\($0.check) \($0.record ?? 0) ×\($0.count)" } == [
                "ragged-row 2 ×2", "file-format 4 ×1", "encoding 5 ×1", "type 7 ×1",
            ])
    }

    private static let liars: [(name: String, bytes: Data, check: String)] = [
        ("d.csv", Data(), "file-empty"), ("d.csv", Data("id,x\n".utf8), "file-empty"),
        ("d.csv", Data("id,x".utf8), "file-empty"), ("d.csv", Data("\nid,x\n1,a\n".utf8), "file-format"),
        ("d.csv", Data("id,x\n1,a\n".data(using: .utf16) ?? Data()), "encoding"),
        ("d.csv", Data("id,x\n1,a\u{0}b\n".utf8), "encoding"),
        ("d.csv", Data([0x1F, 0x8B, 8, 0, 0]), "file-format"), ("d.csv", Data("PAR1\u{15}\u{4}".utf8), "file-format"),
        ("d.parquet", Data("id,x\n1,a\n".utf8), "file-format"), ("d.parquet", Data("PAR1 no PAR1".utf8), "file-format"),
        ("d.csv.gz", Data("id,x\n1,a\n".utf8), "file-format"), ("d.xlsx", Data("id,x\n".utf8), "file-format"),
        ("d.csv", Data("id,\"x\n1,a\n".utf8), "file-format"), ("d.jsonl", Data("\n\n".utf8), "file-empty"),
        ("d.jsonl", Data("[1]\n{\"id\":1,\"x\":\"a\"}\nnonsense\n".utf8), "file-format"),
    ]

    @Test(arguments: liars)
    func `a file that is not what it says is one finding`(name: String, bytes: Data, check: String) async throws {
        let outcome = try await run(bytes, named: name, schema(HostileFileTests.two))

        #expect(outcome.findings.map(\.check) == [check])
        #expect(outcome.findings.allSatisfy { !$0.message.contains("/tmp") && !$0.message.contains("sluice") })
    }

    @Test func `a NUL far behind the header is found`() async throws {
        let text = "id,x\n" + String(repeating: "1,aaaaaaaaaaaaaaaaaaaa\n", count: 10_000) + "2,a\u{0}b\n"

        let outcome = try await run(text, schema(HostileFileTests.two))

        #expect(outcome.findings.map(short) == ["encoding x record 10001 ×1 'a\\u{0}b'"])
    }

    @Test(.timeLimit(.minutes(15))) func `ten megabytes on one line are read, twenty are refused`() async throws {
        let long = "id,x\n1," + String(repeating: "y", count: 10 << 20) + "\nz,\n"
        let longer = "id,x\n1," + String(repeating: "y", count: 20 << 20) + "\n2,a\n"

        #expect(try await run(long, schema(HostileFileTests.two)).findings.map(short) == ["type id record 2 ×1 'z'"])
        #expect(try await run(longer, schema(HostileFileTests.two)).findings.map(\.check) == ["file-format"])
        let wide = try await run(String(repeating: "y", count: 10 << 20), schema(HostileFileTests.two))
        #expect(wide.findings.map(\.check) == ["file-format"])
    }

    @Test(arguments: ["\n", "\r\n\r\n", "\n\n"])
    func `a blank line in the place of the header is told, gzipped too`(lead: String) async throws {
        try await withTemporaryFolder { folder in
            let plain = folder.appending("d.csv")
            let end = lead.contains("\r") ? "\r\n" : "\n"
            try Data("\(lead)id,x\(end)1,a\(end)".utf8).write(to: URL(filePath: plain.string))
            _ = try await Tool(path: "/bin/gzip", name: "gzip").output(["-k", plain.string])
            let zipped = try Data(contentsOf: URL(filePath: plain.string + ".gz"))
            let texts = try schema("fields: [{ name: id }, { name: x }]")

            for (name, bytes) in [("d.csv", try Data(contentsOf: URL(filePath: plain.string))), ("d.csv.gz", zipped)] {
                let outcome = try await run(bytes, named: name, texts)
                #expect(outcome.findings.map(\.check) == ["file-format"], "\(name)")
            }
        }
    }

    @Test func `a JSON record that is not UTF-8 or too long is named`() async throws {
        let good = Data("{\"id\": 1, \"x\": \"a\"}\n".utf8)
        let bad = Data("{\"id\": 2, \"x\": \"".utf8) + Data([0xFF, 0xC0]) + Data("\"}\n".utf8)
        let long = Data("{\"id\": 3, \"x\": \"\(String(repeating: "y", count: 40 << 20))\"}\n".utf8)

        let outcome = try await run(good + bad + good, named: "d.jsonl", schema(HostileFileTests.two))
        #expect(outcome.findings.map { "\($0.check) \($0.record ?? 0)" } == ["file-format 2"])
        #expect(outcome.rows == 3)

        let longer = try await run(good + long, named: "d.jsonl", schema(HostileFileTests.two))
        #expect(longer.findings.map(\.check) == ["file-format"])
    }

    @Test func `values are shown escaped and cut`() async throws {
        let text = "id,x\n\"\u{1B}[31m\n" + String(repeating: "y", count: 5000) + "\",a\n"

        let value = try #require(try await run(text, schema(HostileFileTests.two)).findings.first?.value)

        #expect(value.hasPrefix("\\u{1B}[31m\\nyyy"))
        #expect(value.count < 230)
    }

    @Test func `a file that is not there or not a file is told apart`() async throws {
        try await withTemporaryFolder { folder in
            let schema = try schema(HostileFileTests.two)
            let fault = await #expect(throws: Fault.self) {
                try await tests().run(schema, on: [("d.csv", folder.appending("absent"))], temporary: folder)
            }
            #expect(fault?.kind == .environment)

            let outcome = try await tests().run(schema, on: [("d.csv", folder)], temporary: folder)
            #expect(outcome.findings.map(\.check) == ["file-format"])
        }
    }

    @Test func `592 columns are tested within the limits of a scan`() async throws {
        let names = ["wafer"] + (1...590).map { "Sensor-\($0)" } + ["good"]
        let types = names.map { name in
            name == "wafer"
                ? "{ name: wafer, type: string }"
                : "{ name: \(name), type: number, constraints: { minimum: -1e9, maximum: 1e9 } }"
        }
        let row = (["W1"] + (1...591).map { "\(Double($0) * 0.37)" }).joined(separator: ",")
        let bad = (["W1"] + (1...591).map { _ in "x" }).joined(separator: ",")
        let text = ([names.joined(separator: ",")] + Array(repeating: row, count: 100) + [bad]).joined(separator: "\n")
        let wide = try schema("fields:\n" + types.map { "  - \($0)\n" }.joined())

        // With filtered aggregates this takes minutes and gigabytes, over the limits of the scan.
        let outcome = try await run(text, wide)

        #expect(outcome.rows == 101)
        #expect(outcome.findings.count == 591)
        #expect(outcome.findings.allSatisfy { $0.record == 101 && $0.value == "x" })
    }
}
