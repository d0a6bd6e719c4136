import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// Champion and challenger are scored by the same code on the same rows in the same run, or there is no answer: numbers
/// of another day never stand in.
@Suite(.timeLimit(.minutes(15)))
struct FairFightTests {
    @Test func `a first model meets the absolute gates only, and its report says so`() async throws {
        try await withProject { project in
            try await project.addData()

            let run = try await project.sluice("run", "--json").json()

            #expect(run["run"]?["verdict"]?.text == "passed")
            #expect(run["champion_metrics"] == nil)
            #expect(run["changes"] == nil)
            #expect(outcomes(run) == ["auc min passed", "auc max_drop no_champion"])
            #expect(try project.report(1).lowercased().contains("no champion"))
        }
    }

    @Test func `a champion that lacks what the evaluation reads cannot be compared with, and blocks`() async throws {
        try await withProject { project in
            try await project.promoteFirst()
            // A feature is renamed: the model of today has it, the one in production does not.
            try project.write(
                ToyProject.files["train.py", default: ""].replacing(
                    "{\"slope\": slope}, open(\"model.json\"", with: "{\"steepness\": slope}, open(\"model.json\""),
                to: "train.py")
            try project.write(
                ToyProject.files["evaluate.py", default: ""].replacing("[\"slope\"]", with: "[\"steepness\"]"),
                to: "evaluate.py")
            try await project.commit("Rename a feature")

            let call = try await project.sluice("run", "--json")

            try expectNoComparison(call, project, saying: "ended with status 1")
            #expect(project.log(of: "evaluate:champion", run: 2).contains { $0.contains("KeyError: 'steepness'") })
        }
    }

    @Test func `a champion that cannot be unpickled any more cannot be compared with, and blocks`() async throws {
        // The class of the model stands in a package that the environment of today does not have.
        let train = """
            import json, pickle, sys
            sys.path.insert(0, ".")
            import MODULE as shapes
            slope = float(open("params.yaml").read().split(":")[1])
            pickle.dump(shapes.Line(slope), open("model.json", "wb"))
            json.dump({"train_slope": slope}, open("metrics.json", "w"))
            """
        let evaluate = ToyProject.files["evaluate.py", default: ""].replacing(
            "json.load(open(sys.argv[1]))[\"slope\"]", with: "pickle.load(open(sys.argv[1], \"rb\")).slope"
        ).replacing("import csv,", with: "import pickle, csv,")
        let shapes = "class Line:\n    def __init__(self, slope):\n        self.slope = slope\n"
        let policy = ToyProject.policy.replacing("deps: [train.py,", with: "deps: [train.py, ")
        try await withProject([
            "sluice.yaml": policy, "train.py": train.replacing("MODULE", with: "oldshapes"), "oldshapes.py": shapes,
            "evaluate.py": evaluate,
        ]) { project in
            try await project.promoteFirst()
            try await project.git("mv", "oldshapes.py", "newshapes.py")
            try project.write(train.replacing("MODULE", with: "newshapes"), to: "train.py")
            try await project.commit("Replace a package")

            let call = try await project.sluice("run", "--json")

            try expectNoComparison(call, project, saying: "ended with status 1")
            #expect(
                project.log(of: "evaluate:champion", run: 2).contains { $0.contains("No module named 'oldshapes'") })
        }
    }

    @Test func `a champion whose evaluation writes no number is not believed`() async throws {
        let evaluate = ToyProject.files["evaluate.py", default: ""].replacing(
            "out.write(f\"",
            with: "score = 'high' if '.sluice' in sys.argv[1] else min(max(score, 0.0), 1.0)\n        out.write(f\""
        ).replacing("{min(max(score, 0.0), 1.0)}", with: "{score}")
        try await withProject(["evaluate.py": evaluate]) { project in
            try await project.promoteFirst()
            try await project.commitChange()

            let call = try await project.sluice("run", "--json")

            try expectNoComparison(call, project, saying: "high")
        }
    }

    @Test func `an evaluation cannot change the model that it judges`() async throws {
        let evaluate = ToyProject.files["evaluate.py", default: ""].replacing(
            "with open(sys.argv[3]", with: "open(sys.argv[1], \"a\")\nwith open(sys.argv[3]")
        try await withProject(["evaluate.py": evaluate]) { project in
            try await project.addData()

            let call = try await project.sluice("run", "--json")

            #expect(call.status == 1)
            #expect(project.log(of: "evaluate:challenger", run: 1).contains { $0.contains("Read-only file system") })
        }
    }

    /// The run could not tell, says why, and takes no number from an earlier run.
    private func expectNoComparison(_ call: Project.Call, _ project: Project, saying why: String) throws {
        #expect(call.status == 2, "\(call.errors)\(call.output)")
        let run = try call.json()
        #expect(run["run"]?["verdict"]?.text == "undecided")
        #expect(run["champion_metrics"] == nil)
        #expect(run["champion_fault"]?.text?.contains(why) == true, "\(call.output)")
        #expect(outcomes(run) == ["auc min passed", "auc max_drop undecided"])
        #expect(run["challenger_metrics"]?["auc"]?.double == 1)
        guard case .array(let findings) = run["run"]?["findings"] else { Issue.record("no findings"); return }
        #expect(findings.count == 1, "it is said once: \(findings)")
        #expect(findings.first?["source"]?.text == "gate:auc")
        #expect(try project.report(2).contains("could not be evaluated"))
    }
}

/// `auc min passed`, for each gate of a run.
func outcomes(_ run: JSONValue) -> [String] {
    guard case .array(let gates) = run["gates"] else { return [] }
    return gates.map { gate in
        ["metric", "condition", "outcome"].compactMap { gate[$0]?.text }.joined(separator: " ")
    }
}

extension Project {
    /// The Markdown report of a run.
    func report(_ run: Int) throws -> String {
        String(decoding: try Files.readSmall(home.appending("runs/\(run)/report.md")), as: UTF8.self)
    }

    /// Run 1 makes a champion.
    func promoteFirst() async throws {
        try await addData()
        try await sluice("run")
        #expect(try await sluice("approve", "1", "--as", "alice").status == 0)
    }

    /// A commit that trains another model.
    func commitChange(slope: Double = 0.9) async throws {
        try write("slope: \(slope)\n", to: "params.yaml")
        try await commit("Change the slope")
    }
}
