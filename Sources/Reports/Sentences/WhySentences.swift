package import Domain
import Foundation

/// What `sluice why` says: steps that are over, and what is waited for.
///
/// Names and reasons are shown as they were written; whoever prints a line makes it visible.
package enum WhySentences {
    /// What something waits for, as the end of a sentence: `run 12 waits for …`.
    package static func waits(for waiting: Waiting) -> String {
        switch waiting {
        case .server(let limit): "a place: \(counted(limit, "run")) may work at the same time on this server"
        case .project(let project, let limit):
            "a place: \(counted(limit, "run")) of '\(project)' may work at the same time"
        case .model(let model, let limit):
            "a place: \(counted(limit, "run")) of model '\(model)' may work at the same time"
        case .budget(let until): "the next day of its budget, \(moment(until))"
        case .coolDown(let until): "the end of the cool-down, \(moment(until))"
        case .permission(let commit): "somebody with write access who says '/ok-to-run \(commit.hex)'"
        case .trouble(let fault, let attempts, let next):
            "better days: it was tried \(counted(attempts, "time")), and is tried again at \(moment(next)). "
                + "\(fault.message.prefix(500))"
        case .turn(let ahead, let working):
            "its turn: \(ahead == 0 ? "no run is" : ahead == 1 ? "1 run is" : "\(ahead) runs are") before it, "
                + "\(working) at work"
        }
    }

    /// One entry of the journal as a sentence.
    ///
    /// - Parameters:
    ///   - subject: `run 12`, `promotion 3`.
    ///   - body: canonical JSON: what happened, from, to, and the value that it left.
    package static func step(_ subject: String, _ body: String) -> String {
        let entry = Entry(subject, body)
        let said =
            switch entry.kind {
            case "run": run(entry)
            case "stage": stage(entry)
            case "decision": decision(entry)
            case "promotion": promotion(entry)
            case "event": event(entry)
            default: record(entry)
            }
        return (said ?? "\(subject): \(entry.what.replacing("_", with: " "))").replacing("\n", with: " ")
    }

    /// An entry, taken apart.
    private struct Entry {
        let subject: String
        let kind: String
        /// The words behind the kind.
        let words: [String]
        let what: String
        let value: JSONValue?

        init(_ subject: String, _ body: String) {
            let parts = subject.split(separator: " ").map(String.init)
            let json = (try? Canonical.decode(JSONValue.self, from: body)) ?? .null
            self.subject = subject
            kind = parts.first ?? ""
            words = Array(parts.dropFirst())
            what = json["what"]?.text ?? "entry"
            value = json["value"]
        }

        /// The value as what it was; nil: it is something else.
        func read<Value: Decodable>(_ type: Value.Type) -> Value? {
            value.flatMap { try? Canonical.decode(type, from: Canonical.text(of: $0)) }
        }
    }

    private static func run(_ entry: Entry) -> String? {
        let run = entry.subject
        switch entry.what {
        case "create": return "\(run) was made"
        case "queue":
            let project = entry.value?["project"]?.text.map { " of '\($0)'" } ?? ""
            return "\(run) waits in the queue\(project)"
        case "share":
            if let pull = entry.value?["pullRequest"]?["number"]?.int64 {
                return "\(run) is the run of pull request \(pull) as well"
            }
            return "\(run) was asked for once more"
        case "prepare": return "\(run) is being prepared"
        case "start": return "\(run) works on its stages"
        case "judge": return "\(run) is done with its stages; the gates are decided"
        case "evidence": return "the evidence of \(run) was recorded"
        case "conclude", "fail", "cancel":
            switch entry.read(RunState.self) {
            case .judged(.passed): return "\(run) passed"
            case .judged(.failed(let findings)): return "\(run) got the answer no" + because(findings.first?.message)
            case .judged(.undecided(let findings)):
                return "\(run) could not be decided" + because(findings.first?.message)
            case .errored(let fault): return "\(run) could not go on" + because(fault.message)
            case .cancelled(let by, let reason):
                return "\(run) was cancelled" + (by.map { " by \($0)" } ?? "") + because(reason)
            case .queued, .preparing, .running, .judging, nil: return nil
            }
        default: return nil
        }
    }

    private static func stage(_ entry: Entry) -> String? {
        guard entry.words.count >= 2 else { return nil }
        let stage = "stage \(entry.words.dropFirst().joined(separator: " ")) of run \(entry.words[0])"
        let ends = [
            "start": "began", "reuse": "was reused", "skip": "was skipped", "succeed": "ended well", "fail": "failed",
            "error": "could not be run", "cancel": "was cancelled", "lose": "was lost",
        ]
        return ends[entry.what].map { "\(stage) \($0)" + because(reason(in: entry.value)) }
    }

    private static func decision(_ entry: Entry) -> String? {
        guard let decision = entry.read(Decision.self) else { return nil }
        let way = decision.voice.map { " " + by($0.way) } ?? ""
        switch decision.answer {
        case .approve: return "\(decision.by) approved run \(decision.run)\(way)"
        case .reject(let reason): return "\(decision.by) rejected run \(decision.run)\(way)" + because(reason)
        }
    }

    private static func by(_ way: Voice.Way) -> String {
        switch way {
        case .commandLine: "on the command line"
        case .comment(let forge, _, let pull): "in a comment on pull request \(pull) (\(forge))"
        case .button(let forge): "with the button of the check (\(forge))"
        case .merge(let forge, let pull): "by merging pull request \(pull) (\(forge))"
        case .page: "on the page"
        case .token(let id): "with token \(id)"
        }
    }

    private static func promotion(_ entry: Entry) -> String? {
        let promotion = entry.subject
        if entry.what == "intend" {
            guard let made = entry.read(Promotion.self) else { return nil }
            return
                "\(promotion): version \(made.challenger.version) of '\(made.challenger.model)' is to be '\(made.alias)'"
        }
        let ends = [
            "move_alias": "the alias was moved", "deploy": "it was deployed", "verify": "it is in place",
            "roll_back": "it has to be rolled back", "restore": "it was rolled back",
            "give_up": "it is stuck and needs a person",
        ]
        return ends[entry.what].map { "\(promotion): \($0)" + because(reason(in: entry.value)) }
    }

    private static func event(_ entry: Entry) -> String? {
        switch entry.what {
        case "record": return "\(entry.subject) was recorded"
        case "settle": return "\(entry.subject) was dealt with"
        default: return nil
        }
    }

    /// Everything that is not about a run.
    private static func record(_ entry: Entry) -> String? {
        let words = entry.words
        switch (entry.kind, entry.what) {
        case ("model", "register") where words.count == 2: return "version \(words[1]) of '\(words[0])' was registered"
        case ("snapshot", "add") where words.count == 3: return "snapshot \(words[2]) of '\(words[1])' was made"
        case ("refusal", "add"): return "\(entry.subject): a file was refused"
        case ("refusal", "move"): return "\(entry.subject): the file was moved to quarantine"
        case ("refusal", "release"): return "\(entry.subject): the file was released"
        case ("permit", "permit") where words.count == 2: return "commit \(words[1]) of '\(words[0])' may be run"
        default: return nil
        }
    }

    private static func because(_ reason: String?) -> String {
        reason.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
    }

    /// The `reason` or `message` that a state carries, however deep.
    private static func reason(in value: JSONValue?) -> String? {
        guard case .object(let members)? = value else { return nil }
        if let text = members["reason"]?.text ?? members["message"]?.text { return text }
        for (_, inner) in members.sorted(by: { $0.key < $1.key }) {
            if let text = reason(in: inner) { return text }
        }
        return nil
    }
}
