import Domain

extension Sentences {
    /// What a reader must know of the rules, the weightiest first.
    static func rules(_ news: RuleNews) -> [String] {
        var said: [String] = []
        if news.isForeign {
            said.append(
                "This is code from a fork: it ran without secrets and without network, and its model cannot be promoted. "
                    + "Merge the pull request; the run of the merged commit can be.")
        }
        if let base = news.base {
            let name = "`\(visible(base.branch.text, limit: 80))`"
            if let why = news.whyMissing {
                said.append(
                    "\(name) has no policy to judge by (\(firstLine(why))), so this is judged by its own, gets no secrets, "
                        + "and nothing of it can be promoted before the merge.")
            }
            if base.isMerged ?? false, !news.later.isEmpty || !news.measures.isEmpty {
                let parts = news.later.map(\.rawValue) + news.measures.map(\.rawValue)
                said.append(
                    "This is not the newest commit of \(name): its \(list(parts)) "
                        + "\(parts.count == 1 ? "differs" : "differ") from \(base.commit.short), whose rules count.")
                return said + rest(of: news)
            }
            if !news.later.isEmpty {
                said.append(
                    "It changes \(list(news.later.map(\.rawValue))) of the policy. That takes effect after the merge: here "
                        + "the rules of \(name) at \(base.commit.short) count.")
            }
            if !news.measures.isEmpty {
                said.append(
                    "It changes how the model is measured: \(list(news.measures.map(\.rawValue))) of the policy differ from "
                        + "\(name). The numbers here may not mean what they mean there.")
            }
        }
        return said + rest(of: news)
    }

    private static func rest(of news: RuleNews) -> [String] {
        var said: [String] = []
        if let floor = news.floor { said.append(Self.floor(floor)) }
        if !news.overrides.isEmpty {
            let changed = news.overrides.sorted { $0.key < $1.key }.prefix(20)
                .map { "\(visible($0.key, limit: 80)) = \(visible($0.value, limit: 80))" }
            said.append("Parameters were changed for this run alone: \(changed.joined(separator: ", ")).")
        }
        return said
    }

    private static func floor(_ floor: Floor) -> String {
        var demands: [String] = []
        if !floor.gates.isEmpty { demands.append("\(floor.gates.count) gate\(floor.gates.count == 1 ? "" : "s")") }
        if floor.required > 0 {
            demands.append("\(floor.required) approval\(floor.required == 1 ? "" : "s") at least")
        }
        if floor.notByAuthor { demands.append("nobody approves their own change") }
        if !floor.by.isEmpty {
            demands.append("only \(list(floor.by.map { visible($0.text, limit: 80) })) may approve")
        }
        return "The server demands besides the policy: \(demands.joined(separator: "; "))."
    }

    private static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
