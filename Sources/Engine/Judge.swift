import Content
package import Domain
import Foundation
import Host
import Reports
import Storage
import SystemPackage

extension Engine {
    /// Registers the model, decides the gates, writes the report and commits the verdict.
    ///
    /// Every part may be done again after a crash: the same records give the same report and the same verdict.
    func judge(_ run: Run, _ plan: Plan, _ workspace: Workspace) async throws(Fault) {
        let stages = try await store.stages(of: run.id)
        var judged = run
        let model = try await trainedModel(plan, stages, workspace)
        if let model, !workspace.isReproduction {
            judged.challenger = try await store.register(model, model: plan.policy.model, run: run.id, at: now())
            hooks.reached(.modelRegistered)
        }
        var conclusion = measure(plan, stages, model, workspace)
        let report = self.report(judged, plan, stages, conclusion)
        let bytes = Data(ReportRenderer.markdown(report).utf8)
        let path = workspace.directory.report
        try await Blocking.run { () throws(Fault) in try Files.writeDurably(bytes, to: path) }
        hooks.reached(.reportWritten)
        conclusion.evidence = evidence(plan, conclusion, report: Digest.of(bytes))
        try await store.conclude(run.id, conclusion, at: now())
        hooks.reached(.runJudged)
    }

    /// Everything that a report shows. Throws `.input` for a run that is not judged.
    package func report(of id: RunID) async throws(Fault) -> Report {
        let run = try await required(id)
        guard let conclusion = try await store.conclusion(of: id) else {
            throw Fault(.input, "run \(id) has no report: it is \(run.state.word)")
        }
        return report(run, try await requiredPlan(of: id), try await store.stages(of: id), conclusion)
    }

    func report(_ run: Run, _ plan: Plan, _ stages: [StageRun], _ conclusion: Store.Conclusion) -> Report {
        Report(
            run: run, plan: plan, verdict: conclusion.verdict, stages: stages, gates: conclusion.gates,
            challenger: conclusion.challenger, champion: conclusion.champion, rows: conclusion.rows,
            warnings: conclusion.warnings)
    }

    /// The model as an artifact; nil if training did not succeed.
    private func trainedModel(
        _ plan: Plan, _ stages: [StageRun], _ workspace: Workspace
    ) async throws(Fault) -> Artifact? {
        let training = stages.filter { $0.kind == .train }
        guard training.allSatisfy({ $0.state.result != nil }) else { return nil }
        let wanted = plan.policy.train.model
        for stage in training {
            if let artifact = stage.state.result?.outs[wanted.text] { return artifact }
        }
        // The model lies in a directory that is an out.
        guard let path = try await workspace.reading(wanted) else { return nil }
        return try await content.ingest(path)
    }

    // MARK: Pure parts

    private func measure(
        _ plan: Plan, _ stages: [StageRun], _ model: Artifact?, _ workspace: Workspace
    ) -> Store.Conclusion {
        let trained = stages.filter { $0.kind == .train }.allSatisfy { $0.state.result != nil }
        let challenger = stages.first { $0.kind == .evaluate(.challenger) }
        let champion = stages.first { $0.kind == .evaluate(.champion) }
        var ours: [String: Double] = [:]
        for stage in stages where stage.kind == .train {
            ours.merge(stage.state.result?.metrics ?? [:]) { _, new in new }
        }
        ours.merge(challenger?.state.result?.metrics ?? [:]) { _, new in new }
        if let model { ours["model_bytes"] = Double(model.bytes) }
        var theirs = champion?.state.result?.metrics
        if theirs != nil, let bytes = plan.champion?.bytes { theirs?["model_bytes"] = Double(bytes) }
        let fault = championFault(challenger, champion)
        if fault != nil { theirs = nil }

        var gates: [GateResult] = []
        if trained, challenger.map({ $0.state.result != nil }) ?? true {
            gates = plan.policy.gates.map { gate in
                Judge.decide(gate, challenger: ours, champion: theirs, championFault: fault)
            }
        }
        var findings = findings(stages, gates)
        if trained, model == nil, let last = stages.last(where: { $0.kind == .train }) {
            let message = "training wrote no '\(plan.policy.train.model)'"
            findings.append(Finding(.no, source: last.name.text, message: message))
        }
        return Store.Conclusion(
            verdict: Verdict.fold(findings), gates: gates, challenger: ours, champion: theirs,
            rows: challenger?.state.result?.rows,
            warnings: workspace.warnings + stages.flatMap { $0.state.result?.notes ?? [] },
            evidence: evidence(plan, nil, report: .of("")))
    }

    /// Why the champion's numbers cannot be compared; nil if they can, or if there is no champion.
    private func championFault(_ challenger: StageRun?, _ champion: StageRun?) -> String? {
        guard let champion else { return nil }
        switch champion.state {
        case .succeeded, .reused:
            guard let ours = challenger?.state.result, let theirs = champion.state.result else { return nil }
            if ours.rowsDigest != theirs.rowsDigest {
                return "it was scored on other rows (\(theirs.rows ?? 0)) than the challenger (\(ours.rows ?? 0))"
            }
            return nil
        case .failed(let failure, _): return ReportRenderer.sentence(failure)
        case .errored(let fault, _): return fault.message
        case .skipped, .cancelled, .pending, .running: return "its evaluation was \(champion.state.word)"
        }
    }

    private func findings(_ stages: [StageRun], _ gates: [GateResult]) -> [Finding] {
        var found: [Finding] = []
        for stage in stages where stage.kind != .evaluate(.champion) {
            switch stage.state {
            case .failed(let failure, _):
                found.append(Finding(.no, source: stage.name.text, message: ReportRenderer.sentence(failure)))
            case .errored(let fault, _):
                found.append(Finding(.couldNotTell, source: stage.name.text, message: fault.message))
            case .cancelled:
                found.append(Finding(.couldNotTell, source: stage.name.text, message: "was cancelled"))
            case .pending, .running, .reused, .succeeded, .skipped: break
            }
        }
        for result in gates {
            let source = "gate:\(result.gate.metric)"
            switch result.outcome {
            case .passed, .noChampion: break
            case .failed, .noDifference:
                found.append(Finding(.no, source: source, message: ReportRenderer.sentence(result)))
            case .undecided(let why): found.append(Finding(.couldNotTell, source: source, message: why))
            }
        }
        return found
    }
}
