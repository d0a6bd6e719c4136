import Domain
import Engine
import Foundation
import HTTPTypes
import Host
import Hummingbird
import NIOCore
import Reports
import Service
import Storage

/// Runs: what there is, and what people say about one.
enum RunRoutes {
    static let all: [Route] = [
        Route(
            .get, "/api/v1/runs", .token(.viewer),
            Manual(
                "listRuns", .runs, "Runs, newest first.",
                query: [
                    .init(name: "model", shape: .word(.name), meaning: "Only of this model."),
                    .init(name: "commit", shape: .word(.prefix), meaning: "Only of commits that begin so."),
                    .init(name: "project", shape: .word(.name), meaning: "Only of this project."),
                    .init(name: "state", shape: .oneOf(states), meaning: "Only in this state."),
                    .init(name: "trigger", shape: .oneOf(triggers), meaning: "Only for this reason."),
                    .init(name: "pull_request", shape: .id, meaning: "Only of the pull request of this number."),
                    .init(
                        name: "text", shape: .text(1...200),
                        meaning: "Words, or their beginnings, of subject, author, branch and the pull request's title."),
                    .init(name: "before", shape: .id, meaning: "Only before this run: `next` of the page before."),
                    .init(name: "limit", shape: .integer(1...500), meaning: "At most so many; else 50."),
                ], body: nil,
                answers: [
                    .json(200, "A page.", .object([.required("runs", .list(.ref("Run"))), .optional("next", .id)]))
                ]),
            list),
        Route(
            .get, "/api/v1/runs/{run}", .token(.viewer),
            Manual(
                "getRun", .runs, "A run with all that belongs to it (docs/json.md).", body: nil,
                answers: [.json(200, "The run.", .ref("RunDetail"))]),
            one),
        Route(
            .get, "/api/v1/runs/{run}/stages", .token(.viewer),
            Manual(
                "listStages", .runs, "The stages of a run, in the order of its plan.", body: nil,
                answers: [.json(200, "The stages.", .object([.required("stages", .list(.ref("Stage")))]))]),
            stages),
        Route(
            .get, "/api/v1/runs/{run}/report", .token(.viewer),
            Manual(
                "getReport", .runs, "The report as it was judged; as HTML it is a page of its own.",
                query: [
                    .init(name: "format", shape: .oneOf(["markdown", "html", "terminal"]), meaning: "Else markdown."),
                    .init(name: "width", shape: .integer(60...1000), meaning: "Of a terminal: its columns; else 100."),
                    .init(
                        name: "details", shape: .oneOf(["yes", "no"]), meaning: "On a terminal: all of it; else no."),
                ],
                body: nil,
                answers: [
                    .other(200, "The report.", ["text/markdown", "text/html", "text/plain"]),
                    .problem(409, "The run is not judged."),
                ]),
            report),
        Route(
            .post, "/api/v1/runs/{run}/cancel", .token(.operator),
            Manual(
                "cancelRun", .runs, "Stops a run: within five seconds no process of it is left.",
                body: .json(.object([.optional("reason", .line)]), isRequired: false),
                answers: [.json(200, "The run as it is then.", .ref("Run")), .problem(409, "It is over.")]),
            cancel),
        Route(
            .post, "/api/v1/runs/{run}/reproduce", .token(.operator),
            Manual(
                "reproduceRun", .runs, "Queues the run again, without any cache, to be compared with what it was.",
                body: nil,
                answers: [.json(202, "The run that will repeat it.", .ref("Run")), .problem(409, "It cannot be.")]),
            reproduce),
        Route(
            .post, "/api/v1/runs/{run}/decisions", .token(.approver),
            Manual(
                "decide", .runs, "Approves or rejects what was judged; the last approval needed promotes.",
                body: .json(
                    .object([
                        .required("answer", .oneOf(["approve", "reject"])),
                        .required("evidence", .word(.digest), "`evidence` of the run that was looked at."),
                        .optional("reason", .line, "Needed to reject."),
                        .optional("commit", .word(.commit), "If given, the run's commit."),
                    ])),
                answers: [
                    .json(200, "It counts; `outcome` says what came of it.", .ref("Decided")),
                    .problem(409, "It does not count; `detail` says why."),
                ]),
            decide),
    ]

    static let states = RunState.words
    static let triggers = ["push", "pull_request", "data", "schedule", "drift", "manual", "reproduction"]

    static func run(of exchange: Exchange, _ site: Site) async throws -> Run {
        let id: RunID = try exchange.part("run") { RunID($0) }
        guard let run = try await site.bot.engine.store.run(id) else { throw Problem.notFound("there is no run \(id)") }
        return run
    }

    private struct Page: Encodable {
        let runs: [RunView]
        let next: RunID?
    }

    static func list(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let limit = Int(exchange.number("limit") ?? 50)
        let engine = site.bot.engine
        let query = exchange.query
        let filter = RunFilter(
            project: query["project"].flatMap { ProjectName($0) }, model: query["model"].flatMap { ModelName($0) },
            states: query["state"].map { [$0] } ?? [], trigger: query["trigger"], commit: query["commit"],
            pullRequest: exchange.number("pull_request"), text: query["text"])
        let runs = try await engine.store.runs(
            matching: filter, before: exchange.number("before").flatMap { RunID($0) }, limit: limit
        ).map(\.run)
        let now = engine.now()
        let views = try await engine.store.facts(of: runs).map { RunView($0.run, $0.status(at: now)) }
        return .json(Page(runs: views, next: runs.count == limit ? runs.last?.id : nil))
    }

    static func one(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let run = try await run(of: exchange, site)
        let engine = site.bot.engine
        return .json(try await RunDetailView(run, try await engine.status(of: run), engine)).tagged(exchange)
    }

    static func stages(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let run = try await run(of: exchange, site)
        let stages = try await site.bot.engine.store.stages(of: run.id)
        return .json(["stages": stages.map { StageView($0, reason: reason($0.state)) }]).tagged(exchange)
    }

    static func report(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let run = try await run(of: exchange, site)
        if exchange.query["format"] == "html" { return try await html(of: run, site).tagged(exchange) }
        if exchange.query["format"] == "terminal" { return try await terminal(of: run, exchange, site) }
        let text = try await site.bot.engine.markdownReport(of: run.id)
        return Reply(.ok, "text/markdown; charset=utf-8", text).tagged(exchange)
    }

    private static func terminal(of run: Run, _ exchange: Exchange, _ site: Site) async throws -> Reply {
        let engine = site.bot.engine
        let report = try await engine.report(of: run.id)
        let text = ReportRenderer.terminal(
            report, colour: false, width: Int(exchange.number("width") ?? 100),
            details: exchange.query["details"] == "yes", templates: try await engine.reportTemplates(of: report.plan))
        return Reply(.ok, "text/plain; charset=utf-8", text)
    }

    /// A document of its own that may do nothing but be seen: no scripts, nothing from elsewhere, no forms.
    static func html(of run: Run, _ site: Site) async throws -> Reply {
        let engine = site.bot.engine
        let report = try await engine.report(of: run.id)
        let text = ReportRenderer.html(report, templates: try await engine.reportTemplates(of: report.plan))
        var reply = Reply(.ok, "text/html; charset=utf-8", text)
        reply.headers[.contentSecurityPolicy] =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'self'"
        return reply
    }

    static func cancel(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let run = try await run(of: exchange, site)
        let wish = try await exchange.json(.object([.optional("reason", .line)]), site, isRequired: false)
        let engine = site.bot.engine
        let cancelled = try await engine.cancel(
            run.id, by: exchange.caller?.user.name, reason: wish["reason"]?.text ?? "cancelled")
        site.bot.bells.queue.ring()
        site.bot.bells.publishing.ring()
        return .json(RunView(cancelled, try await engine.status(of: cancelled)))
    }

    static func reproduce(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let run = try await run(of: exchange, site)
        let again = try await site.bot.reproduce(run, by: try exchange.known().user)
        return .json(RunView(again, try await site.bot.engine.status(of: again)), .accepted)
    }

    static func decide(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let run = try await run(of: exchange, site)
        let caller = try exchange.known()
        let shape = Shape.object([
            .required("answer", .oneOf(["approve", "reject"])), .required("evidence", .word(.digest)),
            .optional("reason", .line), .optional("commit", .word(.commit)),
        ])
        let said = try await exchange.json(shape, site)
        let wish = Wish(
            answer: said["answer"]?.text ?? "", reason: said["reason"]?.text, evidence: said["evidence"]?.text ?? "",
            commit: said["commit"]?.text)
        let view = try await decide(wish, on: run, by: caller, way: .token(caller.token.id), site)
        if let refusal = view.refusal { throw Problem(.conflict, refusal) }
        return .json(view)
    }

    /// What somebody says about a run, from the API or a form.
    struct Wish {
        let answer: String
        let reason: String?
        /// Of what they looked at.
        let evidence: String
        let commit: String?
    }

    /// Throws 409 if what was looked at is not what there is.
    static func decide(
        _ wish: Wish, on run: Run, by caller: Caller, way: Voice.Way, _ site: Site
    ) async throws -> DecidedView {
        guard let evidence = run.evidence?.digest else {
            throw Problem(.conflict, "run \(run.id) is \(run.state.word): there is nothing to decide yet")
        }
        guard evidence.hex == wish.evidence else {
            throw Problem(.conflict, "the evidence is not that of run \(run.id)", advice: "look at the run again")
        }
        if let commit = wish.commit, commit != run.commit.hex {
            throw Problem(.conflict, "run \(run.id) is of another commit: \(run.commit.hex)")
        }
        let answer: Decision.Answer
        if wish.answer == "approve" {
            answer = .approve
        } else {
            guard let reason = wish.reason, !reason.allSatisfy(\.isWhitespace) else {
                throw Problem(.conflict, "a reason is missing", advice: "say why: it stays with the run")
            }
            answer = .reject(reason: reason)
        }
        let decided = try await site.bot.decide(answer, on: run.id, by: caller.user, token: caller.token, way: way)
        let engine = site.bot.engine
        let after = try await engine.required(run.id)
        return DecidedView(decided, RunView(after, try await engine.status(of: after)))
    }
}

extension Reply {
    /// With an ETag over the body; 304 without a body if the asker has it already.
    func tagged(_ exchange: Exchange) -> Reply {
        guard let bytes = text else { return self }
        let tag = "\"\(Digest.of(bytes).hex.prefix(32))\""
        var reply = self
        if exchange.headers[.ifNoneMatch] == tag { reply = Reply(.notModified, headers: headers) }
        reply.headers[.eTag] = tag
        reply.headers[.cacheControl] = "private, no-cache"
        return reply
    }
}
