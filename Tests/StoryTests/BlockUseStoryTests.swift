import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// `use:` on the command line and at the commit, and the block about data.
@Suite(.timeLimit(.minutes(15)))
struct BlockUseStoryTests {
    private static let ours = """
        block: ours
        about: What our team asks of every model.
        parameters:
          least: { default: 0.5, about: The least AUC. }
        policy:
          gates:
            - { metric: auc, min: $(least) }

        """

    private static func policy(_ use: String) -> String {
        ToyProject.policy.replacing("gates:\n", with: "use: \(use)\ngates:\n")
            .replacing("  - { metric: auc, min: 0.5 }\n", with: "")
    }

    @Test func `a block of the repository is read at the commit, and the run is reproduced after it has changed`()
        async throws
    {
        let files = ["sluice.yaml": Self.policy("./policies/ours.yaml"), "policies/ours.yaml": Self.ours]
        try await withProject(files) { project in
            try await project.addData()
            let shown = try await project.sluice("policy", "show")
            #expect(
                shown.output.contains("min: 0.5  # policies/ours.yaml:7, least at policies/ours.yaml:4"),
                "\(shown.output)\(shown.errors)")
            // What is not committed does not count.
            try project.write(Self.ours.replacing("0.5", with: "1.5"), to: "policies/ours.yaml")

            let run = try await project.sluice("run", "--json")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await project.sluice("approve", "1", "--as", "alice").status == 0)

            try await project.commit("Ask too much")
            #expect(try await project.sluice("run").status == 1)
            #expect(try await project.sluice("reproduce", "1").status == 0)
            #expect(try await project.sluice("promote", "toy", "1", "--as", "alice").status == 0)
        }
    }

    @Test func `a block that is not there is a mistake with a place`() async throws {
        try await withProject(["sluice.yaml": Self.policy("[ranking, ./policies/none.yaml]")]) { project in
            let check = try await project.sluice("policy", "check")
            #expect(check.status == 1)
            #expect(check.output.contains("there is no file 'policies/none.yaml' to take a block from"))
            #expect(check.output.hasPrefix("sluice.yaml:"))
            let run = try await project.sluice("run")
            #expect(run.status == 2)
            #expect(run.errors.contains("there is no file 'policies/none.yaml'"))
        }
    }

    @Test func `the shipped blocks are listed, and one is printed as it is`() async throws {
        try await withProject { project in
            let list = try await project.sluice("policy", "blocks")
            #expect(list.output.contains("fairness: Differences between groups"))
            #expect(list.output.contains("  max_gap"))

            let one = try await project.sluice("policy", "blocks", "fairness")
            try project.write(one.output, to: "policies/fair.yaml")
            #expect(try await project.sluice("policy", "check", "policies/fair.yaml").status == 0)

            let none = try await project.sluice("policy", "blocks", "fairnes")
            #expect(none.status == 2)
            #expect(none.errors.contains("did you mean 'fairness'?"))
        }
    }

    @Test func `data-centric accepts good data and refuses each kind of bad data`() async throws {
        let policy = ToyProject.policy.replacing(
            "tests:\n",
            with: """
                use: { block: data-centric, with: { dataset: points, label: label, ignore: 'record, "id"' } }
                tests:

                """)
        let schema = """
            {"fields": [{"name": "id", "type": "integer"}, {"name": "x", "type": "number"},
                        {"name": "place", "type": "string"}, {"name": "label", "type": "string"}]}
            """
        try await withProject(["sluice.yaml": policy, "schema.json": schema]) { project in
            let good = (0..<200).map { "\($0),\(Double($0 * 37 % 101) / 7),p\($0 % 7),\($0 % 3 == 0 ? "yes" : "no")" }
            let copies = good.prefix(20).enumerated().map { index, row in
                "\(900 + index)," + row.split(separator: ",").dropFirst().joined(separator: ",")
            }
            let answers = good.prefix(20).enumerated().map { index, row in
                let cells = row.split(separator: ",")
                return "\(800 + index),\(cells[1]),\(cells[2]),\(cells[3] == "yes" ? "no" : "yes")"
            }
            let cases: [(name: String, rows: [String], check: String?)] = [
                ("good", good, nil),
                ("copies", good + copies, "test:duplicates"),
                ("conflicts", good + answers, "test:label_conflicts"),
                ("spellings", good + (0..<30).map { "\(700 + $0),\($0),p1,Yes " }, "test:label_spellings"),
                ("rare", good + (0..<3).map { "\(700 + $0),\(200 + $0),p1,maybe" }, "test:class_counts"),
                ("unlabelled", good + ["999,3.5,p1,"], "null-fraction"),
                ("one-sided", (0..<600).map { "\($0),\($0),p\($0 % 7),\($0 < 25 ? "yes" : "no")" }, "constant"),
                ("told", (0..<200).map { "\($0),\($0),\($0 % 3 == 0 ? "a,yes" : "b,no")" }, "leakage"),
            ]
            for (name, rows, check) in cases {
                try project.write("id,x,place,label\n" + rows.joined(separator: "\n") + "\n", to: "\(name).csv")
                let call = try await project.sluice(
                    "data", "check", "\(name).csv", "--policy", "sluice.yaml", "--dataset", "points", "--json")
                #expect(call.status == (check == nil ? 0 : 1), "\(name): \(call.output)\(call.errors)")
                guard let check else { continue }
                #expect(call.output.contains("\"check\" : \"\(check)\""), "\(name): \(call.output)")
            }
        }
    }
}
