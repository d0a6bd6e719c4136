package import Foundation

/// A run's place in a server's queue: whose it is, what it can be superseded by, and whom it concerns outside.
///
/// The first is written in the transaction that creates the run. Whoever asks later for what the run answers already gets a
/// shared ticket of it. None is ever changed: where the run stands is the run's own state.
package struct Ticket: Codable, Equatable, Sendable {
    /// Runs of one lane supersede one another while they wait.
    package enum Lane: Codable, Hashable, Sendable {
        case branch(BranchName)
        case pullRequest(Int64)
        case data
        case schedule
        case drift
        /// Superseded by nothing.
        case manual
    }

    package var run: RunID
    package var project: ProjectName
    package var lane: Lane
    /// Higher goes first; the `priority` of the project, and among its runs that of what called for them.
    package var priority: Int
    /// The pull request that the run reports to, as it was when the run was asked for there.
    package var pullRequest: PullRequest?
    /// The event that it came from.
    package var event: Int64
    package var at: Date

    package init(
        run: RunID, project: ProjectName, lane: Lane, priority: Int, pullRequest: PullRequest?, event: Int64, at: Date
    ) {
        self.run = run
        self.project = project
        self.lane = lane
        self.priority = priority
        self.pullRequest = pullRequest
        self.event = event
        self.at = at
    }
}

/// Why a queued run, or an event, is not acted on yet. Derived, never stored.
package enum Waiting: Codable, Equatable, Sendable {
    /// As many runs work as may: of the whole server, of the project, of the model.
    case server(limit: Int)
    case project(ProjectName, limit: Int)
    case model(ModelName, limit: Int)
    /// The project's day is spent; it begins anew then.
    case budget(until: Date)
    /// A run of the model ended too short a time ago.
    case coolDown(until: Date)
    /// Code from a fork: somebody with write access has to say `/ok-to-run` for that commit.
    case permission(CommitID)
    /// It could not be acted on, and is tried again then.
    case trouble(Fault, attempts: Int, next: Date)
    /// Its place in the queue, told where the server's limits are not known.
    case turn(ahead: Int, working: Int)
}

extension Ticket.Lane {
    /// The word that the store's `lane` column holds.
    package var word: String {
        switch self {
        case .branch: "branch"
        case .pullRequest: "pull_request"
        case .data: "data"
        case .schedule: "schedule"
        case .drift: "drift"
        case .manual: "manual"
        }
    }
}
