import Domain
import Engine
import Foundation
import HTTPTypes
import Service
import Settings

/// The server about itself.
enum ServerRoutes {
    static let all: [Route] = [
        Route(
            .get, "/api/v1/server", .token(.viewer),
            Manual(
                "getServer", .server, "What this server is, and what does not go well.", body: nil,
                answers: [.json(200, "The server.", .ref("Server"))]),
            server),
        Route(
            .get, "/api/v1/openapi.json", .token(.viewer),
            Manual(
                "getDocument", .server, "This document.", body: nil, answers: [.json(200, "OpenAPI 3.1.", .any)]),
            { exchange, site in
                let document = OpenAPI.document(of: site.routes.routes, version: site.version)
                return Reply(.ok, "application/json", Canonical.bytes(of: document)).tagged(exchange)
            }),
    ]

    private struct View: Encodable {
        let version: String
        let startedAt: Date
        let projects: [ProjectName]
        let forges: [ForgeName]
        let troubles: [ProjectRoutes.Trouble]
    }

    static func server(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let settings = site.bot.configuration.now.settings
        return .json(
            View(
                version: site.version, startedAt: site.startedAt, projects: settings.projects.keys.sorted(),
                forges: settings.forges.keys.sorted(), troubles: site.bot.health.now.map(ProjectRoutes.Trouble.init)))
    }
}
