package import Domain
package import Engine
import Foundation
import Reports
import Storage
import SystemPackage

/// A run with all that belongs to it: the object that `run`, `show`, `resume` and `reproduce` print.
package struct RunDetailView: Encodable, Sendable {
    package struct Snapshot: Encodable, Sendable {
        package let dataset: DatasetName
        package let number: Int
        package let digest: Digest
    }

    package let run: RunView
    package let commitAuthor: String
    package let commitSubject: String
    package let uncommitted: [String]
    package let dirty: Bool
    package let snapshots: [Snapshot]
    package let environment: EnvironmentIdentity?
    package let champion: ModelView?
    package let stages: [StageView]
    package let drift: [RunDriftView]
    package let gates: [GateView]
    package let challengerMetrics: [String: Double]
    package let championMetrics: [String: Double]?
    /// Why the champion could not be evaluated, or not be compared row by row.
    package let championFault: String?
    package let comparisonFault: String?
    package let rows: Int64?
    package let comparisons: [ComparisonView]
    package let slices: [SliceView]
    package let histories: [History]
    package let importances: [ReportDetails.Importance]
    package let changes: ChangesView?
    package let exceptions: [ExceptionView]
    package let replay: ReplayView?
    package let sections: [SectionView]
    package let warnings: [String]
    package let decisions: [DecisionView]
    package let promotion: PromotionView?
    /// Of a run that repeats another one, once it can be compared.
    package let reproduction: ReproductionView?
    /// One sentence on where it stands.
    package let said: String
    /// Path of the Markdown report; null until the run is judged.
    package let report: String?

    package init(_ run: Run, _ status: RunStatus, _ engine: Engine) async throws(Fault) {
        let plan = try await engine.requiredPlan(of: run.id)
        let conclusion = try await engine.store.conclusion(of: run.id)
        self.run = RunView(run, status)
        said = ReportRenderer.sentence(run, status)
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
        reproduction = try await engine.comparison(of: run).map(ReproductionView.init)
        report = conclusion.map { _ in engine.home.directory(of: run.id).report.string }
    }
}

/// Why a stage did not succeed, as a sentence; nil if it did or is not over.
package func reason(_ state: StageState) -> String? {
    switch state {
    case .failed(let failure, _): ReportRenderer.sentence(failure)
    case .errored(let fault, _): fault.message
    case .skipped(let blocker): "needs \(blocker)"
    case .cancelled: "cancelled"
    case .pending, .running, .reused, .succeeded: nil
    }
}
