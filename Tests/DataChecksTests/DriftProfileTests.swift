import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Measures files of these names and texts, or counts them on a profile.
private func profile(
    _ files: KeyValuePairs<String, Data>, on base: Profile? = nil
) async throws -> Profile {
    try await withTemporaryFolder { folder in
        var paths: [(name: String, path: FilePath)] = []
        for (index, (name, bytes)) in files.enumerated() {
            let path = folder.appending("object-\(index)")
            try bytes.write(to: URL(filePath: path.string))
            paths.append((name, path))
        }
        let temporary = folder.appending("tmp [x]*")
        try Files.makeDirectory(temporary)
        let profiler = Profiler(duckdb: DuckDB(tool: try Tool.find("duckdb", advice: "install duckdb-cli")))
        let result: Result<Profile, Fault>
        do throws(Fault) {
            if let base {
                result = .success(try await profiler.count(paths, on: base, temporary: temporary))
            } else {
                result = .success(try await profiler.profile(of: paths, temporary: temporary))
            }
        } catch {
            result = .failure(error)
        }
        #expect(try Files.list(temporary).isEmpty)
        return try result.get()
    }
}

private func csv(_ header: String, _ rows: some Sequence<String>) -> Data {
    Data(([header] + rows).joined(separator: "\n").utf8)
}

@Test func `kinds, nulls and counts are the same from CSV, gzipped CSV, Parquet and JSON Lines`() async throws {
    let sql = #"""
        SELECT i AS "a ""b""", CASE WHEN i % 4 = 0 THEN NULL ELSE i / 8.0 END AS x, 'c' || (i % 3) AS k,
        DATE '2024-01-01' + (i % 50)::INT AS d, i % 2 = 0 AS f FROM range(1000) t(i)
        """#
    var profiles: [Profile] = []
    for (name, options) in [
        ("d.csv", "FORMAT csv, HEADER"), ("d.csv.gz", "FORMAT csv, HEADER, COMPRESSION gzip"),
        ("d.parquet", "FORMAT parquet"), ("d.jsonl", "FORMAT json"),
    ] {
        profiles.append(try await profile([name: export(sql, options: options)]))
    }

    let first = try #require(profiles.first)
    #expect(first.columns.map(\.name) == ["a \"b\"", "x", "k", "d", "f"])
    #expect(first.columns.map(\.values.kind) == ["number", "number", "category", "time", "category"])
    #expect(first.columns.map(\.nulls) == [0, 250, 0, 0, 0])
    #expect(first["k"]?.values.categories?.counts == ["c0": 334, "c1": 333, "c2": 333])
    #expect(first["d"]?.values.numbers?.minimum == 1_704_067_200)
    #expect(first["x"]?.values.numbers?.maximum == 999.0 / 8)
    for other in profiles.dropFirst() {
        for (one, two) in zip(first.columns, other.columns) { #expect(one == two) }
    }
}

@Test func `files of other column orders are one set, and a column that one lacks is null there`() async throws {
    let both = try await profile([
        "1.csv": csv("a,b", ["1,x", "2,y"]), "2.csv": csv("b,a", ["x,3", "y,4"]), "3.csv": csv("b", ["z"]),
    ])

    #expect(both.rows == 5)
    #expect(both["a"]?.nulls == 1)
    #expect(both["a"]?.values.numbers?.mean == 2.5)
    #expect(both["b"]?.values.categories?.counts == ["x": 2, "y": 2, "z": 1])
}

@Test func `months that are counted one by one and added are the year`() async throws {
    let months = (0..<4).map { month in
        csv("a,k", (0..<500).map { "\(Double(($0 * 37 + month * 91) % 1000) / 7),k\(($0 + month) % (3 + month))" })
    }
    let first = try await profile(["0.csv": months[0]])
    var sum = first
    for month in months.dropFirst() {
        sum = try #require(sum.adding(try await profile(["m.csv": month], on: first)))
    }
    let year = try await profile(
        ["0.csv": months[0], "1.csv": months[1], "2.csv": months[2], "3.csv": months[3]], on: first)

    let (one, other) = (try #require(sum["a"]?.values.numbers), try #require(year["a"]?.values.numbers))
    #expect(one.counts == other.counts && one.edges == other.edges)
    #expect(one.minimum == other.minimum && one.maximum == other.maximum)
    #expect(abs(one.mean - other.mean) < 1e-9 && abs(one.deviation - other.deviation) < 1e-9)
    #expect(sum["k"] == year["k"])
    #expect(year["k"]?.values.categories?.counts.count == 6)
}

@Test func `edges that are added outside a profile's values keep its counts, and cut what comes there`() async throws {
    func month(_ days: Range<Int>) -> Data { csv("a", days.flatMap { day in (0..<20).map { _ in "\(day)" } }) }
    let base = try await profile(["a.csv": month(31..<62)])
    let wider = base.extended(by: try await profile(["a.csv": month(0..<90)]))
    let sum = try #require(wider.adding(try await profile(["a.csv": month(0..<90)], on: wider)))

    let (old, new) = (try #require(base["a"]?.values.numbers), try #require(wider["a"]?.values.numbers))
    #expect(old.count == new.count && Set(old.edges).isSubset(of: new.edges))
    for edge in old.edges {
        let (one, two) = (try #require(old.edges.firstIndex(of: edge)), try #require(new.edges.firstIndex(of: edge)))
        #expect(old.counts[...one].reduce(0, +) == new.counts[...two].reduce(0, +))
    }
    #expect(sum["a"]?.values.count == 2420)
    #expect(sum.coarsest <= 0.01)
    #expect(try #require(base.adding(try await profile(["a.csv": month(0..<90)], on: base))).coarsest > 0.1)
}

@Test func `hostile values are counted and never become SQL`() async throws {
    let rows =
        ["1", "1e999", "-1e200", "nan", "inf", "0x10", "1_000", " 5 ", "+-9", "2"] + Array(repeating: "3", count: 991)
    let found = try await profile([
        "a.csv": csv("n,t", rows.enumerated().map { "\($1),\"'; DROP TABLE x; --\n.shell ls \($0 % 2)\"" })
    ])

    #expect(found["n"]?.values.kind == "number")
    #expect(found["n"]?.values.count == 993)
    #expect(found["n"]?.nulls == 8)
    let names = ["'; DROP TABLE x; --\n.shell ls 0", "'; DROP TABLE x; --\n.shell ls 1"]
    #expect(found["t"]?.values.categories == CategoryProfile(counts: [names[0]: 501, names[1]: 500], rest: 0))
}

@Test func `a sample of a file with few different records has all of their values`() async throws {
    let sql = "SELECT i % 7 AS a, 'k' || (i % 7) AS k, 1 AS file_row_number FROM range(700000) t(i)"
    let found = try await profile(["a.parquet": export(sql, options: "FORMAT parquet")])

    let numbers = try #require(found["a"]?.values.numbers)
    #expect(numbers.counts.filter { $0 > 0 } == Array(repeating: 100_000, count: 7))
    #expect(found["k"]?.values.categories?.counts.count == 7)
}

@Test func `a thousand categories are counted one by one, and the rest together`() async throws {
    let rows = (0..<3000).map { $0 < 1500 ? "often\($0 % 900)" : "once\($0)" }
    let base = try await profile(["a.csv": csv("k", rows)])
    let again = try await profile(["a.csv": csv("k", rows)], on: base)

    let categories = try #require(base["k"]?.values.categories)
    #expect(categories.counts.count == 1000)
    #expect(categories.counts["often3"] == 2)
    #expect(categories.count == 3000)
    #expect(again["k"] == base["k"])
    #expect(try Drift(reference: base, current: again)["k"]?[.linf]?.value == 0)
}

@Test func `empty and constant columns, and one row, can be compared`() async throws {
    let base = try await profile(["a.csv": csv("a,b,c", ["1,,x"])])
    let other = try await profile(["a.csv": csv("a,b,d", ["1,5,x"])], on: base)
    let drift = try Drift(reference: base, current: other)

    #expect(drift["a"]?.measures.map(\.value) == [0, 0, 0, 0])
    #expect(drift["b"]?.measures == [])
    #expect(drift["c"]?.currentNulls == 1)
    #expect(drift.newColumns == ["d"])
}

@Test(arguments: [
    ("a.csv", "a,b\n", "there are no records in 'a.csv'"),
    ("a.csv", "a,b\n1,2\n3\n", "'a.csv': record 2 cannot be read: fewer cells than the header"),
    ("a.csv", "a,a\n1,2\n", "'a.csv' has no columns, or two of the same name"),
    ("a.csv", "", "'a.csv' is empty or no regular file"),
    (
        "a.txt", "a\n1\n",
        "'a.txt' has none of the endings that are read (.csv, .tsv, .jsonl, .ndjson, each also with .gz or .zst, and .parquet)"
    ),
    ("a.jsonl", "{\"a\": 1}\n[1]\n", "'a.jsonl' holds 1 records that are no JSON objects in UTF-8"),
])
func `what cannot be read is the user's fault, named`(_ name: String, _ text: String, _ message: String) async throws {
    do {
        _ = try await profile([name: Data(text.utf8)])
        Issue.record("it was read")
    } catch let fault as Fault {
        #expect(fault.kind == .input)
        #expect(fault.message == message)
    }
}

@Test func `delimiter, packing and aliases do not matter to a profile`() async throws {
    let sql = "SELECT i AS a, 'x' || i % 3 AS b FROM range(1000) t(i)"
    let plain = try await profile(["a.csv": try await export(sql, options: "FORMAT csv")])
    let other = "SELECT i AS other, 'x' || i % 3 AS b FROM range(1000) t(i)"
    let files: [(String, String, String)] = [
        ("a.csv", sql, "FORMAT csv, DELIMITER ';'"), ("a.csv.gz", sql, "FORMAT csv, DELIMITER '|', COMPRESSION gzip"),
        ("a.csv.gz", sql, "FORMAT csv, COMPRESSION gzip"), ("a.csv.zst", sql, "FORMAT csv, COMPRESSION zstd"),
        ("a.jsonl.gz", sql, "FORMAT json, COMPRESSION gzip"), ("a.csv", other, "FORMAT csv, DELIMITER '\t'"),
        ("a.jsonl", other, "FORMAT json"), ("a.parquet", other, "FORMAT parquet"),
    ]
    for (name, sql, options) in files {
        try await withTemporaryFolder { folder in
            let path = folder.appending("in")
            try await export(sql, options: options).write(to: URL(filePath: path.string))
            let profiler = Profiler(
                duckdb: DuckDB(tool: try Tool.find("duckdb", advice: "install duckdb-cli")), aliases: ["a": ["other"]])
            let found = try await profiler.count([(name, path)], on: plain, temporary: folder)
            #expect(found == plain, "\(name) \(options)")
        }
    }
}

@Test func `a Parquet file that is none, or cut, is the user's fault`() async throws {
    let whole = try await export("SELECT i AS a FROM range(10000) t(i)", options: "FORMAT parquet")
    for bytes in [Data("PAR1 and more".utf8), whole.prefix(whole.count / 2)] {
        let fault = await #expect(throws: Fault.self) { _ = try await profile(["a.parquet": bytes]) }
        #expect(fault?.kind == .input)
        #expect(fault?.message.contains("a.parquet") == true)
    }
}

@Test func `a file is taken out of a profile and another put in without reading the rest`() async throws {
    func rows(_ range: some Sequence<Int>, _ words: [String]) -> Data {
        csv("x,k,t", range.map { "\($0),\(words[$0 % words.count]),\($0 % 9 == 0 ? "" : "2026-01-0\($0 % 9)")" })
    }
    let stays = rows(0..<400, ["a", "b", "a"])
    let old = rows(100..<300, ["b", "c"])
    let new = rows(200..<500, ["d", "a"])
    let all = try await profile(["1.csv": stays, "2.csv": old])
    let removed = try await profile(["2.csv": old], on: all)
    let added = try await profile(["2.csv": new], on: all)

    let stepped = try #require(all.replacing(removed, by: added))
    let counted = try await profile(["1.csv": stays, "2.csv": new], on: all)

    #expect(stepped.rows == counted.rows)
    for (one, other) in zip(stepped.columns, counted.columns) {
        #expect(one.nulls == other.nulls)
        #expect(one.values.numbers?.counts == other.values.numbers?.counts)
        #expect(one.values.numbers?.minimum == other.values.numbers?.minimum)
        #expect(one.values.numbers?.maximum == other.values.numbers?.maximum)
        #expect(one.frequent.map(\.name) == other.frequent.map(\.name))
        #expect(one.frequent.map(\.share) == other.frequent.map(\.share))
        if let left = one.values.numbers, let right = other.values.numbers {
            #expect(abs(left.mean - right.mean) <= 1e-9 * abs(right.mean))
            #expect(abs(left.deviation - right.deviation) <= 1e-6 * right.deviation)
        }
    }
}

@Test func `what cannot be told from the files that changed is not guessed`() async throws {
    let all = try await profile(["1.csv": csv("x", (0..<9).map { "\($0)" }), "2.csv": csv("x", ["9", "70"])])
    let largest = try await profile(["2.csv": csv("x", ["9", "70"])], on: all)
    let middle = try await profile(["1.csv": csv("x", ["3", "4"])], on: all)
    let larger = try await profile(["2.csv": csv("x", ["71"])], on: all)
    let foreign = try await profile(["2.csv": csv("x", ["70", "71"])])

    #expect(all.replacing(largest, by: nil) == nil)
    #expect(all.replacing(largest, by: middle) == nil)
    #expect(all.replacing(foreign, by: nil) == nil)
    #expect(all.replacing(largest, by: larger)?["x"]?.values.numbers?.maximum == 71)
    #expect(all.replacing(middle, by: nil)?["x"]?.values.numbers?.mean == 12)
}

@Test(arguments: [5, 3000])
func `rare categories that only the new data has are named, few or many`(strays: Int) async throws {
    let known = (0..<300).map { "k\($0 % 100)" }
    // Of each new name two rows: of the few all are caught on the way, of the many not.
    let new = (0..<strays).map { "new \($0 / 2)" }
    let base = try await profile(["a.csv": csv("k,n", known.map { $0 + ",1" })])

    let counted = try await profile(["b.csv": csv("k,n", (known + new).map { $0 + ",1" })], on: base)

    let categories = try #require(counted["k"]?.values.categories)
    let names = Set(categories.counts.keys).subtracting(known)
    #expect(names.count == min((strays + 1) / 2, 900))
    #expect(categories.counts["new 0"] == 2)
    #expect(categories.counts.values.reduce(0, +) + categories.rest == Int64(known.count + strays))
}

@Test(arguments: [("csv", "FORMAT csv, HEADER"), ("parquet", "FORMAT parquet"), ("jsonl", "FORMAT json")])
func `rows are counted by file, whatever its columns are called`(ending: String, options: String) async throws {
    func rows(_ count: Int) -> String {
        "SELECT i AS filename, 'x' || i % 2 AS f, i AS c0, i AS rn, i AS fine, i AS cells, i AS b0 FROM range(\(count)) t(i)"
    }
    let files = [
        (name: "a.\(ending)", bytes: try await export(rows(7), options: options)),
        (name: "b.\(ending)", bytes: try await export(rows(11), options: options)),
        (name: "c.\(ending)", bytes: try await export("SELECT 1 AS f", options: options)),
    ]
    try await withTemporaryFolder { folder in
        var paths: [(name: String, path: FilePath)] = []
        for (name, bytes) in files {
            try bytes.write(to: URL(filePath: folder.appending(name).string))
            paths.append((name, folder.appending(name)))
        }
        let profiler = Profiler(duckdb: DuckDB(tool: try Tool.find("duckdb", advice: "install duckdb-cli")))
        let counted = try await profiler.measure(paths, temporary: folder)

        #expect(counted.rows == [7, 11, 1])
        #expect(counted.profile["c0"]?.nulls == 1)
        #expect(counted.profile["filename"]?.values.numbers?.maximum == 10)
        #expect(try await profiler.rows(of: paths, temporary: folder) == [7, 11, 1])
    }
}
