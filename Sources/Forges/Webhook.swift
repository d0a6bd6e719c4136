package import Domain
package import Foundation

/// A delivery as it came in. Nothing of it was looked at yet.
package struct WebhookRequest: Sendable {
    /// By lower-case name.
    package let headers: [String: String]
    /// The bytes as they were sent: what the signature is over.
    package let body: Data

    package init(headers: [String: String], body: Data) {
        self.headers = headers
        self.body = body
    }
}

/// A delivery whose signature holds, in our words.
package struct ForgeDelivery: Equatable, Sendable {
    /// The forge's id of the delivery, which stays over redeliveries; nil: it sent none.
    package var id: String?
    /// The forge's own word for what it is: `pull_request`, `Note Hook`.
    package var name: String
    /// Nil: it is about no repository.
    package var repository: ForgeRepository?
    package var event: ForgeEvent
    /// Further events of the same delivery, in its order; all are to be recorded with it. Bitbucket tells of all branches
    /// of one push at once; the others never have any.
    package var more: [ForgeEvent]

    package init(
        id: String?, name: String, repository: ForgeRepository?, event: ForgeEvent, more: [ForgeEvent] = []
    ) {
        self.id = id
        self.name = name
        self.repository = repository
        self.event = event
        self.more = more
    }
}

/// Why a delivery is not taken.
package enum WebhookRefusal: Error, Equatable, Sendable {
    /// 401: no signature, a wrong one, one too old, or one of a kind that is not accepted.
    case signature(String)
    /// 400: the signature holds and the body is not what it must be.
    case malformed(String)
}

/// Reads deliveries of one kind of forge: signature first, in constant time and over the raw bytes, then the payload.
///
/// Pure, and it never traps: whatever is missing or of another type is `.malformed`, or a named `.nothing` if it is
/// nothing that matters. Every kind of event is one or the other.
package struct Webhook: Sendable {
    package let kind: ForgeKind
    /// One, or two while they are changed. Never empty, none of them empty.
    package let secrets: [String]

    /// Nil without a usable secret: none, an empty one, or a signing key of GitLab that is not base64.
    package init?(kind: ForgeKind, secrets: [String]) {
        guard !secrets.isEmpty, secrets.allSatisfy({ !$0.isEmpty }) else { return nil }
        if kind == .gitlab, !secrets.allSatisfy(GitLabSignature.isUsable) { return nil }
        self.kind = kind
        self.secrets = secrets
    }

    /// True for a ping that the forge does not sign: it is answered, and neither read nor kept, because anybody can send
    /// it.
    ///
    /// - Parameter headers: by lower-case name.
    package func isUnsignedPing(_ headers: [String: String]) -> Bool {
        kind == .bitbucket && BitbucketWebhook.isPing(headers)
    }

    /// - Parameter now: for signatures that are good for five minutes.
    package func read(_ request: WebhookRequest, now: Date) throws(WebhookRefusal) -> ForgeDelivery {
        switch kind {
        case .github: try GitHubWebhook.read(request, secrets: secrets, now: now)
        case .gitea, .forgejo: try GiteaWebhook.read(request, kind: kind, secrets: secrets, now: now)
        case .gitlab: try GitLabWebhook.read(request, secrets: secrets, now: now)
        case .bitbucket: try BitbucketWebhook.read(request, secrets: secrets, now: now)
        }
    }
}
