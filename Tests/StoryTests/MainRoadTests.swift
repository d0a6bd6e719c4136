import Domain
import Foundation
import Host
import Testing

/// The user's story, from a commit to a promoted model.
@Suite(.timeLimit(.minutes(15)))
struct MainRoadTests {
    @Test func `a commit becomes a promoted model when a person approves`() async throws {
        try await withProject { project in
            #expect(try await project.addData().status == 0)

            let run = try await project.sluice("run", "--json")
            #expect(run.status == 0, "\(run.errors)")
            let report = try run.json()
            #expect(report["run"]?["status"]?.text == "waiting")
            #expect(report["run"]?["verdict"]?.text == "passed")
            #expect(report["challenger_metrics"]?["auc"]?.double == 1)
            #expect(project.acts().isEmpty, "nothing is deployed before a person approves")

            let approval = try await project.sluice("approve", "1", "--as", "alice", "--json")
            #expect(approval.status == 0, "\(approval.errors)")
            #expect(try approval.json()["promotion"]?["state"]?.text == "promoted")
            #expect(project.acts() == ["deploy 1", "verify 1"])

            let models = try await project.sluice("models", "--json").json()
            guard case .array(let versions) = models["versions"] else { Issue.record("no versions"); return }
            #expect(versions.first?["aliases"] == .array([.string("champion")]))
        }
    }

    @Test func `a worse challenger is refused and cannot be approved`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "alice")

            try project.write("slope: 0.0\n", to: "params.yaml")
            try await project.commit("Flatten the slope")
            let run = try await project.sluice("run", "--json")

            #expect(run.status == 1, "\(run.errors)")
            let report = try run.json()
            #expect(report["challenger_metrics"]?["auc"]?.double == 0.5)
            #expect(report["champion_metrics"]?["auc"]?.double == 1, "the champion is scored in the same run")
            let approval = try await project.sluice("approve", "2", "--as", "alice", "--json")
            #expect(approval.status == 1)
            #expect(project.acts() == ["deploy 1", "verify 1"])
        }
    }

    @Test func `a champion that was scored on other rows is not compared with`() async throws {
        let evaluate = ToyProject.files["evaluate.py", default: ""].replacing(
            "with open", with: "if '.sluice' in sys.argv[1]: rows = rows[:-3]\nwith open")
        try await withProject(["evaluate.py": evaluate]) { project in
            try await project.addData()
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "alice")
            try project.write("slope: 0.9\n", to: "params.yaml")
            try await project.commit("Flatten the slope a little")

            let run = try await project.sluice("run", "--json")

            #expect(run.status == 2, "\(run.errors)")
            #expect(try run.json()["run"]?["verdict"]?.text == "undecided")
            #expect(run.output.contains("it was scored on other rows (57) than the challenger (60)"))
        }
    }

    @Test func `a rejected model is not promoted and the reason stays`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")

            #expect(try await project.sluice("reject", "1", "--as", "bob", "--reason", "too few rows").status == 0)

            #expect(try await project.sluice("approve", "1", "--as", "alice").status == 1)
            let shown = try await project.sluice("show", "1")
            #expect(shown.output.contains("too few rows"))
            let why = try await project.sluice("why", "1").output.split(separator: "\n")
            #expect(why.contains { $0.hasSuffix("bob rejected run 1 on the command line: too few rows") })
            #expect(why.map { $0.prefix(24) } == why.map { $0.prefix(24) }.sorted(), "oldest first")
            #expect(project.acts().isEmpty)
        }
    }

    @Test func `nothing changed means nothing is run again`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")

            let again = try await project.sluice("run")

            #expect(again.status == 0)
            #expect(again.errors.contains("run 1 already answered exactly this"))
            let runs = try await project.sluice("runs", "--json").json()
            guard case .array(let all) = runs["runs"] else { Issue.record("no runs"); return }
            #expect(all.count == 1)
            for subject in ["1", "HEAD", "main"] {
                let why = try await project.sluice("why", subject)
                #expect(why.output.contains("no new run: run 1 is of an equal plan"), "\(subject): \(why.errors)")
            }
        }
    }

    @Test func `training is reused when only the evaluation changed`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            try project.write(ToyProject.policy.replacing("min: 0.5", with: "min: 0.6"), to: "sluice.yaml")
            try await project.commit("Raise the bar")

            let run = try await project.sluice("run", "--json").json()

            guard case .array(let stages) = run["stages"] else { Issue.record("no stages"); return }
            let train = stages.first { $0["name"]?.text?.hasPrefix("train:") == true }
            #expect(train?["state"]?.text == "reused")
            #expect(train?["reused_from"]?.int64 == 1)
            let evaluation = stages.first { $0["name"]?.text == "evaluate:challenger" }
            #expect(evaluation?["state"]?.text == "succeeded", "an evaluation is never taken from another run")
        }
    }

    @Test func `a failed verification puts the model before back`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "alice")
            let policy = ToyProject.policy.replacing(
                "verify: echo \"verify $SLUICE_MODEL_VERSION\"", with: "verify: exit 7; echo")
            try project.write(policy, to: "sluice.yaml")
            try await project.commit("Break the verification")
            #expect(try await project.sluice("run").status == 0)

            let approval = try await project.sluice("approve", "2", "--as", "alice", "--json")

            #expect(approval.status == 1)
            #expect(try approval.json()["promotion"]?["state"]?.text == "rolled_back")
            #expect(project.acts() == ["deploy 1", "verify 1", "deploy 2", "deploy 1"])
            let models = try await project.sluice("models", "toy", "--json").json()
            guard case .array(let versions) = models["versions"] else { Issue.record("no versions"); return }
            #expect(versions.first?["aliases"] == .array([]))
            #expect(versions.last?["aliases"] == .array([.string("champion")]))
        }
    }

    @Test func `a run is reproduced by its commit, byte for byte`() async throws {
        try await withProject { project in
            try await project.addData()
            let commit = try await project.git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
            try await project.sluice("run")
            try project.write("slope: 0.7\n", to: "params.yaml")
            try await project.commit("Go on")

            let reproduction = try await project.sluice("reproduce", String(commit.prefix(12)), "--json")

            #expect(reproduction.status == 0, "\(reproduction.errors)")
            #expect(try reproduction.json()["verdict"]?.text == "identical")
        }
    }

    @Test func `training that is not deterministic is named, with the stage and the file`() async throws {
        let train =
            ToyProject.files["train.py", default: ""]
            + "\njson.dump({'slope': slope, 'salt': __import__('os').urandom(8).hex()}, open('model.json', 'w'))\n"
        try await withProject(["train.py": train]) { project in
            try await project.addData()
            try await project.sluice("run")

            let reproduction = try await project.sluice("reproduce", "1", "--json")

            #expect(reproduction.status == 3, "other bytes and equal metrics are equivalent: \(reproduction.errors)")
            guard case .array(let found) = try reproduction.json()["divergences"] else {
                Issue.record("no divergences")
                return
            }
            #expect(found.first?["name"]?.text == "model.json")
            #expect(found.first?["stage"]?.text?.hasPrefix("train:") == true)
        }
    }

    @Test func `uncommitted changes are named and not used, unless asked for`() async throws {
        try await withProject { project in
            try await project.addData()
            try project.write("slope: 0.9\n", to: "params.yaml")

            let clean = try await project.sluice("run")
            #expect(clean.output.contains("params.yaml"))
            #expect(project.log(of: "train:model", run: 1).contains { $0.contains("slope 1.0") })

            let dirty = try await project.sluice("run", "--dirty", "--json")
            #expect(dirty.status == 0, "\(dirty.errors)")
            #expect(project.log(of: "train:model", run: 2).contains { $0.contains("slope 0.9") })
            #expect(try await project.git("status", "--porcelain") == " M params.yaml\n", "the checkout is untouched")
        }
    }
}
