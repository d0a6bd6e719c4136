import DataChecks
import Domain
import Testing

/// Each rule with values that keep it and values that break it.
@Suite(.timeLimit(.minutes(15)))
struct ConstraintTests {
    @Test(
        arguments: [
            ("type: string, constraints: { minLength: 2, maxLength: 3 }", "ab abc é日 éàü", ["a", "abcd"], "length"),
            (
                "type: string, constraints: { pattern: '[A-Z]{2}[0-9]+' }", "AB1 ZZ99", ["xAB1", "AB1x", "ab1"],
                "pattern"
            ),
            ("type: date, constraints: { pattern: '.*-01' }", "2020-01-01", ["2020-01-02"], "pattern"),
            (
                "type: string, format: email", "a@b.org x.y+z@sub.b.org", ["a@b", "a b@c.org", "@b.org", "a@.org"],
                "type"
            ),
            (
                "type: string, format: uri", "https://a.org/x?y=1#z urn:x:1 mailto:a@b.org",
                ["a.org/x", "https://a b", "//a.org"], "type"
            ),
            (
                "type: string, format: uuid", "123e4567-e89b-12d3-a456-426614174000",
                ["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"], "type"
            ),
            ("type: string, format: binary", "YWJj YWI= YQ==", ["YWJ", "YW*j"], "type"),
            (
                "type: date, format: '%d/%m/%Y'", "31/12/2020 1/2/2020", ["2020-12-31", "31/02/2020", "31/12/20"],
                "type"
            ),
            ("type: datetime, format: '%Y%m%d%H%M'", "202012312359", ["202013312359", "202012312460"], "type"),
            ("type: datetime, format: '%d %b %Y'", "", ["1 Foo 2020"], "type"),
            ("type: boolean, trueValues: [yes], falseValues: [no]", "yes no", ["true", "1", "Yes"], "type"),
            (
                "type: number, decimalChar: ',', groupChar: '.'", "1,5 1.000,5 1.000.000 1000", ["1.5", "1.0000"],
                "type"
            ),
            ("type: integer, groupChar: '_'", "1_000 1000 -1_000_000", ["1_00", "_1"], "type"),
            ("type: time", "00:00:00 23:59:59.5", ["24:00:00", "1:00:00", "12:60:00"], "type"),
            ("type: year", "2020 0001", ["20", "20200", "x"], "type"),
            ("type: yearmonth, constraints: { minimum: 2020-02 }", "2020-02 2021-01", ["2020-13", "2020-01"], ""),
        ] as [(String, String, [String], String)])
    func `a rule keeps the good and names the bad`(
        rule: String, good: String, bad: [String], check: String
    ) async throws {
        let one = try schema("fieldsMatch: equal\nfields: [{ name: x, \(rule) }, { name: y }]")
        let kept = good.split(separator: " ").map { "\"\($0)\"|\n" }.joined()
        if !kept.isEmpty { #expect(try await run("x|y\n" + kept, one).findings.map(short) == []) }

        for text in bad {
            let outcome = try await run("x|y\n\(kept)\"\(text)\"|\n", one)
            let record = good.split(separator: " ").count + 1
            #expect(outcome.findings.map(\.record) == [Int64(record)], "\(text)")
            #expect(outcome.findings.first?.value == text)
            #expect(outcome.findings.first?.check.hasSuffix(check) == true)
        }
    }

    @Test func `a repeated value is counted from its second record on, and nulls never repeat`() async throws {
        let one = try schema(
            "fields: [{ name: i, type: integer, constraints: { unique: true } }, { name: s, constraints: { unique: true } }]"
        )
        let outcome = try await run("i,s\n1,a\n2,\n01,b\n,A\n,\n+1,a\nx,c\nx,d\n", one)

        #expect(
            outcome.findings.map(short) == [
                "type i record 7 ×2 'x'", "unique i record 3 ×2 '01'", "unique s record 6 ×1 'a'",
            ])
        #expect(outcome.findings.map(\.records) == [[7, 8], [3, 6], [6]])
    }

    @Test func `a primary key is whole and there once, in every format`() async throws {
        let one = try schema(
            "fields: [{ name: a, type: integer }, { name: b, type: string }]\nprimaryKey: [a, b]")
        let expected = ["primary-key b record 3 ×1", "primary-key a, b record 4 ×1 '1, x'"]

        let csv = try await run("a,b\n1,x\n1,y\n1,\n1,x\n", one)
        #expect(csv.findings.map(short) == expected)
        let lines = try await run(
            "{\"a\":1,\"b\":\"x\"}\n{\"a\":1,\"b\":\"y\"}\n{\"a\":1}\n{\"a\":1,\"b\":\"x\"}\n", named: "d.jsonl", one)
        #expect(lines.findings.map(short) == expected)
        let parquet = try await export(
            "SELECT * FROM (VALUES (1, 'x'), (1, 'y'), (1, NULL), (1, 'x')) t(a, b)", options: "FORMAT parquet")
        #expect(try await run(parquet, named: "d.parquet", one).findings.map(short) == expected)
    }

    @Test func `no finding shows a value of a sensitive column`() async throws {
        let one = try schema(
            """
            fields:
              - { name: mail, type: string, format: email, sensitive: true, constraints: { unique: true } }
              - { name: n, type: integer }
            """)
        let outcome = try await run("mail,n\nsecret1,1\nsecret1,x\nsecret2\n", one)

        #expect(outcome.findings.map(\.check) == ["ragged-row", "type", "type"])
        #expect(!"\(outcome.findings)".contains("secret"))
        #expect(outcome.findings.contains { $0.check == "type" && $0.value == "x" })
    }

    @Test func `a pattern that is none is the schema's fault`() async throws {
        let one = try schema("fields: [{ name: x, type: string, constraints: { pattern: '(?<=a)b' } }]")
        let fault = await #expect(throws: Fault.self) { try await run("x\nb\n", one) }

        #expect(fault?.kind == .input)
        #expect(fault?.message.hasPrefix("the pattern of the field 'x' cannot be used") == true)
    }

    @Test func `aliases of a schema stand for the column`() async throws {
        let one = try schema("fields: [{ name: wafer, aliases: ['', 'Unnamed: 0'] }, { name: x, type: integer }]")

        #expect(try await run(",x\nw,1\n", one).findings.map(short) == [])
        #expect(try await run("Unnamed: 0,x\nw,1\n", one).findings.map(short) == [])
        let both = try await run("wafer,,x\nw,w,1\n", one)
        #expect(both.findings.map(\.check) == ["extra-column"])
    }
}
