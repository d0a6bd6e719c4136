import Domain
import Foundation
import Wire

extension GitLabForge {
    func pullRequest(_ number: Int64, in repository: ForgeRepository) async throws(ForgeError) -> PullRequest {
        let found = try await caller.ask(GitLabMergeRequest.self, .get, path(number, repository))
        var known: [Int64: ForgeRepository?] = [:]
        return try found.pullRequest(source: try await source(of: found, in: repository, known: &known))
    }

    /// Those that have no commits yet, or whose branches have names that git would not allow, cannot be spoken of.
    func openPullRequests(in repository: ForgeRepository) async throws(ForgeError) -> [PullRequest] {
        let found = try await list(
            GitLabMergeRequest.self, path(repository) + "/merge_requests",
            query: ["state": "opened", "order_by": "created_at", "sort": "asc", "scope": "all"], size: 20)
        var known: [Int64: ForgeRepository?] = [:]
        var pulls: [PullRequest] = []
        for request in found {
            guard commit(request.sha) != nil, BranchName(request.sourceBranch) != nil,
                BranchName(request.targetBranch) != nil
            else { continue }
            let source = try await source(of: request, in: repository, known: &known)
            pulls.append(try request.pullRequest(source: source))
        }
        return pulls
    }

    func comments(
        on pullRequest: Int64, in repository: ForgeRepository, since: Date
    ) async throws(ForgeError) -> [PullRequestComment] {
        let notes = try await list(
            GitLabNote.self, path(pullRequest, repository) + "/notes",
            query: ["sort": "desc", "order_by": "created_at"], size: 20,
            until: { note in gitLabDate(note.createdAt).map { $0 < since } ?? false })
        var comments: [String: PullRequestComment] = [:]
        for note in notes where note.isOpen {
            let comment = try note.comment(on: pullRequest)
            if comment.createdAt >= since { comments[comment.id] = comment }
        }
        return comments.values.sorted { ($0.createdAt, $0.id.count, $0.id) < ($1.createdAt, $1.id.count, $1.id) }
    }

    /// By `members/all`, which counts groups and invited groups too. Who is no member may do nothing, also where the
    /// project is public: nobody but members counts here.
    func permission(of user: ForgeUser, in repository: ForgeRepository) async throws(ForgeError) -> Permission {
        guard let id = Int64(user.id), id > 0,
            let member = try await caller.askIfThere(GitLabMember.self, path(repository) + "/members/all/\(id)")
        else { return .none }
        return member.id == id && member.isActive(now: caller.now()) ? member.permission : .none
    }

    func user(named login: PersonName) async throws(ForgeError) -> ForgeUser? {
        let found = try await caller.ask([GitLabUser].self, "/users", query: ["username": login.text])
        for known in found {
            let user = try known.user()
            if login.isLogin(of: user) { return user }
        }
        return nil
    }

    /// Teams are groups: `acme/ml-leads`. Guests count, merely invited ones do not.
    func isMember(_ user: ForgeUser, of team: String) async throws(ForgeError) -> Bool {
        guard let id = Int64(user.id), id > 0 else { return false }
        let group = "/groups/\(percentEncoded(team))"
        guard let member = try await caller.askIfThere(GitLabMember.self, group + "/members/all/\(id)") else {
            // No such member, or no such group: the second is a mistake in the policy and not an answer.
            _ = try await caller.call(.get, group, query: ["with_projects": "false"])
            return false
        }
        return member.id == id && member.isActive(now: caller.now()) && member.permission >= .read
    }

    /// Who opened it, who pushed to it since (GitLab writes a note of its own for each push), and who the activity of the
    /// project shows as having pushed the branch.
    ///
    /// The commits themselves name only e-mail addresses, which anybody can write: they are not asked. Pushes before the
    /// merge request was opened are found among the newest 500 of the project that the branch lies in, if it can be seen.
    func authors(of pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) -> ForgeAuthors {
        let request = try await caller.ask(GitLabMergeRequest.self, .get, path(pullRequest, repository))
        var authors = ForgeAuthors()
        authors.insert(id: String(request.author.id), login: request.author.username)
        let notes = try await list(
            GitLabNote.self, path(pullRequest, repository) + "/notes",
            query: ["sort": "desc", "order_by": "created_at"], size: 20)
        for note in notes where note.system && note.body.hasPrefix("added ") && note.body.contains("commit") {
            authors.insert(id: String(note.author.id), login: note.author.username)
        }
        guard let source = request.sourceProjectId else { return authors }
        do throws(ForgeError) {
            let pushes = try await list(
                GitLabPush.self, "/projects/\(source)/events", query: ["action": "pushed", "sort": "desc"], most: 5)
            for push in pushes
            where push.pushData?.refType == "branch" && push.pushData?.ref == request.sourceBranch {
                authors.insert(id: String(push.authorId), login: push.authorUsername)
            }
        } catch .notFound {
            // A fork that the bot may not see.
        } catch .forbidden {
            // As above.
        }
        return authors
    }

    /// The path of the project that the branch lies in. `known` remembers what was asked already.
    private func source(
        of request: GitLabMergeRequest, in repository: ForgeRepository, known: inout [Int64: ForgeRepository?]
    ) async throws(ForgeError) -> ForgeRepository? {
        guard request.isFork else { return repository }
        guard let id = request.sourceProjectId else { return nil }
        if let source = known[id] { return source }
        var source: ForgeRepository?
        do throws(ForgeError) {
            let project = try await caller.askIfThere(GitLabProject.self, "/projects/\(id)")
            source = project.flatMap { ForgeRepository($0.pathWithNamespace) }
        } catch .forbidden {
            source = nil
        }
        known[id] = .some(source)
        return source
    }
}
