import Domain
import Foundation
import Host
import Testing

/// What a run records for its report beyond verdict, gates and numbers.
@Suite(.timeLimit(.minutes(15)))
struct ReportDetailTests {
    @Test func `what changed since the champion is told commit by commit and key by key`() async throws {
        try await withProject { project in
            try await project.promoteFirst()
            try await project.addData([(1, 70), (0, 71)], name: "part-2.csv")
            try project.write("slope: 0.5\ndepth: { trees: 3 }\n", to: "params.yaml")
            try project.write(
                ToyProject.files["train.py", default: ""].replacing("read().split(\":\")[1]", with: "readline()[7:]"),
                to: "train.py")
            try await project.commit("Read one line")
            try project.write(ToyProject.policy.replacing("max_drop: 0.01", with: "max_drop: 0.02"), to: "sluice.yaml")
            try await project.commit("Loosen the gate")

            let call = try await project.sluice("run", "--json")

            let changes = try #require(try call.json()["changes"], "\(call.output)\(call.errors)")
            #expect(changes["ancestry"]?.text == "ahead")
            #expect(changes["commit_count"]?.int64 == 2)
            #expect(texts(changes["commits"], "subject") == ["Loosen the gate", "Read one line"])
            #expect(texts(changes["parameters"], "name") == ["params.yaml:depth.trees", "params.yaml:slope"])
            #expect(texts(changes["parameters"], "now") == ["3", "0.5"])
            #expect(texts(changes["policy"], "name") == ["gates[1].max_drop"])
            #expect(texts(changes["policy"], "before") == ["0.01"])
            let data = try #require(elements(changes["datasets"]).first)
            #expect(data["files_added"] == .array([.string("part-2.csv")]))
            #expect(data["before"]?.int64 == 1 && data["now"]?.int64 == 2)
        }
    }

    @Test func `a champion of another branch is told`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.git("checkout", "-q", "-b", "side")
            try await project.commit("Only on the side")
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "alice")
            try await project.git("checkout", "-q", "main")
            try await project.commitChange()

            let changes = try await project.sluice("run", "--json").json()["changes"]

            #expect(changes?["ancestry"]?.text == "diverged")
            #expect(changes?["missing_commits"]?.int64 == 1)
            #expect(texts(changes?["commits"], "subject") == ["Change the slope"])
        }
    }

    @Test func `files of the project's are shown as tables and text, and never obeyed`() async throws {
        let evaluate =
            ToyProject.files["evaluate.py", default: ""] + """

                open("costs.csv", "w").write("region,cost\\nnorth,3\\n" + "south,\\x1b[31m<script>\\n" * 150)
                open("summary.json", "w").write('{"profit": {"total": 12.5}, "name": "toy"}')
                open("notes.txt", "w").write("first line\\nsecond line\\n")
                """
        let policy =
            ToyProject.policy.replacing(
                "predictions: predictions.csv",
                with: "predictions: predictions.csv\n  outs: [costs.csv, summary.json, notes.txt]"
            ) + """

                report:
                  sections:
                    - { title: Costs, file: costs.csv }
                    - { title: Summary, file: summary.json }
                    - { title: Notes, file: notes.txt }

                """
        try await withProject(["sluice.yaml": policy, "evaluate.py": evaluate]) { project in
            try await project.addData()

            let call = try await project.sluice("run", "--json")

            #expect(call.status == 0, "\(call.errors)\(call.output)")
            let sections = elements(try call.json()["sections"])
            #expect(sections.compactMap { $0["title"]?.text } == ["Costs", "Summary", "Notes"])
            #expect(sections.first?["header"] == .array([.string("region"), .string("cost")]))
            #expect(elements(sections.first?["rows"]).count == 100)
            #expect(sections.first?["left"]?.int64 == 51)
            let summary = elements(sections[1]["rows"])
            #expect(
                summary == [
                    .array([.string("name"), .string("toy")]), .array([.string("profit.total"), .string("12.5")]),
                ])
            #expect(elements(sections[2]["lines"]).prefix(2) == [.string("first line"), .string("second line")])
            #expect(!call.output.contains("\u{1B}"))
        }
    }

    @Test func `importances of features are read from what the evaluation wrote for the challenger`() async throws {
        let evaluate =
            ToyProject.files["evaluate.py", default: ""] + """

                weight = 0.1 if '.sluice' in sys.argv[1] else 0.9
                json.dump({"x": weight, "hour": -0.2}, open("importance.json", "w"))
                """
        let policy =
            ToyProject.policy.replacing(
                "predictions: predictions.csv", with: "predictions: predictions.csv\n  outs: [importance.json]")
            + "\nreport: { importance: importance.json }\n"
        try await withProject(["sluice.yaml": policy, "evaluate.py": evaluate]) { project in
            try await project.promoteFirst()
            try await project.commitChange()

            let call = try await project.sluice("run", "--json")

            let importances = elements(try call.json()["importances"])
            #expect(importances.compactMap { $0["feature"]?.text } == ["x", "hour"], "\(call.errors)")
            #expect(importances.first?["value"]?.double == 0.9, "not the champion's, which was written last")
        }
    }

    @Test func `a report is rendered by the project's own template as the commit has it`() async throws {
        let policy = ToyProject.policy + "\nreport: { templates: ours }\n"
        try await withProject(["sluice.yaml": policy, "ours/markdown.mustache": "Dear all!\n\n{{> gates}}\n"]) {
            project in
            try await project.addData()
            #expect(try await project.sluice("run").status == 0)

            #expect(try project.report(1).hasPrefix("Dear all!"))
            #expect(try project.report(1).contains("auc"))
            try project.write("Dear all!\n{{#gates}}\n", to: "ours/markdown.mustache")
            try await project.commit("Break the template")
            let broken = try await project.sluice("run")
            #expect(broken.status == 2)
            #expect(broken.errors.contains("ours/markdown.mustache:2"), "\(broken.errors)")
            #expect(try await project.sluice("show", "2").status == 2, "nothing was run")
        }
    }

    @Test func `a section of a file that nothing writes is refused before anything runs`() async throws {
        let policy = ToyProject.policy + "\nreport: { sections: [{ title: Costs, file: costs.csv }] }\n"
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.addData()

            let call = try await project.sluice("run")

            #expect(call.status == 2)
            #expect(call.errors.contains("neither training nor evaluation"), "\(call.errors)")
            #expect(call.errors.contains("costs.csv"))
        }
    }

    @Test func `what Sluice measures itself can be gated`() async throws {
        let gates = """
              - { metric: training_seconds, max: 1h }
              - { metric: training_memory_bytes, min: 1 }
              - { metric: data_age_seconds, max: 1h }
              - { metric: data_age_seconds.points, min: 0 }
              - { metric: evaluation_seconds, max: 1h }
              - { metric: prediction_seconds, min: 0 }
              - { metric: model_bytes, max: 1 kB }

            """
        let policy = ToyProject.policy.replacing("approval:", with: gates + "approval:")
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.promoteFirst()
            try project.write(policy.replacing("min: 0.5", with: "min: 0.6"), to: "sluice.yaml")
            try await project.commit("Raise the bar")

            // Training is reused, and what it used is known all the same.
            let run = try await project.sluice("run", "--json").json()

            #expect(outcomes(run).filter { !$0.hasSuffix("passed") } == [])
            #expect(run["challenger_metrics"]?["training_seconds"] != nil)
            for name in ["model_bytes", "evaluation_seconds", "prediction_seconds"] {
                #expect(run["champion_metrics"]?[name] != nil, "\(name)")
            }
            #expect(run["champion_metrics"]?["training_seconds"] == nil)
        }
    }

    @Test func `the best of the past promotions is what slow decay is measured by`() async throws {
        let policy = ToyProject.policy.replacing(
            "approval:", with: "  - { metric: train_slope, against: promotions, last: 3, max_drop: 0.15 }\napproval:")
        try await withProject(["sluice.yaml": policy]) { project in
            try await project.promoteFirst()
            for (run, slope) in [(2, 0.9), (3, 0.8)] {
                try await project.commitChange(slope: slope)
                let call = try await project.sluice("run", "--json")
                if run == 2 { #expect(call.status == 0, "\(call.output)") }
                if run == 3 {
                    #expect(call.status == 1, "each step is small, all together are not: \(call.output)")
                    let gate = try #require(elements(try call.json()["gates"]).last)
                    #expect(gate["past_version"]?.int64 == 1)
                    #expect(gate["champion"]?.double == 1)
                }
                try await project.sluice("approve", "\(run)", "--as", "alice")
            }
        }
    }
}

private func elements(_ value: JSONValue?) -> [JSONValue] {
    if case .array(let items)? = value { items } else { [] }
}

private func texts(_ list: JSONValue?, _ key: String) -> [String] {
    elements(list).compactMap { $0[key]?.text }
}
