import Domain
import Engine
import Forges
import Foundation
import Host
import Reports
import Settings
import Storage
import SystemPackage
import Testing

@testable import Service

/// What takes long, and what time alone changes.
@Suite(.timeLimit(.minutes(10)))
struct TimeTests {
    private static let deploy = """
        promotion:
          deploy: 'until [ -e "$SLUICE_DEPLOY_DIR/go" ]; do sleep 0.05; done; echo deployed >> "$SLUICE_DEPLOY_DIR/acts"'
        """

    private func judged(_ bench: BoardBench) async throws -> Run {
        let head = try await bench.commit(["params.yaml": "a: 2\n"])
        let run = try await bench.run(head, pull: try bench.open(head))
        #expect(run.state == .judged(.passed))
        return run
    }

    /// Somebody says something; nobody acts on it here.
    private func said(_ bench: BoardBench, _ body: String, id: String) async throws -> Store.StoredEvent {
        bench.move(by: 60)
        let comment = PullRequestComment(
            pullRequest: 7, id: id, author: bench.person("bob", id: "6"), isByMachine: false, isEdited: false,
            body: body, createdAt: bench.bot.engine.now())
        bench.board.change { $0.spoken.append(comment) }
        let event = try await bench.record(.forge(BoardBench.forge, .comment(comment)), key: "comment \(id)")
        bench.bot.bells.events.ring()
        return event
    }

    /// What `look` finds, looked for until it is there; fails after a minute.
    private func eventually<Value: Sendable>(_ look: () async throws -> Value?) async throws -> Value {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if let value = try await look() { return value }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try #require(try await look(), "it did not happen within a minute")
    }

    private func acting(_ bench: BoardBench, _ body: () async throws -> Void) async throws {
        let bot = bench.bot
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Acting(bot: bot).run() }
            group.addTask { try await Dispatching(bot: bot).run() }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body())
            } catch {
                outcome = .failure(error)
            }
            group.cancelAll()
            try outcome.get()
        }
    }

    @Test func `while a model is deployed the project's other events are acted on, and the answer comes at the end`()
        async throws
    {
        try await withBoard(more: Self.deploy) { bench in
            let run = try await judged(bench)
            let folder = bench.bot.engine.home.deployDirectory(of: BoardBench.model)
            try await acting(bench) {
                let approval = try await said(bench, "/approve", id: "c1")
                _ = try await eventually { try await bench.store.event(approval.id)?.outcome }
                let help = try await said(bench, "/help", id: "c2")
                _ = try await eventually { try await bench.store.event(help.id)?.outcome }
                let state = try await bench.store.promotion(1)?.state
                #expect(state?.isFinal == false)
                try await bench.settle()
                #expect(bench.comments().count == 2, "the report and the help: \(bench.comments())")
                #expect(bench.board.now.reactions == ["c1", "c2"])
                #expect(bench.status(of: run.commit)?.description.hasPrefix("being promoted") == true)

                try Files.writeDurably(Data(), to: folder.appending("go"))
                _ = try await eventually {
                    try await bench.store.promotion(1)?.state == .promoted ? true : nil
                }
            }
            try await bench.settle()
            #expect(bench.comments().last?.contains("Version 1 of `toy` is `champion` now.") == true)
            #expect(bench.status(of: run.commit)?.state == .success)
            let acts = try Files.readSmall(folder.appending("acts"))
            #expect(String(decoding: acts, as: UTF8.self) == "deployed\n")
        }
    }

    @Test func `a process that ends while it deploys is followed by one that finds the deployment again`() async throws
    {
        try await withBoard(more: Self.deploy) { bench in
            _ = try await judged(bench)
            let folder = bench.bot.engine.home.deployDirectory(of: BoardBench.model)
            try await acting(bench) {
                let approval = try await said(bench, "/approve", id: "c1")
                _ = try await eventually { try await bench.store.event(approval.id)?.outcome }
                _ = try await eventually {
                    try await bench.store.promotion(1)?.state == .aliasMoved && Files.isDirectory(folder) ? true : nil
                }
            }
            let left = try await bench.store.promotion(1)?.state
            #expect(left == .aliasMoved)
            try Files.writeDurably(Data(), to: folder.appending("go"))
            try await acting(bench) {
                _ = try await eventually {
                    try await bench.store.promotion(1)?.state == .promoted ? true : nil
                }
            }
            try await bench.settle()
            let acts = try Files.readSmall(folder.appending("acts"))
            #expect(String(decoding: acts, as: UTF8.self) == "deployed\n")
            #expect(bench.comments().filter { $0.contains("is `champion` now") }.count == 1)
        }
    }

    @Test func `a command does not make a commit known of which nobody told`() async throws {
        try await withBoard { bench in
            let old = try bench.open(try await bench.commit(["params.yaml": "a: 2\n"]))
            try await bench.store.know(old, of: BoardBench.project, at: bench.bot.engine.now())
            let newer = try bench.open(try await bench.commit(["params.yaml": "a: 3\n"]))

            try await bench.say("/cancel", by: bench.person("bob", id: "6"), id: "c1")

            let pending = try await bench.store.pendingEvents(limit: 10).map(\.event.kind)
            #expect(pending == [.forge(BoardBench.forge, .pullRequest(newer, .synchronized))])
            let known = try await bench.store.pullRequest(7, of: BoardBench.project)
            #expect(PullRequestChange(from: known, to: newer) == .synchronized)
        }
    }

    @Test func `when nobody decides in time, status and report say so, once`() async throws {
        try await withBoard(approval: "{ required: 1, expires: 2d }") { bench in
            let run = try await judged(bench)
            try await bench.settle()
            #expect(bench.status(of: run.commit)?.description == "passed; waits for 1 approval")
            bench.move(by: 2 * 86_400 - 3600)
            try await bench.settle()
            #expect(bench.status(of: run.commit)?.state == .pending)

            bench.move(by: 3700)
            try await bench.settle()
            let writes = bench.board.now.writes
            bench.move(by: 86_400)
            try await bench.settle()

            #expect(bench.board.now.writes == writes)
            let status = try #require(bench.status(of: run.commit))
            #expect(status.state == .failure)
            #expect(status.description.hasPrefix("passed, and nobody decided until "))
            #expect(bench.comments().count == 1)
            #expect(bench.comments().first?.contains("passed, and nobody decided until") == true)
            let due = try await bench.store.nextReminder()
            #expect(due == nil)
        }
    }

    @Test func `a promotion pull request that nobody decides on in time is closed`() async throws {
        try await withBoard(approval: "{ required: 1, expires: 2d }") { bench in
            let head = try await bench.commit(["params.yaml": "a: 2\n"])
            _ = try await bench.run(head)
            try await bench.settle()
            let open = bench.board.now.pulls.values.filter { $0.state == .open }
            #expect(open.count == 1)

            bench.move(by: 3 * 86_400)
            try await bench.settle()

            #expect(bench.board.now.pulls.values.allSatisfy { $0.state == .closed })
        }
    }

    private func look(_ bench: BotBench, _ publishing: Publishing, _ head: CommitID) async throws -> String? {
        while try await publishing.pass() {}
        try await publishing.tellOfQueue()
        return try await bench.status(of: head)?.description
    }

    private func change(_ bench: BotBench, budget: Int) {
        let live = bench.bot.configuration.now
        var settings = live.settings
        settings.projects[BotBench.project]?.budget = Budget(runs: budget)
        bench.bot.configuration.replace(
            with: Configuration.Live(
                settings: settings, forges: live.forges, webhooks: live.webhooks, secrets: live.secrets))
    }

    @Test func `what a queued run waits for is said anew when it changes, at most once a minute`() async throws {
        try await withBot(
            onForge: true,
            change: { settings in
                settings.limits = ServerLimits(runs: 0, runsPerModel: 9)
                settings.projects[BotBench.project]?.budget = Budget(runs: 9)
            }
        ) { bench in
            let head = try await bench.commit("Two")
            let event = try await bench.told("main", head)
            try await bench.acting { try await bench.settled(event.id) }
            let publishing = Publishing(bot: bench.bot)
            let first = try await look(bench, publishing, head)
            #expect(first == "queued: waits for a free place; the server works on 0 runs at a time")

            change(bench, budget: 0)
            bench.clock.move(by: 30)
            let soon = try await look(bench, publishing, head)
            #expect(soon == first)
            bench.clock.move(by: 31)
            let later = try await look(bench, publishing, head)
            #expect(later?.hasPrefix("queued: the budget of the day is spent; goes on at ") == true)

            let key = "status:\(BotBench.forgeName):acme/toy:\(head.hex):sluice/toy"
            let written = try await bench.bot.engine.store.post(key: key)
            for _ in 0..<5 {
                bench.clock.move(by: 61)
                _ = try await look(bench, publishing, head)
            }
            let same = try await bench.bot.engine.store.post(key: key)
            #expect(same == written)

            change(bench, budget: 9)
            bench.clock.move(by: 61)
            let over = try await look(bench, publishing, head)
            #expect(over == first)
        }
    }
}
