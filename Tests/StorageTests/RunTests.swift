import Domain
import Foundation
import Testing

@testable import Storage

struct RunTests {
    @Test func `a run is created with its plan, its stages and its event's outcome at once`() async throws {
        try await withStore { store, _ in
            var plan = try Samples.plan()
            plan.uncommitted = ["notes.txt"]
            let event = try await store.record(try Samples.event("one"))

            let creation = try await store.create(plan, for: event.id, at: Samples.now)

            guard case .created(let run) = creation else {
                Issue.record("not created")
                return
            }
            #expect(run.state == .queued)
            #expect(run.fingerprint == plan.fingerprint)
            #expect(try await store.plan(of: run.id) == plan)
            let stages = try await store.stages(of: run.id)
            #expect(stages.map(\.name.text) == ["test:unit", "train:fit"])
            #expect(stages.map(\.state) == [.pending, .pending])
            #expect(try await store.events(limit: 5).map(\.outcome) == [.started(run.id)])
        }
    }

    @Test func `an equal plan joins the live run, and starts a new one when that is over`() async throws {
        try await withStore { store, _ in
            let first = try await store.queued(try Samples.plan(), key: "one")
            var again = try Samples.plan()
            again.uncommitted = ["notes.txt"]
            let second = try await store.record(try Samples.event("two"))

            #expect(try await store.create(again, for: second.id, at: Samples.now) == .live(first))
            #expect(try await store.events(limit: 1).first?.outcome == .sameAs(first.id))

            try await store.change(first.id, .cancel(by: nil, reason: "enough"), at: Samples.now)
            let third = try await store.queued(again, key: "three")
            #expect(third.id > first.id)
            #expect(try await store.plan(of: third.id) == again)
        }
    }

    @Test func `an event that came to a run comes to the same run when it is acted on again`() async throws {
        try await withStore { store, _ in
            let event = try await store.record(try Samples.event("one"))
            let plan = try Samples.plan()
            let first = try await store.create(plan, for: event.id, at: Samples.now)

            #expect(try await store.create(plan, for: event.id, at: Samples.later(9)) == first)
            #expect(try await store.runs(limit: 10).count == 1)
        }
    }

    @Test func `an event with no run, or one that is settled, starts nothing`() async throws {
        try await withStore { store, _ in
            let plan = try Samples.plan()
            let nowhere = try await fault { try await store.create(plan, for: 99, at: Samples.now) }
            #expect(nowhere.kind == .bug)

            let event = try await store.record(try Samples.event("one"))
            try await store.settle(event: event.id, as: .ignored(reason: "filter"), at: Samples.now)
            try await store.settle(event: event.id, as: .ignored(reason: "another"), at: Samples.now)
            let refused = try await fault { try await store.create(plan, for: event.id, at: Samples.now) }
            #expect(refused.kind == .environment)
            #expect(try await store.events(limit: 1).first?.outcome == .ignored(reason: "filter"))
            #expect(try await store.runs(limit: 10).isEmpty)
        }
    }

    @Test func `a run goes its way, with the times at which it did`() async throws {
        try await withStore { store, _ in
            let run = try await store.judged("one")

            let stored = try #require(try await store.run(run.id))
            #expect(stored == run)
            #expect(stored.state == .judged(.passed))
            #expect(stored.startedAt == Samples.later(1))
            #expect(stored.finishedAt == Samples.later(3))
            #expect(stored.evidence == Samples.evidence())
            #expect(stored.challenger?.version == 1)
            #expect(try await store.conclusion(of: run.id) == Samples.conclusion())
            #expect(try await store.answer(to: run.fingerprint) == stored)
            #expect(try await store.answer(to: Samples.digest("other")) == nil)
        }
    }

    /// Every state against every change, as the table of Domain says.
    @Test(arguments: [RunState.queued, .preparing, .running, .judging, .judged(.passed), .errored(.init(.bug, "x"))])
    func `every change is done or refused as the table says`(from: RunState) async throws {
        let changes: [RunState.Change] = [
            .prepare, .start, .judge, .fail(Fault(.environment, "lost")), .cancel(by: nil, reason: "enough"),
        ]
        try await withStore { store, _ in
            for (number, change) in changes.enumerated() {
                let run = try await store.bring(to: from, "\(number)")
                if let expected = try? from.after(change) {
                    let changed = try await store.change(run.id, change, at: Samples.later(5))
                    #expect(changed.state == expected)
                    #expect(changed.finishedAt == (expected.isFinal ? Samples.later(5) : nil))
                } else {
                    let refused = try await fault { try await store.change(run.id, change, at: Samples.now) }
                    #expect(refused.kind == (from.isPast(change) ? .environment : .bug))
                    #expect(refused.message.contains(from.word))
                    #expect(try await store.run(run.id) == run)
                }
            }
        }
    }

    @Test func `a verdict that comes after a cancel says so and changes nothing`() async throws {
        try await withStore { store, _ in
            let run = try await store.bring(to: .judging, "one")
            try await store.change(run.id, .cancel(by: try Samples.person("ann"), reason: "wrong"), at: Samples.now)

            let late = try await fault { try await store.conclude(run.id, Samples.conclusion(), at: Samples.now) }

            #expect(late.kind == .environment)
            #expect(late.message.contains("is cancelled by now"))
            #expect(try await store.conclusion(of: run.id) == nil)
            let artifact = try Samples.artifact()
            let register = try await fault {
                try await store.register(artifact, model: run.model, run: run.id, at: Samples.now)
            }
            #expect(register.kind == .environment)
        }
    }

    @Test func `a run cannot be judged without evidence, nor one that is not there changed`() async throws {
        try await withStore { store, _ in
            let run = try await store.bring(to: .judging, "one")
            let bare = try await fault { try await store.change(run.id, .conclude(.passed), at: Samples.now) }
            #expect(bare.kind == .bug)
            let nobody = try #require(RunID(77))
            let absent = try await fault { try await store.change(nobody, .prepare, at: Samples.now) }
            #expect(absent.kind == .input)
            #expect(try await store.run(nobody) == nil)
            #expect(try await store.plan(of: nobody) == nil)
        }
    }
}

extension Store {
    /// A run in a state that `change` or `conclude` can bring it to.
    func bring(to state: RunState, _ text: String) async throws -> Run {
        let run = try await queued(try Samples.plan(text), key: "event of \(text)")
        var changes: [RunState.Change]
        switch state {
        case .queued: changes = []
        case .preparing: changes = [.prepare]
        case .running: changes = [.prepare, .start]
        case .judging, .judged: changes = [.prepare, .start, .judge]
        case .errored(let fault): changes = [.fail(fault)]
        case .cancelled(let by, let reason): changes = [.cancel(by: by, reason: reason)]
        }
        for change in changes { try await self.change(run.id, change, at: Samples.later(1)) }
        if case .judged(let verdict) = state {
            try await conclude(run.id, Samples.conclusion(verdict), at: Samples.later(2))
        }
        guard let brought = try await self.run(run.id) else { throw Fault(.bug, "the run is gone") }
        return brought
    }
}
