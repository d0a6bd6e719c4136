import Domain
import Foundation

/// Deliveries of Bitbucket Cloud.
///
/// A payload about a pull request tells twelve digits of its head, which is no commit to act on: the event only names the
/// pull request, which is then asked for.
enum BitbucketWebhook {
    /// Signature first, then the payload.
    static func read(_ request: WebhookRequest, secrets: [String], now: Date) throws(WebhookRefusal) -> ForgeDelivery {
        let name = request.headers["x-event-key"] ?? ""
        try Signature.check(header: "x-hub-signature", in: request, prefix: "sha256=", secrets: secrets)
        guard isName(name) else { throw .malformed("the header x-event-key is missing") }
        // The same over repeated attempts; the uuid of the hook only tells which hook it was.
        let id = request.headers["x-request-uuid"]
        guard id.map({ $0.utf8.count <= 100 && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }) ?? true else {
            throw .malformed("the header x-request-uuid is not an id")
        }
        var delivery = try delivery(name, try Payload.json(of: request))
        delivery.id = id
        return delivery
    }

    /// The `diagnostics:ping` of Bitbucket Data Center, which it does not sign.
    static func isPing(_ headers: [String: String]) -> Bool {
        headers["x-event-key"] == "diagnostics:ping" && headers["x-hub-signature"] == nil
    }

    /// `repo:push`, `pullrequest:comment_created`: lower-case letters, underscores and colons.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 60
            && name.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x5F || $0 == 0x3A }
    }

    private static func delivery(_ name: String, _ json: Data) throws(WebhookRefusal) -> ForgeDelivery {
        switch name {
        case "repo:push":
            let push = try Payload.decode(Push.self, from: json)
            let events = try push.events()
            return ForgeDelivery(
                id: nil, name: name, repository: try path(push.repository),
                event: events.first ?? .nothing("repo:push of no branch"), more: Array(events.dropFirst()))
        case "pullrequest:comment_created":
            let talk = try Payload.decode(Talk.self, from: json)
            guard let known = talk.comment.known(on: talk.pullrequest.id) else {
                throw .malformed("'comment' cannot be read")
            }
            // A remark on a line of the change is a part of a review, not a word to the bot.
            let event: ForgeEvent =
                talk.comment.inline == nil ? .comment(known) : .nothing("pullrequest:comment_created on a line")
            return ForgeDelivery(id: nil, name: name, repository: try path(talk.repository), event: event)
        case "pullrequest:created", "pullrequest:updated", "pullrequest:fulfilled", "pullrequest:rejected":
            let change = try Payload.decode(Change.self, from: json)
            guard change.pullrequest.id > 0 else { throw .malformed("'pullrequest.id' is none") }
            return ForgeDelivery(
                id: nil, name: name, repository: try path(change.repository),
                event: .pullRequestChanged(change.pullrequest.id))
        default:
            let other = try Payload.decode(Other.self, from: json)
            return ForgeDelivery(
                id: nil, name: name, repository: try other.repository.map(path), event: .nothing(name))
        }
    }

    private static func path(_ repository: BitbucketRepository) throws(WebhookRefusal) -> ForgeRepository {
        guard let path = ForgeRepository(repository.fullName) else {
            throw .malformed("'repository.full_name' is not a repository")
        }
        return path
    }

    private struct Other: Decodable {
        let repository: BitbucketRepository?
    }

    private struct Numbered: Decodable {
        let id: Int64
    }

    private struct Change: Decodable {
        let pullrequest: Numbered
        let repository: BitbucketRepository
    }

    private struct Talk: Decodable {
        let comment: BitbucketComment
        let pullrequest: Numbered
        let repository: BitbucketRepository
    }

    private struct Push: Decodable {
        struct Body: Decodable {
            let changes: [Move]
        }
        struct Move: Decodable {
            let old: Ref?
            let new: Ref?
        }
        struct Ref: Decodable {
            let type: String
            let name: String
            let target: BitbucketCommit?
        }
        let actor: BitbucketUser?
        let push: Body
        let repository: BitbucketRepository

        /// One for each branch that moved; tags are nothing.
        func events() throws(WebhookRefusal) -> [ForgeEvent] {
            guard push.changes.count <= 1000 else { throw .malformed("'push.changes' has more than 1000 items") }
            var events: [ForgeEvent] = []
            for change in push.changes {
                guard let ref = change.new ?? change.old, ref.type == "branch" else { continue }
                guard let branch = BranchName(ref.name) else {
                    events.append(refusedBranch(ref.name))
                    continue
                }
                let before = try Self.commit(change.old)
                let after = try Self.commit(change.new)
                events.append(.push(branch: branch, before: before, after: after, by: actor?.user))
            }
            return events
        }

        private static func commit(_ ref: Ref?) throws(WebhookRefusal) -> CommitID? {
            guard let ref else { return nil }
            guard let hash = ref.target?.hash, let commit = CommitID(hex: hash) else {
                throw .malformed("'target.hash' is not a commit")
            }
            return commit
        }
    }
}
