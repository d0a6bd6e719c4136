import Domain
import Foundation

extension GitLabWebhook.Change {
    func event() throws(WebhookRefusal) -> ForgeEvent {
        let about = objectAttributes
        let change: PullRequestChange
        switch about.action {
        case "open": change = .opened
        case "reopen": change = .reopened
        case "close": change = .closed
        case "merge": change = .merged
        case "update": change = about.oldrev == nil ? .edited : .synchronized
        case "approved", "approval": return .nothing("an approval in GitLab")
        case "unapproved", "unapproval": return .nothing("an approval in GitLab that was taken back")
        case nil: return .nothing("a merge request that nothing happened to")
        default: return .nothing("another act on a merge request")
        }
        guard let last = about.lastCommit else { return .nothing("a merge request without commits") }
        guard let headBranch = BranchName(about.sourceBranch) else { return refusedBranch(about.sourceBranch) }
        guard let base = BranchName(about.targetBranch) else { return refusedBranch(about.targetBranch) }
        guard about.iid > 0, about.authorId > 0, let head = commit(last.id), let updated = shortText(about.updatedAt),
            let state = gitLabState(about.state)
        else { throw .malformed("the merge request has no number, author, commit, state or time") }
        guard let author = author(about.authorId) else { throw .malformed("'user.username' is no name") }
        var pull = PullRequest(
            number: about.iid, state: state, isDraft: about.draft ?? about.workInProgress ?? false,
            title: cut(about.title, to: 1000), author: author, head: head, headBranch: headBranch,
            headRepository: try about.source?.repository(), base: base,
            isFork: about.sourceProjectId != about.targetProjectId, updatedAt: updated)
        if state == .merged {
            pull.mergeCommit = commit(about.mergeCommitSha)
            if change == .merged, let id = user.id { pull.mergedBy = forgeUser(id: id, login: user.username) }
        }
        return .pullRequest(pull, change)
    }

    /// The payload names the author by number only. Unless the author is who acted, the number stands for the name too,
    /// until the API is asked.
    private func author(_ id: Int64) -> ForgeUser? {
        forgeUser(id: id, login: user.id == id ? user.username : String(id))
    }
}

extension GitLabWebhook.Note {
    /// Not edited when the payload was made: GitLab makes it a moment after the note, from what the note is by then.
    func event() throws(WebhookRefusal) -> ForgeEvent {
        let about = objectAttributes
        guard about.noteableType == "MergeRequest" else { return .nothing("a note on something else") }
        guard about.system != true else { return .nothing("a note by GitLab itself") }
        guard about.internal != true else { return .nothing("an internal note") }
        switch about.action {
        case "create", nil: break
        case "update": return .nothing("an edited note")
        default: return .nothing("another act on a note")
        }
        guard let mergeRequest, mergeRequest.iid > 0, about.id > 0, about.authorId > 0,
            let created = gitLabDate(about.createdAt), let updated = gitLabDate(about.updatedAt)
        else { throw .malformed("the note has no number, author, merge request or time") }
        let isByActor = user.id == nil || user.id == about.authorId
        guard let author = forgeUser(id: about.authorId, login: isByActor ? user.username : String(about.authorId))
        else {
            throw .malformed("'user.username' is no name")
        }
        return .comment(
            PullRequestComment(
                pullRequest: mergeRequest.iid, id: String(about.id), author: author,
                isByMachine: isByActor && GitLabUser.isMachine(user.username), isEdited: created != updated,
                body: kept(about.note), createdAt: created))
    }
}
