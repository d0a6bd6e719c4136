import Domain
import Foundation
import Reports
import Storage

/// The stages of a run as its gates see them. Pure.
struct Measured {
    let plan: Plan
    let stages: [StageRun]
    let training: [StageRun]
    let challenger: StageRun?
    let champion: StageRun?

    init(_ plan: Plan, _ stages: [StageRun]) {
        self.plan = plan
        self.stages = stages
        training = stages.filter { $0.kind == .train }
        challenger = stages.first { $0.kind == .evaluate(.challenger) }
        champion = stages.first { $0.kind == .evaluate(.champion) }
    }

    var isTrained: Bool { training.allSatisfy { $0.state.result != nil } }

    /// True if there are numbers to decide gates from.
    var isComplete: Bool { isTrained && (challenger.map { $0.state.result != nil } ?? true) }

    /// Training and evaluation, and what they used. What Sluice measured itself counts before what a script says.
    func challengerMetrics(modelBytes: Int64?) -> [String: Double] {
        var metrics: [String: Double] = [:]
        for stage in training { metrics.merge(stage.state.result?.metrics ?? [:]) { _, new in new } }
        metrics.merge(challenger?.state.result?.metrics ?? [:]) { _, new in new }
        metrics.merge(trainingUsage) { _, ours in ours }
        metrics.merge(Self.usage(of: challenger)) { _, ours in ours }
        metrics["model_bytes"] = modelBytes.map(Double.init) ?? metrics["model_bytes"]
        return metrics
    }

    /// Of the champion's evaluation in this run; nil if there is no champion, or its numbers cannot be compared. A
    /// champion that nothing evaluates has a size all the same.
    var championMetrics: [String: Double]? {
        guard let ref = plan.champion, championFault == nil else { return nil }
        var metrics = champion?.state.result?.metrics ?? [:]
        metrics.merge(Self.usage(of: champion)) { _, ours in ours }
        metrics["model_bytes"] = Double(ref.bytes)
        return metrics
    }

    /// Why the champion's numbers cannot be compared; nil if they can, or if there is no champion.
    var championFault: String? {
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

    /// Of each metric the last that was written: evaluation after training.
    var histories: [History] {
        var known: [String: History] = [:]
        for stage in training + [challenger].compactMap({ $0 }) {
            for history in stage.state.result?.histories ?? [] { known[history.metric] = history }
        }
        return known.values.sorted { $0.metric < $1.metric }
    }

    /// Over all stages of training, those included whose results were made by an earlier run; empty if one of them
    /// recorded nothing.
    private var trainingUsage: [String: Double] {
        let used = training.compactMap(\.state.result?.usage)
        guard !used.isEmpty, used.count == training.count else { return [:] }
        return [
            "training_seconds": used.reduce(0) { $0 + $1.wall },
            "training_cpu_seconds": used.reduce(0) { $0 + $1.cpu },
            "training_memory_bytes": Double(used.map(\.peakMemory).max() ?? 0),
        ]
    }

    private static func usage(of evaluation: StageRun?) -> [String: Double] {
        guard let result = evaluation?.state.result, let usage = result.usage else { return [:] }
        var metrics = [
            "evaluation_seconds": usage.wall,
            "evaluation_cpu_seconds": usage.cpu,
            "evaluation_memory_bytes": Double(usage.peakMemory),
        ]
        if let rows = result.rows, rows > 0 { metrics["prediction_seconds"] = usage.wall / Double(rows) }
        return metrics
    }
}

extension Engine {
    /// Everything that the gates of a run are decided from. Nothing in it depends on when it is gathered.
    func measurements(
        of run: Run, _ measured: Measured, _ model: Artifact?, _ workspace: Workspace,
        _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Measurements {
        var challenger = measured.challengerMetrics(modelBytes: model?.bytes)
        challenger.merge(try await ages(of: measured.plan, at: run.createdAt)) { _, ours in ours }
        var found = Measurements(
            challenger: challenger, champion: measured.championMetrics, championFault: measured.championFault,
            challengerSlices: measured.challenger?.state.result?.slices ?? [], histories: measured.histories,
            answers: try await answers(of: measured, run: run.id))
        if found.championFault == nil {
            found.championSlices = measured.champion?.state.result?.slices ?? []
        }
        if !workspace.isReproduction {
            let policy = measured.plan.policy
            found.promotions = try await store.pastPromotions(
                of: policy.model, alias: policy.promotion.alias, before: run.createdAt, limit: 100)
        }
        if measured.isComplete, found.championFault == nil, measured.champion != nil {
            try await compareSides(measured, into: &found, workspace, progress)
        }
        return found.trimmed(for: Judge.gates(of: measured.plan.policy, at: run.createdAt))
    }

    /// Seconds from a snapshot's making to the run's, for each dataset that was laid out, and the most of them.
    private func ages(of plan: Plan, at time: Date) async throws(Fault) -> [String: Double] {
        var ages: [String: Double] = [:]
        for reference in plan.snapshots {
            guard let snapshot = try await store.snapshot(reference, model: plan.policy.model) else { continue }
            // Two clocks may differ; nothing is younger than new.
            let age = (time.timeIntervalSince(snapshot.createdAt) * 1000).rounded() / 1000
            ages["data_age_seconds.\(reference.dataset)"] = max(0, age)
        }
        if let oldest = ages.values.max() { ages["data_age_seconds"] = oldest }
        return ages
    }
}
