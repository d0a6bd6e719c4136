import Domain
import Engine
import Forges
import Foundation
import Git
import Host
import Settings
import Storage
import SystemPackage
import Testing
import Wire

@testable import Service

/// What stands on a forge because of what runs come to.
@Suite(.timeLimit(.minutes(20)))
struct PublishingTests {
    private let branch = BranchName("sluice/promote/toy")

    private func proposal(_ bench: BoardBench) throws -> PullRequest {
        try #require(bench.board.now.pulls.values.filter { $0.headBranch == branch }.max { $0.number < $1.number })
    }

    private func pointer(_ bench: BoardBench, at revision: String) async throws -> ChampionFile {
        let text = try await bench.git("show", "\(revision):.sluice/champions/toy.json")
        return try JSONDecoder().decode(ChampionFile.self, from: Data(text.utf8))
    }

    @Test func `a run without a pull request opens one, a newer challenger takes its place, and approving promotes`()
        async throws
    {
        try await withBoard { bench in
            let bob = bench.person("bob", id: "6")
            let first = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))
            try await bench.settle()
            let opened = try proposal(bench)
            #expect(opened.state == .open && opened.base == BoardBench.main)
            #expect(opened.title == "Promote toy version 1 (run \(first.id))")
            #expect(bench.bot.isOwn(opened))
            #expect(try await pointer(bench, at: "sluice/promote/toy").run == first.id)
            let changed = try await bench.git("diff", "--name-only", "main", "sluice/promote/toy")
            #expect(changed == ".sluice/champions/toy.json")
            #expect(bench.bot.areOwnFiles([changed]))
            #expect(try await bench.git("log", "-1", "--format=%an", "sluice/promote/toy") == "Sluice")
            #expect(bench.status(of: opened.head)?.state == .success)

            let second = try await bench.run(try await bench.commit(["params.yaml": "a: 3\n"]))
            try await bench.settle()
            let replaced = try proposal(bench)
            #expect(replaced.number == opened.number && replaced.head != opened.head)
            #expect(try await pointer(bench, at: "sluice/promote/toy").run == second.id)

            let outcome = try await bench.say("/approve", by: bob, on: replaced.number, id: "c1")
            try await bench.settle()
            #expect(outcome == .handled("promotion 1 is promoted"))
            #expect(try await bench.store.holder(of: .champion, model: BoardBench.model)?.run == second.id)
            let merged = try proposal(bench)
            #expect(merged.number == replaced.number && merged.state == .merged)
            #expect(try await pointer(bench, at: "main").run == second.id)
        }
    }

    @Test func `merging the proposal is an approval, and one that is not enough promotes nothing`() async throws {
        for required in [1, 2] {
            try await withBoard(approval: "{ required: \(required) }") { bench in
                let bob = bench.person("bob", id: "6")
                let run = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))
                try await bench.settle()
                var pull = try proposal(bench)
                try await bench.git("merge", "-q", "--no-edit", "sluice/promote/toy")
                (pull.state, pull.mergedBy) = (.merged, bob)
                bench.board.change { $0.pulls[pull.number] = pull }

                let event = try await bench.record(
                    .forge(BoardBench.forge, .pullRequest(pull, .merged)), key: "merge")
                let (outcome, posts) = try await bench.bot.act(
                    onMerge: pull, event: event, project: try await bench.served())
                try await bench.store.settle(event: event.id, as: outcome, posts: posts, at: bench.bot.engine.now())
                try await bench.settle()

                let holder = try await bench.store.holder(of: .champion, model: BoardBench.model)
                #expect(holder?.run == (required == 1 ? run.id : nil))
                let said = bench.comments(on: pull.number).joined()
                #expect(said.contains(required == 1 ? "is `champion` now" : "needs 1 approval more"))
                #expect(try proposal(bench).state == .merged)
                if required == 2 {
                    let carl = bench.person("carl", id: "7")
                    let last = try await bench.say("/approve", by: carl, on: pull.number, id: "c1")
                    #expect(last == .handled("promotion 1 is promoted"))
                }
            }
        }
    }

    @Test func `a merge by somebody who may not decide says what is missing`() async throws {
        try await withBoard(approval: "{ required: 1, by: [carl] }") { bench in
            let bob = bench.person("bob", id: "6")
            _ = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))
            try await bench.settle()
            var pull = try proposal(bench)
            (pull.state, pull.mergedBy) = (.merged, bob)
            bench.board.change { $0.pulls[pull.number] = pull }
            let event = try await bench.record(.forge(BoardBench.forge, .pullRequest(pull, .merged)), key: "merge")

            let (_, posts) = try await bench.bot.act(onMerge: pull, event: event, project: try await bench.served())

            #expect(try await bench.store.holder(of: .champion, model: BoardBench.model) == nil)
            guard case .reply(_, _, let body)? = posts.last?.message else { return #expect(Bool(false), "no answer") }
            #expect(body.contains("was not promoted, although this was merged"))
            #expect(body.contains("the policy names carl"))
        }
    }

    @Test func `what was approved before a new commit is said to count no more`() async throws {
        try await withBoard(approval: "{ required: 2 }") { bench in
            let bob = bench.person("bob", id: "6")
            let head = try await bench.commit(["params.yaml": "a: 2\n"])
            let first = try await bench.run(head, pull: try bench.open(head))
            try await bench.say("/approve", by: bob, id: "c1")
            let newer = try await bench.commit(["params.yaml": "a: 3\n"])
            _ = try await bench.run(newer, pull: try bench.open(newer))
            try await bench.settle()

            let report = try #require(bench.comments().first { $0.hasPrefix("<!-- sluice:report:toy -->") })
            #expect(report.contains("What bob approved on run \(first.id) does not count any more"))
            #expect(report.contains("the pull request has a new commit"))
            #expect(report.contains("`/approve \(newer.hex)`"))
            #expect(report.contains("https://sluice.example.org/runs/2"))
            #expect(bench.comments().filter { $0.contains("sluice:report:toy") }.count == 1)
        }
    }

    @Test func `a retrain is asked for once, and a reproduction answers where it was asked for`() async throws {
        try await withBoard { bench in
            let bob = bench.person("bob", id: "6")
            let head = try await bench.commit(["params.yaml": "a: 2\n"])
            let run = try await bench.run(head, pull: try bench.open(head))

            try await bench.say("/retrain a=5", by: bob, id: "c1")
            let asked = try await bench.store.pendingEvents(limit: 10).compactMap { stored -> Event.Ask? in
                if case .asked(let ask) = stored.event.kind { ask } else { nil }
            }
            #expect(asked.map(\.parameters) == [["a": "5"]])
            #expect(asked.first?.commit == head && asked.first?.pullRequest == 7)

            try await bench.say("/reproduce", by: bob, id: "c2")
            let again = try #require(try await bench.store.queue().first)
            #expect(again.run.trigger == .reproduction(of: run.id))
            _ = try await bench.bot.engine.work(on: again.run.id, progress: { _ in })
            try await bench.settle()
            let answers = bench.comments().filter { $0.contains("sluice:reply:run-") }
            #expect(answers.count == 1)
            #expect(answers.first?.contains("identical") == true)
            #expect(bench.board.now.reactions == ["c1", "c2"])
        }
    }

    @Test func `no secret is said outside, neither as it is nor in base64`() async throws {
        try await withBoard(secrets: ["hunter2-token-9"]) { bench in
            let base64 = Data("hunter2-token-9".utf8).base64EncodedString()
            _ = try await bench.commit(["params.yaml": "a: 2\n"])
            try await bench.git(
                "commit", "-q", "--amend", "-m", "Use hunter2-token-9 \(base64) https://me:pw12345@example.org/x")
            let head = try #require(CommitID(hex: try await bench.git("rev-parse", "HEAD")))
            _ = try await bench.run(head, pull: try bench.open(head))
            try await bench.settle()

            let said = bench.comments().joined()
            #expect(said.contains("[secret]") || said.contains("secret"))
            for secret in ["hunter2", String(base64.prefix(12)), "pw12345"] { #expect(!said.contains(secret)) }
        }
    }

    @Test func `a project without a forge gets its report as a note of the commit`() async throws {
        try await withBoard { bench in
            let live = bench.bot.configuration.now
            var settings = live.settings
            settings.projects[BoardBench.project]?.source = .git(bench.origin.string)
            bench.bot.configuration.replace(
                with: Configuration.Live(settings: settings, forges: [:], webhooks: [:], secrets: []))
            let head = try await bench.commit(["params.yaml": "a: 2\n"])
            try await bench.git("notes", "--ref=review", "add", "-m", "theirs", head.hex)
            _ = try await bench.run(head)
            try await bench.settle()

            let note = try await bench.git("notes", "--ref=sluice", "show", head.hex)
            #expect(note.contains("passed; waits for 1 approval"))
            #expect(try await bench.git("notes", "--ref=review", "show", head.hex) == "theirs")
        }
    }

    @Test func `a run without a verdict leaves a note too, and so does a commit that no run came of`() async throws {
        try await withBoard { bench in
            let live = bench.bot.configuration.now
            var settings = live.settings
            settings.projects[BoardBench.project]?.source = .git(bench.origin.string)
            bench.bot.configuration.replace(
                with: Configuration.Live(settings: settings, forges: [:], webhooks: [:], secrets: []))
            func note(of commit: CommitID) async throws -> String {
                try await bench.settle()
                return try await bench.git("notes", "--ref=sluice", "show", commit.hex)
            }
            let failing = try await bench.commit(["params.yaml": "a: 2\n", "sluice.yaml": try await broken(bench)])
            let failed = try await bench.run(failing)
            let stopped = try await queued(bench)
            _ = try await bench.bot.engine.cancel(stopped.id, by: PersonName.of("bob"), reason: "<b>not</b> now")
            let refused = try await bench.commit(["sluice.yaml": "version: 1\nmdel: toy\n"])
            try await bench.served().refresh()
            let event = try await bench.record(
                .branchMoved(try #require(BoardBench.main), before: nil, after: refused), key: "refused")
            let fault = Fault(.input, "sluice.yaml:2:1: unknown key 'mdel'", advice: "did you mean 'model'?")
            let posts = await bench.bot.refusalStatus(of: event, for: fault, project: try await bench.served())
            try await bench.store.put(posts, at: bench.bot.engine.now())
            let over = await bench.bot.refusalStatus(
                of: try await bench.record(
                    .branchMoved(try #require(BoardBench.main), before: nil, after: failing), key: "again"),
                for: fault, project: try await bench.served())

            #expect(failed.state.isFinal && failed.state != .judged(.passed), "\(failed.state)")
            let (of, by) = (try await note(of: failing), try await note(of: stopped.commit))
            #expect(of.contains("toy: ") && of.contains("Run \(failed.id)"), "\(of)")
            #expect(by.contains("cancelled by bob") && by.contains("not") && !by.contains("<b>"), "\(by)")
            let no = try await note(of: refused)
            #expect(no.contains("refused: sluice.yaml:2:1") && no.contains("No run was made of commit"), "\(no)")
            #expect(over.isEmpty, "the note of a run says more")
        }
    }

    /// A policy whose training ends with an error.
    private func broken(_ bench: BoardBench) async throws -> String {
        try await bench.git("show", "HEAD:sluice.yaml").replacing("cp params.yaml model.json", with: "exit 3")
    }

    /// A run of a new commit that waits in the queue.
    private func queued(_ bench: BoardBench) async throws -> Run {
        let head = try await bench.commit(["params.yaml": "a: 77\n"])
        let project = try await bench.served()
        try await project.refresh()
        let event = try await bench.record(.runCommand(commit: head), key: "queued")
        let request = PlanRequest(commit: try await project.repository.commit(head.hex), trigger: .manual)
        let blueprint = try await bench.bot.engine.plan(project.repository, request)
        let draft = Store.TicketDraft(
            project: BoardBench.project, lane: .manual, pullRequest: nil, event: event.id)
        let made = try await bench.store.create(
            blueprint.plan, for: [event.id], ticket: draft, supersedes: false, at: bench.bot.engine.now())
        guard case .created(let run) = made.0 else { throw Fault(.bug, "no run was created") }
        return run
    }

    private func say(_ publishing: Publishing, _ bench: BoardBench) async throws {
        let sending = Sending(bot: bench.bot, wire: Wire { _ throws(WireError) in throw .notPublic }, jitter: { 1 })
        while try await publishing.pass() {}
        bench.move(by: 10)
        try await publishing.tryAgain()
        while try await sending.pass() > 0 { bench.move(by: 2) }
    }

    @Test func `a report that cannot be made holds up no other one, and is written as soon as it can be`() async throws
    {
        try await withBoard { bench in
            let own = "sluice.yaml"
            let policy = try String(decoding: Files.readSmall(bench.origin.appending(own)), as: UTF8.self)
            let first = try await bench.commit([
                own: policy + "\nreport: { templates: ours }\n",
                "ours/markdown.mustache": "Our page.\n\n{{> answer}}\n",
            ])
            var seven = try bench.open(first)
            let one = try await bench.run(first, pull: seven)
            let second = try await bench.commit([own: policy])
            seven.number = 8
            seven.head = second
            bench.board.change { [seven] in $0.pulls[8] = seven }
            _ = try await bench.run(second, pull: seven)
            // Our copy of the repository, where the templates are read, cannot be opened.
            let mirror = bench.bot.engine.home.mirror(of: try await bench.served().repository.id)
            let aside = mirror.removingLastComponent().appending("aside")
            try FileManager.default.moveItem(atPath: mirror.string, toPath: aside.string)
            try Files.writeDurably(Data(), to: mirror)

            let publishing = Publishing(bot: bench.bot)
            try await say(publishing, bench)
            #expect(bench.comments(on: 7).isEmpty && bench.comments(on: 8).count == 1)
            #expect(bench.bot.health.now.map(\.what) == ["what is said of toy"])
            #expect(try await bench.store.cursor(Publishing.cursor) == 0, "after a restart it is looked at again")

            try FileManager.default.removeItem(atPath: mirror.string)
            try FileManager.default.moveItem(atPath: aside.string, toPath: mirror.string)
            try await say(publishing, bench)
            #expect(bench.comments(on: 7).first?.contains("Our page.") == true)
            #expect(bench.bot.health.now.isEmpty)
            let last = try await bench.store.cursor(Publishing.cursor)
            #expect(last > 0 && one.state == .judged(.passed))
        }
    }
}
