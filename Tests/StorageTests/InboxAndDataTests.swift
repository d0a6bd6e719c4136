import Domain
import Foundation
import Testing

@testable import Storage

struct InboxAndDataTests {
    @Test func `an event seen twice counts once, as it was recorded the first time`() async throws {
        try await withStore { store, _ in
            let first = try await store.record(try Samples.event("delivery 1"))
            var again = try Samples.event("delivery 1")
            again.at = Samples.later(60)

            #expect(try await store.record(again) == first)
            let other = try await store.record(try Samples.event("delivery 2"))
            #expect(try await store.events(limit: 10) == [other, first])
            #expect(try await store.events(limit: 1) == [other])
            #expect(try await store.events(limit: -1).isEmpty)
        }
    }

    @Test func `snapshots are counted for each dataset of each model`() async throws {
        try await withStore { store, _ in
            let first = try await store.add("january", after: nil)
            let second = try await store.add("february", after: 1)
            let elsewhere = try await store.add("january", after: nil, model: "other")

            #expect([first, second, elsewhere].map(\.ref.number) == [1, 2, 1])
            let (flights, model) = (try Samples.flights, try Samples.model())
            #expect(try await store.newestSnapshot(of: flights, model: model) == second)
            #expect(try await store.snapshot(first.ref, model: model) == first)
            #expect(try await store.snapshots(model: nil, limit: 10) == [elsewhere, second, first])
            #expect(try await store.snapshots(model: model, limit: 1) == [second])
            #expect(try await store.snapshots(of: flights, limit: 10) == [elsewhere, second, first])
            let unknown = try #require(DatasetName("unknown"))
            #expect(try await store.snapshots(of: unknown, limit: 10).isEmpty)
            #expect(try await store.snapshot(number: 1, of: flights, model: model) == first)
            #expect(try await store.snapshot(number: 3, of: flights, model: model) == nil)
            var forged = first.ref
            forged.digest = Samples.digest("forged")
            #expect(try await store.snapshot(forged, model: model) == nil)
        }
    }

    @Test func `equal content adds nothing, a stale base is refused`() async throws {
        try await withStore { store, _ in
            let first = try await store.add("january", after: nil)
            #expect(try await store.add("january", after: 1) == first)
            #expect(try await store.add("january", after: nil) == first)

            let stale = try await fault { try await store.add("february", after: nil) }
            #expect(stale.kind == .environment)
            #expect(stale.message.contains("somebody else added"))
            let ahead = try await fault { try await store.add("february", after: 2) }
            #expect(ahead.kind == .environment)
            #expect(try await store.snapshots(model: nil, limit: 10) == [first])
        }
    }

    @Test func `a run has one model, versions count up for each model`() async throws {
        try await withStore { store, _ in
            let first = try #require(try await store.judged("one").challenger)
            let second = try #require(try await store.judged("two").challenger)
            let other = try #require(try await store.judged("three", model: "other").challenger)

            #expect([first, second, other].map(\.version) == [1, 2, 1])
            let again = try await store.register(
                try Samples.artifact("one"), model: first.model, run: first.run, at: Samples.later(9))
            #expect(again == first)
            let forged = try Samples.artifact("forged")
            let refused = try await fault {
                try await store.register(forged, model: first.model, run: first.run, at: Samples.now)
            }
            #expect(refused.kind == .bug)
            #expect(try await store.versions(of: nil, limit: 10).map(\.ref) == [other, second, first])
            #expect(try await store.versions(of: first.model, limit: 1).map(\.ref) == [second])
            #expect(try await store.version(1, of: first.model)?.aliases == [])
            #expect(try await store.version(3, of: first.model) == nil)
            #expect(try await store.holder(of: .champion, model: first.model) == nil)
        }
    }

    @Test func `runs are found by model, by the start of a commit, and by being unfinished`() async throws {
        try await withStore { store, _ in
            let done = try await store.judged("one")
            let live = try await store.queued(try Samples.plan("two"), key: "two")
            let other = try await store.queued(try Samples.plan("three", model: "other"), key: "three")

            #expect(try await store.runs(limit: 10) == [other, live, done])
            #expect(try await store.runs(model: done.model, limit: 10) == [live, done])
            #expect(try await store.runs(unfinishedOnly: true, limit: 10) == [other, live])
            #expect(try await store.runs(before: live.id, limit: 10) == [done])
            let commit = live.commit.hex
            #expect(try await store.runs(commit: String(commit.prefix(7)).uppercased(), limit: 10) == [live])
            #expect(try await store.runs(commit: commit, limit: 10) == [live])
            #expect(try await store.runs(commit: "", limit: 10).count == 3)
            #expect(try await store.runs(commit: commit + "0", limit: 10).isEmpty)
            #expect(try await store.runs(commit: "' OR 1=1 --%", limit: 10).isEmpty)
            #expect(try await store.runs(limit: 0).isEmpty)
        }
    }
}

extension Samples {
    static var flights: DatasetName {
        get throws { try #require(DatasetName("flights")) }
    }
}

extension Store {
    @discardableResult
    func add(_ content: String, after: Int?, model: String = "flight-delay") async throws -> Snapshot {
        try await addSnapshot(
            of: try Samples.flights, model: try Samples.model(model), digest: Samples.digest(content),
            object: try Samples.object(content),
            files: [SnapshotFile(name: "\(content).csv", artifact: try Samples.artifact(content))], after: after,
            by: try Samples.person("ann"), at: Samples.now)
    }
}
