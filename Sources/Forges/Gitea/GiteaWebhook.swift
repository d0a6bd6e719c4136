import Domain
import Foundation

/// Deliveries of Gitea and of Forgejo. Both also send the headers of GitHub and Gogs, and Forgejo those of Gitea: which
/// forge it is was decided by the path. Forgejo's own headers come first for Forgejo, Gitea's for Gitea.
///
/// The event is that of `X-Gitea-Event`, where `pull_request_comment` is a review and an ordinary comment on a pull
/// request is `issue_comment`; `X-Gitea-Event-Type` uses the same words the other way round and is not read.
enum GiteaWebhook {
    static func read(
        _ request: WebhookRequest, kind: ForgeKind, secrets: [String], now: Date
    ) throws(WebhookRefusal) -> ForgeDelivery {
        let json = try signedJSON(request, kind: kind, secrets: secrets)
        guard let name = header("event", of: request, kind).flatMap({ shortText($0) }) else {
            throw .malformed("the header x-gitea-event is missing")
        }
        let id = header("delivery", of: request, kind).flatMap { shortText($0, most: 200) }
        let repository: ForgeRepository?
        let event: ForgeEvent
        switch name {
        case "push":
            let push = try Payload.decode(Push.self, from: json)
            repository = try push.repository.name()
            event = try push.event()
        case "delete":
            let deletion = try Payload.decode(Deletion.self, from: json)
            repository = try deletion.repository.name()
            event = try deletion.event()
        case "pull_request":
            let change = try Payload.decode(Change.self, from: json)
            repository = try change.repository.name()
            event = try change.event()
        case "issue_comment":
            let comment = try Payload.decode(Comment.self, from: json)
            repository = try comment.repository.name()
            event = try comment.event()
        default:
            let other = try Payload.decode(Other.self, from: json)
            repository = other.repository?.fullName.flatMap { ForgeRepository($0) }
            event = .nothing(named[name] ?? name)
        }
        return ForgeDelivery(id: id, name: name, repository: repository, event: event)
    }

    /// The JSON of the body if the signature holds. In a form, the signature is over the JSON inside of it.
    private static func signedJSON(
        _ request: WebhookRequest, kind: ForgeKind, secrets: [String]
    ) throws(WebhookRefusal) -> Data {
        let given: (name: String, prefix: String)? =
            switch kind {
            case .forgejo where request.headers["x-forgejo-signature"] != nil: ("x-forgejo-signature", "")
            case .gitea, .forgejo, .github, .gitlab, .bitbucket:
                if request.headers["x-gitea-signature"] != nil {
                    ("x-gitea-signature", "")
                } else if request.headers["x-hub-signature-256"] != nil {
                    ("x-hub-signature-256", "sha256=")
                } else {
                    nil
                }
            }
        guard let given else { throw .signature("there is no signature") }
        // What cannot be one costs nothing: to find the JSON in a form does.
        guard Signature.isOne(request.headers[given.name] ?? "", prefix: given.prefix) else {
            throw .signature("the header \(given.name) is no signature")
        }
        let json: Data
        do throws(WebhookRefusal) {
            json = try Payload.json(of: request)
        } catch {
            throw .signature("there is nothing that the signature could be over")
        }
        try Signature.check(
            header: given.name, in: WebhookRequest(headers: request.headers, body: json), prefix: given.prefix,
            secrets: secrets)
        return json
    }

    private static func header(_ name: String, of request: WebhookRequest, _ kind: ForgeKind) -> String? {
        (kind == .forgejo ? request.headers["x-forgejo-\(name)"] : nil) ?? request.headers["x-gitea-\(name)"]
    }

    /// The other events of both manuals, in words.
    private static let named = [
        "create": "a new branch or tag, of which the push tells", "fork": "a fork", "issues": "an issue",
        "issue_assign": "an issue", "issue_label": "an issue", "issue_milestone": "an issue",
        "pull_request_assign": "somebody assigned", "pull_request_label": "a label",
        "pull_request_milestone": "a milestone", "pull_request_approved": "an approving review",
        "pull_request_rejected": "a rejecting review", "pull_request_comment": "a review",
        "pull_request_review_request": "a review that is asked for", "wiki": "a wiki page",
        "repository": "a repository", "release": "a release", "package": "a package", "status": "a commit status",
        "workflow_run": "a workflow", "workflow_job": "a job", "schedule": "a schedule",
        "action_run_failure": "a workflow", "action_run_recover": "a workflow", "action_run_success": "a workflow",
    ]
}

extension GiteaWebhook {
    struct Repository: Decodable {
        var fullName: String

        func name() throws(WebhookRefusal) -> ForgeRepository {
            guard let name = ForgeRepository(fullName) else { throw .malformed("'repository.fullName' is no path") }
            return name
        }
    }

    struct Other: Decodable {
        struct Repository: Decodable {
            var fullName: String?
        }
        var repository: Repository?
    }

    struct Push: Decodable {
        var ref: String
        var before: String
        var after: String
        var repository: Repository
        var pusher: GiteaUser?

        func event() throws(WebhookRefusal) -> ForgeEvent {
            guard ref.hasPrefix("refs/heads/") else { return .nothing("a push that moves no branch") }
            let name = String(ref.dropFirst(11))
            guard let branch = BranchName(name) else { return refusedBranch(name) }
            let before = try movedCommit(before)
            let after = try movedCommit(after)
            guard before != nil || after != nil else { throw .malformed("a branch that was not and is not") }
            let user = try asPayload { () throws(ForgeError) in try pusher?.user() }
            return .push(branch: branch, before: before, after: after, by: user)
        }
    }

    /// A branch that is deleted comes as this and not as a push.
    struct Deletion: Decodable {
        var ref: String
        var refType: String
        var repository: Repository
        var sender: GiteaUser?

        func event() throws(WebhookRefusal) -> ForgeEvent {
            guard refType == "branch" else { return .nothing("a deleted tag") }
            let name = ref.hasPrefix("refs/heads/") ? String(ref.dropFirst(11)) : ref
            guard let branch = BranchName(name) else { return refusedBranch(name) }
            let user = try asPayload { () throws(ForgeError) in try sender?.user() }
            return .push(branch: branch, before: nil, after: nil, by: user)
        }
    }

    struct Change: Decodable {
        var action: String
        var repository: Repository
        var pullRequest: GiteaPullRequest

        func event() throws(WebhookRefusal) -> ForgeEvent {
            let change: PullRequestChange
            switch action {
            case "opened": change = .opened
            case "reopened": change = .reopened
            case "synchronized": change = .synchronized
            case "edited": change = .edited
            case "closed": change = pullRequest.merged == true ? .merged : .closed
            default: return .nothing("another act on a pull request")
            }
            for name in [pullRequest.head.ref, pullRequest.base.ref] where BranchName(name) == nil {
                return refusedBranch(name)
            }
            let pull = try asPayload { () throws(ForgeError) in try pullRequest.pullRequest() }
            return .pullRequest(pull, change)
        }
    }

    struct Comment: Decodable {
        struct Issue: Decodable {
            struct PullRequest: Decodable {}
            var number: Int64
            /// Only for pull requests.
            var pullRequest: PullRequest?
        }
        var action: String
        var isPull: Bool?
        var issue: Issue
        var comment: GiteaComment
        var repository: Repository

        func event() throws(WebhookRefusal) -> ForgeEvent {
            guard isPull == true || issue.pullRequest != nil else { return .nothing("a comment on an issue") }
            switch action {
            case "created": break
            case "edited": return .nothing("an edited comment")
            case "deleted": return .nothing("a deleted comment")
            default: return .nothing("another act on a comment")
            }
            guard issue.number > 0 else { throw .malformed("'issue.number' is none") }
            var comment = try asPayload { () throws(ForgeError) in try self.comment.comment(on: issue.number) }
            // The payload is made in the act of writing: nobody was there before, whatever the two times say.
            comment.isEdited = false
            return .comment(comment)
        }
    }
}
