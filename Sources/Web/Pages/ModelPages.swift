import Domain
import Engine
import Foundation
import HTTPTypes
import Reports
import Service
import Storage

/// The page of models: who holds which alias, what came of the last promotion, the way back, and all versions.
enum ModelPages {
    static let all: [Route] = [
        Route(.get, "/models", .session(.viewer)) { exchange, site in
            try await page(said: nil, .ok, exchange, site)
        },
        Route(.post, "/models/{model}/rollback", .session(.approver), nil, rollBack),
    ]

    private static func page(
        said: String?, _ status: HTTPResponse.Status, _ exchange: Exchange, _ site: Site
    ) async throws -> Reply {
        let engine = site.bot.engine
        let versions = try await engine.store.versions(of: nil, limit: 200)
        let rows: [[String: Page.Value]] = versions.map { version in
            [
                "model": .text(version.ref.model.text), "version": .text(String(version.ref.version)),
                "aliases": .list(version.aliases.map { ["name": .text($0.text)] }),
                "run": .text(version.ref.run.description), "digest": .text(version.ref.digest.short),
                "size": .text(ReportRenderer.size(version.ref.bytes)), "created": .text(moment(version.createdAt)),
            ]
        }
        let places = try await engine.store.aliases(limit: 100)
        var (cards, isMoving): ([[String: Page.Value]], Bool) = ([], false)
        for place in places {
            let last = try await engine.store.promotions(of: place.holder.model, alias: place.alias, limit: 1).first
            if let last, !last.state.isFinal { isMoving = true }
            cards.append(try await card(place, last, exchange, engine))
        }
        var reply = try Page.reply(
            "models", "Models",
            [
                "said": .maybe(said), "holders": .list(cards), "anyHolder": .flag(!cards.isEmpty),
                "versions": .list(rows), "any": .flag(!rows.isEmpty),
            ], exchange.caller, status)
        if isMoving { reply.headers[.refresh] = "10" }
        return reply
    }

    /// Who holds an alias, and for whom may the way back.
    private static func card(
        _ place: Store.AliasPlace, _ last: Promotion?, _ exchange: Exchange, _ engine: Engine
    ) async throws -> [String: Page.Value] {
        let holder = place.holder
        let mayGoBack = (exchange.caller?.role ?? .viewer) >= .approver && last?.state.isFinal != false
        let before = mayGoBack ? try await engine.predecessor(of: holder, as: place.alias) : nil
        return [
            "model": .text(holder.model.text), "alias": .text(place.alias.text),
            "version": .text(String(holder.version)), "run": .text(holder.run.description),
            "promotion": .maybe(last.map { ReportRenderer.sentence($0) + "." }),
            "at": .maybe((last?.finishedAt).map(moment)),
            "tone": .text(last.map { tone($0.state) } ?? ""),
            "mayGoBack": .flag(before != nil), "before": .text(before.map { String($0.version) } ?? ""),
        ]
    }

    private static func tone(_ state: Promotion.State) -> String {
        switch state {
        case .promoted: "good"
        case .rolledBack, .stuck: "bad"
        case .intended, .aliasMoved, .deployed, .rollingBack: ""
        }
    }

    /// From a form that names the version that it was written for: who sends it twice goes back one step.
    static func rollBack(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let form = try await exchange.provenForm(site)
        let model: ModelName = try exchange.part("model") { ModelName($0) }
        guard let alias = form["alias"].flatMap({ AliasName($0) }), let version = form["version"].flatMap({ Int($0) })
        else { throw Problem.invalid("the form does not say from which version to go back") }
        do {
            _ = try await ModelRoutes.rollBack(
                model, alias, from: version, reason: String((form["reason"] ?? "").prefix(1000)),
                by: try exchange.known(), site)
            return .redirect(to: "/models")
        } catch let problem as Problem where problem.status == .conflict {
            return try await page(said: problem.detail, .conflict, exchange, site)
        } catch let fault as Fault where fault.kind == .input {
            return try await page(said: fault.message, .conflict, exchange, site)
        }
    }
}
