import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// `sluice data check` as a user calls it, and the same rules in a run.
@Suite(.timeLimit(.minutes(15)))
struct DataCheckTests {
    private static let rules = "file: { minRows: 2 }\ncolumns: { x: { maxNullFraction: 0 } }\n"

    @Test func `a file is checked without a repository and a home`() async throws {
        try await withProject { project in
            try Files.removeTree(project.repository.appending(".git"))
            try project.write("x,label\n1,0\n2,1\n", to: "good.csv")
            try project.write("x,label\n1,0\n\"\n\",2\n-1,1\n-2,1\n", to: "bad.csv")
            try project.write(DataCheckTests.rules, to: "rules.yaml")

            let good = try await project.sluice(
                "data", "check", "good.csv", "--schema", "schema.json", "--policy", "rules.yaml", "--json")
            #expect(good.status == 0)
            #expect(try good.json() == .object(["verdict": .string("accept"), "findings": .array([])]))

            let bad = try await project.sluice("data", "check", "bad.csv", "--schema", "schema.json", "--json")
            #expect(bad.status == 1)
            guard case .array(let findings)? = try bad.json()["findings"], findings.count == 3 else {
                Issue.record("\(bad.output)")
                return
            }
            #expect(
                findings[1]
                    == .object([
                        "check": .string("minimum"), "column": .string("x"), "record": .integer(3),
                        "line": .integer(5), "count": .integer(2), "value": .string("-1"),
                        "message": .string("the column 'x' holds 2 values that are below 0"),
                        "records": .array([.integer(3), .integer(4)]),
                    ]))
            #expect(!Files.exists(project.home))

            let shown = try await project.sluice("data", "check", "bad.csv", "--schema", "schema.json")
            #expect(shown.output.contains("quarantine: bad.csv, 3 findings"))
            #expect(shown.output.contains("(first: record 3, line 5, '-1')"))
        }
    }

    @Test func `a question that cannot be asked ends with 2`() async throws {
        try await withProject { project in
            try project.write("x,label\n1,0\n", to: "good.csv")
            try project.write("drift: { columns: [x] }\n", to: "drift.yaml")
            try project.write("file: { minRow: 2 }\n", to: "typo.json")
            try project.write("fields: [{ name: x, typ: number }]\n", to: "wrong.yaml")
            let calls: [([String], String)] = [
                (["absent.csv", "--schema", "schema.json"], "there is no file 'absent.csv'"),
                (["good.csv"], "there is no schema"),
                (["good.csv", "--schema", "wrong.yaml"], "wrong.yaml:1:21: unknown property of a field 'typ'"),
                (["good.csv", "--schema", "schema.json", "--policy", "drift.yaml"], "drift"),
                (["good.csv", "--schema", "schema.json", "--policy", "typo.json"], "typo.json"),
                (["good.csv", "--policy", "sluice.yaml"], "no dataset of it was named"),
                (["good.csv", "--policy", "sluice.yaml", "--dataset", "point"], "did you mean 'points'?"),
            ]
            for (arguments, words) in calls {
                let call = try await project.call(["data", "check"] + arguments)
                #expect(call.status == 2, "\(arguments)")
                #expect(call.errors.contains(words), "\(call.errors)")
            }
        }
    }

    @Test func `keys, questions of one's own, the clock and a reference are asked`() async throws {
        try await withProject { project in
            try Files.removeTree(project.repository.appending(".git"))
            try project.write(
                """
                fields: [{ name: day, type: date }, { name: carrier, type: string }, { name: delay, type: number }]
                foreignKeys: [{ fields: carrier, reference: { resource: carriers, fields: code } }]
                """, to: "s.yaml")
            try project.write(
                """
                freshness: { column: day, maxAge: 30d }
                growth: { minFactor: 0.5, maxFactor: 2 }
                drift: { columns: { delay: { psi: 0.2, ks: 0.1 } }, nullFractionDelta: 0.02 }
                tests:
                  no_early: { sql: "SELECT record, delay FROM data WHERE delay < -5" }
                  built: { run: "true" }
                """, to: "rules.yaml")
            try project.write("code;name\nAA;American\nUA;United\n", to: "carriers.csv")
            let day = Date().formatted(.iso8601.year().month().day())
            let records = (0..<200).map { "\(day),AA,\($0)" }.joined(separator: "\n")
            try project.write("day,carrier,delay\n\(records)\n", to: "may.csv")
            let other = records.replacing(",10\n", with: ",-10\n").replacing(",AA,20\n", with: ",XX,20\n")
            try project.write("day,carrier,delay\n\(other)\n", to: "june.csv")
            let late = (0..<500).map { "1999-01-31,UA,\($0 + 150)" }.joined(separator: "\n")
            try project.write("day,carrier,delay\n\(late)\n", to: "july.csv")
            func check(_ file: String, _ rest: String...) async throws -> Project.Call {
                try await project.call(
                    ["data", "check", file, "--schema", "s.yaml", "--policy", "rules.yaml"] + rest)
            }

            let unasked = try await check("may.csv", "--resource", "carriers=carriers.csv")
            #expect(unasked.status == 0, "\(unasked.errors)")
            #expect(unasked.errors.contains("drift and growth are not asked without '--reference FILE'"))
            #expect(unasked.errors.contains("the test 'built' runs a command"))
            let alone = try await check("may.csv", "--json")
            #expect(alone.status == 2)
            #expect(alone.output.contains("--resource carriers=FILE"))

            let same = try await check("june.csv", "--resource", "carriers=carriers.csv", "--reference", "may.csv")
            #expect(same.status == 1)
            #expect(same.output.contains("june.csv, 2 findings"), "\(same.output)\(same.errors)")
            #expect(
                same.output.contains("foreign-key: the column 'carrier' holds 1 value that is not in 'carriers' (code)")
            )
            #expect(same.output.contains("(first: record 11, line 12, 'record=11, delay=-10.0')"))

            let moved = try await check(
                "july.csv", "--resource", "carriers=carriers.csv", "--reference", "may.csv", "--json")
            #expect(moved.status == 1)
            guard case .array(let findings)? = try moved.json()["findings"] else {
                Issue.record("\(moved.output)")
                return
            }
            #expect(findings.map { $0["check"] } == ["row-count", "freshness", "drift", "drift"].map { .string($0) })

            try project.write("drift: { columns: { carrier: { ks: 0.1 } } }\n", to: "rules.yaml")
            let untold = try await check("may.csv", "--resource", "carriers=carriers.csv", "--reference", "may.csv")
            #expect(untold.status == 2)
            #expect(untold.errors.contains("drift could not be told: the column 'carrier' is one of kind category"))
        }
    }

    @Test func `a dataset's rules are asked by the command and by the run`() async throws {
        let policy = ToyProject.policy.replacing(
            "append: true }", with: "append: true, file: { namePattern: 'part-[0-9]+\\.csv', minRows: 100 } }")
        try await withProject(["sluice.yaml": policy]) { project in
            try project.write("x,label\n1,0\n", to: "part-2.csv")
            let check = try await project.sluice(
                "data", "check", "part-2.csv", "--policy", "sluice.yaml", "--dataset", "points", "--json")
            #expect(check.status == 1)
            #expect(check.output.contains("row-count"))
            #expect(!check.output.contains("file-name"))

            try await project.addData()
            let refused = try await project.sluice("run")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("60 records, fewer than 100"), "\(refused.errors)")

            try project.write(policy.replacing("minRows: 100", with: "minRows: 60"), to: "sluice.yaml")
            try await project.commit("Take fewer rows")
            let passed = try await project.sluice("run")
            #expect(!passed.errors.contains("records, fewer"), "\(passed.errors)")
        }
    }
}
