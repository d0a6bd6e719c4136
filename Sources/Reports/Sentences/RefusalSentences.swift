import Domain

extension Sentences {
    /// Why a decision was not taken, and what can be done.
    static func refusal(_ refusal: DecisionRefusal) -> String {
        switch refusal {
        case .notJudged(let state):
            notJudged(visible(state))
        case .verdictIsNo(let verdict):
            verdictIsNo(verdict)
        case .notListed(let person, let allowed):
            "\(visible(person.text)) may not decide here: the policy names \(names(allowed)) (approval.by). "
                + "Ask one of them; whoever sits here can say who they are with --as NAME."
        case .ownChange(let person, let author):
            "\(visible(person.text)) is the author of the commit (\(visible(author))), and the policy wants somebody "
                + "else to approve (approval.not_by_author). Ask another person."
        case .alreadyDecided(let person):
            "\(visible(person.text)) has said so already. Nothing was changed; another person can still decide."
        case .alreadyRejected(let by, let reason):
            "\(visible(by.text)) has rejected it: \(firstLine(reason)). A rejection is final for a run; "
                + "change what was wrong and start another with `sluice run`."
        case .alreadyPromoted:
            "It is promoted already. `sluice rollback MODEL` puts the model before back."
        case .expired(let end):
            "The time to decide ended at \(Timestamp.text(end)) (approval.expires). "
                + "Start another run with `sluice run` and decide on that."
        case .evidenceChanged(let parts):
            "What was judged has changed since: \(changed(parts)). Nothing was promoted. "
                + "Find out who changed it, then start another run with `sluice run` and decide on that."
        case .championChanged(let then, let now):
            "The run was compared with \(champion(then)), and by now \(champion(now)) holds the alias. Nothing was "
                + "promoted. `sluice run` compares with the one that does, in a new run."
        }
    }

    private static func champion(_ version: Int?) -> String {
        version.map { "version \($0)" } ?? "no champion"
    }

    private static func notJudged(_ state: String) -> String {
        switch state {
        case "queued", "preparing", "running", "judging":
            "There is nothing to decide yet: the run is \(state). Wait for its verdict."
        default:
            "There is nothing to decide: the run is \(state), so it has no verdict. "
                + "Start another with `sluice run`."
        }
    }

    private static func verdictIsNo(_ verdict: Verdict) -> String {
        let end = "Only a run that passed can be promoted; change what is wrong and start another with `sluice run`."
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
