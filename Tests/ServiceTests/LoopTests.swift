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

/// Looks at remotes and forges, the clock, and the server as a whole.
@Suite(.timeLimit(.minutes(20)))
struct LoopTests {
    private func look(_ bench: BotBench, _ look: inout Polling.Look) async throws {
        try await Polling(bot: bench.bot).look(at: try await bench.served(), &look)
    }

    private func pending(_ bench: BotBench) async throws -> [Event] {
        try await bench.bot.engine.store.pendingEvents(limit: 100).map(\.event)
    }

    @Test func `the first look starts one run, later ones find what moved, under the webhook's own key`() async throws {
        try await withBot { bench in
            try await bench.git("branch", "one")
            try await bench.git("branch", "two")
            let start = try #require(CommitID(hex: try await bench.git("rev-parse", "HEAD")))
            var seen = Polling.Look()
            try await look(bench, &seen)
            let first = try await pending(bench)
            #expect(first.map(\.kind) == [.branchMoved(.main, before: nil, after: start)])

            try await look(bench, &seen)
            let still = try await pending(bench)
            #expect(still.count == 1)

            let next = try await bench.commit("Two")
            try await bench.git("branch", "-D", "two")
            // The hook tells it too; it is one push.
            let told = try await bench.told("main", next, before: start)
            try await look(bench, &seen)
            let all = try await pending(bench)
            #expect(all.count == 3)
            #expect(all.contains { $0.key == told.event.key })
            #expect(all.last?.kind == .branchMoved(try bench.branch("two"), before: start, after: nil))
        }
    }

    @Test func `a look fills a clone that was made anew, though nothing moved`() async throws {
        try await withBot { bench in
            let next = try await bench.commit("Two")
            var seen = Polling.Look()
            try await look(bench, &seen)
            try await look(bench, &seen)
            try Files.removeTree(bench.bot.clone(of: BotBench.project))

            try await look(bench, &seen)
            let head = try await bench.served().head()
            let events = try await pending(bench)
            #expect(head.commit.id == next)
            #expect(events.count == 1)
        }
    }

    @Test func `webhooks that never came are found`() async throws {
        try await withBot(onForge: true) { bench in
            let head = try #require(CommitID(hex: try await bench.git("rev-parse", "HEAD")))
            let ada = ForgeUser(id: "5", login: .init(checkedLogin: "ada"))
            bench.forge.change { $0.pulls[7] = .seven(head) }
            var seen = Polling.Look()
            try await look(bench, &seen)
            let first = try await pending(bench)
            #expect(first.count == 1, "only the default branch: \(first)")

            bench.clock.move(by: 300)
            let next = try await bench.commit("Two")
            bench.forge.change { state in
                state.pulls[7] = .seven(next, updatedAt: "2026-11-28T13:00:00Z")
                var eight = PullRequest.seven(head)
                eight.number = 8
                state.pulls[8] = eight
                state.comments = [
                    PullRequestComment(
                        pullRequest: 7, id: "c1", author: ada, isByMachine: false, isEdited: false, body: "/help",
                        createdAt: bench.clock.now)
                ]
            }
            let webhook = try await bench.take(
                .pullRequest(.seven(next, updatedAt: "2026-11-28T13:00:00Z"), .synchronized))
            try await look(bench, &seen)
            let all = try await pending(bench)
            let words = all.map { event in
                switch event.kind {
                case .forge(_, .pullRequest(let pull, let change)): "\(pull.number) \(change.rawValue)"
                case .forge(_, .comment(let comment)): "comment \(comment.id)"
                case .branchMoved(let branch, _, _): "\(branch)"
                default: "other"
                }
            }
            #expect(words.sorted() == ["7 synchronized", "8 opened", "comment c1", "main", "main"])
            #expect(all.filter { $0.key == webhook.event.key }.count == 1)

            bench.clock.move(by: 300)
            bench.forge.change { state in
                state.pulls[8]?.state = .merged
                state.pulls[8]?.updatedAt = "2026-11-28T14:00:00Z"
            }
            var eight = PullRequest.seven(head)
            eight.number = 8
            try await bench.bot.engine.store.know(eight, of: BotBench.project, at: bench.clock.now)
            try await look(bench, &seen)
            let merged = try await pending(bench).last?.kind
            guard case .forge(_, .pullRequest(let pull, .merged)) = merged else {
                return #expect(Bool(false), "\(String(describing: merged))")
            }
            #expect(pull.number == 8)
        }
    }

    @Test func `a pull request that was deleted, or cannot be asked about, hides no other's comment`() async throws {
        try await withBot(onForge: true) { bench in
            let head = try #require(CommitID(hex: try await bench.git("rev-parse", "HEAD")))
            let bob = ForgeUser(id: "6", login: .init(checkedLogin: "bob"))
            func pull(_ number: Int64, _ hour: Int) -> PullRequest {
                var pull = PullRequest.seven(head, updatedAt: "2026-11-28T\(hour):00:00Z")
                pull.number = number
                return pull
            }
            func comment(_ number: Int64) -> PullRequestComment {
                PullRequestComment(
                    pullRequest: number, id: "c\(number)", author: bob, isByMachine: false, isEdited: false,
                    body: "/approve", createdAt: bench.clock.now)
            }
            func found() async throws -> [String] {
                try await pending(bench).compactMap { event in
                    switch event.kind {
                    case .forge(_, .pullRequest(let pull, let change)): "\(pull.number) \(change.rawValue)"
                    case .forge(_, .comment(let comment)): "comment \(comment.id)"
                    default: nil
                    }
                }.sorted()
            }
            let first = [pull(3, 12), pull(4, 12), pull(7, 12), pull(8, 12)]
            bench.forge.change { state in for pull in first { state.pulls[pull.number] = pull } }
            var seen = Polling.Look()
            try await look(bench, &seen)

            bench.clock.move(by: 300)
            // 3 is gone; 4 is open, and neither in the list nor to be read; 7 has too much to say; 8 has a word.
            let second = (hidden: pull(4, 13), long: pull(7, 13), said: pull(8, 13))
            let comments = [comment(7), comment(8)]
            bench.forge.change { state in
                state.pulls = [7: second.long, 8: second.said]
                state.unreadable = [4]
                state.troubles[7] = .unreadable("the answer is longer than 16777216 bytes")
                state.comments = comments
            }
            try await look(bench, &seen)
            let one = try await found()
            #expect(one == ["3 closed", "comment c8"])
            #expect(seen.passedOver?.message.hasPrefix("pull request 4: ") == true)

            // The next look, hours later and in another process, finds what that one could not see.
            bench.clock.move(by: 6 * 3600)
            bench.forge.change { state in
                state.unreadable = []
                state.troubles = [:]
                state.pulls[4] = second.hidden
            }
            var anew = Polling.Look()
            try await look(bench, &anew)
            let two = try await found()
            #expect(two == ["3 closed", "comment c7", "comment c8"])
            #expect(anew.passedOver == nil)

            bench.forge.change { $0.trouble = .unreachable("down", mayHaveActed: false) }
            await #expect(throws: Fault.self) { try await look(bench, &anew) }
        }
    }

    @Test func `of times that were missed only the newest comes, and only once`() async throws {
        let policy = Toy.policy("{ schedule: [{ cron: '0 3 * * *', timezone: UTC }] }")
        try await withBot(files: ["sluice.yaml": policy, "params.yaml": "a: 1\n"]) { bench in
            let noon = try #require(Timestamp.parse("2026-03-10T12:00:00.000Z"))
            bench.clock.move(to: noon)
            try await bench.served().refresh()
            let ticking = Ticking(bot: bench.bot)
            let entry = TriggersPolicy.ScheduleTrigger(cron: "0 3 * * *", timezone: "UTC")

            // New: what was due before nobody wanted it is not made up for.
            let next = try await ticking.look(at: entry, of: BotBench.project)
            #expect(next == noon.addingTimeInterval(15 * 3600))
            let none = try await pending(bench)
            #expect(none.isEmpty)

            bench.clock.move(by: 5 * 86_400)
            _ = try await ticking.look(at: entry, of: BotBench.project)
            _ = try await ticking.look(at: entry, of: BotBench.project)
            let missed = try await pending(bench)
            let due = noon.addingTimeInterval(5 * 86_400 - 9 * 3600)
            #expect(missed.map(\.kind) == [.tick(cron: "0 3 * * *", timezone: "UTC", due: due)])

            let event = try #require(try await bench.bot.engine.store.pendingEvents(limit: 1).first)
            try await bench.acting { try await bench.settled(event.id) }
            let run = try await bench.bot.engine.store.run(try #require(RunID(1)))
            #expect(run?.trigger == .schedule(cron: "0 3 * * *", due: due))
        }
    }

    @Test func `while a model cools down what begins by itself waits, and people do not`() async throws {
        let policy = Toy.policy("{ push: { branches: [main] }, schedule: [{ cron: '* * * * *' }] }")
        try await withBot(
            files: ["sluice.yaml": policy, "params.yaml": "a: 1\n"],
            change: { $0.projects[BotBench.project]?.coolDown = 600 }
        ) { bench in
            let head = try await bench.commit("Two")
            _ = try await bench.told("main", head)
            try await bench.serving { _ = try await bench.judged(1) }
            bench.clock.move(by: 60)
            let tick = try await bench.bot.record(
                .tick(cron: "* * * * *", timezone: "UTC", due: bench.clock.now), of: BotBench.project, by: nil, key: "t"
            )
            let wish = try await bench.bot.ask(
                .init(again: true, source: "test"), of: BotBench.project, by: nil, key: nil)

            try await bench.acting {
                try await bench.settled(wish.id)
                let waiting = try await bench.bot.waiting(event: tick)
                guard case .coolDown = waiting else { return #expect(Bool(false), "\(String(describing: waiting))") }
                let pending = try await bench.outcome(of: tick.id)
                #expect(pending == nil)
                bench.clock.move(by: 600)
                bench.bot.bells.events.ring()
                try await bench.settled(tick.id)
            }
        }
    }

    @Test func `files that are dropped end as a run of the queue`() async throws {
        try await withBot { bench in
            let drop = bench.folder.appending("drop")
            try Files.makeDirectory(drop)
            let rest = "datasets: { points: { mount: data/points, drop: \(drop), settle: 0.1s } }"
            try bench.write(Toy.policy("{ data: [points] }", rest), to: "sluice.yaml")
            try await bench.commit("Take in points")
            try await bench.served().refresh()
            try Files.writeDurably(Data("x,label\n1,0\n2,1\n".utf8), to: drop.appending("part-1.csv"))

            let bot = bench.bot
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await DropWatching(bot: bot).run() }
                group.addTask { try await Acting(bot: bot).run() }
                let queue = try await bench.eventually {
                    let queue = try await bot.engine.store.queue()
                    return queue.isEmpty ? nil : queue.map { ($0.run.trigger, $0.ticket.lane) }
                }
                #expect(queue.count == 1)
                let points = try #require(DatasetName("points"))
                #expect(queue.first?.0 == .data(points, snapshot: 1))
                #expect(queue.first?.1 == .data)
                group.cancelAll()
            }
        }
    }

    @Test func `two servers on one home: the second does not start`() async throws {
        try await withBot { bench in
            let wire = Wire { (_: WireRequest) async throws(WireError) -> WireResponse in
                throw WireError.notSent("nowhere")
            }
            let services = try await bench.bot.serve(wire)
            let refused = await #expect(throws: Fault.self) { try await bench.bot.serve(wire) }
            #expect(refused?.message.hasPrefix("another server works on the home") == true)
            #expect(services.count == 7)
        }
    }

    @Test func `a run that was taken up and did not begin yet counts for the day`() async throws {
        try await withBot(change: { $0.projects[BotBench.project]?.budget = Budget(runs: 1) }) { bench in
            for key in ["one", "two"] {
                let wish = try await bench.bot.ask(
                    .init(again: true, parameters: ["a": key == "one" ? "2" : "3"], source: "test"),
                    of: BotBench.project, by: nil, key: key)
                try await bench.acting { try await bench.settled(wish.id) }
            }
            let (one, two) = (try #require(RunID(1)), try #require(RunID(2)))
            let answer = try await bench.bot.admission(holding: [one])
            #expect(answer.start.isEmpty)
            guard case .budget? = answer.waiting[two] else {
                return #expect(Bool(false), "\(answer)")
            }
        }
    }

    @Test func `a run that a killed process left is taken up first`() async throws {
        try await withBot { bench in
            let head = try await bench.commit("Two")
            let event = try await bench.told("main", head)
            try await bench.acting { try await bench.settled(event.id) }
            // As a process leaves it that is killed after its first step.
            try await bench.bot.engine.store.change(try #require(RunID(1)), .prepare, at: bench.clock.now)

            try await bench.serving {
                let run = try await bench.judged(1)
                #expect(run.state == .judged(.passed), "\(run.state)")
            }
        }
    }
}

/// Which runs may begin: by limits, budgets and pauses.
struct AdmissionTests {
    private let toy = ProjectName(checked: "toy")
    private let other = ProjectName(checked: "other")
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    private func entry(_ number: Int64, _ project: ProjectName, model: String, _ lane: Ticket.Lane = .manual) throws
        -> (run: Run, ticket: Ticket)
    {
        let id = try #require(RunID(number))
        let commit = try #require(CommitID(hex: String(repeating: "1", count: 40)))
        let run = Run(
            id: id, fingerprint: Digest.of("\(number)"), repository: RepositoryID(path: "/r"),
            model: ModelName(checked: model), commit: commit, trigger: .manual, state: .queued, createdAt: now)
        let ticket = Ticket(
            run: id, project: project, lane: lane, priority: 0, pullRequest: nil, event: number, at: now)
        return (run, ticket)
    }

    private func admission(
        _ limits: ServerLimits, _ settings: ProjectSettings, usage: Admission.Usage = .init(), lastEnd: Date? = nil
    ) -> Admission {
        Admission(
            limits: limits, projects: [toy: settings, other: ProjectSettings(source: .git("/o"), concurrency: 9)],
            usage: [toy: usage], lastEnd: lastEnd.map { [ModelName(checked: "a"): $0] } ?? [:], now: now)
    }

    @Test func `who must wait lets others pass`() throws {
        let queue = [
            try entry(1, toy, model: "a"), try entry(2, toy, model: "a"), try entry(3, toy, model: "b"),
            try entry(4, other, model: "c"), try entry(5, other, model: "d"), try entry(6, other, model: "e"),
        ]
        let settings = ProjectSettings(source: .git("/t"), concurrency: 2)
        let answer = admission(ServerLimits(runs: 4, runsPerModel: 1), settings).answer(queue: queue, working: [])
        #expect(answer.start.map(\.number) == [1, 3, 4, 5])
        #expect(
            answer.waiting == [
                queue[1].run.id: .model(ModelName(checked: "a"), limit: 1), queue[5].run.id: .server(limit: 4),
            ])
        let busy = admission(ServerLimits(runs: 4, runsPerModel: 1), settings).answer(
            queue: [queue[2]], working: [try entry(8, toy, model: "x"), try entry(9, toy, model: "y")])
        #expect(busy.waiting == [queue[2].run.id: .project(toy, limit: 2)])
    }

    @Test func `a day that is spent begins anew at midnight`() throws {
        let queue = [try entry(1, toy, model: "a"), try entry(2, toy, model: "b"), try entry(3, other, model: "c")]
        let settings = ProjectSettings(source: .git("/t"), concurrency: 9, budget: Budget(runs: 3))
        let midnight = Date(timeIntervalSince1970: 1_700_006_400)
        let answer = admission(ServerLimits(runs: 9), settings, usage: .init(runs: 2)).answer(queue: queue, working: [])
        #expect(answer.start.map(\.number) == [1, 3])
        #expect(answer.waiting == [queue[1].run.id: .budget(until: midnight)])
        let time = ProjectSettings(source: .git("/t"), budget: Budget(time: 60))
        let spent = admission(ServerLimits(), time, usage: .init(seconds: 61)).answer(queue: [queue[0]], working: [])
        #expect(spent.waiting == [queue[0].run.id: .budget(until: midnight)])
    }

    @Test func `a project that is taken out keeps what waits`() throws {
        let gone = try entry(1, ProjectName(checked: "gone"), model: "a")
        let answer = admission(ServerLimits(), ProjectSettings(source: .git("/t"))).answer(queue: [gone], working: [])
        #expect(answer.waiting == [gone.run.id: .project(ProjectName(checked: "gone"), limit: 0)])
    }

    @Test func `what begins by itself waits while the model cools down`() throws {
        let queue = [try entry(1, toy, model: "a", .data), try entry(2, toy, model: "a", .branch(.main))]
        let settings = ProjectSettings(source: .git("/t"), coolDown: 100)
        let ended = now.addingTimeInterval(-40)
        let answer = admission(ServerLimits(), settings, lastEnd: ended).answer(queue: queue, working: [])
        #expect(answer.start.map(\.number) == [2])
        #expect(answer.waiting == [queue[0].run.id: .coolDown(until: now.addingTimeInterval(60))])
    }
}
