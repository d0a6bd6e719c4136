import Domain
import SystemPackage
import Testing

@testable import Engine

/// What cannot be planned, said in full.
struct PlanTests {
    private static func policy(_ rest: String) -> String { "version: 1\nmodel: toy\n" + rest }

    private static let pipeline = """
        stages:
          fit:
            cmd: python fit.py
            deps: [fit.py]
            outs: [models]
            metrics: [scores.json]
        """

    @Test(
        arguments: [
            (
                "train: { pipeline: dvc.yaml, model: model.pkl }",
                "no stage of the pipeline writes the model 'model.pkl' (train.model)",
                "it must be an out of a stage, or lie in one; the outs are: models, scores.json"
            ),
            (
                "train: { pipeline: dvc.yaml, model: models/m.pkl, metrics: [metrics.json] }",
                "no stage of the pipeline writes 'metrics.json' (train.metrics)", nil
            ),
            (
                "train: { pipeline: dvc.yaml, model: models/m.pkl }\ndatasets: { d: { mount: models/data } }",
                "the out 'models' overlaps the mount 'models/data' of dataset 'd'",
                "data is laid out read-only; write somewhere else"
            ),
            (
                "train: { pipeline: other.yaml, model: models/m.pkl }",
                "has no file 'other.yaml' (train.pipeline)", "commit the file, or correct sluice.yaml"
            ),
        ] as [(String, String, String?)])
    func `a policy that the pipeline does not fit is refused`(
        _ rest: String, _ message: String, _ advice: String?
    ) async throws {
        try await withBench { bench in
            if rest.contains("datasets") { try await bench.addData() }
            let fault = await #expect(throws: Fault.self) {
                try await bench.plan([
                    "sluice.yaml": PlanTests.policy(rest), "dvc.yaml": PlanTests.pipeline, "fit.py": "",
                ])
            }

            #expect(fault?.kind == .input)
            #expect(fault?.message.hasSuffix(message) == true, "\(fault?.message ?? "no fault")")
            #expect(fault?.advice == advice)
        }
    }

    @Test func `a dataset without a snapshot is refused with what to type`() async throws {
        try await withBench { bench in
            let rest = "train: { pipeline: dvc.yaml, model: models/m.pkl }\ndatasets: { d: { mount: data } }"
            let fault = await #expect(throws: Fault.self) {
                try await bench.plan([
                    "sluice.yaml": PlanTests.policy(rest), "dvc.yaml": PlanTests.pipeline, "fit.py": "",
                ])
            }

            #expect(fault?.message == "dataset 'd' has no snapshot yet")
            #expect(fault?.advice == "'sluice data add d FILE…' takes files in")
        }
    }

    @Test func `the same commit is the same plan, whatever is in its names`() async throws {
        let rest = """
            train: { run: python fit.py, deps: [fit.py], outs: ['m${data}'], model: 'm${data}' }
            datasets: { d: { mount: "it's data" } }
            evaluate: { run: 'python e.py ${model} ${data} ${predictions}', predictions: p.csv }
            """
        try await withBench { bench in
            try await bench.addData()
            let plan = try await bench.plan(["sluice.yaml": PlanTests.policy(rest), "fit.py": ""])

            let evaluation = try #require(plan.stages.last)
            #expect(evaluation.commands == [#"python e.py 'm${data}' 'it'"'"'s data' p.csv"#])
        }
    }
}

extension Bench {
    /// A snapshot of dataset `d`.
    func addData() async throws {
        try write(["rows.csv": "x\n1\n"])
        let dataset = DatasetPolicy(
            name: try #require(DatasetName("d")), mount: TreePath("data"))
        _ = try await engine.addData(
            [repository.appending("rows.csv")], to: dataset,
            of: Policy(
                model: try #require(ModelName("toy")),
                train: TrainPolicy(
                    work: .pipeline(try #require(TreePath("dvc.yaml"))), model: try #require(TreePath("model.json")))),
            repository: RepositoryID(path: repository.string), by: nil, progress: { _ in })
    }
}
