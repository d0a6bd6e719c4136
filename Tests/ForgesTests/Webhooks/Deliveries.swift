import Crypto
import Domain
import Forges
import Foundation
import Testing

/// What a forge sends: its own words for the event, and a body.
struct Sample: Sendable, CustomTestStringConvertible {
    let kind: ForgeKind
    /// As the forge's header has it.
    let name: String
    let body: String
    /// The case of the event that it becomes: `push`, `comment`, `nothing`.
    let becomes: String

    init(_ kind: ForgeKind, _ name: String, _ becomes: String, _ body: String) {
        self.kind = kind
        self.name = name
        self.body = body
        self.becomes = becomes
    }

    var testDescription: String { "\(kind.rawValue) \(name) → \(becomes)" }
    var json: Data { Data(body.utf8) }
}

let secret = "It's a Secret to Everybody"
let delivered = Date(timeIntervalSince1970: 1_780_000_000)

/// The request that carries a body as the forge would send it, signed with the secret.
func post(
    _ kind: ForgeKind, _ name: String, _ body: Data, secret: String = secret, at: Date = delivered
) -> WebhookRequest {
    var headers = ["content-type": "application/json"]
    let code = hexCode(of: body, secret)
    switch kind {
    case .github:
        headers["x-github-event"] = name
        headers["x-github-delivery"] = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
        headers["x-hub-signature-256"] = "sha256=\(code)"
    case .gitea, .forgejo:
        // Both send what GitHub sends, and Forgejo what Gitea sends.
        headers["x-github-event"] = name
        headers["x-github-delivery"] = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
        headers["x-hub-signature-256"] = "sha256=\(code)"
        headers["x-gitea-event"] = name
        headers["x-gitea-delivery"] = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
        headers["x-gitea-signature"] = code
        if kind == .forgejo {
            headers["x-forgejo-event"] = name
            headers["x-forgejo-delivery"] = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
            headers["x-forgejo-signature"] = code
        }
    case .gitlab:
        headers["x-gitlab-event"] = name
        headers["x-gitlab-token"] = secret
        headers["idempotency-key"] = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
        headers["x-gitlab-event-uuid"] = "9cebe914-4827-408f-b014-cfa23a47a35f"
    case .bitbucket:
        headers["x-event-key"] = name
        headers["x-request-uuid"] = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
        headers["x-hub-signature"] = "sha256=\(code)"
    }
    return WebhookRequest(headers: headers, body: body)
}

/// GitLab's newer way.
func signedRequest(
    _ name: String, _ body: Data, secret: String, at: Date = delivered, id: String = "msg_1"
) -> WebhookRequest {
    let key = Data(base64Encoded: String(secret.dropFirst(6))) ?? Data()
    let stamp = String(Int64(at.timeIntervalSince1970))
    let code = HMAC<SHA256>.authenticationCode(
        for: Data("\(id).\(stamp).".utf8) + body, using: SymmetricKey(data: key))
    return WebhookRequest(
        headers: [
            "content-type": "application/json", "x-gitlab-event": name, "webhook-id": id, "webhook-timestamp": stamp,
            "webhook-signature": "v1,\(Data(code).base64EncodedString())",
        ], body: body)
}

func hexCode(of body: Data, _ secret: String) -> String {
    HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Data(secret.utf8)))
        .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// What a webhook makes of a request: the delivery, or the refusal.
func take(
    _ request: WebhookRequest, _ kind: ForgeKind, secrets: [String] = [secret], now: Date = delivered
) -> Result<ForgeDelivery, WebhookRefusal> {
    guard let webhook = Webhook(kind: kind, secrets: secrets) else { return .failure(.signature("no webhook")) }
    do throws(WebhookRefusal) {
        return .success(try webhook.read(request, now: now))
    } catch {
        return .failure(error)
    }
}

func take(_ sample: Sample) -> Result<ForgeDelivery, WebhookRefusal> {
    take(post(sample.kind, sample.name, sample.json), sample.kind)
}

func taken(_ kind: ForgeKind, _ name: String, _ body: String) throws(WebhookRefusal) -> ForgeEvent {
    try take(post(kind, name, Data(body.utf8)), kind).get().event
}

/// The name of the case.
func word(_ event: ForgeEvent) -> String {
    switch event {
    case .push: "push"
    case .pullRequest(_, let change): "pullRequest \(change.rawValue)"
    case .comment: "comment"
    case .button: "button"
    case .pullRequestChanged: "pullRequestChanged"
    case .mergeGroup: "mergeGroup"
    case .nothing: "nothing"
    }
}
