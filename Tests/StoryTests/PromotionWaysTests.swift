import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// Promotions that a person asks for by hand, and what they must not let through.
@Suite(.timeLimit(.minutes(15)))
struct PromotionWaysTests {
    /// Two promoted versions; the second from a commit with a policy of its own.
    private func withTwoVersions(
        _ change: (String) -> String = { $0.replacing("min: 0.5", with: "min: 0.6") },
        _ body: (Project) async throws -> Void
    ) async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "alice")
            try project.write(change(ToyProject.policy), to: "sluice.yaml")
            try await project.commit("Change the policy")
            try await project.sluice("run")
            try await project.sluice("approve", "2", "--as", "alice")
            try await body(project)
        }
    }

    private func champion(_ project: Project) async throws -> Int64? {
        guard case .array(let versions) = try await project.sluice("models", "toy", "--json").json()["versions"] else {
            return nil
        }
        return versions.first { $0["aliases"] == .array([.string("champion")]) }?["version"]?["version"]?.int64
    }

    @Test func `a version whose report was edited after its approval is not promoted by hand either`() async throws {
        try await withTwoVersions { project in
            try project.append("\n", to: project.home.appending("runs/1/report.md"))

            let promotion = try await project.sluice("promote", "toy", "1", "--as", "alice")

            #expect(promotion.status == 2)
            #expect(promotion.errors.contains("report changed"), "\(promotion.errors)")
            #expect(try await champion(project) == 2)
            #expect(try await project.sluice("rollback", "toy", "--as", "alice").status == 0, "the way back stays open")
            #expect(try await champion(project) == 1)
        }
    }

    @Test func `a version that was deployed once more is still rolled back to the one before`() async throws {
        try await withTwoVersions { project in
            #expect(try await project.sluice("promote", "toy", "2", "--as", "alice").status == 0)

            let rollback = try await project.sluice("rollback", "toy", "--as", "alice")

            #expect(rollback.status == 0, "\(rollback.errors)")
            #expect(try await champion(project) == 1)
        }
    }

    @Test func `a promotion that is stuck can be rolled back by hand`() async throws {
        let change = { (policy: String) in
            policy.replacing("verify: echo", with: "rollback: never\n  verify: exit 7; echo")
        }
        try await withTwoVersions(change) { project in
            let stuck = try await project.sluice("show", "2", "--json").json()
            #expect(stuck["run"]?["status"]?.text == "stuck")
            #expect(try await champion(project) == 2)

            let rollback = try await project.sluice("rollback", "toy", "--as", "alice")

            #expect(rollback.status == 0, "\(rollback.errors)")
            #expect(try await champion(project) == 1)
        }
    }

    @Test func `a run that was rolled back and promoted by hand later reads as promoted`() async throws {
        try await withProject { project in
            try project.write(
                ToyProject.policy.replacing("verify: echo", with: "verify: test -e \"$SLUICE_DEPLOY_DIR/up\" && echo"),
                to: "sluice.yaml")
            try await project.commit("Verify that it is up")
            try await project.addData()
            try await project.sluice("run")
            #expect(try await project.sluice("approve", "1", "--as", "alice").status == 1)
            #expect(try await project.sluice("run").status == 1, "a promotion that was taken back is an answer")

            try Files.writeDurably(Data(), to: project.home.appending("deploy/toy/up"))
            let promotion = try await project.sluice("promote", "toy", "1", "--as", "alice")

            #expect(promotion.status == 0, "\(promotion.errors)")
            let shown = try await project.sluice("show", "1", "--json").json()
            #expect(shown["run"]?["status"]?.text == "promoted")
            let runs = try await project.sluice("runs", "--json").json()
            guard case .array(let all) = runs["runs"] else { Issue.record("no runs"); return }
            #expect(all.first?["status"]?.text == "promoted")
            #expect(try await project.sluice("why", "1").output.contains("promotion 2"))
        }
    }

    @Test func `what is deployed is what was decided on, whatever was written to the laid model`() async throws {
        try await withTwoVersions { project in
            let laid = project.home.appending("models/toy/1/model.json")
            try Files.removeTree(laid)
            try Files.writeDurably(Data("{\"slope\": 666}".utf8), to: laid)

            #expect(try await project.sluice("rollback", "toy", "--as", "alice").status == 0)

            #expect(String(decoding: try Files.readSmall(laid), as: UTF8.self).contains("1.0"))
        }
    }

    @Test func `an approved run that may not go on does not hold up the others`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            let kill = ["SLUICE_TEST_KILL_AT": "decision_recorded"]
            try await project.sluice("approve", "1", "--as", "alice", environment: kill)
            try project.write(ToyProject.policy.replacing("min: 0.5", with: "min: 0.6"), to: "sluice.yaml")
            try await project.commit("Raise the bar")
            try await project.sluice("run")
            try await project.sluice("approve", "2", "--as", "alice", environment: kill)
            try project.append("\n", to: project.home.appending("runs/2/report.md"))

            let resumed = try await project.sluice("resume")

            #expect(resumed.status == 2)
            #expect(resumed.errors.contains("report changed"))
            #expect(try await champion(project) == 1)
        }
    }

    @Test func `a deploy that cannot be started takes the promotion back, and the next one is free`() async throws {
        let policy = ToyProject.policy.replacing(
            "tests:",
            with: "environment: { python: \"3.11\", lock: requirements.lock, secrets: [SERVING_TOKEN] }\ntests:")
        try await withProject(["sluice.yaml": policy, "requirements.lock": "\n"]) { project in
            try await project.addData()
            let set = ["SERVING_TOKEN": "hush-hush-hush"]
            let run = try await project.sluice("run", environment: set)
            try #require(run.status == 0, "\(run.errors)\(run.output)")

            let approval = try await project.sluice("approve", "1", "--as", "alice", "--json")

            #expect(approval.status == 1, "\(approval.errors)")
            #expect(approval.output.contains("SERVING_TOKEN"))
            #expect(try await champion(project) == nil)
            let again = try await project.sluice("promote", "toy", "1", "--as", "alice", environment: set)
            #expect(again.status == 0, "\(again.errors)")
        }
    }

    @Test func `training that leaves no model is a no, and cannot be approved`() async throws {
        let policy = ToyProject.policy
            .replacing("outs: [model.json]\n  model: model.json", with: "outs: [models]\n  model: models/model.json")
            .replacing(
                "evaluate:\n  run: python3 evaluate.py ${model} ${data} ${predictions}\n  predictions: predictions.csv\n",
                with: ""
            )
            .replacing("metric: auc, min: 0.5", with: "metric: train_slope, min: 0.5")
            .replacing("  - { metric: auc, against: champion, max_drop: 0.01 }\n", with: "")
        let train = """
            import json, os
            os.mkdir("models")
            open("models/notes", "w").write("nothing came of it")
            json.dump({"train_slope": 1.0}, open("metrics.json", "w"))
            """
        try await withProject(["sluice.yaml": policy, "train.py": train]) { project in
            try await project.addData()

            let run = try await project.sluice("run", "--json")

            #expect(run.status == 1, "\(run.errors) \(run.output)")
            #expect(run.output.contains("training wrote no 'models/model.json'"))
            #expect(try await project.sluice("approve", "1", "--as", "alice").status == 1)
        }
    }

    @Test func `a name that hides letters is written out wherever it is shown`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            let reject = try await project.sluice("reject", "1", "--as", "eve\u{202E}ecila", "--reason", "no")
            let shown = try await project.sluice("show", "1")

            for text in [reject.output, shown.output] {
                #expect(text.contains("eve\\u{202E}ecila"), "\(text)")
                #expect(!text.unicodeScalars.contains("\u{202E}"))
            }
        }
    }

    @Test func `a run that a person rejected stays a no when it is asked for again`() async throws {
        try await withProject { project in
            try await project.addData()
            #expect(try await project.sluice("run").status == 0)
            try await project.sluice("reject", "1", "--as", "bob", "--reason", "too few rows")

            #expect(try await project.sluice("run").status == 1)
        }
    }
}

extension Project {
    /// Adds to a file as whoever can write to the home could.
    fileprivate func append(_ text: String, to file: FilePath) throws {
        try Files.writeDurably(try Files.readSmall(file) + Data(text.utf8), to: file)
    }
}
