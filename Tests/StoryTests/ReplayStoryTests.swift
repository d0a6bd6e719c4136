import Domain
import Foundation
import Testing

/// A policy is tried on the runs that there were, before it is made the rule.
@Suite(.timeLimit(.minutes(15)))
struct ReplayStoryTests {
    /// Run 1 was promoted (auc 1, brier 0.01); run 2 was refused (auc 0).
    private func withTwoRuns(_ body: (Project) async throws -> Void) async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "alice")
            #expect(project.acts() == ["deploy 1", "verify 1"])
            try project.write("slope: -1.0\n", to: "params.yaml")
            try await project.commit("Turn the slope round")
            #expect(try await project.sluice("run").status == 1)
            try await body(project)
        }
    }

    private func policy(_ gates: String..., model: String = "toy") -> String {
        let list = gates.map { "  - { \($0) }\n" }.joined()
        return ToyProject.policy.replacing("model: toy", with: "model: \(model)").replacing(
            """
            gates:
              - { metric: auc, min: 0.5 }
              - { metric: auc, against: champion, max_drop: 0.01 }

            """, with: "gates:\n\(list)")
    }

    @Test func `the policy as it is finds no difference`() async throws {
        try await withTwoRuns { project in
            let same = try await project.sluice("policy", "replay")
            #expect(same.status == 0, "\(same.errors)\(same.output)")
            #expect(same.output == "sluice.yaml on 2 judged runs of toy: no verdict would be different\n")
        }
    }

    @Test func `a stricter policy would have refused what was promoted`() async throws {
        try await withTwoRuns { project in
            try project.write(policy("metric: brier, max: 0.005"), to: "stricter.yaml")
            let text = try await project.sluice("policy", "replay", "--against", "stricter.yaml")
            #expect(text.status == 1, "\(text.errors)")
            #expect(
                text.output.contains("stricter.yaml on 2 judged runs of toy: 1 that passed would not pass (1 promoted)")
            )
            #expect(text.output.contains("Would not pass"))
            #expect(text.output.contains("promoted  passed  failed  brier 0.01"), "\(text.output)")
            #expect(!text.output.contains("Would pass"), "the other is refused either way")

            let json = try await project.sluice("policy", "replay", "--against", "stricter.yaml", "--json")
            #expect(json.status == 1)
            let object = try json.json()
            #expect(object["runs"]?.int64 == 2)
            #expect(object["refused_count"]?.int64 == 1)
            guard case .array(let rows) = object["refused"], let row = rows.first else {
                Issue.record("no row: \(json.output)")
                return
            }
            #expect(row["run"]?.int64 == 1)
            #expect(row["version"]?.int64 == 1)
            #expect(row["was_promoted"] == .bool(true))
            #expect(row["before"]?.text == "passed")
            #expect(row["now"]?.text == "failed")
            #expect(project.acts() == ["deploy 1", "verify 1"], "nothing is done about it")
        }
    }

    @Test func `a looser policy lets a refusal through, and says why it was refused`() async throws {
        try await withTwoRuns { project in
            try project.write(policy("metric: auc, min: 0"), to: "looser.yaml")
            let text = try await project.sluice("policy", "replay", "--against", "looser.yaml")
            #expect(text.status == 1, "\(text.errors)")
            #expect(text.output.contains("1 that did not pass would pass"))
            #expect(text.output.contains("failed  passed  auc 0 is below 0.5"), "\(text.output)")

            let newest = try await project.sluice("policy", "replay", "--against", "looser.yaml", "--limit", "1")
            #expect(newest.output.contains("on 1 judged run of toy"))
        }
    }

    @Test func `a policy that asks what was not recorded is told so`() async throws {
        try await withTwoRuns { project in
            try project.write(policy("metric: bookings, min: 10"), to: "new.yaml")
            let text = try await project.sluice("policy", "replay", "--against", "new.yaml")
            #expect(text.status == 1, "\(text.errors)")
            #expect(text.output.contains("2 recorded too little to tell"))
            #expect(text.output.contains("this run measured no 'bookings'"), "\(text.output)")
        }
    }

    @Test func `a test that failed is refused under any policy`() async throws {
        try await withProject([
            "sluice.yaml": ToyProject.policy.replacing("python3 -c \"print('tests ran')\"", with: "exit 3")
        ]) { project in
            try await project.addData()
            #expect(try await project.sluice("run").status == 1)
            try project.write(policy("metric: auc, min: 0"), to: "looser.yaml")
            let text = try await project.sluice("policy", "replay", "--against", "looser.yaml")
            #expect(text.status == 0, "\(text.errors)")
            #expect(text.output.contains("on 1 judged run of toy: no verdict would be different"))
        }
    }

    @Test func `the policy of an earlier commit is tried, and a reproduction is no run to decide on`() async throws {
        try await withTwoRuns { project in
            #expect(try await project.sluice("reproduce", "1").status == 0)
            try project.write(policy("metric: auc, min: 0"), to: "sluice.yaml")
            let commit = try await project.commit("Ask for less")
            #expect(try await project.sluice("policy", "replay").status == 1)
            let before = try await project.sluice("policy", "replay", "--against", "HEAD~1")
            #expect(before.status == 0, "\(before.errors)")
            #expect(before.output.contains("on 2 judged runs of toy: no verdict would be different"))
            let now = try await project.sluice("policy", "replay", "--against", commit)
            #expect(now.status == 1)
            #expect(now.output.hasPrefix("sluice.yaml of commit \(commit.prefix(7))"), "\(now.output)")
        }
    }

    @Test func `what cannot be read ends with 2 and says what to do`() async throws {
        try await withTwoRuns { project in
            try project.write("version: 1\nmodel: toy\ngate: []\n", to: "wrong.yaml")
            let wrong = try await project.sluice("policy", "replay", "--against", "wrong.yaml")
            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("wrong.yaml:3"), "\(wrong.errors)")

            let absent = try await project.sluice("policy", "replay", "--against", "deadbeef")
            #expect(absent.status == 2)
            #expect(absent.errors.contains("'deadbeef' is neither a file nor a commit"), "\(absent.errors)")
            let json = try await project.sluice("policy", "replay", "--against", "no.yaml", "--json")
            #expect(json.status == 2)
            #expect(try json.json()["error"]?["kind"]?.text == "input")

            for limit in ["0", "-3", "1000001"] {
                #expect(try await project.sluice("policy", "replay", "--limit=\(limit)").status == 2)
            }
        }
    }

    @Test func `runs of another model are asked by its name`() async throws {
        try await withTwoRuns { project in
            try project.write(policy("metric: auc, min: 0", model: "other"), to: "other.yaml")
            let none = try await project.sluice("policy", "replay", "--against", "other.yaml")
            #expect(none.status == 0)
            #expect(none.output == "other.yaml on 0 judged runs of other: nothing to compare with\n")

            let toy = try await project.sluice("policy", "replay", "--against", "other.yaml", "--model", "toy")
            #expect(toy.status == 1)
            #expect(toy.output.contains("other.yaml on 2 judged runs of toy"))

            let slip = try await project.sluice("policy", "replay", "--model", "tyo")
            #expect(slip.status == 2)
            #expect(slip.errors.contains("there is no run of model 'tyo'"))
            #expect(slip.errors.contains("did you mean 'toy'?"))
        }
    }
}
