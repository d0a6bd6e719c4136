import Domain
import Git
import Host
import Settings

extension ServedProject {
    /// The branch whose newest policy gives the rules for what is on a branch, or wants into it: the default branch, or
    /// that branch itself where the operator lets it. Whoever can push some branch must not be able to lower the bar with
    /// it, neither by a push nor by a pull request into it.
    func rules(for branch: BranchName) async throws(Fault) -> (branch: BranchName, commit: CommitID) {
        let head = try await head()
        if branch != head.branch, settings.givesRules(branch), let tip = try await tip(of: branch) {
            return (branch, tip)
        }
        return (head.branch, head.commit.id)
    }

    /// The rules of a pull request.
    func rules(of pull: PullRequest) async throws(Fault) -> (branch: BranchName, commit: CommitID) {
        guard try await tip(of: pull.base) != nil else {
            throw Fault(.input, "the repository has no branch '\(pull.base)', into which the pull request wants")
        }
        return try await rules(for: pull.base)
    }

    /// True if one of the branches, as fetched last, has the commit. A forge hands out commits of forks by their ids too,
    /// and those nobody of the project has taken in.
    func isOnBranch(_ commit: CommitID) async throws(Fault) -> Bool {
        guard try await clone.has(commit) else { return false }
        return try await repository.isAncestor(commit, ofAnyOf: Array(Set(clone.heads().branches.values)))
    }
}

extension ProjectSettings {
    /// True if the operator lets the branch's own policy give the rules.
    fileprivate func givesRules(_ branch: BranchName) -> Bool {
        rulesFrom.contains { NamePattern($0).fits(branch.text) }
    }
}
