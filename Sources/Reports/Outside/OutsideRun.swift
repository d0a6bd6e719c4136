package import Domain

/// A run as it is shown outside: on a commit, in a pull request, to a chat.
package struct OutsideRun: Sendable {
    package var run: Run
    package var status: RunStatus
    /// The stage that works now.
    package var stage: StageName?
    /// Why it is still queued, if that is known.
    package var waiting: Waiting?
    package var approval: ApprovalPolicy
    /// In the order in which they were made.
    package var decisions: [Decision]
    /// The run of the same pull request before this one, if people had approved it.
    package var dismissed: Dismissed?
    /// What the promotion pull request that it is shown in is there for; nil: it is shown elsewhere.
    package var proposal: PromotionPullRequest.Aim?

    package init(
        run: Run, status: RunStatus, stage: StageName? = nil, waiting: Waiting? = nil, approval: ApprovalPolicy,
        decisions: [Decision] = [], dismissed: Dismissed? = nil
    ) {
        self.run = run
        self.status = status
        self.stage = stage
        self.waiting = waiting
        self.approval = approval
        self.decisions = decisions
        self.dismissed = dismissed
    }

    /// Approvals that do not count any more.
    package struct Dismissed: Equatable, Sendable {
        package enum Why: Equatable, Sendable {
            case newCommit
            /// The rules at the base are others now.
            case newRules(BranchName)
            case newRun
        }

        package var run: RunID
        package var by: [PersonName]
        package var why: Why

        package init(run: RunID, by: [PersonName], why: Why) {
            self.run = run
            self.by = by
            self.why = why
        }
    }
}

/// What is said outside, in a forge's comments and statuses and to chats. Every text from outside is shown and never
/// obeyed: nothing in it mentions anybody, links anywhere, or is markup.
package enum Outside {}

extension Outside {
    /// What the status of a commit says: one line, which each forge cuts at its own limit.
    package static func status(_ shown: OutsideRun) -> (state: CommitStatus.State, text: String) {
        switch shown.status {
        case .working(let state): (.pending, working(state, shown))
        case .waiting(let missing): (.pending, "passed; waits for \(approvals(missing))")
        case .approved: (.pending, "passed; about to be promoted")
        case .promoting(let state): (.pending, "being promoted: \(state.word.replacing("_", with: " "))")
        case .promoted: (.success, promoted(shown.run))
        case .rolledBack(let reason): (.failure, "promoted and rolled back: \(firstLine(reason))")
        case .stuck(let reason): (.error, "the promotion is stuck and needs a person: \(firstLine(reason))")
        case .rejected(let by, let reason):
            (.failure, "rejected by \(visible(by.text, limit: 60)): \(firstLine(reason))")
        case .expired(let end): (.failure, "passed, and nobody decided until \(moment(end))")
        case .refused: (.failure, "the answer is no: \(verdict(shown.run))")
        case .undecided: (.error, "could not tell: \(verdict(shown.run))")
        case .errored(let fault): (.error, "could not be run: \(firstLine(fault.message))")
        case .cancelled(let by, let reason): (.cancelled, cancelled(by, reason))
        case .compared(let verdict): (.success, "reproduction: \(firstLine(verdict.reason))")
        }
    }

    /// Why something waits, for the end of `queued: …`.
    package static func waits(for waiting: Waiting) -> String {
        switch waiting {
        case .server(let limit): "waits for a free place; the server works on \(counted(limit, "run")) at a time"
        case .project(let name, let limit):
            "waits for a free place; \(visible(name.text)) has \(counted(limit, "run")) at a time"
        case .model(let name, let limit):
            "waits for a free place; \(visible(name.text)) has \(counted(limit, "run")) at a time"
        case .budget(let until): "the budget of the day is spent; goes on at \(moment(until))"
        case .coolDown(let until): "cools down until \(moment(until))"
        case .turn: "waits for its turn"
        case .permission(let commit):
            "code from a fork: waits for /ok-to-run of \(commit.short) by somebody with write access"
        case .trouble(let fault, let attempts, let next):
            "could not be acted on yet, tried \(counted(attempts, "time")), and again at \(moment(next)): "
                + firstLine(fault.message)
        }
    }

    private static func working(_ state: RunState, _ shown: OutsideRun) -> String {
        switch state {
        case .queued: "queued" + (shown.waiting.map { ": " + waits(for: $0) } ?? "")
        case .preparing: "preparing"
        case .running: shown.stage.map { "running \(visible($0.text, limit: 80))" } ?? "running"
        case .judging: "deciding the gates"
        case .judged, .errored, .cancelled: state.word
        }
    }

    static func approvals(_ count: Int) -> String { counted(count, "approval") }

    private static func promoted(_ run: Run) -> String {
        run.challenger.map { "promoted: version \($0.version) of \(visible($0.model.text))" } ?? "promoted"
    }

    private static func verdict(_ run: Run) -> String {
        if case .judged(let verdict) = run.state { return firstLine(verdict.reason) }
        return run.state.word
    }

    private static func cancelled(_ by: PersonName?, _ reason: String) -> String {
        let why = reason.isEmpty ? "" : ": \(firstLine(reason))"
        return "cancelled" + (by.map { " by \(visible($0.text, limit: 60))" } ?? "") + why
    }
}
