import Crypto
import Domain
import Engine
import Forges
import Foundation
import Host
import Settings
import Wire

/// Where notices go: an entry of `notify:` in the server's configuration, and nothing that a repository names.
///
/// Only public addresses are spoken to unless the entry allows others; `Wire` resolves the name once and connects to
/// what it found. No redirect is followed.
struct Address: Sendable {
    let bot: Bot
    let wire: Wire
    let settings: NotifySettings

    /// The same for every attempt at one message, so that the receiver can tell a second one from a new one.
    static func messageID(of post: Post) -> String {
        "msg_" + String(Digest.of(canonical: post).hex.prefix(32))
    }

    func send(_ notice: Notice, id: String) async throws(ForgeError) {
        let url = try await value(of: settings.url)
        let secret: String? = if let place = settings.secret { try await value(of: place) } else { nil }
        let body = settings.kind == .slack ? SlackBody(notice).bytes : Canonical.bytes(of: NoticeBody(notice))
        var headers = ["content-type": "application/json", "user-agent": "sluice"]
        if settings.kind == .webhook {
            headers.merge(StandardWebhook.headers(id: id, at: bot.engine.now(), body: body, secret: secret)) { $1 }
        }
        let response: WireResponse
        do throws(WireError) {
            response = try await wire.send(
                WireRequest(
                    .post, url, headers: headers, body: body, timeout: 15, limit: 1 << 16,
                    onlyPublic: !settings.allowPrivate))
        } catch {
            throw Address.error(error)
        }
        if let error = Address.error(response, now: bot.engine.now()) { throw error }
    }

    private static func error(_ error: WireError) -> ForgeError {
        switch error {
        case .notSent(let said): .unreachable(said, mayHaveActed: false)
        case .mayHaveActed(let said): .unreachable(said, mayHaveActed: true)
        case .tooLong: .unreadable("the answer is too long")
        case .notPublic: .refused("the address is not public, and 'private: true' is not set")
        }
    }

    /// What an answer means; nil: it was taken.
    static func error(_ response: WireResponse, now: Date) -> ForgeError? {
        switch response.status {
        case 200..<300: return nil
        case 429:
            let said = response.headers["retry-after"].flatMap(Double.init) ?? 60
            return .rateLimited(until: now.addingTimeInterval(min(max(said, 1), 3600)))
        case 410: return .refused("the receiver wants no more (410)")
        case 401, 403: return .forbidden("status \(response.status)")
        case 404: return .forbidden("the receiver does not know the address (404)")
        case 400..<500: return .refused("status \(response.status)")
        default: return .unreachable("status \(response.status)", mayHaveActed: true)
        }
    }

    /// Read anew each time, by the rules by which the server read it at its start: what is not there now may be mended.
    private func value(of place: SecretPlace) async throws(ForgeError) -> String {
        let variables = bot.engine.variables
        do throws(Fault) {
            return try await Blocking.run { () throws(Fault) in try Secrets.read(place, variables: variables) }
        } catch {
            throw .unreachable(error.message, mayHaveActed: false)
        }
    }
}

/// What Slack's incoming webhooks take, and what understands them. Its three marks are escaped, so that nothing in it
/// mentions anybody.
private struct SlackBody: Encodable {
    let text: String

    init(_ notice: Notice) {
        let lines = [notice.title, notice.text].filter { !$0.isEmpty }.map(SlackBody.escaped)
        text = (lines + [notice.link].compactMap { $0 }.map { "<\(SlackBody.escaped($0))>" }).joined(separator: "\n")
    }

    var bytes: Data { Canonical.bytes(of: self) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

/// What a plain webhook gets; its shape is in `docs/json.md`.
private struct NoticeBody: Encodable {
    let type: String
    let timestamp: Date
    let data: Notice

    init(_ notice: Notice) {
        type = "sluice.\(notice.kind.rawValue)"
        timestamp = notice.at
        data = notice
    }
}

/// The headers of Standard Webhooks: an id, a time, and HMAC-SHA256 over both and the body.
enum StandardWebhook {
    /// - Parameter secret: `whsec_` and base64, or any text, whose bytes are then the key; nil: not signed.
    static func headers(id: String, at now: Date, body: Data, secret: String?) -> [String: String] {
        let time = String(Int64(now.timeIntervalSince1970.rounded(.down)))
        var headers = ["webhook-id": id, "webhook-timestamp": time]
        guard let secret else { return headers }
        let key = SymmetricKey(data: self.key(secret))
        let signed = HMAC<SHA256>.authenticationCode(for: Data("\(id).\(time).".utf8) + body, using: key)
        headers["webhook-signature"] = "v1,\(Data(signed).base64EncodedString())"
        return headers
    }

    private static func key(_ secret: String) -> Data {
        if secret.hasPrefix("whsec_"), let key = Data(base64Encoded: String(secret.dropFirst(6))) { return key }
        return Data(secret.utf8)
    }
}
