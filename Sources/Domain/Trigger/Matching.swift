package import Foundation

/// What a policy makes of something that happened on a forge or a remote.
package enum TriggerMatch: Equatable, Sendable {
    /// It calls for a run. With `needsPermission`, once somebody with write access allowed that very commit.
    case run(Trigger, needsPermission: Bool)
    /// It calls for none, and why; for people.
    case nothing(String)
}

/// A pattern of branches or paths: `*` is any text without a slash, `**` any text.
package struct NamePattern: Equatable, Sendable {
    private let text: [UInt8]

    package init(_ text: String) { self.text = Array(text.utf8) }

    /// True if the whole name fits. Takes time in proportion to both lengths multiplied, whatever the pattern.
    package func fits(_ name: String) -> Bool {
        var reached = Self.closed([0], in: text, atFolder: true)
        for byte in name.utf8 {
            var next: Set<Int> = []
            for place in reached where place < text.count {
                if text[place] == Self.star {
                    let isDeep = place + 1 < text.count && text[place + 1] == Self.star
                    if isDeep || byte != Self.slash { next.insert(place) }
                } else if text[place] == byte {
                    next.insert(place + 1)
                }
            }
            if next.isEmpty { return false }
            reached = Self.closed(next, in: text, atFolder: byte == Self.slash)
        }
        return reached.contains(text.count)
    }

    private static let star = UInt8(ascii: "*")
    private static let slash = UInt8(ascii: "/")

    /// With the places that are reached without a byte: behind a star, which may stand for nothing. `**/` may too, where a
    /// part of the name begins.
    private static func closed(_ places: Set<Int>, in text: [UInt8], atFolder: Bool) -> Set<Int> {
        var all = places
        var open = Array(places)
        while let place = open.popLast() {
            guard place < text.count, text[place] == star else { continue }
            let isDeep = place + 1 < text.count && text[place + 1] == star
            let behind = place + (isDeep ? 2 : 1)
            var further = [behind]
            let isFolder = atFolder && (place == 0 || text[place - 1] == slash)
            if isDeep, isFolder, behind < text.count, text[behind] == slash { further.append(behind + 1) }
            for place in further where all.insert(place).inserted { open.append(place) }
        }
        return all
    }
}

extension TriggersPolicy.PushTrigger {
    func counts(_ branch: BranchName, default main: BranchName) -> Bool {
        branches.isEmpty ? branch == main : branches.contains { NamePattern($0).fits(branch.text) }
    }

    /// True if a path is one of the paths or lies in one that is a folder.
    func counts(path: String) -> Bool {
        paths.contains { pattern in
            let folder = pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern
            return NamePattern(folder).fits(path) || NamePattern(folder + "/**").fits(path)
        }
    }
}

extension Policy {
    /// What new commits on a branch call for.
    ///
    /// - Parameter changed: paths that the push changed; nil: it is not known (a new branch, a history that was rewritten),
    ///   and then every path counts as changed.
    package func match(
        push branch: BranchName, default main: BranchName, changed: [String]?
    ) -> TriggerMatch {
        guard let push = triggers?.push else {
            return .nothing("the policy starts no runs on pushes (triggers.push)")
        }
        guard push.counts(branch, default: main) else {
            let wanted = push.branches.isEmpty ? "the default branch '\(main)'" : Self.list(push.branches)
            return .nothing("pushes to '\(branch)' start no runs: triggers.push.branches is \(wanted)")
        }
        if let changed, !push.paths.isEmpty, !changed.contains(where: push.counts(path:)) {
            return .nothing("it changes nothing in \(Self.list(push.paths)) (triggers.push.paths)")
        }
        return .run(.push(branch), needsPermission: false)
    }

    /// What an open pull request calls for. Ask the policy of its base; if that has none, its own.
    package func match(_ pull: PullRequest) -> TriggerMatch {
        guard let wanted = triggers?.pullRequest else {
            return .nothing("the policy starts no runs for pull requests (triggers.pull_request)")
        }
        guard pull.state == .open else { return .nothing("pull request \(pull.number) is \(pull.state.rawValue)") }
        guard wanted.counts(base: pull.base) else {
            return .nothing(
                "pull requests into '\(pull.base)' start no runs: triggers.pull_request.branches is "
                    + Self.list(wanted.branches))
        }
        if pull.isDraft, !wanted.drafts {
            return .nothing("pull request \(pull.number) is a draft (triggers.pull_request.drafts is false)")
        }
        let trigger = Trigger.pullRequest(pull.number, base: pull.base)
        guard pull.isFork else { return .run(trigger, needsPermission: false) }
        switch wanted.forks {
        case .never: return .nothing("the policy runs no code from forks (triggers.pull_request.forks is never)")
        case .ask: return .run(trigger, needsPermission: true)
        case .run: return .run(trigger, needsPermission: false)
        }
    }

    /// True for an open pull request that gets no run yet, or never, and must not look as if it needed none.
    package func blocks(_ pull: PullRequest) -> Bool {
        guard let wanted = triggers?.pullRequest, pull.state == .open, wanted.counts(base: pull.base) else {
            return false
        }
        return pull.isDraft && !wanted.drafts || pull.isFork && wanted.forks == .never
    }

    /// What a tick calls for: nothing once the policy has no such time any more.
    package func match(tick cron: String, timezone: String, due: Date) -> TriggerMatch {
        let isStill = (triggers?.schedule ?? []).contains { $0.cron == cron && $0.timezone == timezone }
        guard isStill else {
            return .nothing("the policy has no '\(cron)' in \(timezone) any more (triggers.schedule)")
        }
        return .run(.schedule(cron: cron, due: due), needsPermission: false)
    }

    private static func list(_ patterns: [String]) -> String {
        patterns.prefix(10).map { "'\($0)'" }.joined(separator: ", ") + (patterns.count > 10 ? ", …" : "")
    }
}

extension TriggersPolicy.PullRequestTrigger {
    fileprivate func counts(base: BranchName) -> Bool {
        branches.isEmpty || branches.contains { NamePattern($0).fits(base.text) }
    }
}
