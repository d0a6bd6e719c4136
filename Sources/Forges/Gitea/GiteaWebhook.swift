import Domain
import Foundation

/// Deliveries of Gitea.
enum GiteaWebhook {
    /// Signature first, then the payload.
    static func read(
        _ request: WebhookRequest, kind: ForgeKind, secrets: [String], now: Date
    ) throws(WebhookRefusal) -> ForgeDelivery {
        throw .malformed("not written yet")
    }
}
