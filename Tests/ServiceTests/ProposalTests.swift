import Domain
import Engine
import Forges
import Foundation
import Storage
import SystemPackage
import Testing

@testable import Service

/// The pull request by which git learns which version is the champion.
@Suite(.timeLimit(.minutes(10)))
struct ProposalTests {
    private let branch = BranchName("sluice/promote/toy")

    private func proposals(_ bench: BoardBench) -> [PullRequest] {
        bench.board.now.pulls.values.filter { $0.headBranch == branch }.sorted { $0.number < $1.number }
    }

    private func proposal(_ bench: BoardBench) throws -> PullRequest { try #require(proposals(bench).last) }

    /// What `main` says; nil: nothing.
    private func pointer(_ bench: BoardBench) async throws -> ChampionFile? {
        guard let text = try? await bench.git("show", "main:.sluice/champions/toy.json") else { return nil }
        return try JSONDecoder().decode(ChampionFile.self, from: Data(text.utf8))
    }

    /// A run of new data, so to speak: it belongs to no pull request.
    private func waiting(_ bench: BoardBench, _ value: Int) async throws -> Run {
        let run = try await bench.run(try await bench.commit(["params.yaml": "a: \(value)\n"]))
        try await bench.settle()
        return run
    }

    private func merge(_ pull: PullRequest, by user: ForgeUser, _ bench: BoardBench) async throws {
        var pull = pull
        try await bench.git("merge", "-q", "--no-edit", "sluice/promote/toy")
        (pull.state, pull.mergedBy) = (.merged, user)
        bench.board.change { $0.pulls[pull.number] = pull }
        let event = try await bench.record(
            .forge(BoardBench.forge, .pullRequest(pull, .merged)), key: "merge \(pull.number)")
        let (outcome, posts) = try await bench.bot.act(
            onMerge: pull, event: event, project: try await bench.served())
        try await bench.store.settle(event: event.id, as: outcome, posts: posts, at: bench.bot.engine.now())
        try await bench.settle()
    }

    @Test func `a branch that the forge lets nobody push is given up after a day with what to do, and not before`()
        async throws
    {
        try await withBoard { bench in
            // As a protected branch does, the remote says no and nothing else is wrong with it.
            try await bench.git("config", "receive.hideRefs", "refs/heads/sluice")
            let (store, key) = (bench.store, "promote:hub:acme/toy:toy")
            _ = try await waiting(bench, 2)
            let first = try #require(try await store.post(key: key))
            #expect(first.attempts >= 1 && !first.isAbandoned)

            func tried(until attempts: Int) async throws -> PostRecord {
                while let record = try await store.post(key: key), record.attempts < attempts {
                    try await store.failed(
                        post: record.id, trouble: "as before", notBefore: bench.bot.engine.now(), abandon: false,
                        at: bench.bot.engine.now())
                }
                bench.move(by: 2)
                try await bench.settle()
                return try #require(try await store.post(key: key))
            }
            let early = try await tried(until: 100)
            let moved = bench.origin.removingLastComponent().appending("elsewhere")
            bench.move(by: 1000)
            try FileManager.default.moveItem(atPath: bench.origin.string, toPath: moved.string)
            let away = try await tried(until: SendOutcome.mostForbidden - 2)
            try FileManager.default.moveItem(atPath: moved.string, toPath: bench.origin.string)
            bench.move(by: 1000)
            let late = try await tried(until: SendOutcome.mostForbidden)

            #expect(!early.isAbandoned && !away.isAbandoned, "\(away.trouble ?? "")")
            #expect(late.isAbandoned)
            let said = try #require(late.trouble)
            #expect(
                said.contains("the forge does not let the bot's git in") && said.contains("remote rejected"), "\(said)")
            #expect(said.contains("Give its token the right to write there"), "\(said)")
            let listed = try await store.abandonedPosts(limit: 10).map(\.post.key)
            #expect(listed == [key])
        }
    }

    @Test func `what is forbidden is tried for a day`() {
        func waits(_ jitter: Double) -> Double {
            (0..<SendOutcome.mostForbidden).map { Pace.backoff(after: $0, jitter: jitter) }.reduce(0, +)
        }
        #expect(waits(0) > 16 * 3600 && waits(0.5) > 24 * 3600 && waits(1) < 36 * 3600)
    }

    @Test
    func `where the forge does not let the bot merge, the pull request stays open and says what merging it means`()
        async throws
    {
        for answer in [Merging.refused("You may not push to this branch."), .notYet("A review by @team is required.")] {
            try await withBoard { bench in
                let bob = bench.person("bob", id: "6")
                bench.board.change { $0.merges = answer }
                let run = try await waiting(bench, 2)
                let pull = try proposal(bench)

                try await bench.say("/approve", by: bob, on: pull.number, id: "c1")
                for _ in 0..<12 {
                    try await bench.settle()
                    bench.move(by: 1000)
                }

                let holder = try await bench.store.holder(of: .champion, model: BoardBench.model)
                #expect(holder?.run == run.id)
                #expect(try proposal(bench).state == .open)
                #expect(try await pointer(bench) == nil)
                let said = bench.comments(on: pull.number).filter { $0.contains("could not merge this") }
                #expect(said.count == 1)
                #expect(said.first?.contains("merging this only records in git what is in place") == true)
                #expect(said.first?.contains("@team") == false)
                let record = try await bench.store.post(key: "promote:hub:acme/toy:toy")
                guard case .promotionPullRequest(let wanted)? = record?.post.message else {
                    return #expect(Bool(false), "no promotion pull request")
                }
                #expect(
                    wanted.body.contains("This version is in place. Merging this pull request only records it in git"))
                #expect(record?.sent != nil && record?.trouble == nil)
                #expect(bench.status(of: try proposal(bench).head)?.state == .success)

                // Merging it now records it, and is no second approval.
                try await merge(try proposal(bench), by: bob, bench)
                #expect(try await pointer(bench)?.run == run.id)
                #expect(try await bench.store.promotions(of: BoardBench.model, limit: 10).count == 1)
                #expect(bench.comments(on: pull.number).filter { $0.contains("sluice:reply:merge-") }.count == 1)
            }
        }
    }

    @Test func `a merge whose answer is lost is done once, and nothing is opened anew`() async throws {
        try await withBoard { bench in
            let bob = bench.person("bob", id: "6")
            let run = try await waiting(bench, 2)
            let pull = try proposal(bench)
            try await bench.say("/approve", by: bob, on: pull.number, id: "c1")
            // The status of the commit, the merge.
            bench.board.change { $0.swallowed = 3 }

            try await bench.settle()
            bench.move(by: 1000)
            try await bench.settle()

            #expect(try await pointer(bench)?.run == run.id)
            #expect(proposals(bench).count == 1 && proposals(bench)[0].state == .merged)
            #expect(try await bench.git("rev-list", "--merges", "--count", "main") == "1")
        }
    }

    @Test func `one whose run was rejected, expired or overtaken is closed with a sentence`() async throws {
        try await withBoard(approval: "{ required: 1, expires: 1d }") { bench in
            let bob = bench.person("bob", id: "6")
            let first = try await waiting(bench, 2)
            let rejected = try proposal(bench)
            try await bench.say("/reject worse on @weekends", by: bob, on: rejected.number, id: "c1")
            try await bench.settle()
            #expect(try proposal(bench).state == .closed)
            let said = try #require(bench.comments(on: rejected.number).first { $0.contains("sluice:reply:closed-") })
            #expect(said.contains("Run \(first.id) was rejected by bob: worse on"))
            #expect(said.contains("Nothing is promoted, so this is closed.") && !said.contains("@weekends"))

            let second = try await waiting(bench, 3)
            let late = try proposal(bench)
            #expect(late.number != rejected.number && late.state == .open)
            bench.move(by: 2 * 86_400)
            try await Publishing(bot: bench.bot).remind()
            try await bench.settle()
            #expect(try proposal(bench).state == .closed)
            let expired = try #require(bench.comments(on: late.number).last)
            #expect(expired.contains("Nobody decided on run \(second.id) until"))
            #expect(bench.status(of: second.commit)?.description.contains("nobody decided until") == true)

            let third = try await waiting(bench, 4)
            let overtaken = try proposal(bench)
            let topic = try await bench.commit(["params.yaml": "a: 5\n"])
            let fourth = try await bench.run(topic, pull: try bench.open(topic))
            try await bench.say("/approve", by: bob, id: "c2")
            try await bench.settle()
            #expect(try await bench.store.holder(of: .champion, model: BoardBench.model)?.run == fourth.id)
            #expect(bench.board.now.pulls[overtaken.number]?.state == .closed)
            let stale = try #require(bench.comments(on: overtaken.number).last)
            #expect(stale.contains("The champion is another one than run \(third.id) was compared with"))
            #expect(try await pointer(bench) == nil)
        }
    }

    @Test func `a merge before enough have approved promotes nothing, and a rejection puts git right`() async throws {
        try await withBoard(approval: "{ required: 2 }") { bench in
            let (bob, carl) = (bench.person("bob", id: "6"), bench.person("carl", id: "7"))
            let run = try await waiting(bench, 2)
            let pull = try proposal(bench)
            // Protected branches keep it from being merged too soon.
            let pending = bench.status(of: pull.head)
            #expect(pending?.state == .pending)
            #expect(pending?.description == "run \(run.id) passed; 1 approval missing before it can be merged")

            try await merge(pull, by: bob, bench)
            #expect(try await pointer(bench)?.run == run.id)
            #expect(try await bench.store.holder(of: .champion, model: BoardBench.model) == nil)
            let said = try #require(bench.comments(on: pull.number).last)
            #expect(said.contains("needs 1 approval more: nothing is promoted yet"))
            #expect(said.contains("Until then git names a version that is not in place"))
            #expect(proposals(bench).count == 1)

            try await bench.say("/reject not yet", by: carl, on: pull.number, id: "c1")
            try await bench.settle()
            #expect(try await pointer(bench) == nil)
            #expect(proposals(bench).map(\.state) == [.merged, .merged])
            #expect(try proposal(bench).title == "Record that toy has no champion")
        }
    }

    @Test func `the file follows a rollback and a promotion by another pull request`() async throws {
        try await withBoard { bench in
            let bob = bench.person("bob", id: "6")
            let first = try await waiting(bench, 2)
            try await bench.say("/approve", by: bob, on: try proposal(bench).number, id: "c1")
            try await bench.settle()
            #expect(try await pointer(bench)?.run == first.id)

            let topic = try await bench.commit(["params.yaml": "a: 3\n"])
            let second = try await bench.run(topic, pull: try bench.open(topic))
            #expect(second.state == .judged(.passed))
            let other = try await bench.say("/approve", by: bob, id: "c2")
            #expect(other == .handled("promotion 2 is promoted"))
            try await bench.settle()
            let record = try await bench.store.post(key: "promote:hub:acme/toy:toy")
            #expect(record?.trouble == nil && record?.isAbandoned == false)
            #expect(try await pointer(bench)?.run == second.id)

            try await bench.say("/rollback", by: bob, id: "c3")
            try await bench.settle()
            #expect(try await pointer(bench)?.run == first.id)
            #expect(try proposal(bench).title == "Record toy version 1 (run \(first.id)) as the champion")
            #expect(proposals(bench).allSatisfy { $0.state == .merged })
        }
    }

    @Test func `retrain on a promotion pull request trains the base branch, not the file`() async throws {
        try await withBoard { bench in
            let bob = bench.person("bob", id: "6")
            _ = try await waiting(bench, 2)
            try await bench.say("/retrain a=5", by: bob, on: try proposal(bench).number, id: "c1")

            let asked = try await bench.store.pendingEvents(limit: 10).compactMap { stored -> Event.Ask? in
                if case .asked(let ask) = stored.event.kind { ask } else { nil }
            }
            #expect(asked.first?.branch == BoardBench.main && asked.first?.commit == nil)
            #expect(asked.first?.pullRequest == nil && asked.first?.parameters == ["a": "5"])
        }
    }

    @Test func `an approval is not lost while the pull request is being opened, and an old one says that it is over`()
        async throws
    {
        try await withBoard { bench in
            let bob = bench.person("bob", id: "6")
            let first = try await waiting(bench, 2)
            let old = try proposal(bench)
            try await bench.say("/reject no", by: bob, on: old.number, id: "c1")
            try await bench.settle()
            let second = try await waiting(bench, 3)
            let new = try proposal(bench)
            #expect(new.number > old.number && first.id != second.id)

            let late = try await bench.say("/approve", by: bob, on: old.number, id: "c2")
            #expect(late == .handled("the pull request proposes nothing any more"))

            // As it is between the forge's answer and the note of it.
            var pull = new
            pull.number += 1
            bench.board.change { $0.pulls[pull.number] = pull }
            await #expect(throws: Fault.self) {
                try await bench.say("/approve", by: bob, on: pull.number, id: "c3")
            }
            #expect(try await bench.store.decisions(of: second.id).isEmpty)
        }
    }

    @Test func `a commit with the pointer file can be run, and one with anything else in that folder cannot`()
        async throws
    {
        try await withBoard { bench in
            let pointed = try await bench.run(try await bench.commit([".sluice/champions/toy.json": "{}\n"]))
            #expect(pointed.state == .judged(.passed))

            let other = try await bench.run(try await bench.commit([".sluice/champion/model.json": "{}\n"]))
            guard case .errored(let fault) = other.state else { return #expect(Bool(false), "\(other.state)") }
            #expect(fault.message.contains("the commit holds '.sluice'"))

            try await bench.git("rm", "-r", "-q", ".sluice")
            try await bench.git("commit", "-q", "-m", "Remove")
            try FileManager.default.createSymbolicLink(
                atPath: bench.origin.appending(".sluice").string, withDestinationPath: "/tmp")
            let linked = try await bench.run(try await bench.commit([:]))
            guard case .errored = linked.state else { return #expect(Bool(false), "\(linked.state)") }
        }
    }
}
