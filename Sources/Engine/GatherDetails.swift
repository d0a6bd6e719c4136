import Content
import Domain
import Foundation
import Host
import Storage
import SystemPackage

extension Engine {
    /// What the report shows beyond verdict, gates and numbers. What the project's own files lack becomes a warning.
    func details(
        of run: Run, _ measured: Measured, _ workspace: Workspace, _ warnings: inout [String]
    ) async throws(Fault) -> ReportDetails {
        let policy = measured.plan.policy
        var details = ReportDetails(
            challengerPortrait: measured.challenger?.state.result?.portrait,
            championPortrait: measured.championFault == nil ? measured.champion?.state.result?.portrait : nil,
            exceptions: Judge.exceptions(of: policy, at: run.createdAt))
        let files = ReportFiles(engine: self, outs: measured.outs, temporary: workspace.directory.temporary)
        if measured.isComplete, let file = policy.report?.importance {
            details.importances = try await files.importances(in: file, &warnings)
        }
        if measured.isComplete {
            details.sections = try await files.sections(policy.report?.sections ?? [], &warnings)
        }
        if !workspace.isReproduction, let champion = measured.plan.champion {
            details.changes = try await changes(since: champion, to: measured.plan)
            if try await requiredPlan(of: champion.run).policyDigest != measured.plan.policyDigest {
                details.replay = try await replay(policy, limit: Self.mostReplayed)
            }
        }
        return details
    }

    /// Runs that a changed policy is tried on; each costs the reading of what it recorded.
    private static var mostReplayed: Int { 100 }
}
