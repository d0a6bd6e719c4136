/// The places in the flow right after a durable transition or an outside act, where a test may stop the process.
package struct EngineHooks: Sendable {
    /// In the order in which a run, a decision, a promotion and what is said of them outside pass them.
    package enum Moment: String, Sendable, CaseIterable {
        case snapshotAdded = "snapshot_added"
        case filesSorted = "files_sorted"
        case fileQuarantined = "file_quarantined"
        case fileReleased = "file_released"
        case eventRecorded = "event_recorded"
        case runCreated = "run_created"
        case runPreparing = "run_preparing"
        case treeExported = "tree_exported"
        case runRunning = "run_running"
        case stageStarted = "stage_started"
        case jobStarted = "job_started"
        case jobEnded = "job_ended"
        case stageRecorded = "stage_recorded"
        case runJudging = "run_judging"
        case modelRegistered = "model_registered"
        case runMeasured = "run_measured"
        case reportWritten = "report_written"
        case runJudged = "run_judged"
        case runCancelled = "run_cancelled"
        case decisionRecorded = "decision_recorded"
        case promotionIntended = "promotion_intended"
        case aliasMoved = "alias_moved"
        case deployed = "deployed"
        case verified = "verified"
        case rollingBack = "rolling_back"
        case restored = "restored"
        case postSent = "post_sent"
        case postRecorded = "post_recorded"
    }

    /// Called at each moment; in production it does nothing.
    package let reached: @Sendable (Moment) -> Void

    package init(reached: @escaping @Sendable (Moment) -> Void = { _ in }) {
        self.reached = reached
    }
}
