import Domain
import Foundation
import Testing

@testable import Storage

/// What a policy is replayed on.
struct JudgedRunsTests {
    @Test func `judged runs come newest first, with what became of them`() async throws {
        try await withStore { store, _ in
            let first = try await store.judged("one")
            try await store.promoted(first, at: 10)
            let low = Finding(.no, source: "gate:auc", message: "auc 0.6 is below 0.7")
            let second = try await store.judged("two", .failed([low]))
            _ = try await store.judged("other", model: "other")
            _ = try await store.queued(try Samples.plan("three"), key: "three")

            let runs = try await store.recorded(limit: 10)
            #expect(runs.map(\.run) == [second.id, first.id])
            #expect(runs.map(\.wasPromoted) == [false, true])
            #expect(runs.map(\.version) == [2, 1])
            #expect(runs.map(\.verdict) == [.failed([low]), .passed])
            #expect(runs.map(\.createdAt) == [Samples.now, Samples.now])
            #expect(runs[0].measurements.challenger == ["auc": 0.71, "lost": .infinity])
            #expect(runs[0].measurements.champion == ["auc": 0.7])

            #expect(try await store.recorded(limit: 1).map(\.run) == [second.id])
            #expect(try await store.recorded(limit: 0).isEmpty)
            #expect(try await store.recorded("nobody", limit: 10).isEmpty)
            #expect(try await store.modelNames().map(\.text) == ["flight-delay", "other"])
        }
    }

    @Test func `what a run measured is given as it was kept`() async throws {
        try await withStore { store, _ in
            let measured = Measurements(
                challenger: ["auc": 0.9], championFault: "ended with status 1",
                histories: [History(metric: "loss", values: [.nan, 1], count: 2)], answers: ["check": .no("no")])
            var conclusion = Samples.conclusion()
            conclusion.measurements = measured
            try await store.judged("one", conclusion)
            let runs = try await store.recorded(limit: 10)
            #expect(Canonical.text(of: runs[0].measurements) == Canonical.text(of: measured))
        }
    }

    @Test func `of runs from before there were measurements, promotions and the champion's fault are made up for`()
        async throws
    {
        try await withStore { store, _ in
            let first = try await store.judged("one")
            try await store.promoted(first, at: -100)
            var conclusion = Samples.conclusion()
            conclusion.champion = nil
            try await store.judged("two", conclusion)

            let runs = try await store.recorded(limit: 10)
            #expect(runs[0].measurements.championFault == "its run recorded no numbers of it")
            #expect(runs[0].measurements.promotions.map(\.version) == [1])
            #expect(runs[0].measurements.promotions.map(\.run) == [first.id])
            #expect(runs[0].measurements.promotions.first?.metrics["auc"] == 0.71)
            #expect(runs[1].measurements.championFault == nil)
        }
    }

    @Test func `a reproduction is not among them`() async throws {
        try await withStore { store, _ in
            let first = try await store.judged("one")
            var again = try Samples.plan("one")
            again.trigger = .reproduction(of: first.id)
            try await store.judged("again", Samples.conclusion(), plan: again)
            #expect(try await store.recorded(limit: 10).map(\.run) == [first.id])
        }
    }
}

extension Store {
    fileprivate func recorded(_ model: String = "flight-delay", limit: Int) async throws -> [RecordedRun] {
        var policy = try Samples.plan().policy
        policy.gates = [
            Gate(metric: "auc", condition: .maxDrop(0), against: .promotions(last: 5)),
            Gate(metric: "loss", condition: .converged), Gate(metric: "check", condition: .answers(["true"])),
        ]
        return try await judgedRuns(
            of: try Samples.model(model), alias: .champion, needs: RecordedRun.Needs(policy), limit: limit, into: []
        ) { $0.append($1) }
    }

    fileprivate func promoted(_ run: Run, at seconds: Double) async throws {
        let challenger = try #require(run.challenger)
        guard
            case .begun(let promotion) = try await beginPromotion(
                of: challenger, alias: .champion, repository: run.repository, why: .decided(run.id),
                at: Samples.later(seconds))
        else { throw Fault(.bug, "no promotion began") }
        for change in [Promotion.State.Change.moveAlias, .deploy, .verify] {
            try await self.change(promotion.id, change, at: Samples.later(seconds))
        }
    }

    /// A run that came to a conclusion of its own.
    @discardableResult
    fileprivate func judged(_ text: String, _ conclusion: Store.Conclusion, plan: Plan? = nil) async throws -> Run {
        var plan = try plan ?? Samples.plan(text)
        plan.champion = try await holder(of: .champion, model: plan.policy.model)
        let run = try await queued(plan, key: "event of \(text)")
        for change in [RunState.Change.prepare, .start, .judge] {
            try await self.change(run.id, change, at: Samples.later(1))
        }
        return try await conclude(run.id, conclusion, at: Samples.later(3))
    }
}
