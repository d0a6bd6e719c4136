import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// What `sluice data infer` reads off a file. Every schema is tried on its own file by the schema test.
@Suite(.timeLimit(.minutes(15)))
struct InferenceTests {
    @Test func `each type of text is told, and how sure it is`() async throws {
        let rows = (0..<200).map { row in
            let (day, hour) = (row % 28 + 1, row % 24)
            let cells = [
                "\(row)", "\(row % 2 == 0 ? "" : "-")\(row).5", row % 3 == 0 ? "true" : "False", "2026-02-\(two(day))",
                "2026-02-\(two(day))T\(two(hour)):00:00Z", "\(two(hour)):30:00", "2026-\(two(row % 12 + 1))",
                "2026-02-\(two(day)) \(two(hour)):00:00", "\(day).2.2026", "\(two(day))/\(two(row % 12 + 1))/2026",
                "\(day % 12 + 1)/\(day % 12 + 1)/2026", "0\(1000 + row)", ["red", "green", "blue"][row % 3],
                "free text \(row % 90)", "\(1990 + row % 30)", "\(row % 2)", "same",
            ]
            return cells.joined(separator: ",")
        }
        let header = "n,x,ok,day,at,clock,month,stamp,dotted,slash,either,zip,colour,note,built,flag,fixed"
        let schema = try await infer(([header] + rows).joined(separator: "\n"))

        #expect(
            schema.fields.map(brief) == [
                #"n integer {"minimum":0,"required":true}"#, #"x number {"required":true}"#,
                #"ok boolean {"required":true}"#, #"day date {"required":true}"#, #"at datetime {"required":true}"#,
                #"clock time {"required":true}"#, #"month yearmonth {"required":true}"#,
                #"stamp datetime %Y-%m-%d %H:%M:%S {"required":true}"#, #"dotted date %d.%m.%Y {"required":true}"#,
                #"slash date %d/%m/%Y {"required":true}"#,
                #"either string {"required":true}"#,
                #"zip string {"required":true}"#, #"colour string {"enum":["blue","green","red"],"required":true}"#,
                #"note string {"required":true}"#, #"built integer {"minimum":0,"required":true}"#,
                #"flag integer {"enum":[0,1],"required":true}"#, #"fixed string {"required":true}"#,
            ])
        #expect(schema.fields[0]["description"]?.text == "integer in all 200 records")
        #expect(schema.json["primaryKey"] == .array([.string("n")]))
        #expect(
            schema.notes == [
                "'either': dates that are '%d/%m/%Y' or '%m/%d/%Y', which no day over 12 tells; a string until you give the format",
                "'zip': digits, but with leading zeros or too many of them for a number, so a string",
                "'built': an integer, which could be a year", "'fixed': one value only",
                "'n' is the primary key: no value is there twice", "'zip': no value twice either",
            ])
    }

    @Test func `a list of allowed values is written only if no other is likely to come`() async throws {
        let rows = (0..<1000).map { row in
            let rare = row < 4 ? "rare" : row % 2 == 0 ? "x" : "y"
            return "v\(row % 20),w\(row % 21),\(row % 10 - 5),\(row % 11),\(rare)"
        }
        let schema = try await infer("twenty,more,ten,eleven,rare\n" + rows.joined(separator: "\n"))
        #expect(schema.fields.map { $0["constraints"]?["enum"] != nil } == [true, false, true, false, false])
        #expect(schema.fields[4]["description"]?.text == "string in all 1000 records; 3 different values")
    }

    @Test func `words for a missing value are those of columns that are typed otherwise`() async throws {
        let rows = (0..<100).map { row in
            let number = row == 3 ? "NA" : row == 4 ? "" : row == 5 ? "-" : "\(row)"
            return "\(number),\(row % 10 == 0 ? "NA" : "t\(row)"),\(row % 2 == 0 ? "None" : "x"),NULL"
        }
        let schema = try await infer("a,b,c,d\n" + rows.joined(separator: "\n"))

        #expect(schema.json["missingValues"] == .array(["", "NA", "NULL", "-"].map(JSONValue.string)))
        #expect(
            schema.fields.map(brief) == [
                "a integer", "b string", #"c string {"enum":["None","x"],"required":true}"#, "d any",
            ])
        #expect(schema.fields[0]["description"]?.text == "integer in all 97 values; 3 of 100 records without a value")
        #expect(schema.fields[3]["description"]?.text == "no value in 100 records")
        #expect(
            schema.notes.prefix(2) == [
                "'NA' stands for a missing value, for it does in 'a'; so it is one in the texts of 'b' too",
                "'NULL' stands for a missing value, for it does in 'd'",
            ])
    }

    @Test func `a column with a few mistakes gets its type, and they are told`() async throws {
        let rows = (0..<1000).map { $0 == 7 ? "n/a" : $0 == 500 ? "bad" : "\($0)" }
        let schema = try await infer("a\n" + rows.joined(separator: "\n") + "\n", isClean: false)

        #expect(brief(schema.fields[0]) == #"a integer {"minimum":0,"required":true}"#)
        #expect(schema.fields[0]["description"]?.text == "integer in 998 of 1000 records; the others: 'bad', 'n/a'")
        #expect(
            schema.notes == [
                "its own file breaks this schema: the column 'a' holds 2 values that are not of type integer (record 8, 501; the first is 'n/a')"
            ])
        let more = try await infer("a\n" + (0..<50).map { $0 == 7 ? "n/a" : "\($0)" }.joined(separator: "\n"))
        #expect(brief(more.fields[0]) == #"a string {"required":true}"#)
    }

    @Test func `delimiters, quotes and decimal commas are told from the file`() async throws {
        let semicolons = try await infer("\u{FEFF}id;preis;gross\r\n1;1,5;1.234,5\r\n2;20;12,25\r\n")
        #expect(
            semicolons.fields.map { $0["decimalChar"]?.text } == [nil, ",", ","])
        #expect(semicolons.fields.map { $0["groupChar"]?.text } == [nil, nil, "."])
        let groups = try await infer("a,b\n\"1,234\",\"x\ny\"\n5,\"say \"\"no\"\", then\"\n")
        #expect(groups.fields.map(brief) == [#"a number {"required":true}"#, #"b string {"required":true}"#])
        #expect(groups.fields[0]["groupChar"]?.text == ",")
        for (name, text) in [
            ("d.csv", "a|b\n1,5|x\n"), ("d.tsv", "a, b\tc\n1,5\tx\n"), ("d.csv", "'a;b';'c'\n'1';'x'\n"),
            ("d.csv", "a;b,c\n1;x\n2;y\n"), ("d.csv", "a\tb\rc\td\r"),
        ] {
            #expect(try await infer(text, named: name).fields.count == 2, "\(name) \(text)")
        }
        #expect(try await infer("one\nx\n\ny\n").fields.map(brief) == ["one string"])
    }

    @Test func `packed files are read like plain ones`() async throws {
        let query = "SELECT range AS id, range % 3 = 0 AS ok FROM range(200)"
        let plain = try await infer(try await export(query, options: "FORMAT csv, HEADER"), named: "d.csv")
        let gzip = try await export(query, options: "FORMAT csv, HEADER, COMPRESSION gzip")
        let zstd = try await export(query, options: "FORMAT csv, HEADER, COMPRESSION zstd")
        #expect(try await infer(gzip, named: "d.csv.gz") == plain)
        #expect(try await infer(zstd, named: "d.tsv.zst") == plain)
        let lines = try await export(query, options: "FORMAT json, COMPRESSION gzip")
        #expect(try await infer(lines, named: "d.jsonl.gz").json == plain.json)
        try await refused(gzip.prefix(gzip.count / 2), "is a damaged gzip file", named: "d.csv.gz")
    }

    @Test func `the types of a Parquet file are its own`() async throws {
        let bytes = try await export(
            """
            SELECT range::UINTEGER AS id, CASE WHEN range % 9 = 0 THEN NULL ELSE range / 3 END AS x, 'NaN'::DOUBLE AS odd,
            range % 2 = 0 AS ok, DATE '2026-01-01' AS day, TIMESTAMP '2026-01-01' AS at, TIME '10:00:00' AS clock,
            ['a', 'b'][1 + range % 2] AS word, [range] AS list, '0' || range AS code, NULL::INTEGER AS gone
            FROM range(300)
            """, options: "FORMAT parquet")
        let schema = try await infer(bytes, named: "d.parquet")
        #expect(
            schema.fields.map(brief) == [
                #"id integer {"minimum":0,"required":true}"#, #"x number {"minimum":0}"#,
                #"odd number {"required":true}"#, #"ok boolean {"required":true}"#, #"day date {"required":true}"#,
                #"at datetime {"required":true}"#, #"clock time {"required":true}"#,
                #"word string {"enum":["a","b"],"required":true}"#, #"list any {"required":true}"#,
                #"code string {"required":true}"#, "gone integer",
            ])
        _ = try await infer(bytes, named: "d.parquet", isStrict: true)
    }

    @Test func `JSON Lines keep the types of their values`() async throws {
        let lines = (0..<100).map { row in
            let last = row % 2 == 0 ? "\"text\"" : "1"
            return
                #"{"id":\#(row),"x":\#(row).25,"text":"\#(row)","day":"2026-01-0\#(row % 9 + 1)","a/b~c":[\#(row)],"mixed":\#(last),"ok":null}"#
        }
        let text = lines.joined(separator: "\n") + #"{"id":100,"x":1,"day":"NA"}"# + "\n"
        let schema = try await infer(text.replacing("}{", with: "}\n{"), named: "d.ndjson")
        #expect(
            schema.fields.map(brief) == [
                #"id integer {"minimum":0,"required":true}"#, #"x number {"minimum":0,"required":true}"#,
                "text string", "day date", "a/b~c any", "mixed any", "ok any",
            ])
        #expect(schema.json["missingValues"] == .array([.string(""), .string("NA")]))
    }

    @Test func `a strict schema holds everything as it was seen`() async throws {
        let text =
            "id,n,day,stamp,word,at\n" + "1,-2.5,2026-01-02,31.12.2025,ab,2026-01-01T10:00:00Z\n"
            + "2,1e3,2026-01-01,01.02.2026,abc,2026-01-01T12:00:00.5+01:00\n3,,2026-01-03,02.02.2026,abc,2026-01-02T00:00:00Z\n"
        let schema = try await infer(text, isStrict: true)
        #expect(
            schema.fields.map(brief) == [
                #"id integer {"enum":[1,2,3],"required":true}"#, #"n number {"maximum":1000,"minimum":-2.5}"#,
                #"day date {"maximum":"2026-01-03","minimum":"2026-01-01","required":true}"#,
                #"stamp date %d.%m.%Y {"maximum":"2026-02-02","minimum":"2025-12-31","required":true}"#,
                #"word string {"enum":["ab","abc"],"required":true}"#,
                #"at datetime {"maximum":"2026-01-02T00:00:00Z","minimum":"2026-01-01T10:00:00Z","required":true}"#,
            ])
        #expect(schema.json["primaryKey"] == .array([.string("id")]))

        let odd = try await infer("a,b\n0,-INF\n1,5\n1,INF\n", isStrict: true)
        #expect(brief(odd.fields[1]) == #"b number {"required":true}"#)
        let far = try await export(
            """
            SELECT 18446744073709551615::UBIGINT AS u, 1.5::DECIMAL(10,3) AS d, 'infinity'::DATE AS i, 'nan'::FLOAT AS f,
            '0044-03-15 (BC)'::DATE AS bc, TIMESTAMPTZ '2026-01-01 10:00:00.5+02' AS at, 'a'::ENUM('a','b') AS e
            """, options: "FORMAT parquet")
        #expect(
            try await infer(far, named: "d.parquet", isStrict: true).fields.map(brief) == [
                #"u integer {"required":true}"#, #"d number {"maximum":1.5,"minimum":1.5,"required":true}"#,
                #"i date {"required":true}"#, #"f number {"required":true}"#, #"bc date {"required":true}"#,
                #"at datetime {"maximum":"2026-01-01T08:00:00.500000Z","minimum":"2026-01-01T08:00:00.500000Z","required":true}"#,
                #"e string {"enum":["a"],"required":true}"#,
            ])
    }

    @Test func `a wide file gets a schema that it fits`() async throws {
        let names = (0..<591).map { "Sensor-\($0)" }
        var rows = ["," + names.joined(separator: ",")]
        for row in 0..<100 {
            let cells = names.indices.map { $0 % 50 == 7 ? "" : $0 % 3 == 0 ? "\(row % 4)" : "\(row * $0).\($0)" }
            rows.append("Wafer-\(row)," + cells.joined(separator: ","))
        }
        let schema = try await infer(rows.joined(separator: "\n"))
        #expect(schema.fields.count == 592)
        #expect(schema.json["primaryKey"] == .array([.string("")]))
        #expect(schema.notes.contains { $0.hasPrefix("'Sensor-7', 'Sensor-57', ") && $0.hasSuffix("so any type") })
    }

    @Test func `with thousands of columns the descriptions that say nothing are left out`() async throws {
        let header = (0..<9000).map { "column \($0)" }.joined(separator: ",")
        let row = [String](repeating: "1.5", count: 9000).joined(separator: ",")
        let text = [header, row, row].joined(separator: "\n")
        let schema = try await withTemporaryFolder { folder in
            let path = folder.appending("many.csv")
            try Data(text.utf8).write(to: URL(filePath: path.string))
            let duckdb = DuckDB(tool: try Tool.find("duckdb", advice: "install duckdb-cli"))
            return try await SchemaInference(duckdb: duckdb).run(on: ("many.csv", path), temporary: folder)
        }
        #expect(schema.fields.count == 9000 && schema.fields[0]["description"] == nil)
        #expect(schema.notes == ["the schema was not tried on the file: it has more than 3000 columns"])
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
