import Domain
import Foundation
import Wire

extension GitLabForge {
    func write(
        _ body: String, marker: String, known: String?, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) -> String {
        guard body.utf16.count <= abilities.commentLimit else { throw .refused("the comment is too long") }
        let notes = path(pullRequest, repository) + "/notes"
        let body = withoutQuickActions(body)
        let content: [String: JSONValue] = ["body": .string(body)]
        guard let there = try await ours(known, marker, notes) else {
            return String(try await caller.ask(GitLabNote.self, .post, notes, body: content).id)
        }
        guard there.body != body else { return String(there.id) }
        return String(try await caller.ask(GitLabNote.self, .put, notes + "/\(there.id)", body: content).id)
    }

    /// The bot's own note: the one that is known, whatever it holds by now, else the newest one with the marker.
    private func ours(_ known: String?, _ marker: String, _ notes: String) async throws(ForgeError) -> GitLabNote? {
        let me = try await whoAmI()
        func isOurs(_ note: GitLabNote) -> Bool { !note.system && String(note.author.id) == me.id }
        if let known, let id = Int64(known), id > 0,
            let note = try await caller.askIfThere(GitLabNote.self, notes + "/\(id)"), isOurs(note)
        {
            return note
        }
        func isMarked(_ note: GitLabNote) -> Bool { isOurs(note) && holds(marker, body: note.body) }
        return try await list(
            GitLabNote.self, notes, query: ["sort": "desc", "order_by": "created_at"], until: isMarked
        ).first(where: isMarked)
    }

    /// Eyes on the note. A second time is refused by GitLab, and means that they are there.
    func acknowledge(
        comment: String, on pullRequest: Int64, in repository: ForgeRepository
    ) async throws(ForgeError) {
        guard let id = Int64(comment), id > 0 else { throw .notFound("a note has a number") }
        do throws(ForgeError) {
            _ = try await caller.call(
                .post, path(pullRequest, repository) + "/notes/\(id)/award_emoji", body: ["name": .string("eyes")])
        } catch .notFound(let said) where said.contains("already been taken") {
            return
        }
    }

    func set(_ check: Check, known: String?, in repository: ForgeRepository) async throws(ForgeError) -> String {
        throw .refused("GitLab has no checks")
    }

    func openPullRequest(
        from branch: BranchName, into base: BranchName, title: String, body: String, in repository: ForgeRepository
    ) async throws(ForgeError) -> Int64 {
        let requests = path(repository) + "/merge_requests"
        let title = cut(title, to: 255)
        let body = withoutQuickActions(cut(body, to: 1_000_000))
        if let open = try await open(from: branch, in: repository) {
            var change: [String: JSONValue] = [:]
            if open.title != title { change["title"] = .string(title) }
            if open.description != body { change["description"] = .string(body) }
            if open.targetBranch != base.text { change["target_branch"] = .string(base.text) }
            guard !change.isEmpty else { return open.iid }
            return try await caller.ask(GitLabMergeRequest.self, .put, requests + "/\(open.iid)", body: change).iid
        }
        return try await caller.ask(
            GitLabMergeRequest.self, .post, requests,
            body: [
                "source_branch": .string(branch.text), "target_branch": .string(base.text), "title": .string(title),
                "description": .string(body),
            ]
        ).iid
    }

    /// The open merge request of a branch of the project's own; forks may have branches of the same name.
    private func open(
        from branch: BranchName, in repository: ForgeRepository
    ) async throws(ForgeError) -> GitLabMergeRequest? {
        try await list(
            GitLabMergeRequest.self, path(repository) + "/merge_requests",
            query: ["state": "opened", "source_branch": branch.text, "scope": "all"]
        ).first { !$0.isFork && $0.sourceBranch == branch.text }
    }

    func close(pullRequest: Int64, in repository: ForgeRepository) async throws(ForgeError) {
        let request = try await caller.ask(GitLabMergeRequest.self, .get, path(pullRequest, repository))
        guard String(request.author.id) == (try await whoAmI()).id else {
            throw .refused("the pull request is somebody else's")
        }
        guard request.state == "opened" else { return }
        _ = try await caller.call(
            .put, path(pullRequest, repository), body: ["state_event": .string("close")])
    }

    /// GitLab answers 401 to whoever may not merge, with a token that is good for everything else.
    func merge(
        pullRequest: Int64, head: CommitID, in repository: ForgeRepository
    ) async throws(ForgeError) -> Merging {
        let path = path(pullRequest, repository)
        let request = try await caller.ask(GitLabMergeRequest.self, .get, path)
        if request.state == "merged" { return .merged }
        guard request.state == "opened" else { return .refused("the merge request is \(cut(request.state, to: 20))") }
        guard String(request.author.id) == (try await whoAmI()).id else {
            throw .refused("the pull request is somebody else's")
        }
        guard request.sha == head.hex else { throw .conflict("the newest commit is another one") }
        do throws(ForgeError) {
            _ = try await caller.call(.put, path + "/merge", body: ["sha": .string(head.hex)])
            return .merged
        } catch .unauthorized(let said) {
            return .refused(said)
        } catch {
            guard let answer = Merging(error) else { throw error }
            return answer
        }
    }
}

/// Takes the force out of GitLab's quick actions: a line of a note or a description that begins with `/merge` is obeyed
/// as if the bot had pressed the button. A blank of no width before the slash is not seen, and makes it text.
func withoutQuickActions(_ body: String) -> String {
    guard body.utf8.contains(0x2F) else { return body }
    var text = String.UnicodeScalarView()
    var isFirst = true
    for scalar in body.unicodeScalars {
        if isFirst && scalar == "/" { text.append("\u{200B}") }
        switch scalar {
        case "\n", "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": isFirst = true
        default: isFirst = isFirst && scalar.properties.isWhitespace
        }
        text.append(scalar)
    }
    return String(text)
}
