import DataChecks
import Domain
import Foundation
import Git
import Host
import Pipelines
import Policies

extension Engine {
    /// The graph: tests and schema tests first, then training, then the evaluation of challenger and champion.
    func stages(
        of policy: Policy, in repository: GitRepository, at commit: CommitID, champion: ModelRef?
    ) async throws(Fault) -> [Stage] {
        var stages = policy.tests.map { test in
            Stage(name: StageName(checked: "test:\(test.name)"), kind: .unitTest, commands: test.commands)
        }
        for dataset in policy.datasets {
            let schema = try await schemaStage(of: dataset, repository, commit)
            stages += [schema, Self.driftStage(of: dataset, after: schema?.name)].compactMap { $0 }
            stages += Self.dataTests(of: dataset, after: schema?.name)
        }
        let guards = stages.map(\.name)
        var training = try await training(of: policy, in: repository, at: commit)
        try checkOuts(of: training, policy)
        for index in training.indices { training[index].after = guards + training[index].after }
        stages += training
        if let evaluate = policy.evaluate {
            stages += evaluation(evaluate, of: policy, after: training.map(\.name), champion: champion)
        }
        return stages + (try gateStages(of: policy, after: stages))
    }

    /// The user's own tests of a dataset that are commands; those in SQL are asked by the schema test.
    private static func dataTests(of dataset: DatasetPolicy, after schema: StageName?) -> [Stage] {
        guard let mount = dataset.mount else { return [] }
        return (dataset.rules?.tests ?? []).compactMap { test in
            guard case .commands(let commands) = test.question else { return nil }
            let words = Placeholders(values: ["data": mount.text])
            return Stage(
                name: StageName(checked: "test:\(dataset.name):\(test.name)"), kind: .unitTest,
                commands: commands.map(words.fill), after: schema.map { [$0] } ?? [])
        }
    }

    private func schemaStage(
        of dataset: DatasetPolicy, _ repository: GitRepository, _ commit: CommitID
    ) async throws(Fault) -> Stage? {
        guard let mount = dataset.mount, dataset.schema != nil || dataset.rules?.images != nil else { return nil }
        if let schema = dataset.schema {
            let bytes = try await required(schema, "datasets.\(dataset.name).schema", repository, commit)
            do throws(Complaints) {
                _ = try TableSchema.read(bytes, file: schema.text)
            } catch {
                throw error.fault
            }
        }
        return Stage(
            name: StageName(checked: "schema:\(dataset.name)"), kind: .schemaTest(dataset.name), commands: [],
            deps: [mount, dataset.schema].compactMap { $0 })
    }

    private func training(
        of policy: Policy, in repository: GitRepository, at commit: CommitID
    ) async throws(Fault) -> [Stage] {
        switch policy.train.work {
        case .pipeline(let file):
            let bytes = try await required(file, "train.pipeline", repository, commit)
            do throws(Complaints) {
                return try Pipeline.order(try Pipeline.read(bytes, file: file), file: file.text)
            } catch {
                throw error.fault
            }
        case .command(let commands, let deps, let params, let outs):
            do throws(Complaints) {
                return [
                    try Pipeline.single(
                        commands: commands, deps: deps, params: params, outs: outs, metrics: policy.train.metrics,
                        file: PolicyFile.name)
                ]
            } catch {
                throw error.fault
            }
        }
    }

    /// The model must come from a stage, and nothing may write into the data.
    private func checkOuts(of training: [Stage], _ policy: Policy) throws(Fault) {
        let outs = training.flatMap(\.outs).map(\.path)
        guard outs.contains(where: { $0.contains(policy.train.model) }) else {
            throw Fault(
                .input, "no stage of the pipeline writes the model '\(policy.train.model)' (train.model)",
                advice:
                    "it must be an out of a stage, or lie in one; the outs are: \(outs.map(\.text).joined(separator: ", "))"
            )
        }
        if let own = outs.first(where: { $0.components.first == ".sluice" }) {
            throw Fault(
                .input, "the out '\(own)' lies in '.sluice', which is Sluice's own", advice: "use another folder")
        }
        let evaluated = policy.evaluated
        for path in evaluated {
            if let out = outs.first(where: { $0.contains(path) || path.contains($0) }) {
                throw Fault(
                    .input, "'\(path)', which the evaluation writes, overlaps the out '\(out)' of training",
                    advice: "give the evaluation a file of its own")
            }
        }
        try checkNormalForms(outs + evaluated + training.flatMap(\.deps) + policy.mounted.map(\.mount))
        for metrics in policy.train.metrics where !outs.contains(where: { $0.contains(metrics) }) {
            throw Fault(.input, "no stage of the pipeline writes '\(metrics)' (train.metrics)")
        }
        try checkReport(policy.report, outs + evaluated)
        for (dataset, mount) in policy.mounted {
            if let out = outs.first(where: { $0.contains(mount) || mount.contains($0) }) {
                throw Fault(
                    .input, "the out '\(out)' overlaps the mount '\(mount)' of dataset '\(dataset.name)'",
                    advice: "data is laid out read-only; write somewhere else")
            }
        }
    }

    /// What the report shows must be something that this run writes.
    private func checkReport(_ report: ReportPolicy?, _ outs: [TreePath]) throws(Fault) {
        let importance = report?.importance.map { [("report.importance", $0)] } ?? []
        let sections = (report?.sections ?? []).enumerated().map { ("report.sections[\($0)].file", $1.file) }
        for (key, file) in importance + sections where !outs.contains(where: { $0.contains(file) }) {
            throw Fault(
                .input, "neither training nor evaluation writes '\(file)' (\(key))",
                advice: "add it to the outs of a stage of training, or to evaluate.outs")
        }
    }

    /// Two files whose names look the same are a trap for people, and for every program that treats them as one.
    private func checkNormalForms(_ paths: [TreePath]) throws(Fault) {
        var seen: [String: TreePath] = [:]
        for path in Set(paths).sorted() {
            if let other = seen.updateValue(path, forKey: path.text) {
                throw Fault(
                    .input, "two paths called '\(path)' differ only in how Unicode spells them",
                    advice: "rename '\(other.text.shown())' or write it the same way in all places")
            }
        }
    }

    private func evaluation(
        _ evaluate: EvaluatePolicy, of policy: Policy, after training: [StageName], champion: ModelRef?
    ) -> [Stage] {
        let outs =
            [evaluate.predictions.map { Output(path: $0) }, evaluate.metrics.map { Output(path: $0, role: .metrics) }]
            .compactMap { $0 } + (evaluate.outs ?? []).map { Output(path: $0) }
        func stage(_ side: Side, model: TreePath, after: [StageName]) -> Stage {
            Stage(
                name: StageName(checked: "evaluate:\(side.rawValue)"), kind: .evaluate(side),
                commands: evaluate.commands.map { Placeholders.evaluation(policy, model: model).fill($0) },
                deps: [model] + policy.mounted.map(\.mount), outs: outs, after: after)
        }
        let challenger = stage(.challenger, model: policy.train.model, after: training)
        guard champion != nil else { return [challenger] }
        return [
            challenger, stage(.champion, model: championPath(policy.train.model), after: [challenger.name]),
        ]
    }

    /// Where the champion's model lies in the work tree of a run.
    func championPath(_ model: TreePath) -> TreePath {
        TreePath(".sluice/champion/\(model.name)") ?? model
    }
}
