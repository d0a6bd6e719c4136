import Domain

extension Sentences {
    /// Where it is read: what can be done next is not the same.
    enum Reader {
        /// On the command line, or a page of the server.
        case terminal
        case forge(ForgeKind)

        /// How to get another run.
        var again: String {
            switch self {
            case .terminal: "start another with `sluice run`"
            case .forge(let kind): "ask for another with `\(Outside.spelling(.retrain, on: kind))`"
            }
        }

        /// How somebody can be the one who is named.
        func naming(_ allowed: [PersonName]) -> String {
            switch self {
            case .terminal where allowed.contains { $0.text.contains("/") }:
                "; whoever sits here can say who they are with --as NAME. A team counts on the pages of a server and with "
                    + "its tokens, for users whose login on the forge is set (`sluice user login`)."
            case .terminal: "; whoever sits here can say who they are with --as NAME."
            case .forge(.bitbucket):
                ". On Bitbucket a person is named by the account's UUID in braces, because everybody chooses their own "
                    + "nickname; `/2.0/workspaces/WORKSPACE/members` of its API tells it."
            case .forge: "."
            }
        }

        var rollBack: String {
            switch self {
            case .terminal: "`sluice rollback MODEL`"
            case .forge(let kind): "`\(Outside.spelling(.rollback, on: kind))`"
            }
        }
    }

    /// Why a decision was not taken, and what can be done.
    static func refusal(_ refusal: DecisionRefusal, for reader: Reader = .terminal) -> String {
        switch refusal {
        case .notJudged(let state):
            notJudged(visible(state), reader)
        case .verdictIsNo(let verdict):
            verdictIsNo(verdict, reader)
        case .notListed(let person, let allowed):
            "\(visible(person.text)) may not decide here: the policy names \(names(allowed)) (approval.by). "
                + "Ask one of them"
                + reader.naming(allowed)
        case .ownChange(let person, let author):
            "\(visible(person.text)) is the author of the commit (\(visible(author))), and the policy wants somebody "
                + "else to approve (approval.not_by_author). Ask another person."
        case .alreadyDecided(let person):
            "\(visible(person.text)) has said so already. Nothing was changed; another person can still decide."
        case .alreadyRejected(let by, let reason):
            "\(visible(by.text)) has rejected it: \(firstLine(reason)). A rejection is final for a run; "
                + "change what was wrong and \(reader.again)."
        case .alreadyPromoted:
            "It is promoted already. \(reader.rollBack) puts the model before back."
        case .expired(let end):
            "The time to decide ended at \(moment(end)) (approval.expires). "
                + "To decide all the same, \(reader.again)."
        case .evidenceChanged(let parts):
            "What was judged has changed since: \(changed(parts)). Nothing was promoted. "
                + "Find out who changed it, then \(reader.again) and decide on that."
        case .championChanged(let then, let now):
            "The run was compared with \(champion(then)), and by now \(champion(now)) holds the alias. Nothing was "
                + "promoted. To compare with that one, \(reader.again)."
        case .noPermission, .roleTooLow, .couldNotAsk: ofStanding(refusal)
        case .headMoved, .baseChanged, .otherCommit, .rulesChanged, .floorChanged, .foreignCode, .noRules:
            ofChange(refusal)
        }
    }

    /// It is about who says it.
    private static func ofStanding(_ refusal: DecisionRefusal) -> String {
        switch refusal {
        case .noPermission(let person, let has, let needs):
            "\(visible(person.text)) has the permission '\(has.rawValue)' on this repository, and this needs "
                + "'\(needs.rawValue)'. Ask somebody who has it."
        case .roleTooLow(let person, let has, let needs):
            "\(visible(person.text)) has the role '\(has.rawValue)' on this server, and this needs "
                + "'\(needs.rawValue)'. Ask somebody who has it."
        case .couldNotAsk(let fault):
            "Nobody knows whether it is allowed, so nothing was done: \(firstLine(fault.message)). Say it again later."
        default: ""
        }
    }

    /// It is about what has changed since.
    private static func ofChange(_ refusal: DecisionRefusal) -> String {
        switch refusal {
        case .headMoved(let run, let now?):
            "The run judged commit \(run.short), and the pull request stands on \(now.short) now. Nothing was "
                + "promoted. Decide on the run of the newest commit."
        case .headMoved(let run, nil):
            "The run judged commit \(run.short), and the pull request is not open any more. Nothing was promoted."
        case .baseChanged(let run, let now):
            "The run judged what wanted into `\(visible(run.text))`, and the pull request wants into "
                + "`\(visible(now.text))` now. Nothing was promoted. `/retrain` makes a run for that branch."
        case .otherCommit(let named, let run):
            "It names commit \(visible(named)), and the run judged \(run.hex). Nothing was changed."
        case .rulesChanged(let branch):
            "The policy on `\(visible(branch.text))` is not the one that the run was judged by any more. "
                + "`/retrain` makes a run under the new one."
        case .floorChanged:
            "The server's floor is not the one that the run was judged by any more. `/retrain` makes a run under the "
                + "new one."
        case .foreignCode(let commit):
            "Commit \(commit.short) comes from a fork, and a model of code that nobody has taken in is never promoted. "
                + "Merge the pull request; the run of the merged commit can be approved."
        case .noRules(let branch):
            "`\(visible(branch.text))` has no policy yet, so nobody has said who may promote a model. Merge the pull "
                + "request; the run of the merged commit can be approved."
        default: ""
        }
    }

    private static func champion(_ version: Int?) -> String {
        version.map { "version \($0)" } ?? "no champion"
    }

    private static func notJudged(_ state: String, _ reader: Reader) -> String {
        switch state {
        case "queued", "preparing", "running", "judging":
            "There is nothing to decide yet: the run is \(state). Wait for its verdict."
        default:
            "There is nothing to decide: the run is \(state), so it has no verdict. To get one, \(reader.again)."
        }
    }

    private static func verdictIsNo(_ verdict: Verdict, _ reader: Reader) -> String {
        let end = "Only a run that passed can be promoted; change what is wrong and \(reader.again)."
        switch verdict {
        case .failed: return "The answer is no: \(verdict.reason). \(end)"
        case .undecided: return "It could not be told: \(verdict.reason). That blocks like a no. \(end)"
        case .passed: return end
        }
    }

    private static func names(_ people: [PersonName]) -> String {
        let shown = people.prefix(20).map { visible($0.text) } + (people.count > 20 ? ["others"] : [])
        return shown.isEmpty ? "nobody" : shown.joined(separator: ", ")
    }

    private static func changed(_ parts: [Evidence.Part]) -> String {
        parts.isEmpty ? "its evidence" : parts.map(\.rawValue).joined(separator: ", ")
    }
}
