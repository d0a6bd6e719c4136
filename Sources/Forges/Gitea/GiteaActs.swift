import Domain
import Foundation
import Wire

extension GiteaForge {
    /// A status is added, never changed; the newest of a context counts.
    func set(_ status: CommitStatus, in repository: ForgeRepository) async throws(ForgeError) {
        let word =
            switch status.state {
            case .pending: "pending"
            case .success: "success"
            case .failure: "failure"
            case .error, .cancelled: "error"
            }
        let description = cut(status.description, to: abilities.statusLimit)
        let there = try await newest(status.context, of: status.commit, in: repository)
        if let there, there.status == word, (there.description ?? "") == description,
            (there.targetUrl ?? "") == (status.link ?? "")
        {
            return
        }
        var body: [String: JSONValue] = [
            "state": .string(word), "context": .string(status.context), "description": .string(description),
        ]
        if let link = status.link { body["target_url"] = .string(link) }
        _ = try await caller.call(.post, path(repository) + "/statuses/\(status.commit.hex)", body: body)
    }

    /// The combined status lists the newest of each context, in pages.
    private func newest(
        _ context: String, of commit: CommitID, in repository: ForgeRepository
    ) async throws(ForgeError) -> GiteaStatuses.Status? {
        for page in 1...20 {
            let answer = try await caller.ask(
                GiteaStatuses.self, .get, path(repository) + "/commits/\(commit.hex)/status",
                query: ["limit": "50", "page": String(page)])
            guard let statuses = answer.statuses, !statuses.isEmpty else { return nil }
            let ours = statuses.filter { (status: GiteaStatuses.Status) -> Bool in status.context == context }
            if let found = ours.max(by: { $0.id < $1.id }) { return found }
        }
        return nil
    }

    func write(
        _ body: String, marker: String, known: String?, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) -> String {
        guard body.utf16.count <= abilities.commentLimit else { throw .refused("the comment is too long") }
        let content: [String: JSONValue] = ["body": .string(body)]
        let comments = path(repository) + "/issues/\(pullRequest)/comments"
        guard let there = try await ours(known, marker, comments, repository) else {
            return String(try await caller.ask(GiteaComment.self, .post, comments, body: content).id)
        }
        guard there.body != body else { return String(there.id) }
        let one = path(repository) + "/issues/comments/\(there.id)"
        return String(try await caller.ask(GiteaComment.self, .patch, one, body: content).id)
    }

    /// The bot's own comment: the one that is known, whatever it holds by now, else the newest one with the marker.
    private func ours(
        _ known: String?, _ marker: String, _ comments: String, _ repository: ForgeRepository
    ) async throws(ForgeError) -> GiteaComment? {
        let me = try await whoAmI()
        func isOurs(_ comment: GiteaComment) -> Bool { String(comment.user.id) == me.id }
        if let known, let id = Int64(known), id > 0, let comment = try await comment(id, repository), isOurs(comment) {
            return comment
        }
        return try await caller.ask([GiteaComment].self, .get, comments)
            .filter { isOurs($0) && holds(marker, body: $0.body) }.max { $0.id < $1.id }
    }

    /// Answered with 204 and no body where the number is that of something else.
    private func comment(_ id: Int64, _ repository: ForgeRepository) async throws(ForgeError) -> GiteaComment? {
        do throws(ForgeError) {
            let response = try await caller.call(.get, path(repository) + "/issues/comments/\(id)")
            return response.status == 204 ? nil : try caller.decode(GiteaComment.self, from: response)
        } catch .notFound {
            return nil
        }
    }

    /// Eyes on the comment; asked a second time, the forge answers that they are there.
    func acknowledge(
        comment: String, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) {
        guard let id = Int64(comment), id > 0 else { throw .notFound("a comment has a number") }
        _ = try await caller.call(
            .post, path(repository) + "/issues/comments/\(id)/reactions", body: ["content": .string("eyes")])
    }

    func set(_ check: Check, known: String?, in repository: ForgeRepository) async throws(ForgeError) -> String {
        throw .refused("\(kind.rawValue) has no checks")
    }

    func openPullRequest(
        from branch: BranchName, into base: BranchName, title: String, body: String, in repository: ForgeRepository
    ) async throws(ForgeError) -> Int64 {
        let title = cut(title, to: 255)
        let open = try await open(in: repository).first { !$0.isFork && $0.head.ref == branch.text }
        if let open {
            var change: [String: JSONValue] = [:]
            if open.title != title { change["title"] = .string(title) }
            if open.body ?? "" != body { change["body"] = .string(body) }
            if open.base.ref != base.text { change["base"] = .string(base.text) }
            guard !change.isEmpty else { return open.number }
            return try await caller.ask(
                GiteaPullRequest.self, .patch, path(open.number, repository), body: change
            ).number
        }
        return try await caller.ask(
            GiteaPullRequest.self, .post, path(repository) + "/pulls",
            body: [
                "head": .string(branch.text), "base": .string(base.text), "title": .string(title),
                "body": .string(body),
            ]
        ).number
    }

    func close(pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) {
        let request = try await caller.ask(GiteaPullRequest.self, .get, path(pullRequest, repository))
        guard String(request.user.id) == (try await whoAmI()).id else {
            throw .refused("the pull request is somebody else's")
        }
        guard request.state == "open" else { return }
        _ = try await caller.call(.patch, path(pullRequest, repository), body: ["state": .string("closed")])
    }

    /// Not every repository allows every way to merge; the file that moves is the same by all.
    func merge(
        pullRequest: Int64, head: CommitID, in repository: ForgeRepository
    ) async throws(ForgeError) -> Merging {
        let path = path(pullRequest, repository)
        let request = try await caller.ask(GiteaPullRequest.self, .get, path)
        if request.merged ?? false { return .merged }
        guard request.state == "open" else { return .refused("the pull request is closed") }
        guard String(request.user.id) == (try await whoAmI()).id else {
            throw .refused("the pull request is somebody else's")
        }
        guard request.head.sha == head.hex else { throw .conflict("the newest commit is another one") }
        return try await Merging.trying(["merge", "squash", "rebase"]) { (way) throws(ForgeError) in
            _ = try await caller.call(
                .post, path + "/merge", body: ["Do": .string(way), "head_commit_id": .string(head.hex)])
        }
    }
}
