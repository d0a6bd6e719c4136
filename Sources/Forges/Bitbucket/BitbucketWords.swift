import Domain
import Foundation

/// One page of any list.
struct BitbucketPage<Item: Decodable>: Decodable {
    let values: [Item]
    let next: String?
}

/// A user in answers and payloads.
struct BitbucketUser: Decodable {
    let uuid: String
    let nickname: String?
    let displayName: String?
    let type: String?

    /// Nil: it cannot be one. Names are for showing only; the id is what counts.
    var user: ForgeUser? {
        guard uuid.hasPrefix("{"), uuid.hasSuffix("}"), uuid.utf8.count <= 60,
            let login = PersonName(nickname ?? displayName ?? uuid)
        else { return nil }
        return ForgeUser(id: uuid, login: login)
    }
}

struct BitbucketCommit: Decodable {
    let hash: String
}

struct BitbucketRepository: Decodable {
    let fullName: String
}

/// A pull request in answers.
struct BitbucketPull: Decodable {
    struct Side: Decodable {
        struct Branch: Decodable {
            let name: String
        }
        let branch: Branch
        let commit: BitbucketCommit?
        let repository: BitbucketRepository?
    }

    let id: Int64
    let state: String
    let draft: Bool?
    let title: String?
    let description: String?
    let author: BitbucketUser?
    let source: Side
    let destination: Side
    let mergeCommit: BitbucketCommit?
    let closedBy: BitbucketUser?
    let updatedOn: String

    /// In our words, with the full ids of its commits.
    func known(
        head: CommitID, from: ForgeRepository?, in repository: ForgeRepository, mergeCommit: CommitID?
    ) throws(ForgeError) -> PullRequest {
        guard let branch = BranchName(source.branch.name) else { throw .unreadable("'source.branch' is not a branch") }
        guard let into = BranchName(destination.branch.name) else {
            throw .unreadable("'destination.branch' is not a branch")
        }
        let gone = BitbucketUser(uuid: "{}", nickname: "somebody", displayName: nil, type: nil)
        guard let author = (self.author ?? gone).user else { throw .unreadable("'author' is not a user") }
        let isMerged = state == "MERGED"
        return PullRequest(
            number: id, state: isMerged ? .merged : state == "OPEN" ? .open : .closed, isDraft: draft ?? false,
            title: cut(title ?? "", to: 1024), author: author, head: head, headBranch: branch, headRepository: from,
            base: into, isFork: from.map { !$0.isSame(as: repository) } ?? true, updatedAt: cut(updatedOn, to: 64),
            mergedBy: isMerged ? closedBy?.user : nil, mergeCommit: isMerged ? mergeCommit : nil)
    }
}

/// A comment in answers and payloads.
struct BitbucketComment: Decodable {
    struct Content: Decodable {
        let raw: String?
    }
    struct Inline: Decodable {}

    let id: Int64
    let content: Content?
    let user: BitbucketUser?
    let createdOn: String
    let updatedOn: String?
    let deleted: Bool?
    let inline: Inline?

    /// Nil: it is deleted, whoever wrote it is gone, or something in it cannot be what it stands for. A change within a
    /// second of writing is the writing itself: both times have microseconds, and need not be the same.
    func known(on pullRequest: Int64) -> PullRequestComment? {
        guard deleted != true, id > 0, pullRequest > 0, let user, let author = user.user,
            let at = forgeDate(createdOn)
        else { return nil }
        var isEdited = false
        if let updatedOn {
            guard let changed = forgeDate(updatedOn) else { return nil }
            isEdited = changed.timeIntervalSince(at) >= 1
        }
        return PullRequestComment(
            pullRequest: pullRequest, id: String(id), author: author,
            isByMachine: user.type != nil && user.type != "user",
            isEdited: isEdited, body: kept(content?.raw ?? ""), createdAt: at)
    }
}
