package import Foundation

/// Something seen outside, recorded before it is acted on; seen twice, it counts once.
package struct Event: Codable, Equatable, Sendable {
    /// What was seen.
    package enum Kind: Codable, Equatable, Sendable {
        /// `sluice run`: a person asks for a run of a commit.
        case runCommand(commit: CommitID)
        /// `sluice data add`: files became a new snapshot.
        case dataAdded(DatasetName, snapshot: Digest)
        /// Files became complete in a dataset's drop; `contents` is over their names and digests.
        case filesDropped(DatasetName, contents: Digest, count: Int)
        /// A person took in a file that was refused.
        case fileReleased(DatasetName, refusal: Int64)
        /// A snapshot has drifted from a reference.
        case driftAlarm(DatasetName, snapshot: Digest)
        /// `sluice reproduce`: a person asks for a past run again.
        case reproduceCommand(RunID)
        /// A forge told something: a webhook's delivery, or what a look at the forge found that no delivery had told.
        case forge(ForgeName, ForgeEvent)
        /// A look at a git remote found that a branch moved, or a hook told so. Nil `after`: it is gone.
        case branchMoved(BranchName, before: CommitID?, after: CommitID?)
        /// A time of `triggers.schedule` came. `cron` and `timezone` as the policy has them.
        case tick(cron: String, timezone: String, due: Date)
        /// `sluice trigger`, the page or `POST /events`: somebody or something asks for a run.
        case asked(Ask)
    }

    /// A run that is asked for by hand or by another program.
    package struct Ask: Codable, Equatable, Sendable {
        /// Nil: the project's default branch.
        package var branch: BranchName?
        /// Nil: the newest of the branch.
        package var commit: CommitID?
        /// True: also if an equal plan was answered before.
        package var again: Bool
        /// Parameters to change, `file:key` or `key` (of `params.yaml`) to a value in YAML.
        package var parameters: [String: String]
        /// What asked, for people: `sluice trigger`, a CloudEvent's type and source.
        package var source: String
        /// The pull request that it was asked on.
        package var pullRequest: Int64?

        package init(
            branch: BranchName? = nil, commit: CommitID? = nil, again: Bool = false,
            parameters: [String: String] = [:], source: String, pullRequest: Int64? = nil
        ) {
            self.branch = branch
            self.commit = commit
            self.again = again
            self.parameters = parameters
            self.source = source
            self.pullRequest = pullRequest
        }
    }

    /// The delivery's identity: a second event with the same key is the same event.
    package var key: String
    package var kind: Kind
    package var repository: RepositoryID
    package var at: Date
    package var by: PersonName?
    /// The server's project; nil on a home without a server, and for what no project claims.
    package var project: ProjectName?

    package init(
        key: String, kind: Kind, repository: RepositoryID, at: Date, by: PersonName?, project: ProjectName? = nil
    ) {
        self.key = key
        self.kind = kind
        self.repository = repository
        self.at = at
        self.by = by
        self.project = project
    }
}

/// Why a run starts.
package enum Trigger: Codable, Equatable, Sendable {
    case manual
    /// New commits on a branch that the policy names.
    case push(BranchName)
    /// A pull request is open, and this is its newest commit. `base`: the branch that it wants into.
    case pullRequest(Int64, base: BranchName)
    /// A time of the schedule came.
    case schedule(cron: String, due: Date)
    /// A new snapshot of a dataset.
    case data(DatasetName, snapshot: Int)
    /// A dataset that has drifted.
    case drift(DatasetName, snapshot: Int)
    case reproduction(of: RunID)

    /// The word of the design: `push`, `pull_request`, `data`, `schedule`, `drift`, `manual`, `reproduction`.
    package var word: String {
        switch self {
        case .manual: "manual"
        case .push: "push"
        case .pullRequest: "pull_request"
        case .schedule: "schedule"
        case .data: "data"
        case .drift: "drift"
        case .reproduction: "reproduction"
        }
    }
}

/// What became of an event. Every event has exactly one of these in the end: `sluice why` answers from it.
package enum EventOutcome: Codable, Equatable, Sendable {
    /// It started this run.
    case started(RunID)
    /// An equal plan was already answered or is under way.
    case sameAs(RunID)
    /// Its files were taken in or refused. `snapshot`: the one that they are in; nil: none was taken in.
    case sorted(accepted: Int, refused: Int, snapshot: Int?)
    /// It calls for nothing, and why.
    case ignored(reason: String)
    /// It was acted on and is no cause of a run: a decision, an answer to a comment, a closed pull request.
    case handled(String)
    /// It could not be acted on.
    case refused(Fault)
}

extension Trigger {
    /// The run that is repeated; nil for runs that make something new.
    package var reproduced: RunID? {
        switch self {
        case .reproduction(let run): run
        case .manual, .push, .pullRequest, .schedule, .data, .drift: nil
        }
    }
}
