import Domain
import Engine
import Foundation
import HTTPTypes
import Host
import Reports
import Service
import Storage

/// The page of a run: its report, where it stands, and what people may say about it.
enum RunPages {
    static let all: [Route] = [
        Route(.get, "/runs/{run}", .session(.viewer), nil, page),
        Route(.get, "/runs/{run}/report", .session(.viewer)) { exchange, site in
            try await RunRoutes.html(of: try await RunRoutes.run(of: exchange, site), site)
        },
        Route(.get, "/runs/{run}/stages/{stage}/log", .session(.viewer), nil, log),
        Route(.get, "/runs/{run}/stages/{stage}/log.txt", .session(.viewer), nil, wholeLog),
        Route(.post, "/runs/{run}/decide", .session(.approver), nil, decide),
        Route(.post, "/runs/{run}/cancel", .session(.operator), nil, cancel),
        Route(.post, "/runs/{run}/reproduce", .session(.operator), nil, reproduce),
    ]

    static func page(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let run = try await RunRoutes.run(of: exchange, site)
        return try await page(run, said: nil, .ok, exchange, site)
    }

    private static func page(
        _ run: Run, said: String?, _ status: HTTPResponse.Status, _ exchange: Exchange, _ site: Site
    ) async throws -> Reply {
        let engine = site.bot.engine
        let plan = try await engine.requiredPlan(of: run.id)
        guard let facts = try await engine.store.facts(of: [run]).first else {
            throw Fault(.bug, "nothing is known of run \(run.id)")
        }
        let standing = facts.status(at: engine.now())
        let role = exchange.caller?.role ?? .viewer
        let (sentence, tone) = sentence(of: standing)
        var content = Pages.row(RunView(run, standing))
        content["said"] = .maybe(said)
        content["full"] = .text(run.commit.hex)
        content["subject"] = .text(plan.commitSubject)
        content["author"] = .text(plan.commitAuthor)
        content["sentence"] = .maybe(sentence)
        content["tone"] = .text(tone)
        content["waitsFor"] = .maybe(try await site.bot.waiting(of: run.id)?.words)
        content["hasReport"] = .flag(run.evidence != nil)
        content["evidence"] = .text(run.evidence?.digest.hex ?? "")
        content["short"] = .text(run.evidence?.digest.short ?? "")
        content["mayCancel"] = .flag(!run.state.isFinal && role >= .operator)
        if case .waiting = standing {
            content["decide"] = .flag(role >= .approver)
        } else {
            content["decide"] = .flag(false)
        }
        content["anyDecision"] = .flag(!facts.decisions.isEmpty)
        content["decisions"] = .list(
            facts.decisions.map(DecisionView.init).map { decision in
                [
                    "answer": .text(decision.answer), "by": .text(decision.by.text), "at": .text(moment(decision.at)),
                    "reason": .maybe(decision.reason),
                ]
            })
        content["mayReproduce"] = .flag(try await mayReproduce(run, role, engine))
        content.merge(try await comparison(of: run, engine)) { _, new in new }
        content["stages"] = .list(try await stages(of: run, engine))
        var reply = try Page.reply("run", "Run \(run.id)", content, exchange.caller, status)
        if !run.state.isFinal || isPromoting(standing) { reply.headers[.refresh] = "10" }
        return reply
    }

    private static func isPromoting(_ status: RunStatus) -> Bool {
        switch status {
        case .approved, .promoting: true
        default: false
        }
    }

    /// Only what the server could queue, and a judged run that is no reproduction itself.
    private static func mayReproduce(_ run: Run, _ role: Role, _ engine: Engine) async throws -> Bool {
        guard role >= .operator, run.trigger.reproduced == nil, case .judged = run.state else { return false }
        return try await engine.store.ticket(of: run.id) != nil
    }

    /// Of a run that repeats another one: what came of it.
    private static func comparison(of run: Run, _ engine: Engine) async throws -> [String: Page.Value] {
        guard let original = run.trigger.reproduced, let verdict = try await engine.comparison(of: run) else {
            return ["reproduction": .flag(false), "anyDivergence": .flag(false)]
        }
        let told = ReportRenderer.sentences(verdict, of: original, by: run.id)
        let isAlike = if case .different = verdict { false } else { true }
        return [
            "reproduction": .text(told.verdict.prefix(1).uppercased() + told.verdict.dropFirst()),
            "likeness": .text(isAlike ? "good" : "bad"), "anyDivergence": .flag(!told.divergences.isEmpty),
            "divergences": .list(told.divergences.map { ["words": .text($0)] }),
        ]
    }

    private static func stages(of run: Run, _ engine: Engine) async throws -> [[String: Page.Value]] {
        let logs = Set(try await engine.logs(of: run.id).map(\.stage))
        return try await engine.store.stages(of: run.id).map { stage in
            let place = "/runs/\(run.id)/stages/\(inPath(stage.name.text))/log"
            return [
                "name": .text(stage.name.text), "state": .text(stage.state.word),
                "reason": .text(reason(stage.state) ?? ""), "log": .maybe(logs.contains(stage.name) ? place : nil),
            ]
        }
    }

    private static func inPath(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? "-"
    }

    private static func sentence(of status: RunStatus) -> (String?, tone: String) {
        switch status {
        case .working(let state): ("It is \(state.word). This page looks again every ten seconds.", "")
        case .waiting(let missing): (missing == 1 ? "It waits for a person." : "It waits for \(missing) people.", "")
        case .approved: ("It is approved, and its promotion comes next.", "good")
        case .promoted(let at): ("It was promoted at \(moment(at)).", "good")
        case .rolledBack(let reason): ("It was promoted and rolled back: \(reason)", "bad")
        case .stuck(let reason): ("Its promotion is stuck and needs a person: \(reason)", "bad")
        case .promoting(let state): ("Its promotion is under way: \(ReportRenderer.step(state)).", "")
        case .rejected(let by, let reason): ("\(by) rejected it: \(reason)", "bad")
        case .expired(let at): ("The time to decide was over at \(moment(at)).", "bad")
        case .refused: ("The answer is no.", "bad")
        case .undecided: ("It could not be decided.", "bad")
        case .errored(let fault): (fault.description, "bad")
        case .cancelled(let by, let reason): ("It was cancelled\(by.map { " by \($0)" } ?? ""): \(reason)", "bad")
        case .compared(let verdict): ("It is a reproduction; its own verdict: \(verdict.word).", "")
        }
    }

    static func decide(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let form = try await exchange.provenForm(site)
        let run = try await RunRoutes.run(of: exchange, site)
        guard let answer = form["answer"], ["approve", "reject"].contains(answer) else {
            throw Problem.invalid("the form says neither approve nor reject")
        }
        let wish = RunRoutes.Wish(
            answer: answer, reason: form["reason"].map { String($0.prefix(1000)) }, evidence: form["evidence"] ?? "",
            commit: form["commit"])
        do {
            let view = try await RunRoutes.decide(wish, on: run, by: try exchange.known(), way: .page, site)
            guard let refusal = view.refusal else { return .redirect(to: "/runs/\(run.id)") }
            return try await page(run, said: refusal, .conflict, exchange, site)
        } catch let problem as Problem where problem.status == .conflict {
            return try await page(run, said: problem.detail, .conflict, exchange, site)
        }
    }

    static func cancel(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        _ = try await exchange.provenForm(site)
        let run = try await RunRoutes.run(of: exchange, site)
        _ = try await site.bot.engine.cancel(
            run.id, by: try exchange.known().user.name, reason: "cancelled on the page")
        site.bot.bells.queue.ring()
        site.bot.bells.publishing.ring()
        return .redirect(to: "/runs/\(run.id)")
    }

    static func reproduce(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        _ = try await exchange.provenForm(site)
        let run = try await RunRoutes.run(of: exchange, site)
        do {
            let again = try await site.bot.reproduce(run, by: try exchange.known().user)
            return .redirect(to: "/runs/\(again.id)")
        } catch let fault as Fault where fault.kind == .input {
            return try await page(run, said: fault.message, .conflict, exchange, site)
        }
    }

    /// The end of a log, for a look; the whole is streamed as text.
    private static let shown: Int64 = 64 << 10

    static func log(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let (run, path) = try await LogRoutes.find(exchange, site)
        let size = try await LogRoutes.length(of: path)
        var bytes = Data()
        if let path { bytes = try await LogRoutes.read(path, max(0, size - shown), shown) }
        var text = String(decoding: bytes, as: UTF8.self)
        // A page escapes what steers a terminal; a line's end is one line's end.
        text = text.replacing("\r\n", with: "\n")
        let stage = exchange.parameters["stage"] ?? ""
        var reply = try Page.reply(
            "log", "Log of \(stage)",
            [
                "run": .text(run.id.description), "size": .text(ReportRenderer.size(size)),
                "whole": .text("/runs/\(run.id)/stages/\(inPath(stage))/log.txt"), "cut": .flag(size > shown),
                "text": .text(text),
            ], exchange.caller)
        if !run.state.isFinal { reply.headers[.refresh] = "5" }
        return reply
    }

    static func wholeLog(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let path = try await LogRoutes.find(exchange, site).path
        let size = try await LogRoutes.length(of: path)
        return Reply(
            .ok, headers: [.contentType: "text/plain; charset=utf-8"], body: LogRoutes.bytes(of: path, 0..<size))
    }
}

extension HTTPField.Name {
    static let refresh = HTTPField.Name("Refresh") ?? .accept
}
