package import Foundation

/// One execution of a plan; numbered, permanent.
package struct Run: Codable, Equatable, Sendable, Identifiable {
    package var id: RunID
    package var fingerprint: Digest
    package var repository: RepositoryID
    package var model: ModelName
    package var commit: CommitID
    package var trigger: Trigger
    package var state: RunState
    package var createdAt: Date
    package var startedAt: Date?
    package var finishedAt: Date?
    /// The model version that the run registered: once all stages succeeded.
    package var challenger: ModelRef?
    /// What a decision on the run is bound to; set with the verdict.
    package var evidence: Evidence?

    package init(
        id: RunID, fingerprint: Digest, repository: RepositoryID, model: ModelName, commit: CommitID,
        trigger: Trigger, state: RunState, createdAt: Date, startedAt: Date? = nil, finishedAt: Date? = nil,
        challenger: ModelRef? = nil, evidence: Evidence? = nil
    ) {
        self.id = id
        self.fingerprint = fingerprint
        self.repository = repository
        self.model = model
        self.commit = commit
        self.trigger = trigger
        self.state = state
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.challenger = challenger
        self.evidence = evidence
    }
}

/// A stage of a run, and where it stands.
package struct StageRun: Codable, Equatable, Sendable {
    package var run: RunID
    /// Position in the plan, from 0.
    package var ordinal: Int
    package var name: StageName
    package var kind: Stage.Kind
    package var state: StageState
    /// Digest of the stage's inputs; known once it was looked at.
    package var key: Digest?
    /// The inputs themselves, for `reproduce`.
    package var inputs: StageInputs?
    package var startedAt: Date?
    package var finishedAt: Date?

    package init(
        run: RunID, ordinal: Int, name: StageName, kind: Stage.Kind, state: StageState, key: Digest? = nil,
        inputs: StageInputs? = nil, startedAt: Date? = nil, finishedAt: Date? = nil
    ) {
        self.run = run
        self.ordinal = ordinal
        self.name = name
        self.kind = kind
        self.state = state
        self.key = key
        self.inputs = inputs
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}

/// Where a run stands for people: derived from the run, its decisions and its promotions; never stored.
package enum RunStatus: Equatable, Sendable {
    case working(RunState)
    case waiting(missing: Int)
    case approved
    case promoted(at: Date)
    case rolledBack(reason: String)
    case stuck(reason: String)
    case promoting(Promotion.State)
    case rejected(by: PersonName, reason: String)
    case expired(at: Date)
    /// The verdict is no.
    case refused
    case undecided
    case errored(Fault)
    case cancelled(by: PersonName?, reason: String)
    /// A reproduction is compared, never promoted.
    case compared(Verdict)

    /// Derives the status.
    package init(
        run: Run, approval: ApprovalPolicy, decisions: [Decision], promotion: Promotion?, now: Date
    ) {
        switch run.state {
        case .queued, .preparing, .running, .judging: self = .working(run.state)
        case .errored(let fault): self = .errored(fault)
        case .cancelled(let by, let reason): self = .cancelled(by: by, reason: reason)
        case .judged(let verdict):
            self = RunStatus.judged(verdict, run, approval, decisions, promotion, now)
        }
    }

    private static func judged(
        _ verdict: Verdict, _ run: Run, _ approval: ApprovalPolicy, _ decisions: [Decision], _ promotion: Promotion?,
        _ now: Date
    ) -> RunStatus {
        if case .reproduction = run.trigger { return .compared(verdict) }
        if let promotion {
            switch promotion.state {
            case .intended, .aliasMoved, .deployed, .rollingBack: return .promoting(promotion.state)
            case .promoted: return .promoted(at: promotion.finishedAt ?? now)
            case .rolledBack(let reason): return .rolledBack(reason: reason)
            case .stuck(let reason): return .stuck(reason: reason)
            }
        }
        switch verdict {
        case .failed: return .refused
        case .undecided: return .undecided
        case .passed: break
        }
        switch approval.standing(of: decisions, judgedAt: run.finishedAt ?? run.createdAt, now: now) {
        case .notNeeded, .approved: return .approved
        case .waiting(let missing): return .waiting(missing: missing)
        case .rejected(let by, let reason): return .rejected(by: by, reason: reason)
        case .expired(let end): return .expired(at: end)
        }
    }

    /// One word, for lists and `--json`.
    package var word: String {
        switch self {
        case .working(let state): state.word
        case .waiting: "waiting"
        case .approved: "approved"
        case .promoted: "promoted"
        case .rolledBack: "rolled_back"
        case .stuck: "stuck"
        case .promoting: "promoting"
        case .rejected: "rejected"
        case .expired: "expired"
        case .refused: "refused"
        case .undecided: "undecided"
        case .errored: "errored"
        case .cancelled: "cancelled"
        case .compared: "compared"
        }
    }
}
