import Domain
import Engine
import Forges
import Foundation
import Git
import Host
import Settings
import Storage
import Testing

@testable import Service

/// From a pull request to its run.
@Suite(.timeLimit(.minutes(20)))
struct PullRequestTests {
    /// A commit on a branch `topic` that no branch of the remote is left with, as a fork's is.
    private func topic(_ bench: BotBench, keepsBranch: Bool = true) async throws -> CommitID {
        try await bench.git("checkout", "-q", "-b", "topic")
        try bench.write("a: 2\n", to: "params.yaml")
        let head = try await bench.commit("Change")
        try await bench.git("checkout", "-q", "main")
        try await bench.git("update-ref", "refs/pull/7/head", head.hex)
        if !keepsBranch { try await bench.git("branch", "-q", "-D", "topic") }
        return head
    }

    @Test func `a pull request of which only the number is told is asked for`() async throws {
        try await withBot(onForge: true) { bench in
            let head = try await topic(bench)
            bench.forge.change { $0.pulls[7] = .seven(head) }
            let told = try await bench.take(.pullRequestChanged(7))
            let gone = try await bench.take(.pullRequestChanged(8))
            try await bench.acting {
                try await bench.settled(told.id)
                try await bench.settled(gone.id)
            }

            let outcomes = [try await bench.outcome(of: told.id), try await bench.outcome(of: gone.id)]
            #expect(
                outcomes == [
                    .started(try #require(RunID(1))), .ignored(reason: "the forge has no pull request 8"),
                ])
            let run = try await bench.bot.engine.store.run(try #require(RunID(1)))
            #expect(run?.commit == head && run?.trigger == .pullRequest(7, base: .main))

            bench.forge.change { $0.pulls[7]?.state = .closed }
            let closed = try await bench.take(.pullRequestChanged(7))
            try await bench.acting { try await bench.settled(closed.id) }
            let cancelled = try await bench.bot.engine.store.run(try #require(RunID(1)))
            #expect(cancelled?.state == .cancelled(by: nil, reason: "pull request 7 was closed"))

            bench.clock.move(by: 60)
            bench.forge.change { $0.pulls[7] = .seven(head, updatedAt: "2026-11-28T13:00:00Z") }
            let reopened = try await bench.take(.pullRequestChanged(7))
            try await bench.acting { try await bench.settled(reopened.id) }
            let outcome = try await bench.outcome(of: reopened.id)
            #expect(outcome == .started(try #require(RunID(2))))
        }
    }

    @Test func `a pull request has a pending status at once and a run under the base's rules`() async throws {
        try await withBot(onForge: true) { bench in
            let base = try #require(CommitID(hex: try await bench.git("rev-parse", "main")))
            let head = try await topic(bench)
            let event = try await bench.take(.pullRequest(.seven(head), .opened))

            try await bench.acting { try await bench.settled(event.id) }

            let (run, ticket) = try #require(
                try await bench.bot.engine.store.newestRun(of: BotBench.project, pullRequest: 7))
            #expect(run.trigger == .pullRequest(7, base: .main) && run.commit == head)
            #expect(ticket.pullRequest?.number == 7 && ticket.lane == .pullRequest(7))
            let plan = try await bench.bot.engine.store.plan(of: run.id)
            #expect(plan?.rules?.commit == base && plan?.isForeign == nil)
            let status = try await bench.status(of: head)
            #expect(status?.state == .pending)
        }
    }

    @Test func `a head that is told of in many ways has one run, although the rules changed in between`() async throws {
        try await withBot(onForge: true) { bench in
            let head = try await topic(bench)
            let opened = try await bench.take(.pullRequest(.seven(head), .opened))
            try await bench.acting { try await bench.settled(opened.id) }
            try bench.write(
                Toy.policy("{ push: {}, pull_request: {} }", "approval: { required: 2 }"), to: "sluice.yaml")
            try await bench.commit("Two have to approve")
            bench.clock.move(by: 60)
            let same = PullRequest.seven(head, updatedAt: "2026-11-28T13:00:00Z")
            bench.forge.change { $0.pulls[7] = same }

            // Another title, for one, is an edit; and some forges tell nothing but the number.
            for told: ForgeEvent in [
                .pullRequest(same, .synchronized), .pullRequest(same, .edited), .pullRequestChanged(7),
            ] {
                let again = try await bench.take(told)
                try await bench.acting { try await bench.settled(again.id) }
                let outcome = try await bench.outcome(of: again.id)
                #expect(outcome == .sameAs(try #require(RunID(1))), "\(told)")
            }

            let queue = try await bench.bot.engine.store.queue().map(\.run.id.number)
            #expect(queue == [1])
        }
    }

    @Test func `a head that nobody told of in time gets no run after the newer one, which gets no second one`()
        async throws
    {
        try await withBot(onForge: true) { bench in
            let old = try await topic(bench)
            let new = try await bench.commit("Newer")
            let (noon, later) = ("2026-11-28T12:00:00Z", "2026-11-28T13:00:00Z")
            bench.forge.change { $0.pulls[7] = .seven(new, updatedAt: later) }
            // The webhook of the first head was lost, and a look at the forge found the second one.
            let found = try await bench.take(.pullRequest(.seven(new, updatedAt: later), .opened))
            try await bench.acting { try await bench.settled(found.id) }
            bench.clock.move(by: 60)

            let late = try await bench.take(.pullRequest(.seven(old, updatedAt: noon), .opened))
            try await bench.acting { try await bench.settled(late.id) }
            bench.clock.move(by: 60)
            let again = try await bench.take(.pullRequest(.seven(new, updatedAt: later), .synchronized))
            try await bench.acting { try await bench.settled(again.id) }

            let reason = try await bench.reason(late.id)
            #expect(reason == "pull request 7 stands on commit \(new.short) by now")
            let outcome = try await bench.outcome(of: again.id)
            #expect(outcome == RunID(1).map { .sameAs($0) })
            let queue = try await bench.bot.engine.store.queue().map(\.run.id.number)
            #expect(queue == [1])
        }
    }

    @Test func `a head that nobody told of gets its run when anything lets the bot see it`() async throws {
        try await withBot(onForge: true) { bench in
            let first = try await topic(bench)
            let opened = try await bench.take(.pullRequest(.seven(first), .opened))
            try await bench.acting { try await bench.settled(opened.id) }
            bench.clock.move(by: 60)
            let middle = try await bench.commit("Middle")
            let last = try await bench.commit("Last")
            bench.forge.change { $0.pulls[7] = .seven(last, updatedAt: "2026-11-28T13:00:00Z") }

            let late = try await bench.take(
                .pullRequest(.seven(middle, updatedAt: "2026-11-28T12:30:00Z"), .synchronized))
            try await bench.acting {
                try await bench.settled(late.id)
                _ = try await bench.eventually { try await bench.bot.engine.store.run(try #require(RunID(2))) }
            }

            let run = try await bench.bot.engine.store.run(try #require(RunID(2)))
            #expect(run?.commit == last)
            let reason = try await bench.reason(late.id)
            #expect(reason == "pull request 7 stands on commit \(last.short) by now")
        }
    }

    @Test func `a head that is told of late, after the newer one, gets no second run`() async throws {
        try await withBot(onForge: true) { bench in
            let old = try await topic(bench)
            let first = try await bench.take(.pullRequest(.seven(old), .opened))
            try await bench.acting { try await bench.settled(first.id) }
            bench.clock.move(by: 60)
            let new = try await bench.commit("Newer")
            bench.forge.change { $0.pulls[7] = .seven(new, updatedAt: "2026-11-28T13:00:00Z") }
            let second = try await bench.take(
                .pullRequest(.seven(new, updatedAt: "2026-11-28T13:00:00Z"), .synchronized))
            try await bench.acting { try await bench.settled(second.id) }
            bench.clock.move(by: 60)

            let late = try await bench.take(
                .pullRequest(.seven(old, updatedAt: "2026-11-28T12:30:00Z"), .synchronized))
            try await bench.acting { try await bench.settled(late.id) }

            let reason = try await bench.reason(late.id)
            #expect(reason == "pull request 7 stands on commit \(new.short) by now")
            let known = try await bench.bot.engine.store.pullRequest(7, of: BotBench.project)
            #expect(known?.head == new)
            let queue = try await bench.bot.engine.store.queue().map(\.run.id.number)
            #expect(queue == [2])
        }
    }

    @Test func `a run that was asked for before a newer commit came does not take that one's place`() async throws {
        try await withBot(onForge: true) { bench in
            let old = try await topic(bench)
            let first = try await bench.take(.pullRequest(.seven(old), .opened))
            try await bench.acting { try await bench.settled(first.id) }
            bench.clock.move(by: 60)
            let new = try await bench.commit("Newer")
            let now = PullRequest.seven(new, updatedAt: "2026-11-28T13:00:00Z")
            bench.forge.change { $0.pulls[7] = now }
            let second = try await bench.take(.pullRequest(now, .synchronized))

            // The comment came first, and what it asks for is recorded when somebody acts on it.
            let asked = try await bench.bot.ask(
                Event.Ask(commit: old, again: true, source: "/retrain", pullRequest: 7), of: BotBench.project, by: nil,
                key: nil)
            try await bench.acting {
                try await bench.settled(second.id)
                try await bench.settled(asked.id)
            }

            let reason = try await bench.reason(asked.id)
            #expect(reason == "pull request 7 stands on commit \(new.short) by now")
            let queue = try await bench.bot.engine.store.queue().map(\.run.commit)
            #expect(queue == [new])
        }
    }

    @Test func `code from a fork waits for a word for exactly that commit`() async throws {
        try await withBot(onForge: true) { bench in
            let head = try await topic(bench, keepsBranch: false)
            let store = bench.bot.engine.store
            let event = try await bench.take(.pullRequest(.seven(head, isFork: true), .opened))
            try await bench.acting {
                _ = try await bench.eventually { try await bench.status(of: head) }
                let asked = bench.forge.questions
                let waiting = try await bench.bot.waiting(event: event)
                #expect(waiting == .permission(head))
                // While it waits the forge is not asked again and again.
                bench.bot.bells.events.ring()
                let other = try await bench.told("old", head, before: nil)
                try await bench.settled(other.id)
                #expect(bench.forge.questions <= asked + 3)
                let pending = try await bench.outcome(of: event.id)
                #expect(pending == nil)

                let voice = Voice(person: .init(checkedLogin: "maria"), way: .page)
                try await store.permit(head, of: BotBench.project, by: voice, at: bench.clock.now)
                bench.bot.bells.events.ring()
                try await bench.settled(event.id)
            }

            let newest = try await store.newestRun(of: BotBench.project, pullRequest: 7)
            let run = try #require(newest?.run)
            let plan = try await store.plan(of: run.id)
            #expect(plan?.isForeign == true)

            bench.clock.move(by: 60)
            try await bench.git("checkout", "-q", "-b", "more", head.hex)
            let next = try await bench.commit("More")
            try await bench.git("update-ref", "refs/pull/7/head", next.hex)
            try await bench.git("checkout", "-q", "main")
            let moved = PullRequest.seven(next, isFork: true, updatedAt: "2026-11-28T13:00:00Z")
            bench.forge.change { $0.pulls[7] = moved }
            let later = try await bench.take(.pullRequest(moved, .synchronized))
            try await bench.acting { _ = try await bench.eventually { try await bench.status(of: next) } }
            let waits = try await bench.bot.waiting(event: later)
            #expect(waits == .permission(next))
        }
    }

    @Test func `a fork that the policy never runs stays blocked`() async throws {
        let policy = Toy.policy("{ pull_request: { forks: never } }")
        try await withBot(onForge: true, files: ["sluice.yaml": policy, "params.yaml": "a: 1\n"]) { bench in
            let head = try await topic(bench, keepsBranch: false)
            let event = try await bench.take(.pullRequest(.seven(head, isFork: true), .opened))
            try await bench.acting { try await bench.settled(event.id) }
            let reason = try await bench.reason(event.id)
            #expect(reason == "the policy runs no code from forks (triggers.pull_request.forks is never)")
            let status = try await bench.status(of: head)
            #expect(status?.state == .pending)
        }
    }

    @Test
    func `a fork where the policy runs no pull requests is told that nothing is needed, and no word is asked for`()
        async throws
    {
        let policy = Toy.policy("{ push: { branches: [main] } }")
        try await withBot(onForge: true, files: ["sluice.yaml": policy, "params.yaml": "a: 1\n"]) { bench in
            try await bench.served().refresh()
            let head = try await topic(bench, keepsBranch: false)
            let event = try await bench.take(.pullRequest(.seven(head, isFork: true), .opened))
            try await bench.acting { try await bench.settled(event.id) }
            let status = try await bench.status(of: head)
            #expect(status?.state == .success)
            let report = try await bench.bot.engine.store.post(key: "report:hub:acme/toy:7:toy")
            #expect(report == nil)
        }
    }

    @Test func `closing a pull request frees the place of its run`() async throws {
        try await withBot(onForge: true) { bench in
            let head = try await topic(bench)
            let opened = try await bench.take(.pullRequest(.seven(head), .opened))
            bench.clock.move(by: 1)
            var pull = PullRequest.seven(head, updatedAt: "2026-11-28T13:00:00Z")
            pull.state = .closed
            let closed = try await bench.take(.pullRequest(pull, .closed))

            try await bench.acting { try await bench.settled(closed.id) }

            let first = try await bench.outcome(of: opened.id)
            #expect(first == .started(try #require(RunID(1))))
            let run = try await bench.bot.engine.store.run(try #require(RunID(1)))
            #expect(run?.state == .cancelled(by: nil, reason: "pull request 7 was closed"))
            let queue = try await bench.bot.engine.store.queue().count
            #expect(queue == 0)
        }
    }

    @Test func `a merge queue's commit gets a run, or the status that lets the queue go on`() async throws {
        try await withBot(onForge: true) { bench in
            let head = try await topic(bench)
            let event = try await bench.take(.mergeGroup(head: head, base: .main))
            try await bench.acting { try await bench.settled(event.id) }
            let outcome = try await bench.outcome(of: event.id)
            #expect(outcome == .started(try #require(RunID(1))))
            let status = try await bench.status(of: head)
            #expect(status?.state == .pending)
        }
        let policy = Toy.policy("{ push: { branches: [main] } }")
        try await withBot(onForge: true, files: ["sluice.yaml": policy, "params.yaml": "a: 1\n"]) { bench in
            let head = try await topic(bench)
            let event = try await bench.take(.mergeGroup(head: head, base: .main))
            try await bench.acting { try await bench.settled(event.id) }
            let status = try await bench.status(of: head)
            #expect(status?.state == .success)
        }
    }
}
