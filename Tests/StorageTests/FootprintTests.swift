import Domain
import Foundation
import Testing

@testable import Storage

/// What runs left behind, and what of it is needed.
struct FootprintTests {
    private func footprint(_ store: Store, _ run: Run, at seconds: Double = 100) async throws -> Footprint {
        let all = try await store.footprints(now: Samples.later(seconds), limit: 99)
        return try #require(all.first { $0.run == run.id })
    }

    @Test func `a run awaits a decision until there is one, or there can be none`() async throws {
        try await withStore { store, _ in
            let rejected = try await store.judged("rejected")
            let failed = try await store.judged("failed", .failed([]))
            let waits = try await store.judged("waits")
            let live = try await store.queued(try Samples.plan("live"), key: "live")
            let decision = Decision(
                run: rejected.id, answer: .reject(reason: "no"), by: try Samples.person("ann"), at: Samples.later(4),
                model: Samples.digest("rejected"), evidence: Samples.evidence().digest)
            _ = try await store.record(decision, under: ApprovalPolicy(), author: "Bob <bob@example.org>")

            let awaiting = try await store.footprints(now: Samples.later(9), limit: 99).filter(\.awaitsDecision)
            #expect(awaiting.map(\.run) == [waits.id])
            #expect(try await footprint(store, live).finishedAt == nil)
            #expect(try await footprint(store, failed).finishedAt == Samples.later(3))

            let other = try await store.judged("other")
            _ = try await store.promote(other)
            #expect(try await !footprint(store, waits).awaitsDecision)
            #expect(try await footprint(store, other).wasPromoted)
        }
    }

    @Test func `a model that ever was where an alias pointed was promoted, and newer versions are counted`()
        async throws
    {
        try await withStore { store, _ in
            let first = try await store.judged("first")
            _ = try await store.promote(first)
            let second = try await store.judged("second")
            _ = try await store.promote(second)
            let third = try await store.judged("third")

            let footprints = try await store.footprints(now: Samples.later(9), limit: 99)
            #expect(footprints.map(\.wasPromoted) == [true, true, false])
            #expect(footprints.map(\.versionsAfter) == [2, 1, 0])
            #expect(try await store.footprints(after: first.id, now: Samples.now, limit: 1).map(\.run) == [second.id])
            #expect(try await store.runsKeptNow(of: [first.id, third.id]) == [first.id])
        }
    }

    @Test func `everything that a run's rows name is found`() async throws {
        try await withStore { store, _ in
            let model = try Samples.model()
            let champion = try await store.judged("champion")
            _ = try await store.promote(champion)
            let snapshot = try await store.add("data", after: nil)
            var plan = try Samples.plan("challenger")
            plan.snapshots = [snapshot.ref]
            plan.champion = champion.challenger
            let run = try await store.queued(plan, key: "challenger")
            for change in [RunState.Change.prepare, .start] { try await store.change(run.id, change, at: Samples.now) }
            let stage = try Samples.stage("train:fit")
            try await store.change(stage, of: run.id, .start, inputs: try Samples.inputs(), at: Samples.now)
            let output = try Samples.artifact("output")
            try await store.change(
                stage, of: run.id, .succeed(StageResult(outs: ["model.pkl": output])), at: Samples.now)
            try await store.change(run.id, .judge, at: Samples.now)
            _ = try await store.register(try Samples.artifact("model"), model: model, run: run.id, at: Samples.now)

            let expected: Set<ObjectID> = [
                snapshot.ref.object, try Samples.object("champion"), try Samples.object("train.py"), output.object,
                try Samples.object("model"),
            ]
            #expect(try await store.objects(namedBy: [run.id]) == expected)
            let always = try await store.objectsKeptAlways()
            #expect(always == [snapshot.ref.object, try Samples.object("champion")])
        }
    }
}

extension Store {
    /// Promotes the model of a run that was judged.
    func promote(_ run: Run) async throws -> Promotion {
        guard let challenger = run.challenger,
            case .begun(let promotion) = try await beginPromotion(
                of: challenger, alias: .champion, repository: run.repository, why: .decided(run.id),
                at: Samples.later(5))
        else { throw Fault(.bug, "no promotion began") }
        for change in [Promotion.State.Change.moveAlias, .deploy, .verify] {
            try await self.change(promotion.id, change, at: Samples.later(6))
        }
        return promotion
    }
}
