import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

struct PromotionTests {
    private typealias Change = Promotion.State.Change

    private func begun(_ beginning: Store.Beginning) throws -> Promotion {
        guard case .begun(let promotion) = beginning else { throw Fault(.bug, "not begun: \(beginning)") }
        return promotion
    }

    @Test func `a promotion moves the alias, and the next one knows who was there`() async throws {
        try await withStore { store, _ in
            let first = try await store.judged("one")

            let one = try begun(try await store.begin(first))
            #expect(one.previous == nil)
            #expect(try await store.holder(of: .champion, model: first.model) == nil)
            for change in [Change.moveAlias, .deploy, .verify] {
                try await store.change(one.id, change, at: Samples.later(30))
            }
            let second = try await store.judged("two")
            let two = try begun(try await store.begin(second))
            #expect(two.previous == first.challenger)
            #expect(try await store.holder(of: .champion, model: first.model) == first.challenger)
            try await store.change(two.id, .moveAlias, at: Samples.later(40))

            #expect(try await store.holder(of: .champion, model: first.model) == second.challenger)
            #expect(try await store.version(2, of: first.model)?.aliases == [.champion])
            #expect(try await store.promotion(one.id)?.state == .promoted)
            #expect(try await store.promotion(one.id)?.finishedAt == Samples.later(30))
            #expect(try await store.promotions(of: first.model, limit: 9).map(\.id) == [two.id, one.id])
            let live = try await store.promotions(of: nil, alias: .champion, unfinishedOnly: true, limit: 9)
            #expect(live.map(\.id) == [two.id])
        }
    }

    @Test func `a run that was compared with another champion is neither approved nor promoted`() async throws {
        try await withStore { store, _ in
            let (first, second) = (try await store.judged("one"), try await store.judged("two"))
            let one = try begun(try await store.begin(first))
            for change in [Change.moveAlias, .deploy, .verify] {
                try await store.change(one.id, change, at: Samples.later(30))
            }
            let decision = Decision(
                run: second.id, answer: .approve, by: try Samples.person("ann"), at: Samples.later(40),
                model: try #require(second.challenger).digest, evidence: try #require(second.evidence).digest)

            let refusal = try await store.record(decision, under: ApprovalPolicy(), author: "Bob <bob@example.org>")
            let refused = try await fault { try await store.begin(second) }

            #expect(refusal == .failure(.championChanged(then: nil, now: 1)))
            #expect(refused.kind == .input)
            #expect(try await store.decisions(of: second.id).isEmpty)
        }
    }

    @Test func `one promotion of an alias is under way, and one is made of a decision`() async throws {
        try await withStore { store, _ in
            let (first, second) = (try await store.judged("one"), try await store.judged("two"))
            let one = try begun(try await store.begin(first))

            #expect(try await store.begin(first) == .done(one))
            #expect(try await store.begin(second) == .busy(one))
            let stuck = try await store.change(one.id, .giveUp(reason: "no disk"), at: Samples.later(30))
            #expect(try await store.begin(first) == .done(stuck))
            #expect(try await store.promotion(ofRun: first.id) == stuck)
            _ = try begun(try await store.begin(second))
        }
    }

    @Test func `a rollback puts the alias back, or takes it away if nobody had it`() async throws {
        try await withStore { store, _ in
            let first = try await store.judged("one")
            let back = [Change.moveAlias, .rollBack(reason: "smoke"), .restore]

            let one = try begun(try await store.begin(first))
            for change in back { try await store.change(one.id, change, at: Samples.later(30)) }
            #expect(try await store.holder(of: .champion, model: first.model) == nil)
            #expect(try await store.promotion(one.id)?.state == .rolledBack(reason: "smoke"))

            let person = try Samples.person("ann")
            let version = try #require(first.challenger)
            let command = try begun(
                try await store.beginPromotion(
                    of: version, alias: .champion, repository: first.repository,
                    why: .command(by: person, reason: "needed"), at: Samples.later(40)))
            for change in [Change.moveAlias, .deploy, .verify] {
                try await store.change(command.id, change, at: Samples.later(50))
            }
            let two = try begun(try await store.begin(try await store.judged("two")))
            for change in back { try await store.change(two.id, change, at: Samples.later(60)) }
            #expect(try await store.holder(of: .champion, model: first.model) == version)
        }
    }

    @Test func `an alias that is not where the promotion expects it stays there`() async throws {
        try await withStore { store, _ in
            let (first, second) = (try await store.judged("one"), try await store.judged("two"))
            let one = try begun(try await store.begin(first))
            try await store.pool.write { database in
                try database.execute(
                    sql: "INSERT INTO alias (model, alias, version) VALUES (?, 'champion', 2)",
                    arguments: [first.model.text])
            }

            let refused = try await fault { try await store.change(one.id, .moveAlias, at: Samples.now) }

            #expect(refused.kind == .environment)
            #expect(refused.message.contains("points at version 2, not at no version"))
            #expect(try await store.promotion(one.id)?.state == .intended)
            #expect(try await store.holder(of: .champion, model: first.model) == second.challenger)
        }
    }

    private static let ways: [[Promotion.State.Change]] = [
        [], [.moveAlias], [.moveAlias, .deploy], [.moveAlias, .deploy, .verify],
        [.moveAlias, .rollBack(reason: "x")], [.moveAlias, .rollBack(reason: "x"), .restore], [.giveUp(reason: "x")],
    ]

    @Test(arguments: ways)
    func `every change of a promotion is done or refused as the table says`(
        way: [Promotion.State.Change]
    ) async throws {
        let changes: [Change] = [
            .moveAlias, .deploy, .verify, .rollBack(reason: "y"), .restore, .giveUp(reason: "y"),
        ]
        try await withStore { store, _ in
            for (number, change) in changes.enumerated() {
                let run = try await store.judged("\(number)", model: "model-\(number)")
                let promotion = try begun(try await store.begin(run))
                for before in way { try await store.change(promotion.id, before, at: Samples.later(30)) }
                let stored = try #require(try await store.promotion(promotion.id))
                if let expected = try? stored.state.after(change) {
                    #expect(try await store.change(promotion.id, change, at: Samples.later(40)).state == expected)
                } else {
                    let refused = try await fault { try await store.change(promotion.id, change, at: Samples.now) }
                    #expect(refused.kind == (stored.state.isPast(change) ? .environment : .bug))
                    #expect(try await store.promotion(promotion.id) == stored)
                }
            }
        }
    }

    @Test func `a version that is not registered as that model is not promoted`() async throws {
        try await withStore { store, _ in
            let run = try await store.judged("one")
            var forged = try #require(run.challenger)
            forged.digest = Samples.digest("forged")
            let why = Promotion.Why.command(by: try Samples.person("eve"), reason: "mine")
            let candidate = forged
            let refused = try await fault {
                try await store.beginPromotion(
                    of: candidate, alias: .champion, repository: run.repository, why: why, at: Samples.now)
            }
            #expect(refused.kind == .input)
            let other = try await store.judged("two")
            let challenger = try #require(run.challenger)
            let mixed = try await fault {
                try await store.beginPromotion(
                    of: challenger, alias: .champion, repository: run.repository, why: .decided(other.id),
                    at: Samples.now)
            }
            #expect(mixed.kind == .bug)
            let nowhere = try await fault { try await store.change(99, .deploy, at: Samples.now) }
            #expect(nowhere.kind == .input)
        }
    }
}
