import DataChecks
import Domain
import Foundation
import Testing

/// The rules of a dataset beyond its schema, each with a file that keeps it and one that breaks it.
@Suite(.timeLimit(.minutes(15)))
struct RulesTests {
    private static let pair = "fields: [{ name: a, type: number }, { name: b, type: string }]"

    @Test(
        arguments: [
            ("w_31122020_235959.csv", true), ("w_20201231_000000.csv", true), ("w_31022020_120000.csv", false),
            ("w_31122020_240000.csv", false), ("w_31122020_126000.csv", false), ("w_12312020_120000.csv", false),
            ("W_31122020_120000.csv", false), ("w_31122020_120000.csv.csv", false), ("w_3112202_120000.csv", false),
        ] as [(String, Bool)])
    func `a part of the name that is a date or a time must be a real one`(name: String, isGood: Bool) async throws {
        let rules = DataRules(file: FileRules(namePattern: #"w_(?<date>\d+)_(?<time>\d+)\.csv"#))
        let outcome = try await run("a,b\n1,x\n", named: name, schema(RulesTests.pair), rules)

        #expect(outcome.findings.map(\.check) == (isGood ? [] : ["file-name"]))
        #expect(outcome.findings.allSatisfy { $0.value == name })
    }

    @Test func `the name pattern is a real one or the policy's fault, and looks at the last component`() async throws {
        let bad = DataRules(file: FileRules(namePattern: "(["))
        let fault = await #expect(throws: Fault.self) { try await run("a,b\n1,x\n", schema(RulesTests.pair), bad) }
        #expect(fault?.kind == .input)

        let rules = DataRules(file: FileRules(namePattern: #"f_(?<date_mdy>\d{2}-\d{2}-\d{4})\.csv"#))
        let good = try await run("a,b\n1,x\n", named: "2020/f_12-31-2020.csv", schema(RulesTests.pair), rules)
        #expect(good.findings.map(short) == [])
    }

    @Test(arguments: [("dmy", "31012026"), ("ymd", "20260131"), ("mdy", "01312026")])
    func `a date in the name stands in the order that the part's name says`(order: String, good: String) async throws {
        for date in ["31012026", "20260131", "01312026"] {
            let rules = DataRules(file: FileRules(namePattern: #"w_(?<date_\#(order)>\d{8})\.csv"#))
            let outcome = try await run("a,b\n1,x\n", named: "w_\(date).csv", schema(RulesTests.pair), rules)
            #expect(outcome.findings.map(\.check) == (date == good ? [] : ["file-name"]), "\(date) as \(order)")
        }
    }

    @Test(arguments: [(1, nil, false), (2, 2, false), (3, nil, true), (nil, 1, true)] as [(Int64?, Int64?, Bool)])
    func `the number of records lies within its limits`(least: Int64?, most: Int64?, isBad: Bool) async throws {
        let rules = DataRules(file: FileRules(minRows: least, maxRows: most))
        let outcome = try await run("a,b\n1,x\n2,y\n", schema(RulesTests.pair), rules)

        #expect(outcome.findings.map(short) == (isBad ? ["row-count ×2 '2'"] : []))
    }

    @Test(arguments: ["d.csv", "d.jsonl", "d.parquet"])
    func `shares of nulls and of one value hold up to their limits`(name: String) async throws {
        let records = "SELECT * FROM (VALUES (1, 'x'), (NULL, 'x'), (3, 'x'), (4, 'y')) t(a, b)"
        let format = ["d.csv": "FORMAT csv, HEADER", "d.jsonl": "FORMAT json", "d.parquet": "FORMAT parquet"]
        let bytes = try await export(records, options: format[name] ?? "")
        func outcome(_ nulls: Double, _ top: Double) async throws -> [String] {
            let rules = DataRules(columns: [
                "a": ColumnRules(maxNullFraction: nulls), "b": ColumnRules(maxTopFraction: top),
            ])
            return try await run(bytes, named: name, schema(RulesTests.pair), rules).findings.map(short)
        }

        #expect(try await outcome(0.25, 0.75) == [])
        #expect(try await outcome(0.24, 0.74) == ["null-fraction a ×1 '0.25'", "constant b ×3 'x'"])
    }

    @Test func `a column without any value has no constant, and one of zero nulls allowed is refused`() async throws {
        let rules = DataRules(columns: ["a": ColumnRules(maxNullFraction: 0.99, maxTopFraction: 0.5)])
        let outcome = try await run("a,b\n,x\n,x\n", schema(RulesTests.pair), rules)

        #expect(outcome.findings.map(short) == ["null-fraction a ×2 '1'"])
    }

    @Test func `a rule for many columns holds for each that has none of its own`() async throws {
        let wide = "fields: [{ name: s-1, type: number }, { name: s-2, type: number }, { name: s-2b, type: number }]"
        let rules = DataRules(columns: [
            "s-*": ColumnRules(maxNullFraction: 0.5), "s-*b": ColumnRules(maxNullFraction: 0),
            "s-2": ColumnRules(maxNullFraction: 1),
        ])
        let outcome = try await run("s-1,s-2,s-2b\n,,\n,,1\n", schema(wide), rules)
        #expect(outcome.findings.map(short) == ["null-fraction s-1 ×2 '1'", "null-fraction s-2b ×1 '0.5'"])

        let none = DataRules(columns: ["t-*": ColumnRules(maxNullFraction: 0.5)])
        let unknown = try await run("s-1,s-2,s-2b\n1,1,1\n", schema(wide), none)
        #expect(unknown.findings.map(short) == ["missing-column t-* ×1"])
    }

    @Test(arguments: [
        ("*", "", true), ("a*", "a", true), ("a*a", "a", false), ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false),
        ("*b", "ab", true), ("*b", "ba", false), ("**", "x", true), ("a*b*b", "ab", false), ("é*", "ée", true),
    ])
    func `a star stands for any text`(pattern: String, name: String, fits: Bool) {
        #expect(ColumnRules.pattern(pattern, fits: name) == fits)
    }

    @Test func `a rule about a column that nobody knows is told`() async throws {
        let rules = DataRules(columns: ["aa": ColumnRules(maxNullFraction: 0)])
        let outcome = try await run("a,b\n1,x\n", schema(RulesTests.pair), rules)

        #expect(outcome.findings.map(short) == ["missing-column aa ×1"])
    }

    @Test func `aliases of the policy name the column`() async throws {
        let rules = DataRules(columns: ["a": ColumnRules(aliases: ["A", ""])])

        #expect(try await run("A,b\n1,x\n", schema(RulesTests.pair), rules).findings.map(short) == [])
        #expect(try await run(",b\n1,x\n", schema(RulesTests.pair), rules).findings.map(short) == [])
        #expect(try await run("x,b\n1,x\n", schema(RulesTests.pair), rules).findings.count == 2)
    }

    @Test(
        arguments: [
            ("number", "string", "y"), ("boolean", "string", "y"), ("string", "string", "if(y > 0, 'yes', 'no')"),
        ])
    func `a column that gives the label away is told, whatever both are`(
        labelType: String, group: String, label: String
    ) async throws {
        let source = """
            SELECT \(labelType == "boolean" ? "y > 0" : label) AS label, y * 3 + 1 AS twin, (range * 7919) % 101 AS noise,
            CASE WHEN y > 0 THEN 'late' ELSE 'fine' END AS word, 'g' || (range * 7919) % 5 AS other, 'i' || range AS id,
            y::DOUBLE * 1e200 AS huge FROM (SELECT range, (range * 31) % 7 % 2 AS y FROM range(700))
            """
        let bytes = try await export(source, options: "FORMAT parquet")
        let rules = DataRules(leakage: LeakageRules(label: "label", maxAbsCorrelation: 0.95))
        let one = try schema(
            """
            fields:
              - { name: label, type: \(labelType) }
              - { name: twin, type: integer }
              - { name: noise, type: integer }
              - { name: word, type: string }
              - { name: other, type: string }
              - { name: id, type: string }
              - { name: huge, type: number }
            """)
        let outcome = try await run(bytes, named: "d.parquet", one, rules)

        #expect(outcome.findings.map(short) == ["leakage twin ×1 '1'", "leakage word ×1 '1'"])
    }

    @Test func `the limit of a correlation is inclusive`() async throws {
        let one = try schema("fields: [{ name: a, type: number }, { name: b, type: number }]")
        // The correlation of these four is 0.8.
        let text = "a,b\n1,1\n2,3\n3,2\n4,4\n"
        for (limit, count) in [(0.8, 0), (0.79, 1)] {
            let rules = DataRules(leakage: LeakageRules(label: "b", maxAbsCorrelation: limit))
            #expect(try await run(text, one, rules).findings.count == count)
        }
    }

    @Test(
        arguments: [
            ("CafÃ©", true), ("donâ€™t", true), ("20 Â°C", true), ("ÐŸÑ€Ð¸", true), ("a\u{FFFD}b", true),
            ("ðŸ˜€", true), ("Ã\u{A0} la", true), ("Café", false), ("SÃO PAULO", false), ("Spaß…", false),
            ("Привет", false), ("日本", false), ("NAÏVE “x”", false), ("10 °C", false), ("Ä–", false),
        ] as [(String, Bool)])
    func `text that was decoded with the wrong encoding is told from good text`(
        text: String, isBad: Bool
    ) async throws {
        let rules = DataRules(mojibake: MojibakeRules(columns: ["b"]))
        let outcome = try await run("a,b\n1,x\n2,\(text)\n", schema(RulesTests.pair), rules)

        #expect(outcome.findings.map(\.check) == (isBad ? ["mojibake"] : []))
        #expect(outcome.findings.allSatisfy { $0.record == 2 && $0.line == 3 && $0.column == "b" })
    }

    @Test func `592 columns with every rule are tested within the limits of a scan`() async throws {
        let names = (0..<592).map { "Sensor-\($0)" }
        let rows = (0..<100).map { row in names.indices.map { "\((row * 31 + $0 * 17) % 89)" }.joined(separator: ",") }
        let text = ([names.joined(separator: ",")] + rows).joined(separator: "\n")
        let wide = try schema("fields:\n" + names.map { "  - { name: \($0), type: number }\n" }.joined())
        let limits = ColumnRules(maxNullFraction: 0, maxTopFraction: 0.5)
        let rules = DataRules(
            columns: Dictionary(uniqueKeysWithValues: names.map { ($0, limits) }),
            leakage: LeakageRules(label: "Sensor-0", maxAbsCorrelation: 1), mojibake: MojibakeRules(columns: names))

        let outcome = try await run(text, wide, rules)

        #expect(outcome.findings.map(short) == [])
    }
}
