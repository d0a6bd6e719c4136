import Domain
import Foundation
import Testing

@testable import Storage

struct RunFactsTests {
    @Test func `a page of runs comes with the decisions and the newest promotion of each`() async throws {
        try await withStore { store, _ in
            let (first, second) = (try await store.judged("one"), try await store.judged("two"))
            let waiting = try await store.queued(try Samples.plan("three"), key: "three")
            let decided = try await store.begin(first)
            guard case .begun(let rolledBack) = decided else { Issue.record("not begun"); return }
            for change in [Promotion.State.Change.moveAlias, .rollBack(reason: "smoke"), .restore] {
                try await store.change(rolledBack.id, change, at: Samples.later(30))
            }
            let challenger = try #require(first.challenger)
            let byHand = try await store.beginPromotion(
                of: challenger, alias: .champion, repository: first.repository,
                why: .command(by: try Samples.person("ann"), reason: "the smoke test was wrong"),
                at: Samples.later(40))
            guard case .begun(let again) = byHand else { Issue.record("not begun"); return }
            for change in [Promotion.State.Change.moveAlias, .deploy, .verify] {
                try await store.change(again.id, change, at: Samples.later(50))
            }

            let facts = try await store.facts(of: [waiting, second, first])

            #expect(facts.map(\.run) == [waiting, second, first])
            #expect(facts.map { $0.promotion?.id } == [nil, nil, again.id])
            #expect(facts.map { $0.status(at: Samples.later(60)).word } == ["queued", "waiting", "promoted"])
            #expect(facts.map(\.approval.required) == [1, 1, 1])
            #expect(try await store.facts(of: []).isEmpty)
            let all = try await store.promotions(ofModelOf: first.id)
            #expect(all.map(\.id) == [rolledBack.id, again.id])
            #expect(try await store.promotion(ofRun: first.id)?.id == rolledBack.id)
        }
    }

    @Test func `events are found by what they are about and by what they came to`() async throws {
        try await withStore { store, _ in
            let run = try await store.queued(try Samples.plan(), key: "asked")
            let flights = try #require(DatasetName("flights"))
            let data = Event(
                key: "data", kind: .dataAdded(flights, snapshot: Samples.digest("s")),
                repository: Samples.repository, at: Samples.now, by: nil)
            let repeated = Event(
                key: "again", kind: .reproduceCommand(run.id), repository: Samples.repository, at: Samples.now, by: nil)
            _ = try await store.record(data)
            _ = try await store.record(repeated)

            func keys(_ topic: Store.Topic) async throws -> [String] {
                try await store.events(about: topic, limit: 9).map(\.event.key)
            }

            #expect(try await keys(.run(run.id)) == ["again", "asked"])
            #expect(try await keys(.dataset(flights)) == ["data"])
            #expect(try await keys(.commit(String(run.commit.hex.prefix(7)).uppercased())) == ["asked"])
            #expect(try await keys(.commit("g")).isEmpty)
        }
    }
}
