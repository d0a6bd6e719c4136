import Domain
import Foundation

/// Questions about people. Logins change hands: whatever is asked by login is checked against the id.
extension GitHubForge {
    private struct Collaborator: Decodable {
        let permission: String
        let roleName: String?
        let user: GitHubUser?
    }

    func permission(of user: ForgeUser, in repository: ForgeRepository) async throws(ForgeError) -> Permission {
        let login = percentEncoded(user.login.text)
        let answer = try await on(repository) { (caller) throws(ForgeError) in
            try await caller.askIfThere(Collaborator.self, "/repos/\(repository)/collaborators/\(login)/permission")
        }
        guard let answer, let known = answer.user, String(known.id) == user.id else { return .none }
        return Self.permission(role: answer.roleName, legacy: answer.permission)
    }

    /// `role_name` tells triage from read and maintain from write. A role that an organization made itself counts as
    /// the one of the four that it is built on.
    static func permission(role: String?, legacy: String) -> Permission {
        switch role ?? legacy {
        case "admin": return .admin
        case "maintain", "write": return .write
        case "triage", "read": return .read
        case "none": return .none
        default: break
        }
        switch legacy {
        case "admin": return .admin
        case "write": return .write
        case "read": return .read
        default: return .none
        }
    }

    func user(named login: PersonName) async throws(ForgeError) -> ForgeUser? {
        guard login.isPartOfPath else { return nil }
        let found = try await with(.anywhere, .nothing) { (caller) throws(ForgeError) in
            try await caller.askIfThere(GitHubUser.self, "/users/\(percentEncoded(login.text))")
        }
        guard let user = try found?.known(), login.isLogin(of: user) else { return nil }
        return user
    }

    private struct Membership: Decodable {
        let state: String
    }

    func isMember(_ user: ForgeUser, of team: String) async throws(ForgeError) -> Bool {
        let names = team.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty }) else { return false }
        let login = percentEncoded(user.login.text)
        return try await with(.organization(names[0]), .people) { (caller) throws(ForgeError) in
            let path = "/orgs/\(percentEncoded(names[0]))/teams/\(percentEncoded(names[1]))/memberships/\(login)"
            guard let membership = try await caller.askIfThere(Membership.self, path), membership.state == "active",
                let known = try await caller.askIfThere(GitHubUser.self, "/users/\(login)")
            else { return false }
            return String(known.id) == user.id
        }
    }

    private struct Written: Decodable {
        let author: GitHubAccount?
        let committer: GitHubAccount?
    }

    /// An empty object stands for somebody who is no user.
    private struct GitHubAccount: Decodable {
        let id: Int64?
        let login: String?
    }

    private struct Activity: Decodable {
        let actor: GitHubAccount?
    }

    func authors(of pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) -> ForgeAuthors {
        try await on(repository) { (caller) throws(ForgeError) in
            let path = "/repos/\(repository)/pulls/\(pullRequest)"
            let pull = try await caller.ask(GitHubPull.self, path)
            // The forge tells of no more; who wrote the others would be a guess.
            if let count = pull.commits, count > 250 {
                throw .refused("it has more than 250 commits, and the forge does not tell who wrote all of them")
            }
            let commits = try await Self.list(of: Written.self, "\(path)/commits", with: caller)
            var authors = ForgeAuthors()
            let pusher = try await lastPusher(pull, repository, caller)
            for account in commits.flatMap({ [$0.author, $0.committer] }) + [pusher] {
                if let id = account?.id { authors.insert(id: String(id), login: account?.login) }
            }
            if let author = pull.user { authors.insert(id: String(author.id), login: author.login) }
            return authors
        }
    }

    /// Who moved the branch last; nil where the forge does not tell: forks, and servers that keep no activity.
    private func lastPusher(
        _ pull: GitHubPull, _ repository: ForgeRepository, _ caller: Caller
    ) async throws(ForgeError) -> GitHubAccount? {
        guard let lies = pull.head.repo.flatMap({ ForgeRepository($0.fullName) }), lies.isSame(as: repository) else {
            return nil
        }
        let query = ["ref": "refs/heads/\(pull.head.ref)", "per_page": "1", "direction": "desc"]
        do throws(ForgeError) {
            let newest = try await caller.ask([Activity].self, "/repos/\(repository)/activity", query: query).first
            return newest?.actor
        } catch .notFound, .forbidden, .refused {
            return nil
        }
    }
}
