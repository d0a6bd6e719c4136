import Content
package import Domain
import Foundation
import Host
import Reports
import Storage
import SystemPackage

extension Engine {
    /// Registers the model, gathers what was measured, decides the gates, writes the report and commits the verdict.
    ///
    /// Every part may be done again after a crash: the same records give the same report and the same verdict.
    func judge(
        _ run: Run, _ plan: Plan, _ workspace: Workspace, _ progress: @escaping ProgressHandler
    ) async throws(Fault) {
        let measured = Measured(plan, try await store.stages(of: run.id))
        var judged = run
        let model = try await trainedModel(measured, workspace)
        if let model, !workspace.isReproduction {
            judged.challenger = try await store.register(model, model: plan.policy.model, run: run.id, at: now())
            hooks.reached(.modelRegistered)
        }
        let measurements = try await measurements(of: run, measured, model, workspace, progress)
        hooks.reached(.runMeasured)
        progress(.judging)
        var conclusion = conclude(run, measured, model, measurements, workspace)
        conclusion.details = try await details(of: run, measured, workspace, &conclusion.warnings)
        conclusion.details?.rules = try await ruleNews(of: plan)
        let report = self.report(judged, plan, measured.stages, conclusion)
        let bytes = Data(ReportRenderer.markdown(report, templates: try await reportTemplates(of: plan)).utf8)
        let path = workspace.directory.report
        try await Blocking.run { () throws(Fault) in try Files.writeDurably(bytes, to: path) }
        hooks.reached(.reportWritten)
        // What was measured by tools that were stopped because this process is to end is no verdict.
        guard !Task.isCancelled else { throw Fault(.environment, "judging run \(run.id) was stopped") }
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
            warnings: conclusion.warnings, measurements: conclusion.measurements, details: conclusion.details)
    }

    /// The model as an artifact; nil if training did not succeed.
    private func trainedModel(_ measured: Measured, _ workspace: Workspace) async throws(Fault) -> Artifact? {
        guard measured.isTrained else { return nil }
        let wanted = measured.plan.policy.train.model
        for stage in measured.training {
            if let artifact = stage.state.result?.outs[wanted.text] { return artifact }
        }
        // The model lies in a directory that is an out.
        guard let path = try await workspace.reading(wanted) else { return nil }
        return try await content.ingest(path)
    }

    // MARK: Pure parts

    private func conclude(
        _ run: Run, _ measured: Measured, _ model: Artifact?, _ measurements: Measurements, _ workspace: Workspace
    ) -> Store.Conclusion {
        let (plan, stages) = (measured.plan, measured.stages)
        let gates = measured.isComplete ? decide(plan.policy, measurements, run, workspace) : []
        var findings = findings(stages, gates)
        if measured.isTrained, model == nil, let last = measured.training.last {
            let message = "training wrote no '\(plan.policy.train.model)'"
            findings.append(Finding(.no, source: last.name.text, message: message))
        }
        return Store.Conclusion(
            verdict: Verdict.fold(findings), gates: gates, challenger: measurements.challenger,
            champion: measurements.champion, rows: measured.challenger?.state.result?.rows,
            warnings: workspace.warnings + stages.flatMap { $0.state.result?.notes ?? [] },
            evidence: evidence(plan, nil, report: .of("")), measurements: measurements)
    }

    /// A reproduction asks no commands of gates: what it makes is compared with what the run made.
    private func decide(
        _ policy: Policy, _ measurements: Measurements, _ run: Run, _ workspace: Workspace
    ) -> [GateResult] {
        let gates = Judge.gates(of: policy, at: run.createdAt).filter { gate in
            if workspace.isReproduction, case .answers = gate.condition { false } else { true }
        }
        return Judge.decide(gates, measurements)
    }

    /// Everything that stands in the way. A stage that a gate asks for its answer, and the champion's evaluation, say
    /// it through the gates.
    private func findings(_ stages: [StageRun], _ gates: [GateResult]) -> [Finding] {
        var found: [Finding] = []
        for stage in stages where stage.kind.isReproduced {
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
        return found + Judge.findings(of: gates) { ReportRenderer.sentence($0) }
    }
}
