import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// Each block that comes with Sluice, in a project: what is good passes, and what the block is for is refused.
///
/// The model of these projects is a file of numbers that say how its predictions go wrong.
@Suite(.timeLimit(.minutes(15)))
struct BlockStoryTests {
    /// A project that uses a block. `rows` is Python that writes the predictions' lines with `write`; `m` is the
    /// model, `r` a source of random numbers that is the same every time.
    private func withBlock(
        _ use: String, _ more: String = "", model: String, header: String, rows: String,
        _ files: [String: String] = [:], _ body: (Project) async throws -> Void
    ) async throws {
        let policy = """
            version: 1
            use: \(use)
            model: toy
            train: { run: cp params.json model.json, model: model.json }
            evaluate: { run: "python3 evaluate.py ${model} ${predictions}", predictions: predictions.csv }
            approval: { required: 0 }

            """
        let evaluate = """
            import json, random, sys
            m = json.load(open(sys.argv[1]))
            r = random.Random(7)
            out = open(sys.argv[2], "w")
            def write(*cells):
                out.write(",".join(map(str, cells)) + "\\n")
            write("\(header.replacing(",", with: "\", \""))")

            """
        let all = [
            "sluice.yaml": policy + more, "evaluate.py": evaluate + rows,
            "params.json": model,
        ]
        try await withProject(all.merging(files) { _, new in new }, body)
    }

    /// What a run with this model comes to: its exit code, and the gates that did not pass.
    private func run(
        _ project: Project, _ model: String? = nil
    ) async throws -> (status: Int32, refused: [String], output: String) {
        if let model {
            try project.write(model, to: "params.json")
            try await project.commit("Another model")
        }
        let call = try await project.sluice("run", "--json")
        guard case .array(let gates)? = try call.json()["gates"] else {
            return (call.status, [], call.output + call.errors)
        }
        let refused = gates.filter { ["failed", "undecided"].contains($0["outcome"]?.text ?? "") }.map { gate in
            [gate["metric"]?.text, gate["condition"]?.text].compactMap { $0 }.joined(separator: " ")
        }
        return (call.status, refused, call.output + call.errors)
    }

    @Test func `tabular-classification lets an equal model through and refuses one that ranks worse`() async throws {
        let rows = """
            for i in range(2000):
                truth = r.random()
                label = int(r.random() < truth)
                score = min(max(truth + m["noise"] * (r.random() - 0.5), 0.001), 0.999)
                write(i, label, int(score > 0.5), score, "AA" if i % 2 else "UA")
            """
        try await withBlock(
            "{ block: tabular-classification, with: { slice: carrier, min_recall: 0.5 } }", model: #"{"noise": 0}"#,
            header: "id,label,prediction,score,carrier", rows: rows
        ) { project in
            let first = try await run(project)
            #expect(first.status == 0, "\(first.output)")
            #expect(first.refused == [])

            let equal = try await run(project, #"{"noise": 0.05}"#)
            #expect(equal.status == 0, "\(equal.output)")
            #expect(equal.refused == [])

            let worse = try await run(project, #"{"noise": 1.5}"#)
            #expect(worse.status == 1, "\(worse.output)")
            #expect(worse.refused.contains("auc max_drop"))
            #expect(worse.refused.contains("log_loss max_rise"))
            #expect(worse.refused.contains("calibration_error max"))
        }
    }

    @Test func `tabular-regression refuses larger errors, and what is worse than the mean`() async throws {
        let rows = """
            for i in range(1500):
                x = 10 * r.random()
                write(i, x + r.gauss(0, 1), m["slope"] * x + m["bias"])
            """
        try await withBlock(
            "{ block: tabular-regression, with: { max_mae: 2 } }", model: #"{"slope": 1, "bias": 0}"#,
            header: "id,label,prediction", rows: rows
        ) { project in
            let first = try await run(project)
            #expect(first.status == 0, "\(first.output)")
            let equal = try await run(project, #"{"slope": 1, "bias": 0.01}"#)
            #expect(equal.status == 0, "\(equal.output)")

            let worse = try await run(project, #"{"slope": 1, "bias": 0.8}"#)
            #expect(worse.status == 1, "\(worse.output)")
            #expect(worse.refused == ["mae max_rise", "rmse max_rise"])

            let useless = try await run(project, #"{"slope": -1, "bias": 0}"#)
            #expect(useless.refused == ["r2 min", "mae max", "mae max_rise", "rmse max_rise"])
        }
    }

    @Test func `forecasting refuses a horizon that is worse than the last season, and a split that is none`()
        async throws
    {
        let rows = """
            for i in range(1200):
                label, horizon = 20 + r.gauss(0, 5), i % 3 + 1
                error = r.gauss(0, 1) * (m["late"] if horizon == 3 else 0.5)
                write(i, label, label + error, label + r.gauss(0, 2), horizon)
            """
        try await withBlock(
            "{ block: forecasting, with: { split_test: python3 split.py } }",
            "datasets: { points: { mount: data/points, schema: schema.json } }\n", model: #"{"late": 0.5}"#,
            header: "id,label,prediction,reference,horizon", rows: rows, ["split.py": "print('by time')\n"]
        ) { project in
            try await project.addData()
            let first = try await run(project)
            #expect(first.status == 0, "\(first.output)")

            let late = try await run(project, #"{"late": 3}"#)
            #expect(late.status == 1, "\(late.output)")
            #expect(late.refused.filter { $0 == "skill min" }.count == 1, "the total is still good: \(late.refused)")

            try project.write("raise SystemExit('training reaches into the evaluation')\n", to: "split.py")
            let mixed = try await run(project, #"{"late": 0.5}"#)
            #expect(mixed.status == 1)
            #expect(mixed.output.contains("time_split"))
        }
    }

    @Test func `image-classification refuses a model that trades one class for the others`() async throws {
        let rows = """
            for i in range(900):
                label = ("cat", "dog", "owl")[i % 3]
                missed = m["owls_missed"] if label == "owl" else m["others_missed"]
                write(i, label, "dog" if r.random() < missed else label, label)
            """
        try await withBlock(
            "{ block: image-classification, with: { dataset: ~ } }",
            model: #"{"owls_missed": 0.2, "others_missed": 0.2}"#, header: "id,label,prediction,class", rows: rows
        ) { project in
            let first = try await run(project)
            #expect(first.status == 0, "\(first.output)")

            let traded = try await run(project, #"{"owls_missed": 0.9, "others_missed": 0.0}"#)
            #expect(traded.status == 1, "\(traded.output)")
            #expect(traded.refused.contains("accuracy min"))
            #expect(traded.refused.contains("accuracy max_drop"))
        }
    }

    @Test func `ranking refuses an order that is worse`() async throws {
        let rows = """
            for query in range(300):
                for i in range(8):
                    label = r.choice((0, 0, 0, 1, 2))
                    write(query * 8 + i, query, label, label + m["noise"] * r.gauss(0, 1))
            """
        try await withBlock(
            "ranking", model: #"{"noise": 0.5}"#, header: "id,query,label,score", rows: rows
        ) { project in
            let first = try await run(project)
            #expect(first.status == 0, "\(first.output)")

            let worse = try await run(project, #"{"noise": 3}"#)
            #expect(worse.status == 1, "\(worse.output)")
            #expect(worse.refused == ["ndcg max_drop", "mrr max_drop"])
        }
    }

    @Test func `fairness refuses a gap between groups, or only shows it`() async throws {
        let rows = """
            for i in range(1600):
                label, sex = int(r.random() < 0.5), "f" if r.random() < 0.5 else "m"
                missed = 0.1 + (m["gap"] if sex == "f" else 0)
                write(i, label, label if r.random() > missed else 0, sex)
            """
        try await withBlock(
            "{ block: fairness, with: { group: sex } }", model: #"{"gap": 0}"#, header: "id,label,prediction,sex",
            rows: rows
        ) { project in
            let first = try await run(project)
            #expect(first.status == 0, "\(first.output)")

            let unfair = try await run(project, #"{"gap": 0.3}"#)
            #expect(unfair.status == 1, "\(unfair.output)")
            #expect(
                unfair.refused == ["recall max_gap"], "half of the rows are positive, so the choice differs by 0.15")

            let policy = String(
                decoding: try Files.readSmall(project.repository.appending("sluice.yaml")), as: UTF8.self)
            try project.write(policy.replacing("group: sex", with: "group: sex, action: warn"), to: "sluice.yaml")
            let shown = try await run(project, #"{"gap": 0.31}"#)
            #expect(shown.status == 0, "\(shown.output)")
        }
    }
}
