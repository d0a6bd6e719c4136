import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct DuckDBTests {
    let duckdb: DuckDB

    init() throws {
        duckdb = DuckDB(tool: try Tool.find("duckdb", advice: "install duckdb-cli"))
    }

    @Test func `rows of several SELECTs come in order with their types`() async throws {
        try await withTemporaryFolder { folder in
            let rows = try await duckdb.rows(
                "SELECT 1 AS a, 'x\ny' AS b; SELECT NULL AS c WHERE false; SELECT 0.1::DOUBLE AS d, 2::UBIGINT AS e;",
                reading: [], temporary: folder)

            #expect(rows == [["a": .integer(1), "b": .string("x\ny")], ["d": .number(0.1), "e": .string("2")]])
            let left = try Files.list(folder)
            #expect(left == [])
        }
    }

    @Test func `only the named file can be read, and nothing can be written or loaded`() async throws {
        try await withTemporaryFolder { folder in
            try Data("a\n1\n".utf8).write(to: URL(filePath: folder.appending("yes.csv").string))
            try Data("a\n1\n".utf8).write(to: URL(filePath: folder.appending("no.csv").string))
            let named = [folder.appending("yes.csv")]

            let rows = try await duckdb.rows(
                "SELECT count(*) AS n FROM read_csv('\(folder)/yes.csv')", reading: named, temporary: folder)
            #expect(rows == [["n": .integer(1)]])

            for sql in [
                "SELECT * FROM read_csv('\(folder)/no.csv')", "SELECT * FROM read_csv('/etc/passwd')",
                "COPY (SELECT 1) TO '\(folder)/out.csv'", "ATTACH '\(folder)/new.db'", "LOAD httpfs",
                "SET enable_external_access=true",
            ] {
                await #expect(throws: Fault.self, "\(sql)") {
                    try await duckdb.rows(sql, reading: named, temporary: folder)
                }
            }
            #expect(try Files.list(folder) == ["no.csv", "yes.csv"])
        }
    }

    @Test func `a mistake is the input's, told in DuckDB's words without our paths`() async throws {
        try await withTemporaryFolder { folder in
            let fault = await #expect(throws: Fault.self) {
                try await duckdb.rows("SELECT nothing FROM nowhere;", reading: [], temporary: folder)
            }

            #expect(fault?.kind == .input)
            #expect(fault?.message.contains("nowhere does not exist") == true)
            #expect(fault?.message.contains(folder.string) == false)
            #expect(fault?.message.contains("LINE 1") == false)
        }
    }

    @Test func `a query over its memory or time ends as a fault of the environment`() async throws {
        try await withTemporaryFolder { folder in
            let memory = await #expect(throws: Fault.self) {
                try await duckdb.rows(
                    "SELECT len(list(md5(range::VARCHAR))) AS n FROM range(100000000)", reading: [],
                    temporary: folder, limits: .init(memory: 40 << 20, threads: 2, time: .seconds(60)))
            }
            #expect(memory?.kind == .environment)
            #expect(memory?.message.contains("emory") == true)

            let time = await #expect(throws: Fault.self) {
                try await duckdb.rows(
                    "SELECT count(*) AS n FROM range(10000000000) a, range(10000000000) b WHERE a.range + b.range = 7",
                    reading: [], temporary: folder, limits: .init(time: .milliseconds(300)))
            }
            #expect(time?.kind == .environment)
            #expect(time?.message.contains("did not end") == true)
            let left = try Files.list(folder)
            #expect(left == [])
        }
    }

    @Test(arguments: ["it's", "a\"b", "x'; SELECT 2; --", "é 日本 %s \\ $$", ""])
    func `a text stays one literal and a name one identifier`(text: String) async throws {
        try await withTemporaryFolder { folder in
            let sql = "SELECT \(try DuckDB.literal(text)) AS \(try DuckDB.identifier("n" + text))"

            let rows = try await duckdb.rows(sql, reading: [], temporary: folder)

            let expected: [[String: JSONValue]] = [["n" + text: .string(text)]]
            #expect(rows == expected)
        }
    }

    @Test(arguments: ["a\n.shell id", "a\r.shell id", "nul\u{0}", "\u{85}", "tab\t"])
    func `control characters enter neither literals nor identifiers`(text: String) {
        #expect(throws: Fault.self) { try DuckDB.literal(text) }
        #expect(throws: Fault.self) { try DuckDB.identifier(text) }
    }
}
