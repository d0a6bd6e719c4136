import Domain
import Foundation

struct GitLabUser: Decodable {
    var id: Int64
    var username: String
    var bot: Bool?

    func user() throws(ForgeError) -> ForgeUser {
        guard let user = forgeUser(id: id, login: username) else { throw .unreadable("a user has no id or no name") }
        return user
    }

    /// GitLab makes users for access tokens and service accounts; their names tell, and newer versions say so.
    var isMachine: Bool { bot == true || Self.isMachine(username) }

    static func isMachine(_ name: String) -> Bool {
        if name.hasPrefix("service_account_") || name.hasPrefix("duo-") { return true }
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "project" || parts[0] == "group", parts[2].hasPrefix("bot") else {
            return ["alert-bot", "support-bot", "gitlab-bot", "ghost", "GitLabDuo"].contains(name)
        }
        return !parts[1].isEmpty && parts[1].utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }
}

struct GitLabMergeRequest: Decodable {
    var iid: Int64
    var state: String
    var title: String
    var description: String?
    var draft: Bool?
    var workInProgress: Bool?
    var author: GitLabUser
    /// Null while there is nothing to merge.
    var sha: String?
    var sourceBranch: String
    var targetBranch: String
    /// Null: the fork is gone.
    var sourceProjectId: Int64?
    var targetProjectId: Int64?
    var createdAt: String?
    var updatedAt: String
    var mergeUser: GitLabUser?
    var mergedBy: GitLabUser?
    var mergeCommitSha: String?
    var squashCommitSha: String?

    var isFork: Bool { sourceProjectId == nil || sourceProjectId != targetProjectId }

    /// - Parameter source: where its branch lies; nil: that is gone, or cannot be seen.
    func pullRequest(source: ForgeRepository?) throws(ForgeError) -> PullRequest {
        guard let state = gitLabState(state) else { throw .unreadable("'state' is none that is known") }
        guard iid > 0, let head = commit(sha), let headBranch = BranchName(sourceBranch),
            let base = BranchName(targetBranch), let updated = shortText(updatedAt)
        else { throw .unreadable("the merge request has no commit, or a branch with an impossible name") }
        var pull = PullRequest(
            number: iid, state: state, isDraft: draft ?? workInProgress ?? false, title: cut(title, to: 1000),
            author: try author.user(), head: head, headBranch: headBranch, headRepository: source, base: base,
            isFork: isFork, updatedAt: updated)
        if state == .merged {
            pull.mergedBy = try (mergeUser ?? mergedBy)?.user()
            pull.mergeCommit = commit(mergeCommitSha) ?? commit(squashCommitSha)
        }
        return pull
    }
}

/// `locked` is a merge request that is being merged right now.
func gitLabState(_ text: String) -> PullRequest.State? {
    switch text {
    case "opened", "locked": .open
    case "merged": .merged
    case "closed": .closed
    default: nil
    }
}

struct GitLabNote: Decodable {
    var id: Int64
    var body: String
    var author: GitLabUser
    var createdAt: String
    var updatedAt: String
    var system: Bool
    /// Seen by members only; also called `confidential`.
    var `internal`: Bool?
    var confidential: Bool?

    /// Whether it is a person's word that everybody can see.
    var isOpen: Bool { !system && self.internal != true && confidential != true }

    /// GitLab does not say whether a note was edited. It moves `updated_at` when it was, and also when its thread is
    /// resolved or somebody puts an emoji on it: those cannot be told apart with certainty, so all of them count.
    func comment(on pullRequest: Int64) throws(ForgeError) -> PullRequestComment {
        guard let created = gitLabDate(createdAt), let updated = gitLabDate(updatedAt), id > 0 else {
            throw .unreadable("a note has no id or no time")
        }
        return PullRequestComment(
            pullRequest: pullRequest, id: String(id), author: try author.user(),
            isByMachine: system || author.isMachine, isEdited: created != updated, body: kept(body), createdAt: created)
    }
}

struct GitLabMember: Decodable {
    var id: Int64
    var state: String?
    var membershipState: String?
    var accessLevel: Int
    /// A day, `2026-12-31`; on that day it is over.
    var expiresAt: String?

    /// Not blocked, not merely invited, and not over.
    func isActive(now: Date) -> Bool {
        guard state == nil || state == "active", membershipState == nil || membershipState == "active" else {
            return false
        }
        guard let expiresAt else { return true }
        guard let end = gitLabDate(expiresAt) else { return false }
        return now < end
    }

    /// Guests (10) and planners (15) read; so do reporters (20). Developers (30) push, maintainers (40) and owners rule.
    var permission: Permission {
        switch accessLevel {
        case 40...: .admin
        case 30...: .write
        case 10...: .read
        default: .none
        }
    }
}

struct GitLabProject: Decodable {
    var pathWithNamespace: String
}

struct GitLabStatus: Decodable {
    var id: Int64
    var name: String
    var status: String
    var description: String?
    var targetUrl: String?
}

/// A push as the activity of a project shows it.
struct GitLabPush: Decodable {
    struct Data: Decodable {
        var refType: String
        var ref: String?
    }
    var authorId: Int64
    var authorUsername: String?
    var createdAt: String
    var pushData: Data?
}

/// A time as the API has it (ISO 8601), as webhooks have it (`2017-12-10 17:05:14 UTC`), or a day.
func gitLabDate(_ text: String) -> Date? {
    guard text.utf8.count <= 40 else { return nil }
    if text.utf8.count == 10 { return forgeDate(text + "T00:00:00Z") }
    guard text.contains(" ") else { return forgeDate(text) }
    let parts = text.split(separator: " ")
    guard parts.count == 3 else { return nil }
    return forgeDate("\(parts[0])T\(parts[1])\(parts[2] == "UTC" ? "Z" : String(parts[2]))")
}
