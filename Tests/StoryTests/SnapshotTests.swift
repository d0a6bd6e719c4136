import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Looking at snapshots and comparing them.
@Suite(.timeLimit(.minutes(15)))
struct SnapshotTests {
    @Test func `a snapshot is shown at once, and counted when somebody asks`() async throws {
        try await withProject { project in
            try await project.addData()
            let text = "k,t\na,2026-01-01\na,2026-01-03\nb,\n"
            try await project.add(["part-2.csv": text])

            let plain = try await project.sluice(
                "data", "show", "points", environment: ["SLUICE_TOOLS": "/none", "PATH": "/none"])
            let counted = try await project.sluice("data", "show", "points", "--stats")
            let later = try await project.sluice("data", "ls", "points", "--limit", "1")
            let first = try await project.sluice("data", "show", "points", "--snapshot", "1", "--json")

            #expect(plain.status == 0, "\(plain)")
            #expect(plain.output.hasPrefix("snapshot 2 of 'points', "))
            #expect(plain.output.contains("2 files, 451 bytes\nschema schema.json, "))
            #expect(plain.output.contains(#/part-2\.csv  33 bytes   –     [0-9a-f]{12}\n/#), "\(plain.output)")
            #expect(counted.output.contains("2 files, 451 bytes, 63 rows\n"))
            #expect(counted.output.contains(#/part-1\.csv  418 bytes  60 /#))
            #expect(counted.output.contains(#/part-2\.csv  33 bytes   3 /#))
            #expect(
                counted.output.contains(#/x +number +4\.76 % +0 +29\.5 +17\.3181 +59 +[▁-█]{10}\n/#),
                "\(counted.output)")
            #expect(counted.output.contains(#/k +category +95\.2 % +– +– +– +– +█▄ +a 66\.7 %, b 33\.3 %\n/#))
            #expect(
                counted.output.contains(#/t +time +96\.8 % +2026-01-01 +2026-01-02 +1 d +2026-01-03 +[▁-█·]{10}\n/#))
            #expect(later.output.contains(#/toy +points +2 +2 files +451 bytes +63 +/#))
            #expect(first.output.contains("\"rows\" : 60"))
            #expect(try first.json()["columns"] == nil)
        }
    }

    @Test func `a difference names files, rows, columns, kinds and the column that moved the farthest`() async throws {
        try await withProject { project in
            let same = (0..<100).map { "\($0),\($0 % 2 == 0 ? "a" : "b"),\($0)" }
            try await project.add(["one.csv": project.csv("x,k,u", same), "two.csv": project.csv("x,k,u", same)])
            let moved = (0..<100).map { "\($0 + 80),\($0 % 4 == 0 ? "c" : "a"),v\($0)" }
            try await project.add(["two.csv": project.csv("x,k,u", moved)])
            try await project.parquet(
                "three.parquet", "SELECT i::DOUBLE AS x, 'a' AS k, i AS u, i AS z FROM range(50) t(i)")

            let files = try await project.sluice(
                "data", "diff", "points", "1", "--files", environment: ["SLUICE_TOOLS": "/none", "PATH": "/none"])
            let replaced = try await project.sluice("data", "diff", "points", "1", "2")
            let appended = try await project.sluice("data", "diff", "points")
            let back = try await project.sluice("data", "diff", "points", "3", "2", "--json")
            let equal = try await project.sluice("data", "diff", "points", "3")
            try await project.add(["two.csv": project.csv("x,k,u", moved.map { $0.replacing(",a,", with: ",b,") })])
            let one = try await project.sluice("data", "diff", "points")

            #expect(files.status == 1)
            #expect(files.output.contains("files: 1 added, 1 changed, 1 the same\n  + three.parquet  "))
            #expect(!files.output.contains("rows:"))
            #expect(replaced.status == 1, "\(replaced)")
            #expect(
                replaced.output.contains("files: 1 changed, 1 the same\n  ~ two.csv  786 bytes → "),
                "\(replaced.output)")
            #expect(
                replaced.output.contains(
                    "rows: 200, as before\ncolumns: 1 of another kind, 2 of the same kind\n  ~ u  number → category\n"))
            #expect(
                replaced.output.contains(
                    #/\n  k +category +1\.09 +0\.25 +before +0 % +– +▆▆· *\n +after +0 % +– +[▁-█]{3} +new: c\n/#),
                "\(replaced.output)")
            #expect(appended.output.contains("  + three.parquet"))
            #expect(appended.output.contains("rows: 200 → 250 (+50)\n"))
            #expect(appended.output.contains("  + z  number\n"))
            let view = try back.json()
            #expect(view["removed_columns"] == .array([.object(["column": .string("z"), "kind": .string("number")])]))
            #expect(view["before"]?["rows"]?.int64 == 250)
            #expect(view["after"]?["rows"]?.int64 == 200)
            #expect(equal.status == 0)
            #expect(equal.output == "that is the same snapshot twice\n")
            #expect(one.output.contains("rows: 250, as before\n"), "\(one)")
            #expect(one.output.contains("\n  as before: 3 columns\n"), "\(one)")
        }
    }

    @Test func `texts among appended numbers make another kind of column, and missing cells do not`() async throws {
        try await withProject { project in
            let numbers = (0..<100).map { "\($0),\($0)" }
            for name in ["1.csv", "2.csv", "3.csv"] { try await project.add([name: project.csv("x,y", numbers)]) }
            _ = try await project.sluice("data", "show", "points", "--stats")
            try await project.add(["4.csv": project.csv("x,y", (0..<60).map { "n/a,\($0 % 2 == 0 ? "" : "7")" })])

            let diff = try await project.sluice("data", "diff", "points")

            #expect(diff.output.contains("  + 4.csv"), "\(diff)")
            #expect(diff.output.contains("columns: 1 of another kind, 1 of the same kind\n  ~ x  number → category\n"))
            #expect(diff.output.contains(#/\n  y +number .* before +0 % .*\n +after +8\.33 %/#), "\(diff)")
        }
    }

    @Test func `no value of a sensitive column is shown`() async throws {
        let schema = """
            {"fields": [{"name": "pay", "type": "number", "sensitive": true},
            {"name": "who", "type": "string", "sensitive": true}]}
            """
        try await withProject(["schema.json": schema]) { project in
            try await project.add(["1.csv": "pay,who\n7101,Ada\n7203,Bob\n"])
            try await project.add(["2.csv": "pay,who\n7305,Cleo\n"])
            for command in [["show", "points", "--stats"], ["diff", "points"]] {
                for rest in [[], ["--json"]] {
                    let call = try await project.call(["data"] + command + rest)
                    #expect(call.status == (command[0] == "diff" ? 1 : 0), "\(call)")
                    #expect(call.output.contains("pay") && call.output.contains("who"))
                    for value in ["7101", "7203", "7305", "Ada", "Bob", "Cleo"] {
                        #expect(!call.output.contains(value), "\(value) in \(call.output)")
                    }
                }
            }
        }
    }

    @Test func `what is not there is said in a sentence`() async throws {
        try await withProject { project in
            let none = try await project.sluice("data", "show", "points")
            try await project.addData()
            let alone = try await project.sluice("data", "diff", "points")
            let unknown = try await project.sluice("data", "show", "points", "--snapshot", "7")
            let foreign = try await project.sluice("data", "ls", "po\u{1B}[31mints")
            let negative = try await project.sluice("data", "diff", "points", "0")

            #expect(none.status == 2)
            #expect(none.errors.contains("dataset 'points' has no snapshot yet"))
            #expect(alone.status == 2)
            #expect(alone.errors.contains("has one snapshot only, so there is nothing to compare it with"))
            #expect(unknown.errors.contains("dataset 'points' has no snapshot 7"))
            #expect(unknown.errors.contains("it has only number 1"))
            #expect(foreign.status == 2)
            #expect(foreign.errors.contains("there is no snapshot of a dataset 'po\\u{1B}[31mints'"))
            #expect(negative.errors.contains("dataset 'points' has no snapshot 0"))
        }
    }

    @Test func `a file that the store has lost is named, and taking it in again heals`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.add(["part-2.csv": "x,label\n1,0\n"])
            try project.forget("part-2.csv")

            let listed = try await project.sluice("data", "show", "points")
            let counted = try await project.sluice("data", "show", "points", "--stats")
            let compared = try await project.sluice("data", "diff", "points")
            try await project.add(["part-2.csv": "x,label\n1,0\n"])
            let healed = try await project.sluice("data", "diff", "points")

            #expect(listed.status == 0)
            for call in [counted, compared] {
                #expect(call.status == 2)
                #expect(
                    call.errors.contains("the file 'part-2.csv' (")
                )
                #expect(call.errors.contains("'sluice data add'"))
            }
            #expect(healed.status == 1, "\(healed)")
            #expect(healed.output.contains("rows: 60 → 61 (+1)"))
        }
    }

    @Test func `files that are no tables, and names that could steer a terminal, are compared all the same`()
        async throws
    {
        try await withProject { project in
            try await project.add(["a.png": "one"])
            try await project.add(["b.png": "two"])
            let images = try await project.sluice("data", "diff", "points")
            #expect(images.status == 1)
            #expect(
                images.output.contains(
                    "  + b.png  3 bytes\n\nrows and columns could not be compared: 'a.png' has none"), "\(images)")
        }
        try await withProject { project in
            try await project.add(["a.csv": "n\u{1B}[31m,k\n1,\u{1B}[2Jx\n2,y\n", "empty.csv": "n\u{1B}[31m,k\n"])
            try await project.add(["b.csv": "n\u{1B}[31m,k\n5,\u{202E}z\n"])
            let shown = try await project.sluice("data", "show", "points", "--stats")
            let diff = try await project.sluice("data", "diff", "points")
            #expect(shown.status == 0, "\(shown)")
            #expect(shown.output.contains(#/empty\.csv +\d+ bytes +0 /#))
            #expect(diff.status == 1, "\(diff)")
            for call in [shown, diff] {
                #expect(call.output.contains("n\\u{1B}[31m"))
                #expect(!call.output.unicodeScalars.contains { $0 != "\n" && $0.escaped != nil })
            }
        }
    }
}
