import Domain
import Foundation
import Testing

@testable import Storage

/// The queue of a server.
struct TicketTests {
    @Test func `a run waits in the queue by priority and age until somebody works on it`() async throws {
        try await withStore { store, _ in
            let low = try await store.ticketed("one", lane: .data).run
            let high = try await store.ticketed("two", lane: .manual, priority: 5).run
            let next = try await store.ticketed("three", lane: .manual, priority: 5).run
            _ = try await store.queued(try Samples.plan("without a ticket"), key: "none")

            #expect(try await store.queue().map(\.run) == [high, next, low])
            try await store.change(next.id, .prepare, at: Samples.later(1))
            #expect(try await store.queue().map(\.run.id) == [high.id, low.id])
            #expect(try await store.working().map(\.run.id) == [next.id])
            try await store.change(next.id, .cancel(by: nil, reason: ""), at: Samples.later(2))
            #expect(try await store.working().isEmpty)
            let ticket = try #require(try await store.ticket(of: high.id))
            #expect(ticket.run == high.id)
            #expect(ticket.lane == .manual)
            #expect(ticket.priority == 5)
        }
    }

    @Test func `a newer run cancels those that wait in its lane, with their stages, and no others`() async throws {
        try await withStore { store, _ in
            let lane = Ticket.Lane.branch(try Samples.branch())
            let working = try await store.ticketed("one", lane: lane).run
            try await store.change(working.id, .prepare, at: Samples.later(1))
            let waiting = try await store.ticketed("two", lane: lane).run
            let others = [
                try await store.ticketed("three", lane: .branch(try Samples.branch("other"))).run,
                try await store.ticketed("four", lane: lane, project: "ships").run,
                try await store.ticketed("five", lane: lane, model: "other").run,
                try await store.ticketed("six", lane: .pullRequest(3)).run,
            ]

            let (newest, superseded) = try await store.ticketed("seven", lane: lane, supersedes: true)

            #expect(superseded == [waiting.id])
            let state = try await store.run(waiting.id)?.state
            #expect(state == .cancelled(by: nil, reason: "superseded by run \(newest.id)"))
            let stages = try await store.stages(of: waiting.id).map(\.state)
            #expect(stages == [.cancelled, .cancelled])
            #expect(try await store.queue().map(\.run.id) == others.map(\.id) + [newest.id])
            #expect(try await store.run(working.id)?.state == .preparing)
            guard case .intact = try await store.verifyJournal() else {
                Issue.record("the chain broke")
                return
            }
        }
    }

    @Test func `asked again for the same event, nothing newer is cancelled`() async throws {
        try await withStore { store, _ in
            let lane = Ticket.Lane.branch(try Samples.branch())
            let first = try await store.ticketed("one", lane: lane, supersedes: true).run
            let second = try await store.ticketed("two", lane: lane, supersedes: true).run

            let again = try await store.ticketed("one", lane: lane, supersedes: true)

            #expect(again.run.id == first.id)
            #expect(again.superseded == [])
            #expect(try await store.queue().map(\.run.id) == [second.id])
        }
    }

    @Test func `a run that a person asked for too is not superseded`() async throws {
        try await withStore { store, _ in
            let lane = Ticket.Lane.branch(try Samples.branch())
            let first = try await store.ticketed("one", lane: lane, supersedes: true).run
            let event = try await store.record(try Samples.pushed("asked", commit: "one"))
            let (joined, _) = try await store.create(
                try Samples.plan("one"), for: [event.id], ticket: try Samples.draft(.manual, event: event.id),
                supersedes: false, at: Samples.now)

            let newest = try await store.ticketed("two", lane: lane, supersedes: true)

            #expect(joined == .live(first))
            #expect(newest.superseded == [])
            #expect(try await store.queue().map(\.run.id) == [first.id, newest.run.id])
        }
    }

    @Test func `a branch that goes back to a commit that is worked on cancels what waits`() async throws {
        try await withStore { store, _ in
            let lane = Ticket.Lane.branch(try Samples.branch())
            let first = try await store.ticketed("one", lane: lane, supersedes: true).run
            try await store.change(first.id, .prepare, at: Samples.later(1))
            let second = try await store.ticketed("two", lane: lane, supersedes: true).run
            let event = try await store.record(try Samples.pushed("back", commit: "one"))

            let (creation, superseded) = try await store.create(
                try Samples.plan("one"), for: [event.id], ticket: try Samples.draft(lane, event: event.id),
                supersedes: true, at: Samples.now)

            guard case .live(let run) = creation else {
                Issue.record("a second run of an equal plan")
                return
            }
            #expect(run.id == first.id)
            #expect(superseded == [second.id])
            #expect(try await store.event(event.id)?.outcome == .sameAs(first.id))
        }
    }

    @Test func `runs are found by pull request and by commit, newest first`() async throws {
        try await withStore { store, _ in
            let project = try Samples.project()
            let pull = try Samples.pull()
            let first = try await store.ticketed("one", lane: .pullRequest(3), pull: pull).run
            let second = try await store.ticketed("two", lane: .pullRequest(3), model: "other", pull: pull).run
            _ = try await store.ticketed("three", lane: .pullRequest(4), pull: try Samples.pull(4))
            _ = try await store.ticketed("four", lane: .pullRequest(3), project: "ships", pull: pull)

            #expect(try await store.tickets(pullRequest: 3, of: project).map(\.run.id) == [second.id, first.id])
            #expect(try await store.tickets(commit: first.commit, of: project).map(\.run.id) == [first.id])
            #expect(try await store.newestRun(of: project, pullRequest: 3)?.run.id == second.id)
            let ofModel = try await store.newestRun(of: project, pullRequest: 3, model: first.model)
            #expect(ofModel?.run.id == first.id)
            #expect(ofModel?.ticket.pullRequest == pull)
            #expect(try await store.newestRun(of: project, pullRequest: 9) == nil)
        }
    }

    @Test func `a project's day counts what began in it and what it used of older runs`() async throws {
        try await withStore { store, _ in
            let project = try Samples.project()
            let model = try Samples.model()
            func run(_ text: String, start: Double?, end: Double?, project: String = "flights") async throws {
                let run = try await store.ticketed(text, lane: .manual, project: project).run
                if let start { try await store.change(run.id, .prepare, at: Samples.later(start)) }
                if let end { try await store.change(run.id, .cancel(by: nil, reason: ""), at: Samples.later(end)) }
            }
            try await run("yesterday", start: 10, end: 20)
            try await run("over midnight", start: 90, end: 130)
            try await run("today", start: 140, end: 150)
            try await run("now", start: 160, end: nil)
            try await run("waits", start: nil, end: nil)
            try await run("never began", start: nil, end: 170)
            try await run("of another", start: 140, end: 150, project: "ships")

            let usage = try await store.usage(of: project, since: Samples.later(100), now: Samples.later(180))

            #expect(usage.runs == 2)
            #expect(abs(usage.seconds - (30 + 10 + 20)) < 0.01)
            #expect(try await store.lastEnd(ofModel: model) == Samples.later(150))
            #expect(try await store.lastEnd(ofModel: try Samples.model("other")) == nil)
        }
    }

    @Test func `runs outside of pull requests are found however many others there are`() async throws {
        try await withStore { store, _ in
            let (project, model) = (try Samples.project(), try Samples.model())
            let pull = try Samples.pull()
            let outside = try await store.ticketed("outside", lane: .data).run
            try await store.judge(outside.id)
            for text in ["one", "two", "three"] {
                try await store.judge(try await store.ticketed(text, lane: .pullRequest(3), pull: pull).run.id)
            }
            _ = try await store.ticketed("waits", lane: .data)

            #expect(try await store.judgedOutside(of: model, in: project, limit: 1).map(\.id) == [outside.id])
        }
    }

    @Test func `what is asked for once more is known by a ticket of its own, and it is what was asked for last`()
        async throws
    {
        try await withStore { store, _ in
            let (project, pull) = (try Samples.project(), try Samples.pull())
            let first = try await store.ticketed("one", lane: .pullRequest(3), pull: pull).run
            let second = try await store.ticketed("two", lane: .pullRequest(3), pull: pull).run
            let event = try await store.record(try Samples.pushed("back", commit: "one"))
            let draft = try Samples.draft(.pullRequest(3), event: event.id, pull: pull)

            for _ in 0..<2 {
                try await store.share(first, with: draft, for: [event.id], supersedes: true, at: Samples.now)
            }

            #expect(try await store.event(event.id)?.outcome == .sameAs(first.id))
            #expect(try await store.run(second.id)?.state.word == "cancelled")
            #expect(try await store.tickets(of: first.id).map(\.event).count == 2)
            #expect(try await store.tickets(pullRequest: 3, of: project).map(\.run.id) == [first.id, second.id])
            #expect(try await store.newestRun(of: project, pullRequest: 3)?.run.id == first.id)
            let found = try await store.runs(matching: RunFilter(pullRequest: 3), limit: 9)
            #expect(found.map(\.run.id) == [second.id, first.id])
        }
    }

    @Test func `a run of a newer plan takes over what a queued one was asked for by`() async throws {
        try await withStore { store, _ in
            let project = try Samples.project()
            let lane = Ticket.Lane.branch(try Samples.branch())
            let old = try await store.ticketed("one", lane: lane).run
            let asked = try await store.record(try Samples.pushed("asked", commit: "one"))
            _ = try await store.create(
                try Samples.plan("one"), for: [asked.id],
                ticket: try Samples.draft(.manual, event: asked.id, priority: 3),
                supersedes: false, at: Samples.now)
            let newer = try await store.ticketed("two", lane: lane, supersedes: true).run

            let plan = try Samples.plan("newer plan")
            let next = try #require(try await store.replace(old.id, by: plan, at: Samples.now))

            #expect(try await store.run(old.id)?.state == .cancelled(by: nil, reason: "superseded by run \(next.id)"))
            #expect(try await store.tickets(of: next.id).map(\.lane) == [.manual], "the branch is further")
            #expect(try await store.queue().map(\.run.id) == [next.id, newer.id])
            #expect(try await store.replace(old.id, by: plan, at: Samples.now) == nil)
            #expect(try await store.tickets(commit: next.commit, of: project).map(\.run.id).contains(next.id))
            guard case .intact = try await store.verifyJournal() else {
                Issue.record("the chain broke")
                return
            }
        }
    }
}

extension Store {
    /// Brings a queued run to a verdict.
    fileprivate func judge(_ run: RunID) async throws {
        for change in [RunState.Change.prepare, .start, .judge] {
            try await self.change(run, change, at: Samples.later(1))
        }
        try await conclude(run, Samples.conclusion(.passed), at: Samples.later(2))
    }
}
