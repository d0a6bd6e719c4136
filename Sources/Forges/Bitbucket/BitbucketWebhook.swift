import Foundation

/// Deliveries of Bitbucket.
enum BitbucketWebhook {
    /// Signature first, then the payload.
    static func read(_ request: WebhookRequest, secrets: [String], now: Date) throws(WebhookRefusal) -> ForgeDelivery {
        throw .malformed("not written yet")
    }
}
