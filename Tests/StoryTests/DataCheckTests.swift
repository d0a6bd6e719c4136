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
