import Domain
import Engine
import Foundation
import Reports
import Storage
import SystemPackage

/// A run with all that belongs to it: the object that `run`, `show`, `resume` and `reproduce` print.
struct RunDetailView: Encodable {
    struct Snapshot: Encodable {
        let dataset: DatasetName
        let number: Int
        let digest: Digest
    }

    let run: RunView
    let commitAuthor: String
    let commitSubject: String
    let uncommitted: [String]
    let dirty: Bool
    let snapshots: [Snapshot]
    let environment: EnvironmentIdentity?
    let champion: ModelView?
    let stages: [StageView]
    let drift: [RunDriftView]
    let gates: [GateView]
    let challengerMetrics: [String: Double]
    let championMetrics: [String: Double]?
    /// Why the champion could not be evaluated, or not be compared row by row.
    let championFault: String?
    let comparisonFault: String?
    let rows: Int64?
    let comparisons: [ComparisonView]
    let slices: [SliceView]
    let histories: [History]
    let importances: [ReportDetails.Importance]
    let changes: ChangesView?
    let exceptions: [ExceptionView]
    let replay: ReplayView?
    let sections: [SectionView]
    let warnings: [String]
    let decisions: [DecisionView]
    let promotion: PromotionView?
    /// Path of the Markdown report; null until the run is judged.
    let report: String?

    init(_ run: Run, _ status: RunStatus, _ engine: Engine) async throws(Fault) {
        let plan = try await engine.requiredPlan(of: run.id)
        let conclusion = try await engine.store.conclusion(of: run.id)
        self.run = RunView(run, status)
        commitAuthor = plan.commitAuthor
        commitSubject = plan.commitSubject
        uncommitted = plan.uncommitted
        dirty = plan.dirty
        snapshots = plan.snapshots.map { Snapshot(dataset: $0.dataset, number: $0.number, digest: $0.digest) }
        environment = plan.environment
        champion = plan.champion.map(ModelView.init)
        let stages = try await engine.store.stages(of: run.id)
        self.stages = stages.map { StageView($0, reason: reason($0.state)) }
        drift = stages.compactMap(\.state.drift).map(RunDriftView.init)
        gates = conclusion?.gates.map(GateView.init) ?? []
        challengerMetrics = conclusion?.challenger ?? [:]
        championMetrics = conclusion?.champion
        let (measured, details) = (conclusion?.measurements, conclusion?.details)
        championFault = measured?.championFault
        comparisonFault = measured?.comparisonFault
        rows = conclusion?.rows
        comparisons = measured?.comparisons.map(ComparisonView.init) ?? []
        slices = measured.map(SliceView.all) ?? []
        histories = measured?.histories ?? []
        importances = details?.importances ?? []
        changes = details?.changes.map(ChangesView.init)
        exceptions = details?.exceptions.map(ExceptionView.init) ?? []
        replay = details?.replay.map(ReplayView.init)
        sections = details?.sections.map(SectionView.init) ?? []
        warnings = conclusion?.warnings ?? []
        let facts = try await engine.store.facts(of: [run]).first
        decisions = facts?.decisions.map(DecisionView.init) ?? []
        promotion = facts?.promotion.map(PromotionView.init)
        report = conclusion.map { _ in engine.home.directory(of: run.id).report.string }
    }
}

/// Why a stage did not succeed, as a sentence; nil if it did or is not over.
func reason(_ state: StageState) -> String? {
    switch state {
    case .failed(let failure, _): ReportRenderer.sentence(failure)
    case .errored(let fault, _): fault.message
    case .skipped(let blocker): "needs \(blocker)"
    case .cancelled: "cancelled"
    case .pending, .running, .reused, .succeeded: nil
    }
}
