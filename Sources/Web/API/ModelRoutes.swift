import Domain
import Engine
import Foundation
import HTTPTypes
import Host
import Reports
import Service
import Storage

/// Registered versions, the aliases that point at them, and going back.
enum ModelRoutes {
    private static let rollbackShape = Shape.object([
        .optional("alias", .word(.name), "Else `champion`."), .required("reason", .line),
        .optional(
            "version", .id,
            "If given, only if this version holds the alias: so that a wish that is sent twice counts once."
        ),
    ])

    static let all: [Route] = [
        Route(
            .get, "/api/v1/models", .token(.viewer),
            Manual(
                "listVersions", .models, "Versions of all models, newest first.",
                query: [.init(name: "limit", shape: .integer(1...500), meaning: "At most so many; else 50.")],
                body: nil,
                answers: [.json(200, "Versions.", .object([.required("versions", .list(.ref("ModelVersion")))]))]),
            list),
        Route(
            .get, "/api/v1/models/{model}/versions", .token(.viewer),
            Manual(
                "listVersionsOfModel", .models, "Versions of a model, newest first.",
                query: [.init(name: "limit", shape: .integer(1...500), meaning: "At most so many; else 50.")],
                body: nil,
                answers: [.json(200, "Versions.", .object([.required("versions", .list(.ref("ModelVersion")))]))]),
            list),
        Route(
            .get, "/api/v1/models/{model}/aliases/{alias}", .token(.viewer),
            Manual(
                "getAlias", .models, "The version that an alias points at.", body: nil,
                answers: [.json(200, "The version.", .ref("Alias"))]),
            alias),
        Route(
            .post, "/api/v1/models/{model}/rollback", .token(.approver),
            Manual(
                "rollBack", .models, "Puts the version back that held the alias before.", body: .json(rollbackShape),
                answers: [
                    .json(
                        200, "It is begun; what has to be deployed goes on after the answer (`getPromotion`).",
                        .ref("Promotion")),
                    .problem(409, "There is nothing to go back to, or you may not: `detail` says why."),
                ]),
            rollBack),
        Route(
            .get, "/api/v1/promotions/{promotion}", .token(.viewer),
            Manual(
                "getPromotion", .models, "A promotion: how far it is, or what came of it.", body: nil,
                answers: [.json(200, "The promotion.", .ref("Promotion"))]),
            promotion),
    ]

    static func list(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let model: ModelName? =
            exchange.parameters["model"] == nil ? nil : try exchange.part("model") { ModelName($0) }
        let versions = try await site.bot.engine.store.versions(of: model, limit: Int(exchange.number("limit") ?? 50))
        if let model, versions.isEmpty { throw Problem.notFound("there is no model '\(model)'") }
        return .json(["versions": versions.map(VersionView.init)])
    }

    private struct AliasView: Encodable {
        let model: ModelName
        let alias: AliasName
        let version: VersionView
    }

    static func alias(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let model: ModelName = try exchange.part("model") { ModelName($0) }
        let alias: AliasName = try exchange.part("alias") { AliasName($0) }
        let store = site.bot.engine.store
        guard let holder = try await store.holder(of: alias, model: model),
            let version = try await store.version(holder.version, of: model)
        else { throw Problem.notFound("model '\(model)' has no '\(alias)'") }
        return .json(AliasView(model: model, alias: alias, version: VersionView(version))).tagged(exchange)
    }

    static func promotion(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let id: Int64 = try exchange.part("promotion") { Int64($0) }
        guard let promotion = try await site.bot.engine.store.promotion(id) else {
            throw Problem.notFound("there is no promotion \(id)")
        }
        return .json(PromotionView(promotion)).tagged(exchange)
    }

    static func rollBack(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let model: ModelName = try exchange.part("model") { ModelName($0) }
        let wish = try await exchange.json(rollbackShape, site)
        let alias = wish["alias"]?.text.flatMap { AliasName($0) } ?? .champion
        let promotion = try await rollBack(
            model, alias, from: wish["version"]?.int64.flatMap { Int(exactly: $0) },
            reason: wish["reason"]?.text ?? "", by: try exchange.known(), site)
        return .json(PromotionView(promotion))
    }

    /// Throws 409 if it is refused, or if there is nothing to go back to.
    static func rollBack(
        _ model: ModelName, _ alias: AliasName, from version: Int?, reason: String, by caller: Caller, _ site: Site
    ) async throws -> Promotion {
        guard !reason.allSatisfy(\.isWhitespace) else {
            throw Problem(.conflict, "a reason is missing", advice: "say why: it stays with the promotion")
        }
        let returned = try await site.bot.rollBack(
            model, alias: alias, from: version, by: caller.user, token: caller.token, reason: reason)
        switch returned {
        case .begun(let promotion): return promotion
        case .refused(let why): throw Problem(.conflict, ReportRenderer.sentence(why))
        }
    }
}
