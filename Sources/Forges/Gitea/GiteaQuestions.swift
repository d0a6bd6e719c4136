import Domain
import Foundation
import Wire

extension GiteaForge {
    func pullRequest(_ number: Int64, in repository: ForgeRepository) async throws(ForgeError) -> PullRequest {
        try await caller.ask(GiteaPullRequest.self, .get, path(number, repository)).pullRequest()
    }

    /// Those whose branches have names that git would not allow, or that have no commit, cannot be spoken of.
    func openPullRequests(in repository: ForgeRepository) async throws(ForgeError) -> [PullRequest] {
        var pulls: [PullRequest] = []
        for request in try await open(in: repository) {
            guard commit(request.head.sha) != nil, BranchName(request.head.ref) != nil,
                BranchName(request.base.ref) != nil
            else { continue }
            pulls.append(try request.pullRequest())
        }
        return pulls
    }

    func open(in repository: ForgeRepository) async throws(ForgeError) -> [GiteaPullRequest] {
        try await list(
            GiteaPullRequest.self, path(repository) + "/pulls", query: ["state": "open", "sort": "oldest"], size: 20)
    }

    /// Comments come in one piece, without pages. The forge's own `since` is about the last change.
    func comments(
        on pullRequest: Int64, in repository: ForgeRepository, since: Date
    ) async throws(ForgeError) -> [PullRequestComment] {
        let found = try await caller.ask(
            [GiteaComment].self, .get, path(repository) + "/issues/\(pullRequest)/comments",
            query: ["since": since.formatted(.iso8601)])
        var comments: [PullRequestComment] = []
        for comment in found {
            let comment = try comment.comment(on: pullRequest)
            // The forge keeps whole seconds.
            if comment.createdAt >= Date(timeIntervalSince1970: since.timeIntervalSince1970.rounded(.down)) {
                comments.append(comment)
            }
        }
        return comments.sorted { ($0.createdAt, $0.id.count, $0.id) < ($1.createdAt, $1.id.count, $1.id) }
    }

    /// Asked by login, so the answer must be about the id: logins change hands.
    func permission(of user: ForgeUser, in repository: ForgeRepository) async throws(ForgeError) -> Permission {
        guard let id = Int64(user.id), id > 0 else { return .none }
        let login = percentEncoded(user.login.text)
        guard
            let answer = try await caller.askIfThere(
                GiteaPermission.self, path(repository) + "/collaborators/\(login)/permission")
        else { return .none }
        return answer.user?.id == id ? answer.meaning : .none
    }

    /// Nobody, too, for an account that hides itself from the bot's.
    func user(named login: PersonName) async throws(ForgeError) -> ForgeUser? {
        guard login.isPartOfPath else { return nil }
        let found = try await caller.askIfThere(GiteaUser.self, "/users/\(percentEncoded(login.text))")
        guard let found, !found.isMachine else { return nil }
        let user = try found.user()
        return login.isLogin(of: user) ? user : nil
    }

    func isMember(_ user: ForgeUser, of team: String) async throws(ForgeError) -> Bool {
        let parts = team.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw .notFound("a team is written ORGANISATION/TEAM, not '\(team)'")
        }
        let teams = try await caller.ask(
            GiteaTeams.self, .get, "/orgs/\(percentEncoded(parts[0]))/teams/search",
            query: ["q": parts[1], "limit": "50"])
        guard let found = teams.data?.first(where: { $0.name.lowercased() == parts[1].lowercased() }) else {
            throw .notFound("there is no team '\(team)'")
        }
        guard let id = Int64(user.id), id > 0 else { return false }
        let login = percentEncoded(user.login.text)
        return try await caller.askIfThere(GiteaUser.self, "/teams/\(found.id)/members/\(login)")?.id == id
    }

    /// Who opened it, who pushed to it since, and whom the forge takes for the authors and committers of its commits.
    ///
    /// The last are known by their e-mail addresses only, which anybody can write: they may add somebody who has nothing
    /// to do with it, and never leave out who opened or pushed it.
    func authors(of pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) -> ForgeAuthors {
        let request = try await caller.ask(GiteaPullRequest.self, .get, path(pullRequest, repository))
        var authors = ForgeAuthors()
        authors.insert(id: String(request.user.id), login: request.user.login)
        for happening in try await list(
            GiteaHappening.self, path(repository) + "/issues/\(pullRequest)/timeline")
        where happening.type == "pull_push" {
            if let user = happening.user { authors.insert(id: String(user.id), login: user.login) }
        }
        for commit in try await list(
            GiteaCommit.self, path(pullRequest, repository) + "/commits",
            query: ["verification": "false", "files": "false"])
        {
            for user in [commit.author, commit.committer] {
                if let user, user.id > 0 { authors.insert(id: String(user.id), login: user.login) }
            }
        }
        return authors
    }
}
