/// The places in the flow right before or after a durable transition or an outside act, where a test may stop the
/// process.
package struct EngineHooks: Sendable {
    /// In the order in which a delivery, a run, a decision, a promotion and what is said of them outside pass them.
    package enum Moment: String, Sendable, CaseIterable {
        /// A delivery is durable, and whoever brought it was not answered yet.
        case deliveryRecorded = "delivery_recorded"
        /// What an event asks for was done, and the event does not say so yet.
        case eventObeyed = "event_obeyed"
        case eventSettled = "event_settled"
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
        case postsWritten = "posts_written"
        /// A message is about to be sent.
        case postSending = "post_sending"
        case postSent = "post_sent"
        case postRecorded = "post_recorded"
    }

    /// Called at each moment; in production it does nothing.
    package let reached: @Sendable (Moment) -> Void

    package init(reached: @escaping @Sendable (Moment) -> Void = { _ in }) {
        self.reached = reached
    }
}
