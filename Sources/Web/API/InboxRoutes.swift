import Domain
import Engine
import Foundation
import HTTPTypes
import Service
import Storage

/// The inbox: what was seen outside, what came of it, and why nothing did.
enum InboxRoutes {
    static let all: [Route] = [
        Route(
            .get, "/api/v1/events", .token(.viewer),
            Manual(
                "listEvents", .events, "Events, newest first.",
                query: [
                    .init(name: "commit", shape: .word(.prefix), meaning: "Only about commits that begin so."),
                    .init(name: "run", shape: .id, meaning: "Only what led to this run."),
                    .init(name: "limit", shape: .integer(1...500), meaning: "At most so many; else 50."),
                ], body: nil,
                answers: [.json(200, "Events.", .object([.required("events", .list(.ref("Event")))]))]),
            list),
        Route(
            .get, "/api/v1/events/{event}", .token(.viewer),
            Manual(
                "getEvent", .events, "An event and what came of it.", body: nil,
                answers: [.json(200, "The event.", .ref("Event"))]),
            one),
        Route(
            .get, "/api/v1/events/{event}/why", .token(.viewer),
            Manual(
                "explainEvent", .events, "What happened to an event, step by step, and what it waits for.", body: nil,
                answers: [.json(200, "What happened.", .ref("Explanation"))]),
            why),
        Route(
            .get, "/api/v1/why", .token(.viewer),
            Manual(
                "explain", .events, "As 'sluice why': a run's number, a commit, a dataset's name.",
                query: [.init(name: "subject", shape: .text(1...200), meaning: "What to explain.", isRequired: true)],
                body: nil,
                answers: [.json(200, "What happened.", .ref("Explanation")), .problem(404, "Nothing is known of it.")]),
            explain),
    ]

    static func list(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        .json(["events": try await events(exchange, site).map(EventView.init)])
    }

    static func events(_ exchange: Exchange, _ site: Site) async throws -> [Store.StoredEvent] {
        let topic: Store.Topic? =
            if let run = exchange.number("run").flatMap({ RunID($0) }) {
                .run(run)
            } else {
                exchange.query["commit"].map { .commit($0) }
            }
        return try await site.bot.engine.store.events(about: topic, limit: Int(exchange.number("limit") ?? 50))
    }

    static func event(of exchange: Exchange, _ site: Site) async throws -> Store.StoredEvent {
        let id: Int64 = try exchange.part("event") { Int64($0) }
        guard let stored = try await site.bot.engine.store.event(id) else {
            throw Problem.notFound("there is no event \(id)")
        }
        return stored
    }

    static func one(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        .json(EventView(try await event(of: exchange, site)))
    }

    static func why(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        .json(try await explanation(of: try await event(of: exchange, site), site))
    }

    /// The event's own entries, and those of the run that it came to.
    static func explanation(of stored: Store.StoredEvent, _ site: Site) async throws -> ExplanationView {
        let store = site.bot.engine.store
        var entries = try await store.journal(subject: "event \(stored.id)", limit: 1000)
        var waits: [Engine.Explanation.Wait] = []
        if let waiting = try await site.bot.waiting(event: stored) {
            waits.append(.init(subject: "event \(stored.id)", waiting: waiting))
        }
        if let run = EventView(stored).run {
            entries += try await store.journal(subject: "run \(run)", limit: 1000)
            entries += try await store.journal(subject: "decision \(run)", limit: 1000)
            if let waiting = try await site.bot.waiting(of: run) {
                waits.append(.init(subject: "run \(run)", waiting: waiting))
            }
        }
        return ExplanationView(Engine.Explanation(events: [stored], entries: entries, waits: waits), files: [])
    }

    static func explain(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        guard let subject = exchange.query["subject"] else { throw Problem.invalid("'subject' is missing") }
        return .json(try await explanation(of: subject, site))
    }

    static func explanation(of subject: String, _ site: Site) async throws -> ExplanationView {
        let bot = site.bot
        let hook = Engine.WaitingHook(
            run: { try? await bot.waiting(of: $0) }, event: { try? await bot.waiting(event: $0) })
        do throws(Fault) {
            let (found, files) = try await bot.engine.account(of: subject, waiting: hook)
            return ExplanationView(found, files: files)
        } catch {
            guard error.kind == .input else { throw error }
            throw Problem(.notFound, error.message, advice: error.advice)
        }
    }
}
