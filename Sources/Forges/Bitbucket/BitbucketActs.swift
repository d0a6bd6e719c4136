import Domain
import Foundation
import Wire

/// What the bot writes. Each act looks first for what an earlier attempt may have left.
extension BitbucketForge {
    private struct Status: Decodable {
        let state: String
        let name: String?
        let description: String?
        let url: String?
    }

    func set(_ status: CommitStatus, in repository: ForgeRepository) async throws(ForgeError) {
        let path = "/repositories/\(repository)/commit/\(status.commit)/statuses/build"
        let key = Self.key(of: status.context)
        let text = cut(status.description, to: abilities.statusLimit)
        let state = Self.word(status.state)
        let link = status.link ?? page(of: status.commit, in: repository)
        if let last = try await caller.askIfThere(Status.self, "\(path)/\(key)"), last.state == state,
            last.description ?? "" == text, last.url == link
        {
            return
        }
        _ = try await caller.call(
            .post, path,
            body: [
                "key": .string(key), "state": .string(state), "name": .string(cut(status.context, to: 255)),
                "description": .string(text), "url": .string(link),
            ])
    }

    /// A key has at most 40 characters: a longer context is known by its digest, and stands in the name.
    static func key(of context: String) -> String {
        let isPlain = context.utf8.count <= 40 && !context.utf8.contains(0x2F)
        return isPlain ? context : String(Digest.of(context).hex.prefix(40))
    }

    static func word(_ state: CommitStatus.State) -> String {
        switch state {
        case .pending: "INPROGRESS"
        case .success: "SUCCESSFUL"
        case .failure, .error: "FAILED"
        case .cancelled: "STOPPED"
        }
    }

    /// A status must link to something.
    private func page(of commit: CommitID, in repository: ForgeRepository) -> String {
        let site = parts.clone.hasPrefix("http") ? parts.clone : "https://bitbucket.org"
        return "\(site)/\(repository)/commits/\(commit)"
    }

    func write(
        _ body: String, marker: String, known: String?, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) -> String {
        guard body.utf16.count <= abilities.commentLimit else {
            throw .refused("a comment has at most \(abilities.commentLimit) characters")
        }
        let me = try await whoAmI()
        let path = "/repositories/\(repository)/pullrequests/\(pullRequest)/comments"
        let old = try await ours(marker, known, me, path)
        if let old, old.content?.raw == body { return String(old.id) }
        let written = try await caller.ask(
            BitbucketComment.self, old == nil ? .post : .put, old.map { "\(path)/\($0.id)" } ?? path,
            body: ["content": .object(["raw": .string(body)])])
        return String(written.id)
    }

    /// The known comment, if it is the bot's own and still there, else the newest by the bot whose first line holds the
    /// marker.
    private func ours(
        _ marker: String, _ known: String?, _ me: ForgeUser, _ path: String
    ) async throws(ForgeError) -> BitbucketComment? {
        if let id = known.flatMap({ Int64($0) }),
            let comment = try await caller.askIfThere(BitbucketComment.self, "\(path)/\(id)"),
            comment.user?.uuid == me.id, comment.deleted != true
        {
            return comment
        }
        return try await list(of: BitbucketComment.self, path).last { comment in
            comment.user?.uuid == me.id && comment.deleted != true && holds(marker, body: comment.content?.raw ?? "")
        }
    }

    /// Bitbucket has no such signs.
    func acknowledge(
        comment: String, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) {}

    func set(_ check: Check, known: String?, in repository: ForgeRepository) async throws(ForgeError) -> String {
        throw .refused("Bitbucket has no checks")
    }

    private struct Numbered: Decodable {
        let id: Int64
    }

    func openPullRequest(
        from branch: BranchName, into base: BranchName, title: String, body: String, in repository: ForgeRepository
    ) async throws(ForgeError) -> Int64 {
        guard body.utf16.count <= abilities.commentLimit else {
            throw .refused("the text of a pull request has at most \(abilities.commentLimit) characters")
        }
        let path = "/repositories/\(repository)/pullrequests"
        let title = cut(title, to: 255)
        let query = "source.branch.name=\"\(plain(branch.text))\" AND state=\"OPEN\""
        let open = try await list(of: BitbucketPull.self, path, query: [("q", query)]).first { pull in
            pull.source.branch.name == branch.text && pull.state == "OPEN"
                && pull.source.repository.flatMap { ForgeRepository($0.fullName) }?.isSame(as: repository) == true
        }
        var fields: [String: JSONValue] = [
            "title": .string(title), "description": .string(body), "destination": side(base),
        ]
        if let open {
            guard open.title != title || open.description ?? "" != body || open.destination.branch.name != base.text
            else { return open.id }
            return try await caller.ask(Numbered.self, .put, "\(path)/\(open.id)", body: fields).id
        }
        fields["source"] = side(branch)
        return try await caller.ask(Numbered.self, .post, path, body: fields).id
    }

    private func side(_ branch: BranchName) -> JSONValue {
        .object(["branch": .object(["name": .string(branch.text)])])
    }

    func close(pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) {
        let path = "/repositories/\(repository)/pullrequests/\(pullRequest)"
        let pull = try await caller.ask(BitbucketPull.self, path)
        guard pull.state == "OPEN" else { return }
        guard pull.author?.uuid == (try await whoAmI()).id else {
            throw .refused("the pull request is somebody else's")
        }
        _ = try await caller.call(.post, "\(path)/decline")
    }

    /// Bitbucket takes no expected commit, so it is looked at right before; the way is the base branch's own.
    func merge(
        pullRequest: Int64, head: CommitID, in repository: ForgeRepository
    ) async throws(ForgeError) -> Merging {
        let path = "/repositories/\(repository)/pullrequests/\(pullRequest)"
        let pull = try await caller.ask(BitbucketPull.self, path)
        if pull.state == "MERGED" { return .merged }
        guard pull.state == "OPEN" else { return .refused("the pull request is declined") }
        guard pull.author?.uuid == (try await whoAmI()).id else {
            throw .refused("the pull request is somebody else's")
        }
        guard try await self.pullRequest(pullRequest, in: repository).head == head else {
            throw .conflict("the newest commit is another one")
        }
        do throws(ForgeError) {
            _ = try await caller.call(.post, "\(path)/merge", body: ["close_source_branch": .bool(false)])
            return .merged
        } catch {
            guard let answer = Merging(error) else { throw error }
            return answer
        }
    }
}
