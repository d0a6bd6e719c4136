import Domain
import Foundation

extension BitbucketForge: Forge {
    var kind: ForgeKind { parts.kind }
    var abilities: ForgeAbilities { ForgeAbilities(commentLimit: 65_536, statusLimit: 140, hasChecks: false) }

    func whoAmI() async throws(ForgeError) -> ForgeUser { throw .refused("not written yet") }

    func pullRequest(_ number: Int64, in repository: ForgeRepository) async throws(ForgeError) -> PullRequest {
        throw .refused("not written yet")
    }

    func openPullRequests(in repository: ForgeRepository) async throws(ForgeError) -> [PullRequest] {
        throw .refused("not written yet")
    }

    func comments(
        on pullRequest: Int64, in repository: ForgeRepository, since: Date
    ) async throws(ForgeError) -> [PullRequestComment] {
        throw .refused("not written yet")
    }

    func permission(of user: ForgeUser, in repository: ForgeRepository) async throws(ForgeError) -> Permission {
        throw .refused("not written yet")
    }

    func isMember(_ user: ForgeUser, of team: String) async throws(ForgeError) -> Bool {
        throw .refused("not written yet")
    }

    func authors(of pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) -> Set<String> {
        throw .refused("not written yet")
    }

    func set(_ status: CommitStatus, in repository: ForgeRepository) async throws(ForgeError) {
        throw .refused("not written yet")
    }

    func write(
        _ body: String, marker: String, known: String?, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) -> String {
        throw .refused("not written yet")
    }

    func acknowledge(
        comment: String, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) {
        throw .refused("not written yet")
    }

    func set(_ check: Check, known: String?, in repository: ForgeRepository) async throws(ForgeError) -> String {
        throw .refused("not written yet")
    }

    func openPullRequest(
        from branch: BranchName, into base: BranchName, title: String, body: String, in repository: ForgeRepository
    ) async throws(ForgeError) -> Int64 {
        throw .refused("not written yet")
    }

    func close(pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) {
        throw .refused("not written yet")
    }

    func cloneAccess(to repository: ForgeRepository) async throws(ForgeError) -> CloneAccess {
        throw .refused("not written yet")
    }
}
