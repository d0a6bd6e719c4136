package import Domain

/// What promotion pull requests say.
extension Outside {
    package static func promotionTitle(_ run: Run) -> String { "Promote \(named(run))" }

    package static func recordTitle(_ run: Run) -> String { "Record \(named(run)) as the champion" }

    package static func noChampionTitle(_ model: ModelName) -> String {
        "Record that \(visible(model.text)) has no champion"
    }

    package static func noChampionBody(_ model: ModelName) -> String {
        """
        No version of `\(escaped(model.text))` is in place. Merging this only takes away the file that names one; the bot \
        does it itself if the forge lets it.

        """
    }

    /// Why git moved no branch of a forge, and what can be done.
    package static func closedRemote(_ said: String) -> String {
        "the forge does not let the bot's git in: \(said). Give its token the right to write there, also past the "
            + "protection of 'sluice/promote/…', and try again in the outbox"
    }

    private static func named(_ run: Run) -> String {
        let version = run.challenger.map { " version \($0.version)" } ?? ""
        return "\(visible(run.model.text))\(version) (run \(run.id))"
    }

    /// The status of the commit that is proposed. Branch protection keeps it from being merged before all but one
    /// of the people needed have approved: the merge is the last approval.
    package static func proposalStatus(_ shown: OutsideRun) -> (state: CommitStatus.State, text: String) {
        let missing = if case .waiting(let missing) = shown.status { missing } else { 0 }
        let passed = "run \(shown.run.id) passed; "
        if missing > 1 {
            return (.pending, passed + "\(approvals(missing - 1)) missing before it can be merged")
        }
        return (.success, passed + "merging this approves it")
    }

    /// The status of a commit that only says in git what is in place.
    package static let recordStatus = "in place already; merging this only records it in git"

    static func proposalLine(_ shown: OutsideRun, on kind: ForgeKind) -> String? {
        switch (shown.proposal, shown.status) {
        case (.decide?, .waiting(let missing)):
            let counts = "Merging this pull request counts as an approval by whoever merges it"
            if missing < 2 { return counts + "." }
            return counts + ", and one is not enough: have \(counted(missing - 1, "other")) write "
                + "`\(spelling(.approve, on: kind))` first."
        case (.record?, _), (.close?, _):
            return "This version is in place. Merging this pull request only records it in git; the bot does it itself "
                + "if the forge lets it."
        case (.decide?, _), (nil, _): return nil
        }
    }

    /// Said where the forge does not let the bot merge.
    package static func leftToPeople(_ said: String) -> String {
        "The bot could not merge this: \(escaped(said, limit: 500)). Nothing waits for it: merging this only records in "
            + "git what is in place."
    }

    /// Why a run is not asked about any more here: a pull request has it now.
    package static func farewell(_ run: Run, decidedIn pull: Int64) -> String {
        "Run \(run.id) is the run of pull request \(pull) as well, and is decided on there. This is closed."
    }

    /// Said when a promotion pull request is closed unmerged.
    package static func farewell(_ run: Run, _ status: RunStatus, base: BranchName) -> String {
        let closed = "Nothing is promoted, so this is closed."
        switch status {
        case .rejected(let by, let reason):
            return "Run \(run.id) was rejected by \(escaped(by.text)): \(escaped(reason, limit: 500)). \(closed)"
        case .expired(let end): return "Nobody decided on run \(run.id) until \(moment(end)). \(closed)"
        case .waiting, .approved:
            return "The champion is another one than run \(run.id) was compared with, so that its verdict counts no "
                + "more. \(closed)"
        case .rolledBack(let reason):
            return "The model of run \(run.id) was promoted and rolled back: \(escaped(reason, limit: 500)). "
                + "This is closed."
        case .stuck(let reason):
            return "The promotion of run \(run.id) is stuck and needs a person: \(escaped(reason, limit: 500)). "
                + "This is closed."
        case .promoted, .promoting:
            return
                "The model of run \(run.id) is in place, and `\(escaped(base.text))` says so: nothing is left to merge."
        case .working, .refused, .undecided, .errored, .cancelled, .compared:
            return "Run \(run.id) can not be promoted any more. This is closed."
        }
    }
}
