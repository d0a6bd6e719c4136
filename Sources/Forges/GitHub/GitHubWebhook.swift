import Domain
import Foundation

/// Deliveries of GitHub. The names of event and delivery are not under the signature: a body that is not what its event's
/// name says is malformed.
enum GitHubWebhook {
    /// Signature first, then the payload.
    static func read(_ request: WebhookRequest, secrets: [String], now: Date) throws(WebhookRefusal) -> ForgeDelivery {
        try Signature.check(header: "x-hub-signature-256", in: request, prefix: "sha256=", secrets: secrets)
        guard let name = request.headers["x-github-event"], isName(name) else {
            throw .malformed("the header x-github-event is missing")
        }
        let id = request.headers["x-github-delivery"]
        guard id.map({ $0.utf8.count <= 100 && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }) ?? true else {
            throw .malformed("the header x-github-delivery is not an id")
        }
        let (repository, event) = try event(name, try Payload.json(of: request))
        let path = try repository.map { (repository) throws(WebhookRefusal) in
            guard let path = ForgeRepository(repository.fullName) else {
                throw .malformed("'repository.full_name' is not a repository")
            }
            return path
        }
        return ForgeDelivery(id: id, name: name, repository: path, event: event)
    }

    /// Lower-case letters, digits and underscores, as all of them are: `projects_v2_item`.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 60
            && name.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F }
    }

    private static func event(
        _ name: String, _ json: Data
    ) throws(WebhookRefusal) -> (GitHubPull.Side.Repository?, ForgeEvent) {
        switch name {
        case "push":
            let push = try Payload.decode(Push.self, from: json, names: .asWritten)
            return (push.repository, try push.event())
        case "pull_request":
            let change = try Payload.decode(Change.self, from: json)
            return (change.repository, try change.event())
        case "issue_comment":
            let talk = try Payload.decode(Talk.self, from: json)
            return (talk.repository, try talk.event())
        case "check_run":
            let press = try Payload.decode(Press.self, from: json)
            return (press.repository, try press.event())
        case "merge_group":
            let group = try Payload.decode(Group.self, from: json)
            return (group.repository, try group.event())
        default:
            let other = try Payload.decode(Other.self, from: json, names: .asWritten)
            return (other.repository, .nothing(other.action.map { "\(name).\(word($0))" } ?? name))
        }
    }

    /// An action as a word that can be shown.
    static func word(_ action: String) -> String { isName(action) ? action : "unknown" }

    struct Other: Decodable {
        let action: String?
        let repository: GitHubPull.Side.Repository?
    }

    struct Push: Decodable {
        let ref: String
        let before: String
        let after: String
        let sender: GitHubUser?
        let repository: GitHubPull.Side.Repository

        func event() throws(WebhookRefusal) -> ForgeEvent {
            guard ref.hasPrefix("refs/heads/") else {
                return .nothing(ref.hasPrefix("refs/tags/") ? "push of a tag" : "push of another ref")
            }
            let name = String(ref.dropFirst(11))
            guard let branch = BranchName(name) else { return refusedBranch(name) }
            let old = try Self.commit(before, "before")
            let new = try Self.commit(after, "after")
            return .push(branch: branch, before: old, after: new, by: sender?.user)
        }

        private static func commit(_ text: String, _ field: String) throws(WebhookRefusal) -> CommitID? {
            guard let id = CommitID(hex: text) else { throw .malformed("'\(field)' is not a commit") }
            return Forges.commit(id.hex)
        }
    }

    struct Change: Decodable {
        let action: String
        let pullRequest: GitHubPull
        let repository: GitHubPull.Side.Repository

        func event() throws(WebhookRefusal) -> ForgeEvent {
            for name in [pullRequest.head.ref, pullRequest.base.ref] where BranchName(name) == nil {
                return refusedBranch(name)
            }
            let pull: PullRequest
            do throws(ForgeError) {
                pull = try pullRequest.known()
            } catch {
                throw .malformed("'pull_request' cannot be read: \(error.fault.message)")
            }
            switch action {
            case "opened": return .pullRequest(pull, .opened)
            case "synchronize": return .pullRequest(pull, .synchronized)
            case "reopened": return .pullRequest(pull, .reopened)
            case "closed": return .pullRequest(pull, pull.state == .merged ? .merged : .closed)
            case "edited", "ready_for_review", "converted_to_draft": return .pullRequest(pull, .edited)
            default: return .nothing("pull_request.\(word(action))")
            }
        }
    }

    struct Talk: Decodable {
        struct Issue: Decodable {
            struct Mark: Decodable {}
            let number: Int64
            let pullRequest: Mark?
        }
        let action: String
        let issue: Issue
        let comment: GitHubComment
        let repository: GitHubPull.Side.Repository

        func event() throws(WebhookRefusal) -> ForgeEvent {
            guard action == "created" else { return .nothing("issue_comment.\(word(action))") }
            guard issue.pullRequest != nil else { return .nothing("issue_comment.created on an issue") }
            guard let known = comment.known(on: issue.number) else { throw .malformed("'comment' cannot be read") }
            return .comment(known)
        }
    }

    struct Press: Decodable {
        struct Run: Decodable {
            let headSha: String
            let externalId: String?
        }
        struct Requested: Decodable {
            let identifier: String
        }
        let action: String
        let checkRun: Run
        let requestedAction: Requested?
        let sender: GitHubUser?
        let repository: GitHubPull.Side.Repository

        func event() throws(WebhookRefusal) -> ForgeEvent {
            guard action == "requested_action" else { return .nothing("check_run.\(word(action))") }
            guard let requestedAction else { throw .malformed("'requested_action' is missing") }
            guard let button = ForgeEvent.Button.Action(rawValue: requestedAction.identifier),
                let run = checkRun.externalId.flatMap({ RunID($0) })
            else { return .nothing("check_run.requested_action of another check") }
            guard let commit = CommitID(hex: checkRun.headSha) else {
                throw .malformed("'check_run.head_sha' is not a commit")
            }
            guard let by = sender?.user else { throw .malformed("'sender' cannot be read") }
            return .button(.init(action: button, run: run, commit: commit, by: by))
        }
    }

    struct Group: Decodable {
        struct Body: Decodable {
            let headSha: String
            let baseRef: String
        }
        let action: String
        let mergeGroup: Body
        let repository: GitHubPull.Side.Repository

        func event() throws(WebhookRefusal) -> ForgeEvent {
            guard action == "checks_requested" else { return .nothing("merge_group.\(word(action))") }
            guard let head = CommitID(hex: mergeGroup.headSha) else {
                throw .malformed("'merge_group.head_sha' is not a commit")
            }
            let ref = mergeGroup.baseRef
            let name = ref.hasPrefix("refs/heads/") ? String(ref.dropFirst(11)) : ref
            guard let base = BranchName(name) else { return refusedBranch(name) }
            return .mergeGroup(head: head, base: base)
        }
    }
}
