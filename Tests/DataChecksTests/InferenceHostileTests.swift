import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Files of which no schema can be read off: a sentence, and nothing else.
@Suite(.timeLimit(.minutes(15)))
struct InferenceHostileTests {
    @Test func `a file that cannot be read is refused in words`() async throws {
        try await refused(Data(), "'data.csv' is empty")
        try await refused(Data("a,b\n".utf8), "has a header and no records")
        try await refused(Data("a,b".utf8), "has a header and no records")
        try await refused(Data("a,b,a\n1,2,3\n".utf8), "has two columns with the name 'a'")
        try await refused(Data("a,\"b\nc\"\n1,2\n".utf8), "control characters in the name of column 2, 'b\\nc'")
        try await refused(Data("a,\u{7}\n1,2\n".utf8), "control characters in the name of column 2, '\\u{7}'")
        try await refused(Data("a,b\n1,2\n1\n".utf8), "record 2 cannot be read: fewer cells than the header")
        try await refused(Data("a,b\n1,2\n1,2,3\n".utf8), "record 2 cannot be read: more cells than the header")
        try await refused(Data("a,b\n1,2\n1,2,\n".utf8), "more cells in record 2")
        try await refused(Data([0x61, 0x0A, 0x62, 0x0A, 0xC3, 0x28, 0x0A]), "not UTF-8")
        try await refused(Data([0xFF, 0xFE, 0x61, 0]), "UTF-16")
        try await refused(Data("\n\n\n".utf8), "blank line")
        try await refused(Data("PAR1 and so on".utf8), "Parquet")
        try await refused(Data("a,b\n\"1,2\n3,4\n".utf8), "cannot be read")
        try await refused(Data("x".utf8), "none of the endings", named: "data.xlsx")
        try await refused(Data("not parquet at all".utf8), "'d.parquet'", named: "d.parquet")
        try await refused(Data("{\"a\":1}\nnot json\n".utf8), "no JSON objects", named: "d.jsonl")
        try await refused(Data("{\"a\":1}\n[1]\n".utf8), "no JSON objects", named: "d.jsonl")
        try await refused(Data("{\"a\\nb\":1}\n".utf8), "control characters", named: "d.jsonl")
        try await refused(Data("\n\n".utf8), "'d.jsonl'", named: "d.jsonl")
    }

    @Test func `a hundred megabytes on one line are refused, wherever they stand`() async throws {
        let long = Data(repeating: UInt8(ascii: "x"), count: 100 << 20)
        try await refused(long, "does not end within the first MiB")
        try await refused(Data("a,b\n1,2\n3,".utf8) + long, "has a record 2 (line 3) of more than 16 MiB")
        try await refused(Data("{\"a\":\"".utf8) + long + Data("\"}\n".utf8), "'d.jsonl'", named: "d.jsonl")
    }

    @Test func `names and values that look like SQL stay names and values`() async throws {
        let rows = (0..<120).map { _ in "'); DROP,\"x\"\"y\",.shell id" }.joined(separator: "\n")
        let schema = try await infer("\"a'b\",\"c\"\"d\",*\n" + rows + "\n")
        #expect(schema.fields.map { $0["name"]?.text } == ["a'b", "c\"d", "*"])
        #expect(schema.fields.allSatisfy { $0["type"]?.text == "string" })
    }
}
