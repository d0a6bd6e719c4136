import DataChecks
import Domain
import Foundation
import Testing

@Suite(.timeLimit(.minutes(15)))
struct CellTests {
    static let people = """
        fields:
          - { name: id, type: integer, constraints: { required: true, minimum: 1 } }
          - { name: age, type: integer, constraints: { minimum: 0, maximum: 150 } }
          - { name: sex, type: string, constraints: { enum: [f, m] } }
          - { name: rate, type: number, constraints: { maximum: 1.5 } }
          - { name: born, type: date, constraints: { minimum: 1900-01-01 } }
        missingValues: ["", NA]
        """

    @Test func `a clean file has no findings and all its rows are counted`() async throws {
        let outcome = try await run(
            "\u{FEFF}id,age,sex,rate,born\r\n1,30,f,0.5,1990-01-01\r\n2,NA,\"m\",,\r\n", schema(CellTests.people))

        #expect(outcome.findings.map(short) == [])
        #expect(outcome.rows == 2)
    }

    @Test func `each broken rule is one finding with count, first record and value, in the schema's order`()
        async throws
    {
        let outcome = try await run(
            """
            id,age,sex,rate,born
            1,30,f,0.5,1990-01-01
            ,151,x,1e9,2026-02-30
            0,-1,F,NaN,1899-12-31
            4,abc,,0x10,1/1/1990

            """, schema(CellTests.people))

        #expect(outcome.rows == 4)
        #expect(
            outcome.findings.map(short) == [
                "required id record 2 ×1", "minimum id record 3 ×1 '0'", "type age record 4 ×1 'abc'",
                "minimum age record 3 ×1 '-1'", "maximum age record 2 ×1 '151'", "enum sex record 2 ×2 'x'",
                "type rate record 4 ×1 '0x10'", "maximum rate record 2 ×2 '1e9'", "type born record 2 ×2 '2026-02-30'",
                "minimum born record 3 ×1 '1899-12-31'",
            ])
        #expect(outcome.findings[2].message == "the column 'age' holds 1 value that is not of type integer")
    }

    @Test(arguments: [
        ("integer", "0 -5 +7 007 99999999999999999999999999999999999999999", "1.5 1_000 0x10 1e3 ٣ - 1. true NaN"),
        ("number", "0 -5 +7.25 .5 5. 1e3 1E-300 1e400 NaN INF -INF", "1_000 0x10 nan inf Infinity 1,5 . e5 - 1e"),
        ("boolean", "true True TRUE 1 false False FALSE 0", "yes no tRUE T 2 01"),
        ("date", "2026-11-24 2024-02-29 0001-01-01", "2026-02-29 2026-13-01 26-11-24 2026/11/24 2026-1-1 20261124"),
        (
            "datetime", "2026-11-24T15:04:05 2026-11-24T15:04:05Z 2026-11-24T15:04:05.123456+02:00",
            "2026-11-24 2026-11-24T15:04 2026-11-24T25:00:00 2026-02-30T00:00:00 2026-11-24t15:04:05"
        ),
        ("string", "a 1 NaN ' -- é", ""), ("any", "a 1 é", ""),
    ])
    func `a type takes its lexical forms and no others`(type: String, good: String, bad: String) async throws {
        let good = good.split(separator: " ").map(String.init)
        let bad = bad.split(separator: " ").map(String.init)
        let one = try schema("fields: [{ name: x, type: \(type) }, { name: y }]")

        let kept = try await run("x,y\n" + good.map { "\($0),\n" }.joined(), one)
        #expect(kept.findings.map(short) == [])

        for text in bad + (type == "string" || type == "any" ? [] : [" 1 ", "2026-11-24 "]) {
            let refused = try await run("x,y\n\"\(text)\",\n", one)
            #expect(refused.findings.map(short) == ["type x record 1 ×1 '\(text)'"])
        }
    }

    @Test func `bounds beyond what a double can tell apart hold exactly`() async throws {
        let one = try schema(
            """
            fields:
              - { name: x, type: integer, constraints: { minimum: -9007199254740993, maximum: 9007199254740992 } }
              - { name: y, type: datetime, constraints: { maximum: "2026-11-24T12:00:00Z" } }
            """)
        let outcome = try await run(
            """
            x,y
            9007199254740993,2026-11-24T13:59:59+02:00
            9007199254740992,2026-11-24T12:00:01
            -9007199254740993,2026-11-24T09:30:00-02:30
            -99999999999999999999999999999999999999999999,2026-11-24T09:30:01-02:30

            """, one)

        #expect(
            outcome.findings.map(short) == [
                "minimum x record 4 ×1 '-99999999999999999999999999999999999999999999'",
                "maximum x record 1 ×1 '9007199254740993'", "maximum y record 2 ×2 '2026-11-24T12:00:01'",
            ])
    }

    @Test func `an enum is compared by value, not by spelling`() async throws {
        let one = try schema(
            """
            fields:
              - { name: i, type: integer, constraints: { enum: [-1, 1] } }
              - { name: n, type: number, constraints: { enum: [0.5, 2] } }
              - { name: b, type: boolean, constraints: { enum: [true] } }
              - { name: s, type: string, constraints: { enum: ["it's", "1"] } }
            """)
        let outcome = try await run("i,n,b,s\n+1,0.50,TRUE,it's\n-01,2.0,1,1\n0,NaN,0,01\n", one)

        #expect(
            outcome.findings.map(short) == [
                "enum i record 3 ×1 '0'", "enum n record 3 ×1 'NaN'", "enum b record 3 ×1 '0'",
                "enum s record 3 ×1 '01'",
            ])
    }

    @Test func `without missing values an empty cell is a text like any other`() async throws {
        let one = try schema(
            "fields: [{ name: x, type: integer, constraints: { required: true } }, { name: y }]\nmissingValues: []")

        #expect(try await run("x,y\n,1\n", one).findings.map(short) == ["type x record 1 ×1 ''"])
    }
}
