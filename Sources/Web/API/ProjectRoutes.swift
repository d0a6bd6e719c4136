import Domain
import Engine
import Foundation
import HTTPTypes
import Service
import Settings
import Storage

/// Projects and the queue: what the server works on, and what waits for what.
enum ProjectRoutes {
    static let all: [Route] = [
        Route(
            .get, "/api/v1/projects", .token(.viewer),
            Manual(
                "listProjects", .projects, "The projects of the configuration, with what does not go well.", body: nil,
                answers: [.json(200, "Projects.", .object([.required("projects", .list(.ref("Project")))]))]),
            list),
        Route(
            .get, "/api/v1/projects/{project}", .token(.viewer),
            Manual(
                "getProject", .projects, "A project.", body: nil, answers: [.json(200, "The project.", .ref("Project"))]
            ),
            one),
        Route(
            .post, "/api/v1/projects/{project}/runs", .token(.operator),
            Manual(
                "trigger", .projects, "Asks for a run; as 'sluice trigger'.",
                body: .json(Shapes.wish, isRequired: false),
                answers: [
                    .json(202, "It is asked for; the event tells what came of it.", .object([.required("event", .id)]))
                ]),
            trigger),
        Route(
            .get, "/api/v1/queue", .token(.viewer),
            Manual(
                "getQueue", .projects, "Runs that work, and those that wait, the next one first.", body: nil,
                answers: [.json(200, "The queue.", .object([.required("queue", .list(.ref("Queued")))]))]),
            queue),
    ]

    struct Trouble: Encodable {
        let what: String
        let message: String
        let since: Date

        init(_ trouble: Health.Trouble) {
            what = trouble.what
            message = trouble.fault.message
            since = trouble.since
        }
    }

    struct ProjectView: Encodable {
        let project: ProjectName
        let source: String
        let forge: ForgeName?
        let defaultBranch: BranchName?
        let troubles: [Trouble]
    }

    static func views(_ site: Site) -> [ProjectView] {
        let troubles = site.bot.health.now
        return site.bot.configuration.now.settings.projects.sorted { $0.key < $1.key }.map { name, settings in
            let (source, forge): (String, ForgeName?) =
                switch settings.source {
                case .forge(let forge, let repository): (repository.path, forge)
                case .git(let url): (withoutUser(url), nil)
                }
            return ProjectView(
                project: name, source: source, forge: forge, defaultBranch: settings.defaultBranch,
                troubles: troubles.filter { $0.what.split(separator: " ").contains(Substring(name.text)) }
                    .map(Trouble.init))
        }
    }

    /// A URL may hold a token before its `@`.
    private static func withoutUser(_ url: String) -> String {
        guard let scheme = url.range(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let at = rest[..<end].lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }

    static func list(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        .json(["projects": views(site)])
    }

    static func name(of exchange: Exchange, _ site: Site) throws -> ProjectName {
        let name: ProjectName = try exchange.part("project") { ProjectName($0) }
        guard site.bot.configuration.now.settings.projects[name] != nil else {
            throw Problem.notFound("this server has no project '\(name)'")
        }
        return name
    }

    static func one(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let name = try name(of: exchange, site)
        guard let view = views(site).first(where: { $0.project == name }) else {
            throw Problem.notFound("this server has no project '\(name)'")
        }
        return .json(view)
    }

    static func trigger(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let project = try name(of: exchange, site)
        let wish = try await exchange.json(Shapes.wish, site, isRequired: false)
        let event = try await site.bot.ask(
            try EventRoutes.ask(wish, source: "the API"), of: project, by: exchange.caller?.user.name, key: nil)
        return .json(["event": event.id], .accepted)
    }

    struct QueuedView: Encodable {
        let run: RunView
        let project: ProjectName
        let priority: Int
        let isWorking: Bool
        let waitsFor: String?
    }

    static func queue(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        .json(["queue": try await queue(site)])
    }

    static func queue(_ site: Site) async throws -> [QueuedView] {
        let engine = site.bot.engine
        let working = try await engine.store.working()
        let queued = try await engine.store.queue()
        let waiting = try await site.bot.waiting()
        let now = engine.now()
        let all = Array(working.prefix(500)) + Array(queued.prefix(500))
        let facts = try await engine.store.facts(of: all.map(\.run))
        return zip(all, facts).map { item, facts in
            QueuedView(
                run: RunView(facts.run, facts.status(at: now)), project: item.ticket.project,
                priority: item.ticket.priority, isWorking: item.run.state != .queued,
                waitsFor: waiting[item.run.id]?.words)
        }
    }
}
