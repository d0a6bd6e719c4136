import Domain
import Engine
import Forges
import Foundation
import Reports
import Storage
import Testing

@testable import Service

/// What comments, merges and users of the server decide, and what they do not.
@Suite(.timeLimit(.minutes(20)))
struct DecidingTests {
    /// Pull request 7 with a run that passed and waits.
    private func judged(_ bench: BoardBench) async throws -> (Run, PullRequest) {
        let head = try await bench.commit(["params.yaml": "a: 2\n"])
        let pull = try bench.open(head)
        let run = try await bench.run(head, pull: pull)
        #expect(run.state == .judged(.passed))
        return (run, pull)
    }

    @Test func `a comment approves, and the model is promoted, once however often it is told`() async throws {
        try await withBoard { bench in
            let (run, _) = try await judged(bench)
            let bob = bench.person("bob", id: "6")
            try await bench.settle()
            #expect(bench.status(of: run.commit)?.description == "passed; waits for 1 approval")
            #expect(bench.status(of: run.commit)?.state == .pending)

            let outcome = try await bench.say("/approve \(run.commit.hex)", by: bob, id: "c1")
            let comment = try #require(bench.board.now.spoken.last)
            let again = try await bench.bot.act(
                on: comment, event: try await bench.record(.forge(BoardBench.forge, .comment(comment)), key: "other"),
                project: try await bench.served())
            try await bench.settle()

            #expect(outcome == .handled("promotion 1 is promoted"))
            #expect(again.0 == .handled("promotion 1 is promoted"))
            #expect(try await bench.store.decisions(of: run.id).count == 1)
            #expect(try await bench.store.promotions(of: BoardBench.model, limit: 10).count == 1)
            #expect(bench.status(of: run.commit)?.state == .success)
            #expect(bench.board.now.reactions == ["c1"])
            let comments = bench.comments()
            #expect(comments.count == 2)
            #expect(comments[0].contains("promoted: version 1 of toy") && comments[0].contains("approved by bob"))
            #expect(comments[1].contains("Version 1 of `toy` is `champion` now."))
        }
    }

    @Test func `a new commit makes what is said void`() async throws {
        try await withBoard { bench in
            let (run, _) = try await judged(bench)
            let bob = bench.person("bob", id: "6")
            let newer = try await bench.commit(["params.yaml": "a: 3\n"])
            try bench.open(newer)

            try await bench.say("/approve", by: bob, id: "c1")
            try await bench.settle()

            #expect(try await bench.store.decisions(of: run.id).isEmpty)
            let answers = bench.comments().filter { $0.contains("the pull request stands on \(newer.short) now") }
            #expect(answers.count == 1)
        }
    }

    @Test func `who may not write, a machine, the bot and an edited comment decide nothing`() async throws {
        try await withBoard { bench in
            let (run, _) = try await judged(bench)
            let reader = bench.person("eve", id: "9", .read)
            let bob = bench.person("bob", id: "6")
            bench.board.change { $0.people["1"] = .admin }

            try await bench.say("/approve", by: reader, id: "c1")
            let edited = try await bench.say("/approve", by: bob, id: "c2", edited: true)
            let machine = try await bench.say("/approve", by: bob, id: "c3", machine: true)
            let itself = try await bench.say("/approve", by: Board.me, id: "c4")
            let stranger = try await bench.say(
                "/approve", by: ForgeUser(id: "77", login: PersonName.of("bob")), id: "c5")

            #expect(try await bench.store.decisions(of: run.id).isEmpty)
            #expect(edited == .ignored(reason: "the comment was edited"))
            #expect(machine == .ignored(reason: "the comment is by a machine"))
            #expect(itself == .ignored(reason: "the bot's own comment"))
            if case .handled(let why) = stranger { #expect(why.contains("has the permission 'none'")) }
            try await bench.settle()
            let refusals = bench.comments().filter { $0.contains("has the permission") }
            #expect(refusals.count == 2)
        }
    }

    @Test func `a forge that is down for an hour loses no approval, and a verdict that came later is not approved`()
        async throws
    {
        try await withBoard { bench in
            let (run, _) = try await judged(bench)
            let bob = bench.person("bob", id: "6")
            bench.board.change { $0.isDown = .unreachable("down", mayHaveActed: false) }
            await #expect(throws: Fault.self) { try await bench.say("/approve", by: bob, id: "c1") }
            let comment = try #require(bench.board.now.spoken.last)
            bench.move(by: 3600)
            await #expect(throws: Fault.self) { try await bench.act(on: comment) }

            bench.board.change { $0.isDown = nil }
            let second = try await bench.run(run.commit, pull: bench.board.now.pulls[7])
            let late = try await bench.act(on: comment)
            #expect(second.id != run.id)
            #expect(late == .handled("the verdict of run \(second.id) came after the comment"))
            #expect(try await bench.store.decisions(of: second.id).isEmpty)

            let named = try await bench.say("/approve", by: bob, id: "c2")
            #expect(named == .handled("promotion 1 is promoted"))
        }
    }

    @Test func `two of a team must approve, and neither the author nor one person twice`() async throws {
        try await withBoard(approval: "{ required: 2, by: [\"@acme/leads\", carl], not_by_author: true }") { bench in
            let (run, _) = try await judged(bench)
            let (ada, bob) = (bench.person("ada", id: "5"), bench.person("bob", id: "6"))
            let (carl, dora) = (bench.person("Carl", id: "7"), bench.person("dora", id: "8"))
            bench.board.change { $0.teams["acme/leads"] = ["5", "6"] }

            let author = try await bench.say("/approve", by: ada, id: "c1")
            let first = try await bench.say("/approve", by: bob, id: "c2")
            let twice = try await bench.say("/approve", by: bob, id: "c3")
            let other = try await bench.say("/approve", by: dora, id: "c4")
            let last = try await bench.say("/approve", by: carl, id: "c5")

            for refused in [author, twice, other] {
                if case .handled(let why) = refused { #expect(why.hasPrefix("refused:")) }
            }
            #expect(first == .handled("approved run \(run.id); 1 approval missing"))
            #expect(last == .handled("promotion 1 is promoted"))
            #expect(try await bench.store.decisions(of: run.id).map(\.by.text) == ["bob", "Carl"])
        }
    }

    @Test func `on Bitbucket a nickname is nobody's name, and the account's id is`() async throws {
        let by = #"{ required: 1, by: [alice, "{00A6}"] }"#
        let floor = Floor(by: [PersonName.of("alice"), PersonName.of("{00a6}")])
        try await withBoard(approval: by, floor: floor, kind: .bitbucket) { bench in
            let (mallory, bob) = (bench.person("alice", id: "{0bad}"), bench.person("Bobby", id: "{00a6}"))
            _ = try await judged(bench)

            let nickname = try await bench.say("/approve", by: mallory, id: "c1")
            let account = try await bench.say("/approve", by: bob, id: "c2")
            let back = try await bench.say("/rollback", by: mallory, id: "c3")
            try await bench.settle()

            let refused = DecisionRefusal.notListed(
                mallory.login, allowed: [PersonName.of("alice"), PersonName.of("{00A6}")])
            #expect(nickname == .handled(Outside.summary(.refused(refused))))
            #expect(account == .handled("promotion 1 is promoted"))
            #expect(back == .handled(Outside.summary(.refused(refused))))
            #expect(bench.comments().first?.contains("named by the account's UUID in braces") == true)
        }
    }

    @Test func `a rejection with its reason is final, and cancel, help and a short commit are answered`() async throws {
        try await withBoard(kind: .gitlab) { bench in
            let (run, _) = try await judged(bench)
            let bob = bench.person("bob", id: "6")

            try await bench.say("/approve \(run.commit.hex.prefix(7))", by: bob, id: "c1")
            try await bench.say("/cancel", by: bob, id: "c2")
            try await bench.say("/help", by: bob, id: "c3")
            try await bench.say("/reject <b>@all</b> is worse", by: bob, id: "c4")
            try await bench.say("/approve", by: bob, id: "c5")
            try await bench.say("thanks!", by: bob, id: "c6")
            try await bench.settle()

            let said = bench.comments()
            #expect(said.count == 6)
            #expect(said[0].contains("/sluice approve \(run.commit.hex)"))
            #expect(said[1].contains("Nothing of this pull request runs or waits."))
            #expect(said[2].contains("/sluice ok-to-run"))
            #expect(said[3].contains("is rejected"))
            #expect(said[4].contains("has rejected it"))
            #expect(said[5].contains("rejected by bob") && !said[5].contains("<b>") && !said[5].contains("@all"))
            #expect(bench.status(of: run.commit)?.state == .failure)
        }
    }

    @Test func `only somebody else lets a fork's commit run, and only one that was there when it was said`()
        async throws
    {
        try await withBoard(more: "triggers: { pull_request: {} }") { bench in
            let head = try await bench.commit(["params.yaml": "a: 5\n"])
            let pull = try bench.open(head, isFork: true)
            let (ada, bob) = (bench.person("ada", id: "5"), bench.person("bob", id: "6"))
            let pending = try await bench.bot.pendingStatus(for: pull, project: try await bench.served())
            #expect(pending.isEmpty)
            try await bench.served().refresh()
            try await bench.store.put(
                try await bench.bot.pendingStatus(for: pull, project: try await bench.served()),
                at: bench.bot.engine.now())
            try await bench.settle()
            #expect(bench.status(of: head)?.description.contains("waits for /ok-to-run") == true)

            let unseen = try await bench.say("/ok-to-run", by: bob, id: "c1")
            let own = try await bench.say("/ok-to-run", by: ada, id: "c2")
            #expect(own == .handled("the author of a fork cannot allow it"))
            #expect(unseen == .handled("the newest commit may be younger than the comment"))
            #expect(try await !bench.store.isPermitted(head, of: BoardBench.project))
            let named = try await bench.say("/ok-to-run \(head.hex)", by: bob, id: "c3")
            #expect(named == .handled("commit \(head.short) may run"))
            #expect(try await bench.store.isPermitted(head, of: BoardBench.project))
        }
    }

    @Test func `a rollback is done once however often its comment is told`() async throws {
        try await withBoard { bench in
            let bob = bench.person("bob", id: "6")
            let (first, _) = try await judged(bench)
            try await bench.say("/approve", by: bob, id: "c1")
            let head = try await bench.commit(["params.yaml": "a: 9\n"])
            let second = try await bench.run(head, pull: try bench.open(head))
            try await bench.say("/approve", by: bob, id: "c2")
            #expect(try await bench.store.holder(of: .champion, model: BoardBench.model)?.run == second.id)

            try await bench.say("/rollback", by: bob, id: "c3")
            let comment = try #require(bench.board.now.spoken.last)
            _ = try await bench.bot.act(
                on: comment, event: try await bench.record(.forge(BoardBench.forge, .comment(comment)), key: "again"),
                project: try await bench.served())

            #expect(try await bench.store.holder(of: .champion, model: BoardBench.model)?.run == first.id)
            #expect(try await bench.store.promotions(of: BoardBench.model, limit: 10).count == 3)
        }
    }

    @Test func `only those whom the operator names can roll back, whatever the policy says`() async throws {
        let bob = PersonName.of("bob")
        try await withBoard(approval: "{ required: 1, by: [bob, eve] }", floor: Floor(by: [bob])) { bench in
            let (ours, theirs) = (bench.person("bob", id: "6"), bench.person("eve", id: "8"))
            let (first, _) = try await judged(bench)
            try await bench.say("/approve", by: ours, id: "c1")
            let head = try await bench.commit(["params.yaml": "a: 9\n"])
            let second = try await bench.run(head, pull: try bench.open(head))
            try await bench.say("/approve", by: ours, id: "c2")

            let refused = try await bench.say("/rollback", by: theirs, id: "c3")
            #expect(refused == .handled(Outside.summary(.refused(.notListed(theirs.login, allowed: [bob])))))
            #expect(try await bench.store.holder(of: .champion, model: BoardBench.model)?.run == second.id)

            try await bench.say("/rollback", by: ours, id: "c4")
            #expect(try await bench.store.holder(of: .champion, model: BoardBench.model)?.run == first.id)
        }
    }

    @Test func `a user of the server decides by role, and only on the head`() async throws {
        try await withBoard { bench in
            let (run, _) = try await judged(bench)
            let when = bench.bot.engine.now()
            let op = User(name: PersonName.of("otto"), role: .operator, createdAt: when)
            let lead = User(name: PersonName.of("lea"), role: .approver, createdAt: when)

            let low = try await bench.bot.decide(.approve, on: run.id, by: op, token: nil, way: .page)
            bench.board.change { $0.isDown = .unreachable("down", mayHaveActed: false) }
            let unknown = try await bench.bot.decide(.approve, on: run.id, by: lead, token: nil, way: .page)
            bench.board.change { $0.isDown = nil }
            let done = try await bench.bot.decide(.approve, on: run.id, by: lead, token: nil, way: .page)

            #expect(low == .refused(.roleTooLow(op.name, has: .operator, needs: .approver)))
            if case .refused(.couldNotAsk) = unknown {} else { Issue.record("it was decided without asking") }
            if case .promoted(let promotion) = done {
                #expect(promotion.state == .promoted)
            } else {
                Issue.record("\(done)")
            }
        }
    }

    @Test func `a promotion that is owed begins later, if the pull request still stands on what was approved`()
        async throws
    {
        try await withBoard { bench in
            let (run, pull) = try await judged(bench)
            // The process ended right after the last word was written down.
            let decision = Decision(
                run: run.id, answer: .approve, by: PersonName.of("bob"), at: bench.bot.engine.now(),
                model: try #require(run.challenger).digest, evidence: try #require(run.evidence).digest)
            let policy = try #require(try await bench.store.plan(of: run.id)).policy.approval
            _ = try await bench.store.record(decision, under: policy, author: "ada")
            try await bench.store.know(pull, of: BoardBench.project, at: bench.bot.engine.now())
            var refused: Set<RunID> = []

            try bench.open(try await bench.commit(["params.yaml": "a: 3\n"]))
            let isDone = await bench.bot.beginPromotions(&refused)
            #expect(isDone && refused == [run.id])
            #expect(try await bench.store.promotion(ofRun: run.id) == nil)

            bench.board.change { $0.isDown = .unreachable("down", mayHaveActed: false) }
            let whileDown = await bench.bot.beginPromotions(&refused)
            #expect(!whileDown && bench.bot.health.now.count == 1)
            bench.board.change { $0.isDown = nil }

            try bench.open(run.commit)
            let after = await bench.bot.beginPromotions(&refused)
            #expect(after && bench.bot.health.now.isEmpty)
            #expect(try await bench.store.promotion(ofRun: run.id) != nil)
        }
    }
}
