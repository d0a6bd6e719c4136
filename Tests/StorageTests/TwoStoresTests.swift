import Domain
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// Two stores on one file have nothing in common but the file, as two processes would.
@Suite(.timeLimit(.minutes(15)))
struct TwoStoresTests {
    private func withTwo(_ body: (Store, Store) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("state.db")
            // Opened at once: one makes the file, the other waits for it.
            async let first = Store.open(at: path)
            async let second = Store.open(at: path)
            try await body(try await first, try await second)
        }
    }

    private func race<Value: Sendable>(
        _ count: Int, _ first: Store, _ second: Store, _ body: @escaping @Sendable (Store, Int) async throws -> Value
    ) async throws -> [Result<Value, Fault>] {
        try await withThrowingTaskGroup(of: Result<Value, Fault>.self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        return .success(try await body(number.isMultiple(of: 2) ? first : second, number))
                    } catch let fault as Fault {
                        return .failure(fault)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `many at once create one live run`() async throws {
        try await withTwo { first, second in
            let plan = try Samples.plan()
            let outcomes = try await race(40, first, second) { store, number in
                let event = try await store.record(try Samples.event("\(number / 2)"))
                return try await store.create(plan, for: event.id, at: Samples.now)
            }

            let runs = try await first.runs(limit: 100)
            #expect(runs.count == 1)
            for outcome in outcomes { _ = try outcome.get() }
            let events = try await second.events(limit: 100)
            #expect(events.count == 20)
            let run = try #require(runs.first).id
            let started = events.count { $0.outcome == .started(run) }
            let same = events.count { $0.outcome == .sameAs(run) }
            #expect(started == 1)
            #expect(same == 19)
            guard case .intact = try await second.verifyJournal() else {
                Issue.record("the chain broke")
                return
            }
        }
    }

    @Test func `deliveries that two take at once count once, and one run of a lane is left to wait`() async throws {
        try await withTwo { first, second in
            let lane = Ticket.Lane.branch(try Samples.branch())
            let outcomes = try await race(40, first, second) { store, number in
                let push = number / 2
                let recorded = try await store.record(
                    [try Samples.delivery("\(push)", body: "\(push)", key: "push \(push)")], at: Samples.now)
                let event = try #require(recorded.first).event.id
                return try await store.create(
                    try Samples.plan("\(push)"), for: [event], ticket: try Samples.draft(lane, event: event),
                    supersedes: true, at: Samples.now
                ).superseded
            }

            var superseded: [RunID] = []
            for outcome in outcomes { superseded += try outcome.get() }
            #expect(try await first.events(limit: 100).count == 20)
            #expect(superseded.count == 19)
            #expect(Set(superseded).count == 19)
            #expect(try await second.queue().count == 1)
            #expect(try await second.runCounts() == ["cancelled": 19, "queued": 1])
            guard case .intact = try await second.verifyJournal() else {
                Issue.record("the chain broke")
                return
            }
        }
    }

    @Test func `one of many snapshots on the same base is added`() async throws {
        try await withTwo { first, second in
            let outcomes = try await race(20, first, second) { store, number in
                try await store.add("content \(number)", after: nil)
            }

            let added = outcomes.compactMap { try? $0.get() }
            #expect(added.count == 1)
            #expect(try await first.snapshots(model: nil, limit: 100).count == 1)
            for case .failure(let fault) in outcomes { #expect(fault.kind == .environment) }
        }
    }

    @Test func `a run that many cancel and conclude ends once`() async throws {
        try await withTwo { first, second in
            let run = try await first.bring(to: .judging, "one")
            let outcomes = try await race(20, first, second) { store, number in
                number % 4 < 2
                    ? try await store.conclude(run.id, Samples.conclusion(), at: Samples.now)
                    : try await store.change(run.id, .cancel(by: nil, reason: "\(number)"), at: Samples.now)
            }

            let ended = try #require(try await second.run(run.id))
            #expect(ended.state.isFinal)
            let successes = outcomes.compactMap { try? $0.get() }
            #expect(successes == [ended])
            for case .failure(let fault) in outcomes {
                #expect(fault.kind == .environment)
                #expect(fault.message.contains("is \(ended.state.word) by now"))
            }
        }
    }

    @Test func `one of many promotions begins, and one decision of a person counts`() async throws {
        try await withTwo { first, second in
            let run = try await first.judged("one")
            let decision = Decision(
                run: run.id, answer: .approve, by: try Samples.person("ann"), at: Samples.later(9),
                model: Samples.digest("one"), evidence: Samples.evidence().digest)
            _ = try await race(10, first, second) { store, _ in
                try await store.record(decision, under: ApprovalPolicy(), author: "Bob <bob@example.org>")
            }
            let begun = try await race(10, first, second) { store, _ in try await store.begin(run) }

            #expect(try await first.decisions(of: run.id) == [decision])
            #expect(try await first.promotions(of: nil, limit: 9).count == 1)
            let ways = begun.compactMap { try? $0.get() }
            #expect(ways.count == 10)
            let begins = ways.count { if case .begun = $0 { true } else { false } }
            #expect(begins == 1)
        }
    }
}
