import Domain
import Engine
import Foundation
import HTTPTypes
import Service
import Settings
import Storage
import SystemPackage

/// `POST /events`: what any other program tells, as CloudEvents. `dev.sluice.run` asks for a run, `dev.sluice.push` tells
/// of a branch that moved (git's `post-receive` hook does); anything else is recorded by its name, and nothing is done.
enum EventRoutes {
    static let all: [Route] = [
        Route(
            .post, "/events", .token(.operator),
            Manual(
                "tell", .told, "Takes CloudEvents 1.0: structured, batched, or in headers (`ce-id`, `ce-source`, …).",
                body: .json(
                    .ref("CloudEvent"), type: "application/cloudevents+json"),
                answers: [
                    .json(202, "They are durable, and acted on later.", .ref("Told")), .problem(400, "No such event."),
                    .problem(404, "The server has no such project."), .problem(413, "The body is over 1 MiB."),
                    .problem(415, "Neither a CloudEvent nor one in headers."),
                ]),
            tell)
    ]

    private struct Told: Encodable {
        struct One: Encodable {
            let event: Int64
        }
        let events: [One]
    }

    /// What one event asks for, read before anything is recorded of a batch.
    private enum Wish {
        case run(Event.Ask, ProjectName)
        case push(BranchName, before: CommitID?, after: CommitID?, ProjectName)
        case nothing
    }

    static func tell(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let body = try await exchange.read(upTo: 1 << 20, site)
        let events = try CloudEvent.all(headers: exchange.lowerCaseHeaders, body: body)
        let wishes = try events.map { try wish($0, site) }
        var told: [Told.One] = []
        for (event, wish) in zip(events, wishes) {
            told.append(Told.One(event: try await record(wish, event, exchange, site).id))
        }
        return .json(Told(events: told), .accepted)
    }

    private static func wish(_ event: CloudEvent, _ site: Site) throws -> Wish {
        switch event.type {
        case "dev.sluice.run":
            try Shapes.runWish.check(event.data, "data")
            try Shapes.runWish.checkNames(event.data, "data")
            return .run(
                try ask(event.data, source: "'\(event.type)' of '\(event.source)'"), try project(event.data, site))
        case "dev.sluice.push":
            try Shapes.push.check(event.data, "data")
            try Shapes.push.checkNames(event.data, "data")
            guard let ref = event.data["ref"]?.text, ref.hasPrefix("refs/heads/"),
                let branch = BranchName(String(ref.dropFirst("refs/heads/".count)))
            else { throw Problem.invalid("'data.ref' is not a branch: 'refs/heads/…'") }
            return .push(
                branch, before: try end(event.data, "before"), after: try end(event.data, "after"),
                try project(event.data, site))
        default: return .nothing
        }
    }

    /// A run that is asked for, in a shape that was checked.
    static func ask(_ data: JSONValue, source: String) throws -> Event.Ask {
        var parameters: [String: String] = [:]
        if case .object(let members) = data["parameters"] { parameters = members.compactMapValues(\.text) }
        var branch: BranchName?
        if let text = data["branch"]?.text {
            guard let name = BranchName(text) else { throw Problem(.notFound, "'\(text)' is no branch's name") }
            branch = name
        }
        return Event.Ask(
            branch: branch, commit: data["commit"]?.text.flatMap { CommitID(hex: $0) },
            again: data["again"] == .bool(true),
            parameters: parameters, source: source)
    }

    /// Nil for forty or more zeros: there is no commit at this end.
    private static func end(_ data: JSONValue, _ name: String) throws -> CommitID? {
        guard let commit = data[name]?.text.flatMap({ CommitID(hex: $0) }) else {
            throw Problem.invalid("'data.\(name)' is not a full commit id")
        }
        return commit.hex.allSatisfy { $0 == "0" } ? nil : commit
    }

    private static func project(_ data: JSONValue, _ site: Site) throws -> ProjectName {
        guard let name = data["project"]?.text.flatMap({ ProjectName($0) }),
            site.bot.configuration.now.settings.projects[name] != nil
        else { throw Problem(.notFound, "this server has no such project", advice: "see 'projects' in server.yaml") }
        return name
    }

    private static func record(
        _ wish: Wish, _ event: CloudEvent, _ exchange: Exchange, _ site: Site
    ) async throws -> Store.StoredEvent {
        let bot = site.bot
        switch wish {
        case .run(let ask, let project):
            return try await bot.ask(ask, of: project, by: exchange.caller?.user.name, key: "cloudevent:\(event.key)")
        case .push(let branch, let before, let after, let project):
            return try await bot.tell(branch, before: before, after: after, of: project, key: nil)
        case .nothing:
            let now = bot.engine.now()
            let stored = try await bot.engine.store.record(
                Event(
                    key: "cloudevent:\(event.key)",
                    kind: .forge(ForgeName(checked: "events"), .nothing("'\(event.type)' of '\(event.source)'")),
                    repository: RepositoryID(path: bot.engine.home.root.string), at: now,
                    by: exchange.caller?.user.name))
            if stored.outcome == nil {
                let reason = "nothing is done about events of the type '\(event.type)'"
                try await bot.engine.store.settle(event: stored.id, as: .ignored(reason: reason), at: now)
            }
            return stored
        }
    }
}
