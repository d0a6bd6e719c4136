import Domain
import Foundation
import Wire

/// What the bot writes. Each act looks first for what an earlier attempt may have left.
extension GitHubForge {
    private struct Combined: Decodable {
        let statuses: [Status]
    }

    private struct Status: Decodable {
        let context: String
        let state: String
        let description: String?
        let targetUrl: String?
    }

    /// The newest one of the context is asked for first: a thousand of one context is all that a commit can have.
    func set(_ status: CommitStatus, in repository: ForgeRepository) async throws(ForgeError) {
        let state = Self.word(status.state)
        let text = cut(status.description, to: abilities.statusLimit)
        let link = status.link.flatMap { $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil }
        try await on(repository) { (caller) throws(ForgeError) in
            let path = "/repos/\(repository)/commits/\(status.commit)/status"
            let newest = try await caller.pages(path, size: 100, Self.paging) { (response) throws(ForgeError) in
                try caller.decode(Combined.self, from: response).statuses
            }
            if let last = newest.first(where: { $0.context == status.context }), last.state == state,
                last.description ?? "" == text, last.targetUrl ?? "" == link ?? ""
            {
                return
            }
            var body: [String: JSONValue] = [
                "state": .string(state), "context": .string(status.context), "description": .string(text),
            ]
            if let link { body["target_url"] = .string(link) }
            _ = try await caller.call(.post, "/repos/\(repository)/statuses/\(status.commit)", body: body)
        }
    }

    /// `cancelled` has no word here. It is an `error`, because there is no answer; `failure` would say that it is no.
    static func word(_ state: CommitStatus.State) -> String {
        switch state {
        case .pending: "pending"
        case .success: "success"
        case .failure: "failure"
        case .error, .cancelled: "error"
        }
    }

    func write(
        _ body: String, marker: String, known: String?, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) -> String {
        guard body.utf16.count <= abilities.commentLimit else {
            throw .refused("a comment has at most \(abilities.commentLimit) characters")
        }
        let me = try await whoAmI()
        return try await on(repository) { (caller) throws(ForgeError) in
            let old = try await ours(marker, known, me, pullRequest, repository, caller)
            if let old, old.body == body { return String(old.id) }
            let place = old.map { "/repos/\(repository)/issues/comments/\($0.id)" }
            let written = try await caller.ask(
                GitHubComment.self, place == nil ? .post : .patch,
                place ?? "/repos/\(repository)/issues/\(pullRequest)/comments", body: ["body": .string(body)])
            return String(written.id)
        }
    }

    /// The comment that is to be changed: the known one, if it is still there, on this pull request and the bot's own,
    /// else the newest by the bot whose first line holds the marker. A marker that somebody else wrote is no marker; and
    /// whatever somebody made of the bot's own text is written over, because the whole body is.
    private func ours(
        _ marker: String, _ known: String?, _ me: ForgeUser, _ pullRequest: Int64, _ repository: ForgeRepository,
        _ caller: Caller
    ) async throws(ForgeError) -> GitHubComment? {
        if let id = known.flatMap({ Int64($0) }),
            let comment = try await caller.askIfThere(GitHubComment.self, "/repos/\(repository)/issues/comments/\(id)"),
            comment.user.map({ String($0.id) }) == me.id, comment.lies(on: pullRequest)
        {
            return comment
        }
        let path = "/repos/\(repository)/issues/\(pullRequest)/comments"
        let all = try await Self.list(of: GitHubComment.self, path, size: 20, with: caller)
        return all.last { $0.user.map { String($0.id) } == me.id && holds(marker, body: $0.body ?? "") }
    }

    func acknowledge(
        comment: String, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) {
        guard let id = Int64(comment) else { throw .refused("a comment's id is a number") }
        _ = try await on(repository) { (caller) throws(ForgeError) in
            // A second one of the same kind by the same account is the first.
            try await caller.call(
                .post, "/repos/\(repository)/issues/comments/\(id)/reactions", body: ["content": .string("+1")])
        }
    }

    private struct Numbered: Decodable {
        let number: Int64
    }

    func openPullRequest(
        from branch: BranchName, into base: BranchName, title: String, body: String, in repository: ForgeRepository
    ) async throws(ForgeError) -> Int64 {
        guard body.utf16.count <= abilities.commentLimit else {
            throw .refused("the text of a pull request has at most \(abilities.commentLimit) characters")
        }
        let title = cut(title, to: 256)
        return try await on(repository) { (caller) throws(ForgeError) in
            let path = "/repos/\(repository)/pulls"
            let query = ["state": "open", "head": "\(repository.owner):\(branch)", "per_page": "100"]
            let open = try await caller.ask([GitHubPull].self, path, query: query).first { pull in
                pull.head.ref == branch.text
                    && pull.head.repo.flatMap { ForgeRepository($0.fullName) }?.isSame(as: repository) == true
            }
            var fields: [String: JSONValue] = [
                "title": .string(title), "body": .string(body), "base": .string(base.text),
            ]
            if let open {
                guard open.title != title || open.body ?? "" != body || open.base.ref != base.text else {
                    return open.number
                }
                return try await caller.ask(Numbered.self, .patch, "\(path)/\(open.number)", body: fields).number
            }
            fields["head"] = .string(branch.text)
            return try await caller.ask(Numbered.self, .post, path, body: fields).number
        }
    }

    func close(pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) {
        let me = try await whoAmI()
        try await on(repository) { (caller) throws(ForgeError) in
            let path = "/repos/\(repository)/pulls/\(pullRequest)"
            let pull = try await caller.ask(GitHubPull.self, path)
            guard pull.state == "open" else { return }
            guard pull.user.map({ String($0.id) }) == me.id else {
                throw .refused("the pull request is somebody else's")
            }
            _ = try await caller.call(.patch, path, body: ["state": .string("closed")])
        }
    }

    /// Not every repository allows every way to merge; the file that moves is the same by all.
    func merge(
        pullRequest: Int64, head: CommitID, in repository: ForgeRepository
    ) async throws(ForgeError) -> Merging {
        let me = try await whoAmI()
        let path = "/repos/\(repository)/pulls/\(pullRequest)"
        let pull = try await on(repository) { (caller) throws(ForgeError) in
            try await caller.ask(GitHubPull.self, path)
        }
        if pull.merged ?? false { return .merged }
        guard pull.state == "open" else { return .refused("the pull request is closed") }
        guard pull.user.map({ String($0.id) }) == me.id else {
            throw .refused("the pull request is somebody else's")
        }
        guard pull.head.sha == head.hex else { throw .conflict("the newest commit is another one") }
        return try await Merging.trying(["merge", "squash", "rebase"]) { (way) throws(ForgeError) in
            try await on(repository, .merge) { (caller) throws(ForgeError) in
                _ = try await caller.call(
                    .put, "\(path)/merge", body: ["sha": .string(head.hex), "merge_method": .string(way)])
            }
        }
    }
}
