import Domain
import Engine
import Forges
import Foundation
import Git
import Host
import Reports
import Settings
import Storage
import Testing

@testable import Service

/// Events that cannot be acted on for now: they are kept, tried again, and told of.
@Suite(.timeLimit(.minutes(10)))
struct RetryTests {
    private let project = BotBench.project

    /// Lets acting go on after the pause that it is in, however long that is.
    private func later(_ bench: BotBench, by seconds: Double) {
        bench.clock.move(by: seconds)
        bench.bot.bells.events.ring()
    }

    /// Comes back when all projects were looked at once more: an event of another one, which needs no forge, is settled.
    private func looked(_ bench: BotBench) async throws {
        for _ in 0..<2 {
            let name = try bench.branch("gone-\(UInt64.random(in: 0 ... .max))")
            let event = try await bench.bot.tell(name, before: nil, after: nil, of: Self.other)
            try await bench.settled(event.id)
        }
    }

    private static let other = ProjectName(checked: "other")
    private let withOther: @Sendable (inout ServerSettings) -> Void = { settings in
        settings.projects[RetryTests.other] = ProjectSettings(source: .git("/nowhere/other.git"))
    }

    private func comment(_ bench: BotBench, _ id: String, _ body: String, on pull: Int64 = 7) -> PullRequestComment {
        let ada = ForgeUser(id: "6", login: .init(checkedLogin: "bob"))
        let comment = PullRequestComment(
            pullRequest: pull, id: id, author: ada, isByMachine: false, isEdited: false, body: body,
            createdAt: bench.clock.now)
        bench.forge.change { $0.comments.append(comment) }
        return comment
    }

    @Test func `a command and a push outlast a day without the forge, and why says what they wait for`() async throws {
        try await withBot(onForge: true) { bench in
            let head = try await bench.commit("Two")
            bench.forge.change { state in
                state.pulls[7] = .seven(head)
                state.trouble = .unreachable("no route to hunter2-token", mayHaveActed: false)
            }
            let push = try await bench.told("main", head)
            let help = try await bench.take(.comment(comment(bench, "c1", "/help")))
            let store = bench.bot.engine.store

            try await bench.acting {
                for hour in 1...24 {
                    let tried = try await bench.eventually {
                        let known = [try await store.trouble(of: push.id), try await store.trouble(of: help.id)]
                        return known.compactMap { $0 }.filter { $0.attempts >= hour }.count == 2 ? known : nil
                    }
                    #expect(tried.compactMap { $0?.next }.allSatisfy { $0 <= bench.clock.now.addingTimeInterval(400) })
                    later(bench, by: 3600)
                }
                let waiting = try await bench.bot.waiting(event: push)
                guard case .trouble(let fault, let attempts, _) = waiting else {
                    return #expect(Bool(false), "\(String(describing: waiting))")
                }
                #expect(attempts >= 24)
                #expect(fault.message == "the forge cannot be reached: no route to [secret]")
                let told = try await bench.bot.engine.explain("event \(help.id)")
                #expect(told.waits.map(\.subject) == ["event \(help.id)"])
                let counts = try await store.troubleCounts()
                #expect(counts == [project: 2])

                bench.forge.change { $0.trouble = nil }
                for event in [push.id, help.id] {
                    _ = try await bench.eventuallyLater { try await bench.outcome(of: event) }
                }
            }

            let outcomes = [try await bench.outcome(of: push.id), try await bench.outcome(of: help.id)]
            #expect(outcomes == [.started(try #require(RunID(1))), .handled("the commands were listed")])
            let counts = try await store.troubleCounts()
            #expect(counts.isEmpty)
        }
    }

    @Test func `a forge that wants to be left alone until a time is left alone until then`() async throws {
        try await withBot(onForge: true, change: withOther) { bench in
            let head = try await bench.commit("Two")
            let until = bench.clock.now.addingTimeInterval(1800)
            bench.forge.change { $0.trouble = .rateLimited(until: until) }
            let first = try await bench.told("main", head)
            let store = bench.bot.engine.store

            try await bench.acting {
                let trouble = try await bench.eventually { try await store.trouble(of: first.id) }
                #expect(trouble.next >= until)
                // What comes meanwhile does not ask either.
                let asked = bench.forge.questions
                let second = try await bench.told("topic", head)
                let own = try await bench.told("sluice/promote/toy", head)
                later(bench, by: 1700)
                try await looked(bench)
                #expect(bench.forge.questions == asked)
                let pending = try await store.pendingEvents(limit: 10).map(\.id)
                #expect(pending == [first.id, second.id, own.id])

                bench.forge.change { $0.trouble = nil }
                later(bench, by: 200)
                for event in [first, second, own] {
                    _ = try await bench.eventuallyLater { try await bench.outcome(of: event.id) }
                }
            }
        }
    }

    @Test func `a token that was revoked is visible, and mending it is enough`() async throws {
        for trouble in [ForgeError.unauthorized("Bad credentials"), .forbidden("Resource not accessible")] {
            try await withBot(onForge: true) { bench in
                let head = try await bench.commit("Two")
                bench.forge.change { state in
                    state.pulls[7] = .seven(head)
                    state.trouble = trouble
                }
                let event = try await bench.take(.comment(comment(bench, "c1", "/help")))
                try await bench.acting {
                    let known = try await bench.eventually {
                        bench.bot.health.now.first { $0.what == "project toy" }
                    }
                    #expect(known.fault == trouble.fault)
                    let outcome = try await bench.outcome(of: event.id)
                    #expect(outcome == nil)
                    bench.forge.change { $0.trouble = nil }
                    _ = try await bench.eventuallyLater { try await bench.outcome(of: event.id) }
                    _ = try await bench.eventually { bench.bot.health.now.isEmpty ? true : nil }
                }
            }
        }
    }

    @Test func `what the forge goes on to forbid is answered after an hour, and bars the pull request no longer`()
        async throws
    {
        try await withBot(onForge: true) { bench in
            let head = try await bench.commit("Two")
            bench.forge.change { state in
                state.pulls[7] = .seven(head)
                state.troubles[7] = .forbidden("Resource not accessible by hunter2-token")
            }
            let help = try await bench.take(.comment(comment(bench, "c1", "/help")))
            var closed = PullRequest.seven(head)
            closed.state = .closed
            let end = try await bench.take(.pullRequest(closed, .closed))
            let store = bench.bot.engine.store

            try await bench.acting {
                for attempts in 1...3 {
                    _ = try await bench.eventually { () -> Bool? in
                        try await store.trouble(of: help.id)?.attempts == attempts ? true : nil
                    }
                    let pending = try await store.pendingEvents(limit: 10).map(\.id)
                    #expect(pending == [help.id, end.id])
                    later(bench, by: attempts == 3 ? 3600 : 400)
                }
                try await bench.settled(end.id)
            }

            let why = Fault(.environment, "the forge does not allow it: Resource not accessible by [secret]")
            let outcome = try await bench.outcome(of: help.id)
            #expect(outcome == .handled(Outside.summary(.refused(.couldNotAsk(why)))))
            let reply = try await store.post(key: "reply:\(BotBench.forgeName):acme/toy:7:c1")
            guard case .reply(_, _, let body)? = reply?.post.message else {
                return #expect(Bool(false), "\(String(describing: reply))")
            }
            #expect(body.contains("Nobody knows whether it is allowed, so nothing was done"))
        }
    }

    @Test func `what is told while the token may not see the repository is acted on when it may again`() async throws {
        try await withBot(onForge: true) { bench in
            let head = try await bench.commit("Two")
            var eight = PullRequest.seven(head)
            eight.number = 8
            let other = eight
            bench.forge.change { state in
                state.pulls = [7: .seven(head), 8: other]
                state.trouble = .notFound("Not Found (status 404)")
            }
            let push = try await bench.told("main", head)
            let changed = try await bench.take(.pullRequestChanged(8))
            let help = try await bench.take(.comment(comment(bench, "c1", "/help")))
            let events = [push.id, changed.id, help.id]

            try await bench.acting {
                for id in events {
                    _ = try await bench.eventuallyLater { try await bench.bot.engine.store.trouble(of: id) }
                }
                let told = try await bench.eventually { bench.bot.health.now.first { $0.what == "project toy" } }
                #expect(told.fault.message.contains("Not Found (status 404)"))
                let pending = try await bench.bot.engine.store.pendingEvents(limit: 10).map(\.id)
                #expect(pending == events, "nothing is given up for it")

                bench.forge.change { $0.trouble = nil }
                for id in events { _ = try await bench.eventuallyLater { try await bench.outcome(of: id) } }
            }

            let outcomes = [try await bench.outcome(of: push.id), try await bench.outcome(of: help.id)]
            #expect(outcomes == [.started(try #require(RunID(1))), .handled("the commands were listed")])
        }
    }

    @Test func `a pull request that the forge deleted is no reason to wait`() async throws {
        try await withBot(onForge: true) { bench in
            let gone = try await bench.take(.pullRequestChanged(9))

            try await bench.acting { try await bench.settled(gone.id) }

            let outcome = try await bench.outcome(of: gone.id)
            #expect(outcome == .ignored(reason: "the forge has no pull request 9"))
        }
    }

    @Test func `what one pull request is told keeps its order, and holds no other up`() async throws {
        try await withBot(onForge: true) { bench in
            let head = try await bench.commit("Two")
            var bad = PullRequest.seven(head)
            bad.number = 9
            let lost = bad
            // Only what is asked about pull request 9 fails.
            bench.forge.change { state in
                state.pulls[7] = .seven(head)
                state.pulls[9] = lost
                state.troubles[9] = .unreachable("status 500", mayHaveActed: false)
            }
            let first = try await bench.take(.comment(comment(bench, "c1", "/help", on: 9)))
            let second = try await bench.take(.comment(comment(bench, "c2", "/help", on: 9)))
            let other = try await bench.take(.comment(comment(bench, "c3", "/help")))
            let store = bench.bot.engine.store

            try await bench.acting {
                try await bench.settled(other.id)
                _ = try await bench.eventually { try await store.trouble(of: first.id) }
                let waits = try await store.trouble(of: second.id)
                #expect(waits == nil)
                let pending = try await store.pendingEvents(limit: 10).map(\.id)
                #expect(pending == [first.id, second.id])
                bench.forge.change { $0.troubles = [:] }
                _ = try await bench.eventuallyLater { try await bench.outcome(of: second.id) }
            }
            let journal = try await store.journal(after: 0, limit: 1000).filter { $0.body.contains("\"settle\"") }
            #expect(journal.map(\.subject) == [other, first, second].map { "event \($0.id)" })
        }
    }

    @Test func `a forge that is down is not asked once for each event`() async throws {
        try await withBot(onForge: true, change: withOther) { bench in
            let head = try await bench.commit("Two")
            bench.forge.change { $0.trouble = .unreachable("down", mayHaveActed: false) }
            for number in 0..<40 { _ = try await bench.told("b\(number)", head) }

            try await bench.acting {
                _ = try await bench.eventually { bench.bot.health.now.isEmpty ? nil : true }
                try await looked(bench)
                #expect(bench.forge.questions <= 3)
                bench.forge.change { $0.trouble = nil }
                let asked = bench.forge.questions
                _ = try await bench.eventuallyLater {
                    try await bench.bot.engine.store.pendingEvents(limit: 1).isEmpty ? true : nil
                }
                // One fetch is enough for what was told before it.
                #expect(bench.forge.questions <= asked + 4)
            }
        }
    }
}

/// How long something that failed is left alone.
struct RetriesTests {
    private let toy = ProjectName(checked: "toy")
    private let now = Date(timeIntervalSince1970: 1_700_000_000)
    private let fault = Fault(.environment, "down")

    @Test func `pauses grow to a few minutes, and never end before the forge says`() {
        let retries = Retries(jitter: { 1 })
        let work = Retries.Work.subject(toy, "branch main")
        let pauses = (0..<12).map { _ in retries.failed(work, fault, now: now).next.timeIntervalSince(now) }
        #expect(pauses == [4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300, 300])
        let told = Fault(.environment, "limited", notBefore: now.addingTimeInterval(2000))
        #expect(retries.failed(work, told, now: now).next == now.addingTimeInterval(2001))
        #expect(!retries.isDue(work, now: now.addingTimeInterval(2000)))
        #expect(retries.nextDue(after: now) == now.addingTimeInterval(2001))
        #expect(retries.nextDue(after: now.addingTimeInterval(3000)) == nil)
        retries.hurry(toy, now: now)
        #expect(retries.isDue(work, now: now))
        retries.keep(["branch other"], of: toy)
        #expect(!retries.isTroubled(work))
    }

    @Test func `pauses of many are not all alike`() {
        let retries = Retries()
        let times = Set(
            (0..<20).map { retries.failed(.subject(toy, "branch \($0)"), fault, now: now).next })
        #expect(times.count > 10)
        #expect(times.allSatisfy { $0 >= now.addingTimeInterval(3.2) && $0 <= now.addingTimeInterval(4.8) })
    }
}
