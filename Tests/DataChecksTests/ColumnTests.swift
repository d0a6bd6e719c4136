import DataChecks
import Domain
import Testing

@Suite(.timeLimit(.minutes(15)))
struct ColumnTests {
    private static func fields(_ match: String) -> String {
        """
        fieldsMatch: \(match)
        fields:
          - { name: a, type: integer }
          - { name: b, type: integer }
        """
    }

    @Test(
        arguments: [
            ("exact", "a,b", []), ("exact", "b,a", ["column-order b ×1"]), ("equal", "b,a", []),
            ("subset", "x,b,a", []),
            ("exact", "a,c", ["missing-column b ×1", "extra-column c ×1"]), ("subset", "a,c", ["missing-column b ×1"]),
            ("exact", "a,b,c", ["extra-column c ×1"]), ("equal", "c,a,b", ["extra-column c ×1"]),
            ("exact", "a,b,a", ["duplicate-column a ×2"]), ("subset", "a,b,z,z", ["duplicate-column z ×2"]),
            ("exact", "A,b", ["missing-column a ×1", "extra-column A ×1"]),
            ("exact", "a, b", ["missing-column b ×1", "extra-column  b ×1"]),
            ("exact", "\"a\",\"b\"", []),
            ("exact", "a:b", ["missing-column a ×1", "missing-column b ×1", "extra-column a:b ×1"]),
        ] as [(String, String, [String])])
    func `columns are compared before any cell`(match: String, header: String, expected: [String]) async throws {
        let width = header.split(separator: ",").count
        let cells = Array(repeating: "no number", count: width).joined(separator: ",")
        let body = expected.isEmpty ? Array(repeating: "1", count: width).joined(separator: ",") : cells

        let outcome = try await run("\(header)\n\(body)\n", schema(ColumnTests.fields(match)))

        #expect(outcome.findings.map(short) == expected)
    }

    @Test(arguments: [
        "'; .shell touch /tmp/owned; --", "a\"b", "\"\n.shell touch /tmp/owned\n\"", "c0", "rn", "x); DROP TABLE y; --",
        "'", "\\", "",
        "日本",
    ])
    func `a name that looks like SQL or a command is only a name`(name: String) async throws {
        let quoted = "\"\(name.replacing("\"", with: "\"\""))\""

        let extra = try await run("a,\(quoted)\n1,2\n", schema("fields: [{ name: a, type: integer }]"))
        #expect(extra.findings.map(\.check) == ["extra-column"])
        let ignored = try await run(
            "a,\(quoted)\n1,2\nx,2\n", schema("{ fieldsMatch: subset, fields: [{ name: a, type: integer }] }"))
        #expect(ignored.findings.map(short) == ["type a record 2 ×1 'x'"])

        let inSchema =
            "fields: [{ name: a, type: integer }, { name: \(json(name)), type: integer, constraints: { maximum: 1 } }]"
        if name.contains("\n") {
            #expect(throws: Complaints.self) { try schema(inSchema) }
        } else {
            let found = try await run("a,\(quoted)\n1,2\n", schema(inSchema))
            #expect(found.findings.map(\.check) == ["maximum"])
            let record = "{\"a\": 1, \(json(name)): 2}\n"
            let lines = try await run(record, named: "d.jsonl", schema(inSchema))
            #expect(lines.findings.map(\.check) == ["maximum"])
        }
    }

    private func json(_ text: String) -> String { Canonical.text(of: [text]).dropFirst().dropLast().description }
}
