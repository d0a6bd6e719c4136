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
    }

    /// The delivery's identity: a second event with the same key is the same event.
    package var key: String
    package var kind: Kind
    package var repository: RepositoryID
    package var at: Date
    package var by: PersonName?

    package init(key: String, kind: Kind, repository: RepositoryID, at: Date, by: PersonName?) {
        self.key = key
        self.kind = kind
        self.repository = repository
        self.at = at
        self.by = by
    }
}

/// Why a run starts.
package enum Trigger: Codable, Equatable, Sendable {
    case manual
    /// A new snapshot of a dataset.
    case data(DatasetName, snapshot: Int)
    /// A dataset that has drifted.
    case drift(DatasetName, snapshot: Int)
    case reproduction(of: RunID)

    /// The word of the design: `manual`, `data`, `drift`, `reproduction`.
    package var word: String {
        switch self {
        case .manual: "manual"
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
    /// It could not be acted on.
    case refused(Fault)
}

extension Trigger {
    /// The run that is repeated; nil for runs that make something new.
    package var reproduced: RunID? {
        switch self {
        case .reproduction(let run): run
        case .manual, .data, .drift: nil
        }
    }
}
