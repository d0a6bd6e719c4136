import Domain
import Git
import Host
import Settings

extension Acts {
    /// The branch whose newest policy gives the rules for what is on a branch, or wants into it: the default branch, or
    /// that branch itself where the operator lets it. Whoever can push some branch must not be able to lower the bar with
    /// it, neither by a push nor by a pull request into it.
    func rules(for branch: BranchName) async throws(Fault) -> (branch: BranchName, commit: CommitID) {
        let head = try await project.head()
        if branch != head.branch, project.settings.givesRules(branch), let tip = try await project.tip(of: branch) {
            return (branch, tip)
        }
        return (head.branch, head.commit.id)
    }

    /// The rules of a pull request.
    func rules(of pull: PullRequest) async throws(Fault) -> (branch: BranchName, commit: CommitID) {
        guard try await project.tip(of: pull.base) != nil else {
            throw Fault(.input, "the repository has no branch '\(pull.base)', into which the pull request wants")
        }
        return try await rules(for: pull.base)
    }
}

extension ProjectSettings {
    /// True if the operator lets the branch's own policy give the rules.
    func givesRules(_ branch: BranchName) -> Bool { rulesFrom.contains { NamePattern($0).fits(branch.text) } }
}
