import Domain
import Engine
import Forges
import Foundation
import HTTPTypes
import Host
import Logging
import Service
import Settings
import Storage

/// Deliveries of forges. The path alone says which forge it is; nothing is believed before the signature holds, and
/// nothing is answered before the delivery is durable.
enum WebhookRoutes {
    static let all: [Route] = [
        Route(
            .post, "/webhooks/{forge}", .open,
            Manual(
                "takeDelivery", .told, "Takes a delivery of a forge; the signature is checked over its raw bytes.",
                body: nil,
                answers: [
                    .json(202, "It is durable, and acted on later.", .ref("Taken")),
                    .json(200, "It was known before.", .ref("Taken")),
                    .other(204, "A ping that the forge does not sign: it is not kept.", []),
                    .problem(400, "The signature holds, and the body is not what it must be."),
                    .problem(401, "There is no signature that holds."),
                    .problem(404, "The server has no forge of this name."),
                    .problem(413, "The body is over `limits.body`."),
                    .problem(503, "It is not recorded; send it again."),
                ]),
            take)
    ]

    /// Reading more than this takes long enough to keep others waiting.
    private static let big = 256 << 10

    private struct Taken: Encodable {
        let event: Int64
        let duplicate: Bool
    }

    static func take(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let live = site.bot.configuration.now
        guard let name = exchange.parameters["forge"].flatMap({ ForgeName($0) }), let webhook = live.webhooks[name]
        else {
            site.meters.delivery("unknown", "unknown_forge")
            throw Problem(.notFound, "the server has no forge of this name", advice: "see 'forges' in server.yaml")
        }
        if webhook.isUnsignedPing(exchange.lowerCaseHeaders) {
            // Not read either: anybody can send it, with any body.
            site.meters.delivery(name.text, "ping")
            var reply = Reply(.noContent)
            reply.closes = true
            return reply
        }
        do {
            let recorded = try await exchange.withBody(upTo: site.limits.body, site) { body in
                try await take(body, exchange, webhook, name, site)
            }
            site.meters.delivery(name.text, recorded.isNew ? "recorded" : "duplicate")
            return .json(
                Taken(event: recorded.event.id, duplicate: !recorded.isNew), recorded.isNew ? .accepted : .ok)
        } catch {
            let problem = Problem(error)
            site.meters.delivery(name.text, outcome(problem.status))
            throw problem
        }
    }

    private static func take(
        _ body: Data, _ exchange: Exchange, _ webhook: Webhook, _ name: ForgeName, _ site: Site
    ) async throws -> Store.Recorded {
        let request = WebhookRequest(headers: exchange.lowerCaseHeaders, body: body)
        let now = site.bot.engine.now()
        let (delivery, digest): (ForgeDelivery, Digest)
        do throws(WebhookRefusal) {
            if body.count > big {
                (delivery, digest) = try await Blocking.run { () throws(WebhookRefusal) in
                    (try webhook.read(request, now: now), Digest.of(body))
                }
            } else {
                (delivery, digest) = (try webhook.read(request, now: now), Digest.of(body))
            }
        } catch {
            switch error {
            case .signature(let why):
                // What was wrong about it is for the operator; to others it would be a hint.
                site.bot.log.notice(
                    "a delivery was refused",
                    metadata: [
                        "forge": "\(name)", "client": "\(exchange.client(site.listen.proxies))", "reason": "\(why)",
                    ])
                throw Problem(
                    .unauthorized, "the delivery has no signature that holds",
                    advice: "the secret of the hook has to be one of the forge's 'webhook_secrets'")
            case .malformed(let why): throw Problem.invalid("the delivery cannot be read: \(why)")
            }
        }
        return try await site.bot.take(delivery, body: digest, from: name)
    }

    private static func outcome(_ status: HTTPResponse.Status) -> String {
        switch status.code {
        case 401: "bad_signature"
        case 400: "malformed"
        case 413: "too_large"
        case 503: "busy"
        default: "error"
        }
    }
}

extension Exchange {
    /// Of several fields of one name, the first: a signature is one.
    var lowerCaseHeaders: [String: String] {
        Dictionary(headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
