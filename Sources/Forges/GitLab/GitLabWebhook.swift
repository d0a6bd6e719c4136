import Domain
import Foundation

/// Deliveries of GitLab, by `X-Gitlab-Event`. A delivery that is refused often enough makes GitLab switch the webhook off,
/// so what strangers can cause (a branch with an odd name) is a named nothing and never malformed.
enum GitLabWebhook {
    static func read(
        _ request: WebhookRequest, secrets: [String], now: Date
    ) throws(WebhookRefusal) -> ForgeDelivery {
        try GitLabSignature.check(request, secrets: secrets, now: now)
        guard let name = request.headers["x-gitlab-event"].flatMap({ shortText($0) }) else {
            throw .malformed("the header x-gitlab-event is missing")
        }
        let json = try Payload.json(of: request)
        let id = deliveryID(request)
        let repository: ForgeRepository?
        let event: ForgeEvent
        switch name {
        case "Push Hook":
            let push = try Payload.decode(Push.self, from: json)
            repository = try push.project.repository()
            event = try push.event()
        case "Merge Request Hook":
            let change = try Payload.decode(Change.self, from: json)
            repository = try change.project.repository()
            event = try change.event()
        case "Note Hook":
            let note = try Payload.decode(Note.self, from: json)
            repository = try note.project.repository()
            event = try note.event()
        default:
            let other = try Payload.decode(Other.self, from: json)
            repository = other.project?.pathWithNamespace.flatMap { ForgeRepository($0) }
            event = .nothing(named[name] ?? name)
        }
        return ForgeDelivery(id: id, name: name, repository: repository, event: event)
    }

    /// `Idempotency-Key` and `webhook-id` stay over retries. `X-Gitlab-Webhook-UUID` is new each time, and
    /// `X-Gitlab-Event-UUID` is shared by events of which one caused the other: neither is an identity.
    private static func deliveryID(_ request: WebhookRequest) -> String? {
        (request.headers["idempotency-key"] ?? request.headers["webhook-id"]).flatMap { shortText($0, most: 200) }
    }

    /// The other events of the manual, in words.
    private static let named = [
        "Tag Push Hook": "a tag", "Issue Hook": "an issue", "Confidential Issue Hook": "an issue",
        "Work Item Hook": "a work item", "Confidential Work Item Hook": "a work item",
        "Confidential Note Hook": "an internal note", "Wiki Page Hook": "a wiki page", "Pipeline Hook": "a pipeline",
        "Job Hook": "a job", "Build Hook": "a job", "Deployment Hook": "a deployment",
        "Feature Flag Hook": "a feature flag", "Release Hook": "a release", "Emoji Hook": "an emoji",
        "Milestone Hook": "a milestone", "Vulnerability Hook": "a vulnerability",
        "Resource Access Token Hook": "a token that ends soon", "Resource Deploy Token Hook": "a token that ends soon",
        "Member Hook": "a member", "Subgroup Hook": "a subgroup", "Project Hook": "a project",
        "System Hook": "a hook of the whole instance",
    ]
}

extension GitLabWebhook {
    struct Project: Decodable {
        var pathWithNamespace: String

        func repository() throws(WebhookRefusal) -> ForgeRepository {
            guard let repository = ForgeRepository(pathWithNamespace) else {
                throw .malformed("'project.pathWithNamespace' is no path")
            }
            return repository
        }
    }

    struct Person: Decodable {
        /// Old versions do not tell it.
        var id: Int64?
        var username: String
    }

    struct Other: Decodable {
        struct Project: Decodable {
            var pathWithNamespace: String?
        }
        var project: Project?
    }

    struct Push: Decodable {
        var ref: String
        var before: String
        var after: String
        var userId: Int64
        var userUsername: String?
        var project: Project

        func event() throws(WebhookRefusal) -> ForgeEvent {
            guard ref.hasPrefix("refs/heads/") else { return .nothing("a push that moves no branch") }
            let name = String(ref.dropFirst(11))
            guard let branch = BranchName(name) else { return refusedBranch(name) }
            let before = try movedCommit(before)
            let after = try movedCommit(after)
            guard before != nil || after != nil else { throw .malformed("a branch that was not and is not") }
            guard userId > 0, let user = forgeUser(id: userId, login: userUsername ?? String(userId)) else {
                throw .malformed("'userId' is nobody")
            }
            return .push(branch: branch, before: before, after: after, by: user)
        }
    }

    struct Change: Decodable {
        struct Attributes: Decodable {
            struct Commit: Decodable {
                var id: String
            }
            var iid: Int64
            var state: String
            var title: String
            var authorId: Int64
            var sourceBranch: String
            var targetBranch: String
            /// Null: the fork is gone.
            var sourceProjectId: Int64?
            var targetProjectId: Int64
            var source: Project?
            /// Null while there is nothing to merge.
            var lastCommit: Commit?
            var draft: Bool?
            var workInProgress: Bool?
            var action: String?
            /// With `update`: the commit that was the newest until now.
            var oldrev: String?
            var updatedAt: String
            var mergeCommitSha: String?
        }
        var user: Person
        var project: Project
        var objectAttributes: Attributes
    }

    struct Note: Decodable {
        struct Attributes: Decodable {
            var id: Int64
            var note: String
            var noteableType: String
            var authorId: Int64
            var createdAt: String
            var updatedAt: String
            var system: Bool?
            /// Versions before 16.11 tell of new notes only, and do not say so.
            var action: String?
            var `internal`: Bool?
        }
        struct MergeRequest: Decodable {
            var iid: Int64
        }
        var user: Person
        var project: Project
        var objectAttributes: Attributes
        var mergeRequest: MergeRequest?
    }
}

/// A commit of a push; nil for the zeros that stand for none.
func movedCommit(_ text: String) throws(WebhookRefusal) -> CommitID? {
    if let commit = commit(text) { return commit }
    guard text.utf8.count == 40 || text.utf8.count == 64, text.utf8.allSatisfy({ $0 == 0x30 }) else {
        throw .malformed("a commit of the push is none")
    }
    return nil
}
