import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Tests in the user's own SQL: what they find, and what they may not.
@Suite(.timeLimit(.minutes(15)))
struct QueryTests {
    private static let fields = """
        fields:
          - { name: id, type: integer }
          - { name: rate, type: number, aliases: [price] }
          - { name: day, type: date }
          - { name: Name, type: string }
        """
    private static let text = "id,price,day,Name\n1,5,2026-01-01,x\n,7,2026-01-02,\"y\nz\"\nq,7,2026-13-03,w\n"

    private func rules(_ sql: String) -> DataRules {
        DataRules(tests: [DataTest(name: "mine", question: .sql(sql))])
    }

    private func findings(_ sql: String, _ fields: String = fields) async throws -> [DataFinding] {
        try await run(QueryTests.text, try schema(fields), rules(sql)).findings.filter { $0.check.hasPrefix("test:") }
    }

    @Test func `the rows of a query are violations, with the records that they name`() async throws {
        let found = try await findings("SELECT record, name, rate FROM data\nWHERE rate > 6 -- too dear")
        #expect(
            found.map(short) == ["test:mine record 2 ×2 'record=2, Name=y\\nz, rate=7.0; record=3, Name=w, rate=7.0'"])
        #expect(found.first?.line == 3)
        #expect(found.first?.records == [2, 3])
        #expect(found.first?.message == "2 rows break the test 'mine'")

        // What is missing or of the wrong type is NULL; two columns of one name are fine; so is an end of statement.
        #expect(try await findings("SELECT count(*) AS n FROM data WHERE id IS NULL HAVING n <> 2;").isEmpty)
        #expect(try await findings("SELECT * FROM data WHERE day IS NULL").map(\.records) == [[3]])
        #expect(try await findings("FROM data a JOIN data b USING (rate) SELECT a.*, b.*").first?.count == 5)
        #expect(try await findings("SELECT ';' AS x, $$;$$ AS y FROM data LIMIT 1").map(\.value) == ["x=;, y=;"])
    }

    @Test(arguments: [("d.jsonl", "FORMAT json"), ("d.parquet", "FORMAT parquet")])
    func `the table is the same whatever the format`(name: String, options: String) async throws {
        let bytes = try await export(
            "SELECT i AS id, i / 2.0::DOUBLE AS rate, DATE '2026-01-01' + i::INT AS day, 'w' || i AS Name FROM range(9) t(i)",
            options: options)
        let sql = "SELECT record, id % 2 AS odd FROM data WHERE rate >= 3.5 AND day > DATE '2026-01-02' AND name = 'w7'"
        let found = try await run(bytes, named: name, try schema(QueryTests.fields), rules(sql)).findings
        #expect(found.map(short) == ["test:mine record 8 ×1 'record=8, odd=1'"])
    }

    @Test(arguments: [
        ("SELECT *\nFROM data\n  WHERE ratee > 1", "the test 'mine' has a mistake in line 3, column 9: Binder Error"),
        ("SELECT *\nFROM data WHER x > 1", "the test 'mine' has a mistake in line 2, column 16: syntax error"),
        ("SELECT name::INTEGER FROM data", "the test 'mine' ended with an error: Conversion Error"),
        ("SELECT 1; COPY data TO 'x'", "the test 'mine' is not one SELECT and nothing else"),
        ("SELECT 1; SELECT 2", "the test 'mine' is more than one statement"),
        ("SELECT 1) AS x; COPY (SELECT 1", "line 1, column 9: syntax error at or near \")\""),
        ("SELECT 1 /*", "unterminated /* comment"),
        ("SET threads=1", "is not one SELECT"), ("ATTACH 'x.db'", "is not one SELECT"),
        ("INSTALL httpfs", "is not one SELECT"), ("DELETE FROM data", "is not one SELECT"), (" ;\n", "is empty"),
        ("SELECT 1\n  .shell id", "begins line 2 with '.'"), ("SELECT 1\n#comment", "begins line 2 with '#'"),
        ("SELECT '\u{1}'", "holds control characters"),
        ("SELECT * FROM read_csv('/etc/passwd')", "asks 'read_csv' for a table"),
        ("FROM read_text('/etc/passwd')", "asks 'read_text' for a table"),
        ("FROM (SELECT * FROM glob('/*'))", "asks 'glob' for a table"),
        ("FROM enable_logging()", "asks 'enable_logging' for a table"),
        ("FROM '/etc/passwd.csv'", "file system operations are disabled"),
        ("SELECT getenv('PATH')", "getenv is disabled"),
    ])
    func `what is no plain question is refused before a file is read`(sql: String, words: String) async throws {
        let error = await #expect(throws: Fault.self) { _ = try await findings(sql) }
        #expect(error?.kind == .input)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func `an answer without an end is ended, and so is a question without an answer`() async throws {
        let endless = try await findings("SELECT a.range FROM range(10000000) a, range(10000000) b")
        #expect(endless.first?.count == 1_000_000)
        #expect(endless.first?.message == "more than 1000000 rows break the test 'mine'")

        let sql = """
            SELECT 1 FROM range(10000000) a, range(10000000) b, range(10000000) c
            WHERE a.range + b.range + c.range < 0
            """
        try await withTemporaryFolder { folder in
            let path = folder.appending("in")
            try Data(QueryTests.text.utf8).write(to: URL(filePath: path.string))
            let test = SchemaTest(
                duckdb: DuckDB(tool: try Tool.find("duckdb", advice: "install duckdb-cli")),
                queryLimits: .init(time: .seconds(2)))
            let error = await #expect(throws: Fault.self) {
                _ = try await test.run(
                    try schema(QueryTests.fields), rules: rules(sql), on: [("d.csv", path)], temporary: folder)
            }
            #expect(error?.kind == .input)
            #expect(error?.message.contains("the test 'mine' could not be answered: 'duckdb' did not end") == true)
        }
    }

    @Test func `a sensitive value is not shown under any name`() async throws {
        let secret = QueryTests.fields.replacing(
            "name: Name, type: string", with: "name: Name, type: string, sensitive: true")
        let found = try await findings("SELECT record, rate, Name, upper(Name) AS u FROM data WHERE record = 3", secret)
        #expect(found.map(\.value) == ["record=3, rate=7.0, Name=(masked), u=(masked)"])
        let error = await #expect(throws: Fault.self) { _ = try await findings("SELECT name::INT FROM data", secret) }
        #expect(error?.message.contains("'x'") == false)
    }

    @Test func `a file that cannot be read as a whole is not asked`() async throws {
        let outcome = try await run(
            "id,rate,day,Name\n1,2\n2,3,2026-01-01,x\n", try schema(QueryTests.fields), rules("SELECT * FROM data"))
        #expect(outcome.findings.map(\.check) == ["ragged-row"])
    }
}
