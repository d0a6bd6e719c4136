import Content
import Domain
import Executors
import Foundation
import Host
import Policies
import Reports
import SystemPackage

/// Gates that ask a command: a stage of the plan each, whose exit status is the answer.
extension Engine {
    /// One stage for each name, after everything that it may ask about. They come last, so that nothing that a command
    /// of one writes can change how challenger and champion are evaluated.
    func gateStages(of policy: Policy, after stages: [Stage]) throws(Fault) -> [Stage] {
        let evaluation = stages.first { $0.kind == .evaluate(.challenger) }
        let needed = evaluation.map { [$0.name] } ?? stages.filter { $0.kind == .train }.map(\.name)
        let words = Placeholders.evaluation(policy, model: policy.train.model)
        var planned: [Stage] = []
        // Of gates with equal names the first answers for all of them.
        for gate in Judge.gates(of: policy, at: now()) where !planned.contains(where: { $0.kind == .gate(gate.metric) })
        {
            guard case .answers(let commands) = gate.condition else { continue }
            guard let name = Self.gateStage(gate.metric) else {
                throw Fault(.input, "'\(gate.metric)' is no name for a gate", advice: "use a short word")
            }
            planned.append(
                Stage(
                    name: name, kind: .gate(gate.metric), commands: commands.map(words.fill),
                    deps: [policy.train.model] + policy.mounted.map(\.mount), after: needed))
        }
        return planned
    }

    private static func gateStage(_ name: String) -> StageName? { StageName("gate:\(name)") }

    /// Lays out what a command may ask about: where the challenger's evaluation wrote it, because the champion's wrote
    /// to the same places since, and the champion's in a folder of ours.
    func layEvaluated(
        _ states: [StageName: StageState], in workspace: Workspace
    ) async throws(Fault) {
        let layout: ContentStore.Layout = await LocalExecutor.probe().isAvailable ? .readOnly : .readOnlyCopy
        for stage in workspace.plan.stages {
            guard case .evaluate(let side) = stage.kind, let result = states[stage.name]?.result else { continue }
            for (text, artifact) in result.outs.sorted(by: { $0.key < $1.key }) {
                guard let path = TreePath(text) else { throw Fault(.bug, "the store holds the out '\(text)'") }
                let target = try await workspace.writing(side == .challenger ? path : Self.championOut(path))
                try await Blocking.run { () throws(Fault) in try Files.removeTree(target) }
                try await content.lay(artifact, at: target, layout)
            }
        }
    }

    /// Where what the champion's evaluation wrote lies for the commands of gates.
    private static func championOut(_ path: TreePath) -> TreePath {
        evaluatedFolder.flatMap { TreePath("\($0)/champion/\(path)") } ?? path
    }

    /// What was laid out there may be hard links into the store, so nothing may write to it.
    static let evaluatedFolder = TreePath(".sluice/evaluated")

    /// What the commands of gates find in their environment: paths from the root of the work tree.
    func gateVariables(in workspace: Workspace) -> [String: String] {
        let policy = workspace.plan.policy
        var variables = ["SLUICE_MODEL": policy.train.model.text]
        variables["SLUICE_PREDICTIONS"] = policy.evaluate?.predictions?.text
        variables["SLUICE_METRICS"] = policy.evaluate?.metrics?.text
        if workspace.plan.champion != nil {
            variables["SLUICE_CHAMPION_MODEL"] = championPath(policy.train.model).text
            variables["SLUICE_CHAMPION_PREDICTIONS"] = policy.evaluate?.predictions.map { Self.championOut($0).text }
            variables["SLUICE_CHAMPION_METRICS"] = policy.evaluate?.metrics.map { Self.championOut($0).text }
        }
        return variables
    }

    /// What the commands answered, by the name of the gate; those that were not asked are not among them.
    func answers(of measured: Measured, run: RunID) async throws(Fault) -> [String: Measurements.Answer] {
        var answers: [String: Measurements.Answer] = [:]
        for stage in measured.stages {
            guard case .gate(let name) = stage.kind else { continue }
            switch stage.state {
            case .succeeded, .reused: answers[name] = .yes
            case .failed(.exit(1), _):
                let commands = measured.plan.stages.first { $0.name == stage.name }?.commands ?? []
                answers[name] = .no(try await lastLine(of: stage.name, commands, run: run) ?? "")
            case .failed(let failure, _): answers[name] = .couldNotTell(ReportRenderer.sentence(failure))
            case .errored(let fault, _): answers[name] = .couldNotTell(fault.message)
            case .pending, .running, .skipped, .cancelled: continue
            }
        }
        return answers
    }

    /// The last line that a stage printed, shortened; nil if it printed none.
    private func lastLine(
        of stage: StageName, _ commands: [String], run: RunID
    ) async throws(Fault) -> String? {
        let logs = try await logs(of: run)
        guard let log = logs.first(where: { $0.stage == stage })?.path else { return nil }
        let bytes = try await Blocking.run { () throws(Fault) in try Files.tail(log, bytes: 16 << 10) }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        // The log shows each command before what it printed.
        let echoed = Set(commands.flatMap { "$ \($0)".split(whereSeparator: \.isNewline) })
        let told = lines.filter { !echoed.contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) }
            .last { !$0.isEmpty }
        return told.map { String($0.prefix(500)) }
    }
}

extension Policy {
    /// What the evaluation of either side writes.
    var evaluated: [TreePath] {
        [evaluate?.predictions, evaluate?.metrics].compactMap { $0 } + (evaluate?.outs ?? [])
    }
}
