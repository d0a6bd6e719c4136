import Domain
import Engine
import Foundation
import HTTPTypes
import Reports
import Service
import Storage

/// The pages that a browser is shown. No script is needed, and none may run.
enum Pages {
    static let all: [Route] =
        [
            Route(.get, "/style.css", .open) { exchange, _ in
                var reply = Reply(.ok, "text/css; charset=utf-8", Data(Page.style)).tagged(exchange)
                reply.headers[.cacheControl] = "public, max-age=300"
                return reply
            },
            // Browsers ask for it by themselves; there is none.
            Route(.get, "/favicon.ico", .open) { _, _ in
                Reply(.noContent, headers: [.cacheControl: "public, max-age=86400"])
            },
            Route(.get, "/sign-in", .open) { exchange, site in
                try signIn(site, complaint: nil, next: exchange.query["next"], .ok)
            },
            Route(.post, "/sign-in", .open, nil, Session.begin),
            Route(.post, "/sign-out", .session(.viewer), nil, Session.end),
            Route(.get, "/", .session(.viewer), nil, runs),
            Route(.get, "/queue", .session(.viewer), nil, queue),
            Route(.get, "/inbox", .session(.viewer), nil, events),
            Route(.get, "/inbox/{event}", .session(.viewer), nil, event),
            Route(.get, "/why", .session(.viewer), nil, why),
            Route(.get, "/projects", .session(.viewer), nil, projects),
            Route(.post, "/projects/{project}/runs", .session(.operator), nil, start),
            Route(.get, "/outbox", .session(.viewer), nil, outbox),
            Route(.post, "/outbox/{post}/retry", .session(.admin), nil, retry),
        ] + RunPages.all + ModelPages.all

    static func signIn(
        _ site: Site, complaint: String?, next: String?, _ status: HTTPResponse.Status
    ) throws -> Reply {
        try Page.reply(
            "sign-in", "Sign in", ["complaint": .maybe(complaint), "next": .text(Session.local(next))], nil, status)
    }

    /// A problem for people.
    static func problem(_ problem: Problem, _ caller: Caller?) -> Reply {
        let content: [String: Page.Value] = ["detail": .text(problem.detail), "advice": .maybe(problem.advice)]
        guard var reply = try? Page.reply("problem", problem.status.reasonPhrase, content, caller, problem.status)
        else {
            return problem.reply
        }
        reply.headers.append(contentsOf: problem.headers)
        reply.closes = problem.closes
        return reply
    }

    private static let size = 50

    static func runs(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let engine = site.bot.engine
        let asked = Asked(exchange.query)
        var found: [Store.RunListing] = []
        if asked.complaint == nil {
            found = try await engine.store.runs(
                matching: asked.filter, before: exchange.query["before"].flatMap { RunID($0) }, limit: size)
        }
        let now = engine.now()
        let facts = try await engine.store.facts(of: found.map(\.run))
        let rows = zip(found, facts).map { listing, facts in
            var row = row(RunView(facts.run, facts.status(at: now)))
            row["subject"] = .text(String(listing.subject.prefix(120)))
            row["project"] = .text(listing.ticket?.project.text ?? "")
            return row
        }
        var content = asked.content
        content["runs"] = .list(rows)
        content["any"] = .flag(!rows.isEmpty)
        content["next"] = .maybe(found.count == size ? found.last.map { asked.page(before: $0.run.id) } : nil)
        return try Page.reply("runs", "Runs", content, exchange.caller)
    }

    /// What the list of runs is asked for.
    private struct Asked {
        let filter: RunFilter
        let complaint: String?
        private let fields: [(name: String, value: String)]

        init(_ query: Query) {
            let fields = ["text", "project", "model", "state", "trigger", "commit"].map { name in
                (name: name, value: (query[name] ?? "").trimmingCharacters(in: .whitespaces))
            }
            func value(_ name: String) -> String? {
                fields.first { $0.name == name && !$0.value.isEmpty }.map { String($0.value.prefix(200)) }
            }
            var complaint: String?
            func read<Value>(_ name: String, _ what: String, _ read: (String) -> Value?) -> Value? {
                guard let text = value(name) else { return nil }
                if let value = read(text) { return value }
                complaint = "'\(text)' is not \(what)"
                return nil
            }
            filter = RunFilter(
                project: read("project", "a project's name") { ProjectName($0) },
                model: read("model", "a model's name") { ModelName($0) },
                states: (read("state", "a state") { RunRoutes.states.contains($0) ? [$0] : nil }) ?? [],
                trigger: read("trigger", "a reason of runs") { RunRoutes.triggers.contains($0) ? $0 : nil },
                commit: read("commit", "the beginning of a commit's id") {
                    Shape.Word.prefix.holds($0.lowercased()) ? $0.lowercased() : nil
                }, text: value("text"))
            self.fields = fields
            self.complaint = complaint
        }

        var content: [String: Page.Value] {
            var content: [String: Page.Value] = ["complaint": .maybe(complaint)]
            for field in fields { content[field.name] = .text(field.value) }
            content["states"] = .list(options(RunRoutes.states, chosen: "state"))
            content["triggers"] = .list(options(RunRoutes.triggers, chosen: "trigger"))
            return content
        }

        private func options(_ words: [String], chosen name: String) -> [[String: Page.Value]] {
            let chosen = fields.first { $0.name == name }?.value
            return words.map { ["word": .text($0), "chosen": .flag($0 == chosen)] }
        }

        func page(before run: RunID) -> String {
            let plain = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7F}"))
            let query = fields.filter { !$0.value.isEmpty }.map { field in
                "\(field.name)=\(field.value.addingPercentEncoding(withAllowedCharacters: plain) ?? "")&"
            }
            return "/?\(query.joined())before=\(run)"
        }
    }

    static func row(_ view: RunView) -> [String: Page.Value] {
        [
            "run": .text(view.run.description), "status": .text(view.status),
            "words": .text(view.status.replacing("_", with: " ")), "model": .text(view.model.text),
            "commit": .text(view.commit.short), "trigger": .text(view.trigger.replacing("_", with: " ")),
            "created": .text(moment(view.createdAt)),
        ]
    }

    static func queue(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let rows: [[String: Page.Value]] = try await ProjectRoutes.queue(site).map { item in
            var row = row(item.run)
            row["state"] = .text(item.run.state)
            row["project"] = .text(item.project.text)
            row["priority"] = .text(String(item.priority))
            row["waitsFor"] = .text(item.waitsFor ?? "")
            return row
        }
        return try Page.reply("queue", "Queue", ["queue": .list(rows), "any": .flag(!rows.isEmpty)], exchange.caller)
    }

    static func row(_ view: EventView) -> [String: Page.Value] {
        [
            "id": .text(String(view.id)), "at": .text(moment(view.at)), "event": .text(view.event),
            "by": .maybe(view.by?.text), "project": .text(view.project?.text ?? ""), "outcome": .text(view.outcome),
            "run": .maybe(view.run?.description),
        ]
    }

    static func events(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let rows = try await site.bot.engine.store.events(limit: 200).map { row(EventView($0)) }
        return try Page.reply(
            "events", "Events", ["events": .list(rows), "any": .flag(!rows.isEmpty)], exchange.caller)
    }

    static func event(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let stored = try await InboxRoutes.event(of: exchange, site)
        return try explanation(
            try await InboxRoutes.explanation(of: stored, site), "Event \(stored.id)", exchange.caller)
    }

    static func why(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let subject = exchange.query["subject"] ?? ""
        return try explanation(
            try await InboxRoutes.explanation(of: subject, site), "Why \(subject)", exchange.caller)
    }

    private static func explanation(
        _ explanation: ExplanationView, _ title: String, _ caller: Caller?
    ) throws -> Reply {
        let entries: [[String: Page.Value]] = explanation.journal.map { step in
            ["at": .text(Timestamp.text(step.at)), "words": .text(String(step.said.prefix(2000)))]
        }
        let waits: [[String: Page.Value]] = explanation.waits.map {
            ["subject": .text($0.subject), "waitsFor": .text($0.waitsFor)]
        }
        let files: [[String: Page.Value]] = explanation.files.map { file in
            let lines: [[String: Page.Value]] = file.said.prefix(200).map { ["line": .text(String($0.prefix(2000)))] }
            return ["lines": .list(lines)]
        }
        return try Page.reply(
            "why", title,
            [
                "events": .list(explanation.events.map(row)), "journal": .list(entries),
                "waits": .list(waits), "files": .list(files), "anyFiles": .flag(!files.isEmpty),
                "anySteps": .flag(!entries.isEmpty),
            ], caller)
    }

    static func projects(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let mayStart = (exchange.caller?.role ?? .viewer) >= .operator
        let cards: [[String: Page.Value]] = ProjectRoutes.views(site).map { view in
            let troubles: [[String: Page.Value]] = view.troubles.map { trouble in
                [
                    "what": .text(trouble.what), "message": .text(trouble.message),
                    "since": .text(moment(trouble.since)),
                ]
            }
            return [
                "project": .text(view.project.text), "source": .text(view.source), "forge": .maybe(view.forge?.text),
                "troubles": .list(troubles), "troubled": .flag(!troubles.isEmpty), "mayStart": .flag(mayStart),
            ]
        }
        return try Page.reply(
            "projects", "Projects", ["projects": .list(cards), "any": .flag(!cards.isEmpty)], exchange.caller)
    }

    static func start(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let form = try await exchange.provenForm(site)
        let project = try ProjectRoutes.name(of: exchange, site)
        let text = (form["branch"] ?? "").trimmingCharacters(in: .whitespaces)
        var branch: BranchName?
        if !text.isEmpty {
            guard let name = BranchName(text) else { throw Problem.invalid("'\(text)' is no branch's name") }
            branch = name
        }
        let event = try await site.bot.ask(
            Event.Ask(branch: branch, source: "the page"), of: project, by: try exchange.known().user.name, key: nil)
        return .redirect(to: "/inbox/\(event.id)")
    }

    static func outbox(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let isAbandoned = exchange.query["state"] == "abandoned"
        let mayRetry = isAbandoned && exchange.caller?.role == .admin
        let rows: [[String: Page.Value]] = try await OutboxRoutes.posts(isAbandoned: isAbandoned, site).map { record in
            let view = PostView(record)
            return [
                "id": .text(String(view.id)), "message": .text(view.message), "target": .text(view.target),
                "attempts": .text(String(view.attempts)), "notBefore": .text(moment(view.notBefore)),
                "trouble": .text(view.trouble ?? ""), "mayRetry": .flag(mayRetry),
            ]
        }
        return try Page.reply(
            "outbox", isAbandoned ? "Outbox: given up" : "Outbox: waiting",
            [
                "posts": .list(rows), "any": .flag(!rows.isEmpty),
                "nothing": .text(isAbandoned ? "Nothing was given up." : "Nothing waits to be sent."),
            ], exchange.caller)
    }

    static func retry(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        _ = try await exchange.provenForm(site)
        let id: Int64 = try exchange.part("post") { Int64($0) }
        _ = try await OutboxRoutes.retry(id, by: try exchange.known(), site)
        return .redirect(to: "/outbox")
    }
}
