import Crypto
import Foundation

/// The two ways in which GitLab shows that a delivery is its own.
///
/// The older one sends the secret itself as `X-Gitlab-Token`. The newer one (GitLab 19, after Standard Webhooks) signs
/// `id.timestamp.body` with a key that is written `whsec_<base64>`. Each secret is of one of the two kinds and opens the
/// door only in its own way: who holds a signing key is never satisfied with a token.
enum GitLabSignature {
    static let signingPrefix = "whsec_"
    /// Seconds that a signed delivery may be old, or ahead.
    static let patience: Int64 = 300

    static func check(_ request: WebhookRequest, secrets: [String], now: Date) throws(WebhookRefusal) {
        let keys = secrets.filter { $0.hasPrefix(signingPrefix) }.compactMap { key(of: $0) }
        let tokens = secrets.filter { !$0.hasPrefix(signingPrefix) && !$0.isEmpty }
        var said = "no secret can be checked"
        if !keys.isEmpty {
            guard let trouble = signatureTrouble(request, keys: keys, now: now) else { return }
            said = trouble
        }
        if !tokens.isEmpty {
            guard let trouble = tokenTrouble(request, tokens: tokens) else { return }
            said = trouble
        }
        throw .signature(said)
    }

    /// A token, or a signing key that is one.
    static func isUsable(_ secret: String) -> Bool {
        !secret.hasPrefix(signingPrefix) || key(of: secret) != nil
    }

    /// The bytes of a signing key; nil if it is none.
    static func key(of secret: String) -> Data? {
        guard secret.hasPrefix(signingPrefix),
            let key = Data(base64Encoded: String(secret.dropFirst(signingPrefix.count))), !key.isEmpty
        else { return nil }
        return key
    }

    private static func tokenTrouble(_ request: WebhookRequest, tokens: [String]) -> String? {
        guard let given = request.headers["x-gitlab-token"], !given.isEmpty else {
            return "the header x-gitlab-token is missing"
        }
        var isRight = false
        for token in tokens { isRight = isSame(given, token) || isRight }
        return isRight ? nil : "the header x-gitlab-token is wrong"
    }

    /// Codes of both under a key that nobody knows are compared, so that time tells neither what is wrong nor how long
    /// the right one is.
    static func isSame(_ given: String, _ secret: String) -> Bool {
        let key = SymmetricKey(size: .bits256)
        let code = HMAC<SHA256>.authenticationCode(for: Data(given.utf8), using: key)
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Data(secret.utf8), using: key)
    }

    private static func signatureTrouble(_ request: WebhookRequest, keys: [Data], now: Date) -> String? {
        guard let id = request.headers["webhook-id"], !id.isEmpty, id.utf8.count <= 256,
            let stamp = request.headers["webhook-timestamp"], stamp.utf8.count <= 12,
            let header = request.headers["webhook-signature"], !header.isEmpty, header.utf8.count <= 4096
        else { return "a signed delivery has webhook-id, webhook-timestamp and webhook-signature" }
        guard stamp.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let seconds = Int64(stamp) else {
            return "the header webhook-timestamp is no time"
        }
        let signed = Data("\(id).\(stamp).".utf8) + request.body
        var isRight = false
        for signature in header.split(separator: " ").prefix(8) where signature.hasPrefix("v1,") {
            guard let code = Data(base64Encoded: String(signature.dropFirst(3))), code.count == SHA256.byteCount else {
                continue
            }
            isRight = Signature.isValid(code, of: signed, keys: keys) || isRight
        }
        guard isRight else { return "the header webhook-signature is wrong" }
        let age = now.timeIntervalSince1970 - Double(seconds)
        return abs(age) <= Double(patience) ? nil : "the delivery is too old, or the clocks differ"
    }
}
