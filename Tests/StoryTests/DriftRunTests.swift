import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Drift as a part of a run: the second month of a toy project's data has moved.
@Suite(.timeLimit(.minutes(15)))
struct DriftRunTests {
    private static let later: [(Int, Double)] = (0..<60).map { ($0 % 3 == 0 ? 1 : 0, Double($0) + 40) }

    private static func policy(_ drift: String) -> [String: String] {
        let rules = "drift: { columns: { x: { ks: 0.3 } }, \(drift) }"
        return ["sluice.yaml": ToyProject.policy.replacing("append: true }", with: "append: true, \(rules) }")]
    }

    @Test func `a run says how far its new data has moved from the champion's, and retrains`() async throws {
        try await withProject(Self.policy("action: retrain")) { project in
            try await project.addData()
            let first = try await project.sluice("run")
            #expect(first.status == 0, "\(first)")
            #expect(
                first.output.contains(
                    "• nothing to compare with: the model 'toy' has no champion yet"))
            try await project.sluice("approve", "1", "--as", "bob")
            try await project.addData(Self.later, name: "part-2.csv")

            let second = try await project.sluice("run", environment: ["COLUMNS": "80"])

            #expect(second.status == 0, "\(second)")
            #expect(
                second.output.contains(
                    """
                    Data drift
                      points: 1 of 2 columns is over its limits: part-2.csv (60 rows), compared with
                      snapshot 1 of points (1 file), which the champion was trained on (60 rows).
                      The policy takes such data in, and may retrain on it.
                         column  measured / limit    distribution
                      ✗  x       ks 0.6667 / 0.30 ✗  █▇▇▇▇▇···· then
                                 missing 0 %         ····█▇▇▇▇█ now
                    """), "\(second.output)")
            let report = try Files.readSmall(project.home.appending("runs/2/report.md"))
            let markdown = String(decoding: report, as: UTF8.self)
            #expect(markdown.contains("<details><summary>x: both distributions</summary>"), "\(markdown)")

            let drift = try await project.sluice("show", "2", "--json").json()["drift"]
            guard case .array(let list)? = drift, let points = list.first else {
                Issue.record("\(String(describing: drift))")
                return
            }
            #expect(points["verdict"]?.text == "drift")
            #expect(points["current"]?["name"]?.text == "part-2.csv")
            #expect(points["drifted"]?.int64 == 1)

            // The same question again is answered from what is remembered; a reproduction asks it anew.
            try await project.commit("Again")
            let third = try await project.sluice("run")
            let whole = try await project.sluice("show", "3", "--all").output
            #expect(whole.contains("drift:points         reused from run 2"), "\(whole)")
            #expect(third.output.contains("1 of 2 columns is over its limits"))
            let again = try await project.sluice("reproduce", "2")
            #expect(again.status == 0, "\(again)")
            #expect(again.output.contains("identical"), "\(again)")
            let reproduced = try await project.sluice("show", "4")
            #expect(reproduced.output.contains("1 of 2 columns is over its limits"), "\(reproduced.output)")
        }
    }

    @Test func `drift alone starts a run, and of each file it is told why it did or did not`() async throws {
        try await withProject { project in
            let drop = project.folder.appending("drop")
            try Files.makeDirectory(drop)
            let more = "append: true, drop: \(drop), settle: 0.1s, drift: { columns: [x], ks: 0.3 } }"
            try project.write(
                ToyProject.policy.replacing("append: true }", with: more)
                    + "\ntriggers: { drift: { dataset: points } }\n", to: "sluice.yaml")
            try await project.commit("Watch a drop")
            func put(_ rows: [(Int, Double)], as name: String) async throws -> String {
                let text = "x,label\n" + rows.map { "\($0.1),\($0.0)" }.joined(separator: "\n") + "\n"
                let file = project.folder.appending(name)
                try Files.writeDurably(Data(text.utf8), to: file)
                try Files.move(file, to: drop.appending(name))
                try await project.sluice("watch", "--once")
                return try await project.sluice("why", name).output
            }
            let first = try await put(ToyProject.rows, as: "part-1.csv")
            try await project.sluice("run")
            try await project.sluice("approve", "1", "--as", "bob")
            let still = try await put(ToyProject.rows.map { ($0.0, $0.1 + 1) }, as: "part-2.csv")
            let moved = try await put(Self.later, as: "part-3.csv")

            #expect(first.contains("no run: there is nothing to compare snapshot 1 with"), "\(first)")
            #expect(still.contains("no run: snapshot 2 has not drifted: no limit is passed"), "\(still)")
            #expect(moved.contains("has drifted: started run 2"), "\(moved)")
            #expect(moved.contains("part-3.csv was taken in"))
            #expect(!moved.contains("snapshot 2"), "\(moved)")
        }
    }

    @Test func `drifted data that the policy refuses fails the run before training`() async throws {
        try await withProject(Self.policy("against: { window: 1 }, action: quarantine")) { project in
            try await project.addData()
            let first = try await project.sluice("run")
            #expect(first.status == 0, "\(first)")
            #expect(first.output.contains("there is no file before 'part-1.csv'"), "\(first.output)")
            try await project.addData(Self.later, name: "part-2.csv")

            let refused = try await project.sluice("run", environment: ["COLUMNS": "300"])

            #expect(refused.status == 1, "\(refused)")
            let sentence = "the column 'x' has drifted: ks is 0.666667, above the limit of 0.3"
            #expect(refused.errors.contains(sentence) || refused.output.contains(sentence), "\(refused)")
            let whole = try await project.sluice("show", "2", "--all").output
            #expect(whole.contains("skipped: drift:points did not succeed"), "\(whole)")
            #expect(refused.output.contains("compared with part-1.csv, the file before (60 rows)"))
            #expect(refused.output.contains("The policy refuses such data until a person has looked."))
            #expect(project.log(of: "train", run: 2).isEmpty)
            let view = try await project.sluice("show", "2", "--json").json()
            let documented = try String(
                contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/json.md"),
                encoding: .utf8)
            guard case .array(let list)? = view["drift"] else {
                Issue.record("\(view)")
                return
            }
            #expect(list.first?["action"]?.text == "quarantine")
            for key in list.first.map(DriftRunTests.keys) ?? [] {
                #expect(documented.contains(key), "docs/json.md does not name \(key)")
            }

            let asked = try await project.sluice("data", "drift", "points")
            #expect(asked.status == 1, "\(asked)")
            #expect(asked.output.contains("part-1.csv, the file before"), "\(asked.output)")
            let season = try await project.sluice("data", "drift", "points", "--against", "season:5")
            #expect(season.status == 2)
            #expect(season.errors.contains("nothing to compare with: there is no file 5 before 'part-2.csv'"))
            let wrong = try await project.sluice("data", "drift", "points", "--against", "windows:5")
            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("'windows:5' is nothing to compare with"))
        }
    }

    @Test func `values of a sensitive column are in no report of its drift`() async throws {
        var files = Self.policy("against: { window: 1 }, action: warn")
        files["sluice.yaml"] = files["sluice.yaml"]?.replacing("x: { ks: 0.3 }", with: "who: { linf: 0.1 }")
        files["schema.json"] = """
            {"fieldsMatch": "subset", "fields": [
              {"name": "who", "type": "string", "sensitive": true}, {"name": "label", "type": "integer"}]}
            """
        try await withProject(files) { project in
            for (number, name) in ["alice", "mallory"].enumerated() {
                let rows = (0..<40).map { "\($0),\($0 % 2),\($0 % 3 == 0 ? name : "bob")\n" }.joined()
                let file = project.folder.appending("part-\(number).csv")
                try Files.writeDurably(Data("x,label,who\n\(rows)".utf8), to: file)
                try await project.sluice("data", "add", "points", file.string)
            }
            let run = try await project.sluice("run")
            let shown = try await project.sluice("show", "1", "--json")
            let markdown = String(
                decoding: try Files.readSmall(project.home.appending("runs/1/report.md")), as: UTF8.self)

            #expect(run.output.contains("✗  who"), "\(run)")
            #expect(shown.output.contains("linf"), "\(shown)")
            #expect(markdown.contains("who: both distributions"), "\(markdown)")
            for text in [run.output, run.errors, shown.output, markdown] {
                #expect(!text.contains("mallory") && !text.contains("alice") && !text.contains("bob"), "\(text)")
            }
        }
    }

    private static func keys(of node: JSONValue) -> Set<String> {
        switch node {
        case .object(let members): members.values.reduce(into: Set(members.keys)) { $0.formUnion(keys(of: $1)) }
        case .array(let items): items.reduce(into: []) { $0.formUnion(keys(of: $1)) }
        default: []
        }
    }

    @Test func `a limit that cannot be asked leaves the answer open`() async throws {
        let policy = Self.policy("against: { window: 1 }, action: quarantine")
        let typo = policy.mapValues { $0.replacing("x: { ks: 0.3 }", with: "xx: { ks: 0.3 }") }
        try await withProject(typo) { project in
            try await project.addData()
            try await project.addData(Self.later, name: "part-2.csv")
            let run = try await project.sluice("run", environment: ["COLUMNS": "300"])
            #expect(run.status == 2, "\(run)")
            #expect(run.output.contains("the reference has no column 'xx'; did you mean 'x'?"), "\(run)")

            try project.write(
                (typo["sluice.yaml"] ?? "").replacing("action: quarantine", with: "action: warn"), to: "sluice.yaml")
            try await project.commit("Only warn")
            let warned = try await project.sluice("run")
            #expect(warned.status == 0, "\(warned)")
            #expect(warned.output.contains("? could not tell: the reference has no column 'xx'"), "\(warned.output)")
        }
    }
}
