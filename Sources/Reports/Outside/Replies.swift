package import Domain

extension Outside {
    /// What a command came to, or why nothing was done.
    package enum Reply: Sendable {
        case unclear(Command.Unclear, newest: CommitID?)
        case help
        case refused(DecisionRefusal)
        /// More people must approve.
        case approved(RunID, missing: Int)
        case rejected(RunID)
        case promoted(Promotion)
        case cancelled([RunID])
        case nothingToCancel
        /// Nothing was found that the command could be about.
        case noRun(ModelName?)
        /// Several models have runs here, and none was named.
        case whichModel([ModelName])
        case runElsewhere(RunID)
        case retrains
        case reproduces(RunID)
        case reproduced(ReproductionVerdict, original: RunID, again: RunID)
        case notReproduced(original: RunID, again: RunID, String)
        case permitted(CommitID)
        /// The head is newer than the comment, or nobody knows since when it is there.
        case headTooNew(CommitID)
        case ownFork
        case notFork
        case permissionFirst(CommitID)
        /// The verdict is younger than the comment.
        case verdictIsNewer(RunID)
        /// A promotion pull request was merged, and what was said by that is not enough.
        case merged(RunID, missing: Int)
        case mergedRefused(RunID, DecisionRefusal)
        /// What was merged is not what the bot had proposed.
        case mergedOther
        /// It is about a promotion pull request that is over.
        case proposalOver
        case failed(Fault)
    }

    /// An answer to a comment, as Markdown without the marker.
    package static func reply(_ reply: Reply, on kind: ForgeKind) -> String {
        switch reply {
        case .unclear(let why, let newest): unclear(why, newest, kind)
        case .help: help(kind)
        case .refused(let why): escaped(Sentences.refusal(why, for: .forge(kind)), limit: 1_500)
        case .approved, .rejected, .promoted, .merged, .mergedRefused, .mergedOther, .verdictIsNewer:
            decided(reply, kind)
        case .cancelled(let runs): "Cancelled: \(runs.prefix(20).map { "run \($0)" }.joined(separator: ", "))."
        case .proposalOver: "Nothing was done: this pull request proposes nothing any more."
        case .nothingToCancel: "Nothing of this pull request runs or waits."
        case .noRun(let model):
            model.map { "There is no run of a model `\(escaped($0.text))` here." } ?? "There is no run here yet."
        case .whichModel(let models):
            "Several models have runs here. Say which one: "
                + models.prefix(20).map { "`\(escaped($0.text))`" }.joined(separator: ", ") + "."
        case .runElsewhere(let run): "Run \(run) is not one of this pull request."
        case .retrains: "A new run of the newest commit was asked for. The report above changes with it."
        case .reproduces(let run): "Run \(run) will be made again. What comes of it is said here."
        case .reproduced(let verdict, let original, let again):
            escaped(Sentences.reproduction(verdict, of: original, by: again), limit: 1_000)
                + verdict.divergences.prefix(10).map { "\n- " + escaped(Sentences.divergence($0), limit: 300) }.joined()
        case .notReproduced(let original, let again, let why):
            "Run \(again) could not make run \(original) again: \(escaped(why, limit: 500))"
        case .permitted, .headTooNew, .ownFork, .notFork, .permissionFirst: permission(reply, kind)
        case .failed(let fault):
            escaped(fault.message, limit: 1_000) + (fault.advice.map { "\n\n" + escaped($0, limit: 500) } ?? "")
        }
    }

    private static func decided(_ reply: Reply, _ kind: ForgeKind) -> String {
        switch reply {
        case .approved(let run, let missing):
            "Recorded for run \(run). It still needs \(approvals(missing)) by somebody else."
        case .rejected(let run): "Recorded: run \(run) is rejected, and its model stays where it is."
        case .promoted(let promotion): promoted(promotion)
        case .merged(let run, let missing):
            "The merge counts as an approval of run \(run), and it needs \(approvals(missing)) more: nothing is "
                + "promoted yet. Until then git names a version that is not in place. Whoever approves too writes "
                + "`\(spelling(.approve, on: kind))` here; after `\(spelling(.reject, on: kind)) REASON` the bot puts "
                + "git right."
        case .mergedRefused(let run, let why):
            "Run \(run) was not promoted, although this was merged. "
                + escaped(Sentences.refusal(why, for: .forge(kind)), limit: 1_500) + " "
                + "Git names a version that is not in place until somebody who may decide writes "
                + "`\(spelling(.approve, on: kind))` here, or `\(spelling(.reject, on: kind)) REASON`."
        case .mergedOther:
            "Nothing was promoted: what was merged is not the commit that was proposed here."
        case .verdictIsNewer(let run):
            "Nothing was done: the verdict of run \(run) came after this comment. Look at it, then say it again."
        default: ""
        }
    }

    private static func permission(_ reply: Reply, _ kind: ForgeKind) -> String {
        let word = spelling(.okToRun, on: kind)
        switch reply {
        case .permitted(let commit):
            return "Commit `\(commit.hex)` may be run: without secrets and without network. Another commit needs "
                + "another `\(word)`."
        case .headTooNew(let commit):
            return "The newest commit may have come after this comment, so nothing was done. Look at it, then write "
                + "`\(word) \(commit.hex)`."
        case .ownFork: return "Whoever wrote the code cannot say that it may be run here. Ask somebody else."
        case .notFork: return "There is nothing to allow: the branch lies in this repository."
        case .permissionFirst(let commit):
            return "It is code from a fork. Look at it, then write `\(word) \(commit.hex)`."
        default: return ""
        }
    }

    private static func promoted(_ promotion: Promotion) -> String {
        let what = "Version \(promotion.challenger.version) of `\(escaped(promotion.challenger.model.text))`"
        let alias = "`\(escaped(promotion.alias.text))`"
        switch promotion.state {
        case .promoted: return "\(what) is \(alias) now."
        case .rolledBack(let reason): return "\(what) was rolled back: \(escaped(reason, limit: 500))"
        case .stuck(let reason):
            return "The promotion is stuck and needs a person: \(escaped(reason, limit: 500))"
        case .intended, .aliasMoved, .deployed, .rollingBack: return "\(what) is about to become \(alias)."
        }
    }

    private static func unclear(_ why: Command.Unclear, _ newest: CommitID?, _ kind: ForgeKind) -> String {
        switch why {
        case .unknownWord(let text, let near):
            return "`/\(escaped(text, limit: 40))` is no command; `\(spelling(near, on: kind))` is one. "
                + "Nothing was done."
        case .shortCommit(_, let word):
            let full = newest.map { ": `\(spelling(word, on: kind)) \($0.hex)`" } ?? "."
            return "A commit has to be written in full, because anybody can make one that begins alike\(full)"
        case .noReason:
            return "Say why, on the same line: `\(spelling(.reject, on: kind)) REASON`. Nothing was done."
        case .unknownArgument(let text, let word):
            return "`\(escaped(text, limit: 60))` is not what `\(spelling(word, on: kind))` can have. "
                + "Nothing was done."
        case .badParameters(let text):
            return
                "`\(escaped(text, limit: 60))` is not written as `key=value`, stands there twice, or is one parameter "
                + "too many. Nothing was done."
        case .tooLong(let word): return "That line is too long for `\(spelling(word, on: kind))`. Nothing was done."
        }
    }

    private static func help(_ kind: ForgeKind) -> String {
        func row(_ word: Command.Word, _ rest: String, _ meaning: String) -> String {
            "| `\(spelling(word, on: kind))\(rest)` | \(meaning) |"
        }
        return [
            "| first line of a comment | what it does |", "|---|---|",
            row(.approve, " [full sha]", "approves the run; the last approval needed promotes its model"),
            row(.reject, " REASON", "rejects the run for good"),
            row(.retrain, " [key=value …]", "makes a new run of the newest commit, with other parameters"),
            row(.cancel, "", "stops what runs or waits here"),
            row(.reproduce, "", "makes the newest run again and compares"),
            row(.rollback, "", "puts the model back that was there before"),
            row(.okToRun, " [full sha]", "lets this one commit of a fork be run"),
            row(.help, "", "this table"),
            "", "Where there are several models, add the model's name or the run's number.",
        ].joined(separator: "\n")
    }

    /// What came of something that was said, in a few words for `sluice why`.
    package static func summary(_ reply: Reply?) -> String {
        switch reply {
        case nil: "done"
        case .unclear: "it looked like a command, and was none"
        case .help: "the commands were listed"
        case .refused(let why): "refused: \(firstLine(Sentences.refusal(why)))"
        case .approved(let run, let missing): "approved run \(run); \(approvals(missing)) missing"
        case .rejected(let run): "rejected run \(run)"
        case .promoted(let promotion): "promotion \(promotion.id) is \(promotion.state.word)"
        case .cancelled(let runs): "cancelled \(runs.prefix(20).map { "run \($0)" }.joined(separator: ", "))"
        case .nothingToCancel: "there was nothing to cancel"
        case .noRun, .whichModel, .runElsewhere: "it was not clear which run is meant"
        case .retrains: "a run was asked for"
        case .reproduces(let run): "run \(run) is made again"
        case .reproduced(_, let run, _), .notReproduced(let run, _, _): "run \(run) was made again"
        case .permitted(let commit): "commit \(commit.short) may run"
        case .headTooNew: "the newest commit may be younger than the comment"
        case .ownFork: "the author of a fork cannot allow it"
        case .notFork: "it is no fork"
        case .permissionFirst: "code from a fork was not allowed to run"
        case .verdictIsNewer(let run): "the verdict of run \(run) came after the comment"
        case .merged(let run, let missing): "the merge approved run \(run); \(approvals(missing)) missing"
        case .mergedRefused(let run, let why): "run \(run) was not promoted: \(firstLine(Sentences.refusal(why)))"
        case .mergedOther: "another commit was merged than was proposed"
        case .proposalOver: "the pull request proposes nothing any more"
        case .failed(let fault): firstLine(fault.message)
        }
    }
}
