package import Domain

/// What a run does right now, for whoever watches. Never stored; the store's rows are the truth.
package enum RunProgress: Sendable, Equatable {
    case created(RunID)
    /// This process works on the run from now on.
    case working(RunID)
    /// Another process works on an equal plan; this one follows it.
    case following(RunID)
    case checkingOut(CommitID)
    case environment(String)
    /// A sentence about other long work.
    case note(String)
    case layingData(DatasetName, number: Int)
    case stageStarted(StageName)
    case stageEnded(StageName, StageState)
    /// Challenger and champion are compared row by row.
    case comparing(rows: Int64)
    case judging
    case promotion(Promotion.State)
    case warning(String)
}

/// Receives progress; must return at once.
package typealias ProgressHandler = @Sendable (RunProgress) -> Void
