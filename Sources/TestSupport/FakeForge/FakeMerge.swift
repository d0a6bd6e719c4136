import Domain
import Foundation
import Synchronization

/// What the base branch of a repository asks for before anything is merged into it.
package struct FakeProtection: Sendable, Equatable {
    /// Who may merge.
    package var least = FakeRole.write
    /// Statuses that the newest commit must have, and have as a success.
    package var contexts: Set<String> = []
    /// Approving reviews by people, which nobody gives here.
    package var reviews = 0
    /// Ways in which it may be merged.
    package var ways: Set<String> = ["merge", "squash", "rebase"]
    /// So many times it has not been looked at yet.
    package var looks = 0

    package init() {}
}

/// Why a fake forge does not merge. Each says it in its own words.
enum FakeMergeRefusal {
    case notOpen
    case otherHead
    case mayNot
    case notLookedAt
    case way(String)
    case missing(String)
    case conflict
}

extension FakeForge {
    /// From now on nothing is merged into a branch of the repository otherwise.
    package func protect(_ path: String, _ change: @Sendable (inout FakeProtection) -> Void) {
        state.withLock { state in
            guard let place = state.index(of: path) else { return }
            change(&state.repositories[place].protection)
        }
    }

    /// Somebody presses the button: the base branch moves, and the forge tells of it. Nil: it cannot be merged.
    @discardableResult
    package func mergeForReal(_ number: Int64, of path: String, by login: String) -> String? {
        guard let repository = repository(path), let pull = repository.pulls[number],
            let commit = FakeGit.merge(pull.head, into: pull.base, by: login, in: repository.folder)
        else { return nil }
        merge(number, of: path, commit: commit, by: login)
        return commit
    }

    /// A file of a branch; nil: it has none of that name.
    package func file(_ name: String, on branch: String, of path: String) -> String? {
        repository(path).flatMap { FakeGit.run(["show", "refs/heads/\(branch):\(name)"], in: $0.folder) }
    }
}

extension FakeForgeState {
    /// Merges as the bot, if the branch's rules let it. `success`: the forge's word for a good status.
    mutating func mergeAsBot(
        _ number: Int64, in repository: inout FakeRepository, head: String?, way: String, success: String, now: Date
    ) -> FakeMergeRefusal? {
        guard var pull = repository.pulls[number], pull.state == "open" else { return .notOpen }
        let rules = repository.protection
        guard role(of: bot, in: repository) >= rules.least else { return .mayNot }
        if let head, head != pull.head { return .otherHead }
        if rules.looks > 0 {
            repository.protection.looks -= 1
            return .notLookedAt
        }
        guard rules.ways.contains(way) else { return .way(way) }
        for context in rules.contexts.sorted() {
            let last = repository.statuses.last { $0.commit == pull.head && $0.context == context }
            guard last?.state == success else { return .missing("Required status check \"\(context)\" is expected.") }
        }
        guard rules.reviews == 0 else { return .missing("At least \(rules.reviews) approving review is required.") }
        guard let commit = FakeGit.merge(pull.head, into: pull.base, by: bot.login, in: repository.folder) else {
            return .conflict
        }
        pull.state = "merged"
        (pull.mergedBy, pull.mergeCommit) = (bot, commit)
        pull.updatedAt = max(now, pull.updatedAt.addingTimeInterval(1))
        repository.pulls[number] = pull
        var known = self
        if let place = known.index(of: repository.path) { known.repositories[place] = repository }
        let told = FakeHappening.pullRequest(repository: repository.path, number: number, action: "closed", by: bot)
        if let delivery = FakeDialect.of(kind).tell(told, known) { deliveries.append(delivery) }
        return nil
    }
}

extension FakeGit {
    /// A merge commit on a branch; nil: they conflict.
    static func merge(_ commit: String, into branch: String, by name: String, in folder: String) -> String? {
        guard let base = head(of: branch, in: folder),
            let tree = run(["merge-tree", "--write-tree", base, commit], in: folder)
        else { return nil }
        var variables: [String: String] = [:]
        for role in ["AUTHOR", "COMMITTER"] {
            variables["GIT_\(role)_NAME"] = name
            variables["GIT_\(role)_EMAIL"] = "\(name)@example.org"
        }
        guard
            let merged = run(
                ["commit-tree", tree, "-m", "Merge by \(name)", "-p", base, "-p", commit], in: folder, variables),
            run(["update-ref", "refs/heads/\(branch)", merged], in: folder) != nil
        else { return nil }
        return merged
    }
}
