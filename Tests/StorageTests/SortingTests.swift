import Domain
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// What becomes of a batch of dropped files.
struct SortingTests {
    @Test func `a batch is stored whole, with the numbers of its refusals and its snapshot`() async throws {
        try await withStore { store, _ in
            let event = try await store.drop("one")
            let sorted = try await store.sort(
                try Samples.sorting(good: ["a.csv", "b.csv"], bad: ["x.csv", "y.csv"]), event: event)

            #expect(sorted.snapshot?.ref.number == 1)
            #expect(sorted.refusals.map(\.name) == ["x.csv", "y.csv"])
            let (flights, model) = (try Samples.flights, try Samples.model())
            let words = try await store.arrivals(
                of: ["a.csv", "b.csv", "x.csv", "y.csv", "z.csv"], dataset: flights, model: model
            ).map { $0?.outcome }
            #expect(
                words == [
                    .accepted(snapshot: 1, replaced: false), .accepted(snapshot: 1, replaced: false),
                    .refused(sorted.refusals[0].id), .refused(sorted.refusals[1].id), nil,
                ])
            let stored = try await store.refusal(sorted.refusals[0].id)
            #expect(stored == sorted.refusals[0])
            #expect(stored?.artifact == (try Samples.artifact("x.csv")))

            let events = try await store.events(limit: 9)
            #expect(events.last?.outcome == .sorted(accepted: 2, refused: 2, snapshot: 1))
            let added = try #require(events.first).event
            #expect(added.key == "data:flight-delay:flights:1")
            #expect(added.kind == .dataAdded(flights, snapshot: Samples.digest("a.csv b.csv")))
            #expect(added.repository == Samples.repository)
            #expect(try await store.events(about: .dataset(flights), limit: 9) == events)
            #expect(try await store.journal(subject: "refusal 2", limit: 9).count == 1)
            #expect(try await store.verifyJournal() == .intact(entries: 6))
        }
    }

    @Test func `a drop that nobody finished is settled by the next one, and no other is`() async throws {
        try await withStore { store, _ in
            let left = try await store.drop("killed")
            let elsewhere = try await store.record(
                Event(
                    key: "elsewhere",
                    kind: .filesDropped(try Samples.flights, contents: Samples.digest("killed"), count: 1),
                    repository: RepositoryID(path: "/srv/other"), at: Samples.now, by: nil)
            ).id
            let next = try await store.drop("next")
            _ = try await store.sort(try Samples.sorting(good: ["a.csv"]), event: next)
            let later = try await store.drop("later")
            let stored = try #require(try await store.events(limit: 9).first { $0.id == next })

            try await store.settle(dropsBefore: stored, in: try Samples.flights, at: Samples.now)

            let outcomes = try await store.events(limit: 9).reduce(into: [Int64: EventOutcome?]()) {
                $0[$1.id] = $1.outcome
            }
            #expect(
                outcomes[left] == .ignored(reason: "it was not finished; event \(next) looked at the files again"))
            #expect(outcomes[next] == .sorted(accepted: 1, refused: 0, snapshot: 1))
            #expect(outcomes[elsewhere] == .some(nil) && outcomes[later] == .some(nil))
        }
    }

    @Test func `a batch sorted twice is sorted once`() async throws {
        try await withStore { store, _ in
            let event = try await store.drop("one")
            let first = try await store.sort(try Samples.sorting(good: ["a.csv"], bad: ["x.csv"]), event: event)
            let check = try await store.verifyJournal()

            let other = try Samples.sorting(good: ["b.csv"], bad: ["y.csv"], after: 1)
            #expect(try await store.sort(other, event: event) == first)

            #expect(try await store.verifyJournal() == check)
            #expect(try await store.snapshots(of: try Samples.flights, model: try Samples.model(), limit: 9).count == 1)
            let settled = try await store.drop("two")
            try await store.settle(event: settled, as: .ignored(reason: "no policy"), at: Samples.now)
            let late = try await fault { try await store.sort(other, event: settled) }
            #expect(late.kind == .environment)
        }
    }

    @Test func `a batch on a stale snapshot changes nothing`() async throws {
        try await withStore { store, _ in
            _ = try await store.sort(try Samples.sorting(good: ["a.csv"]), event: try await store.drop("one"))
            let event = try await store.drop("two")
            let check = try await store.verifyJournal()

            let stale = try await fault {
                try await store.sort(try Samples.sorting(good: ["b.csv"], bad: ["x.csv"]), event: event)
            }

            #expect(stale.kind == .environment)
            #expect(stale.message.contains("somebody else added"))
            #expect(try await store.verifyJournal() == check)
            #expect(try await store.refusals(limit: 9).isEmpty)
            let again = try await store.sort(
                try Samples.sorting(good: ["b.csv"], bad: ["x.csv"], after: 1), event: event)
            #expect(again.snapshot?.ref.number == 2)
        }
    }

    @Test func `equal content adds no snapshot and starts nothing`() async throws {
        try await withStore { store, _ in
            let batch = try Samples.sorting(good: ["a.csv"])
            let first = try await store.sort(batch, event: try await store.drop("one"))
            let second = try await store.sort(batch, event: try await store.drop("two"))

            #expect(second == first)
            let triggers = try await store.pendingTriggers(repository: Samples.repository, limit: 9)
            #expect(triggers.map(\.event.key) == ["data:flight-delay:flights:1"])
        }
    }

    @Test func `an arrival that came to nothing is never stored`() async throws {
        try await withStore { store, _ in
            let event = try await store.drop("one")
            let (flights, model) = (try Samples.flights, try Samples.model())
            var noSnapshot = try Samples.sorting(good: ["a.csv"])
            noSnapshot.snapshot = nil
            var noRefusal = try Samples.sorting(bad: ["x.csv"])
            noRefusal.refusals = []
            var noArrival = try Samples.sorting(bad: ["x.csv"])
            noArrival.arrivals = []
            var elsewhere = try Samples.sorting(good: ["a.csv"])
            elsewhere.dataset = DatasetName(checked: "weather")
            for batch in [noSnapshot, noRefusal, noArrival, elsewhere] {
                let refused = try await fault { try await store.sort(batch, event: event) }
                #expect(refused.kind == .bug)
            }
            let note = try await fault {
                try await store.note([try Samples.arrival("a.csv", .refused(0))], dataset: flights, model: model)
            }
            #expect(note.kind == .bug)
            #expect(try await store.events(limit: 9).map(\.outcome) == [nil])
            #expect(try await store.verifyJournal() == .intact(entries: 1))
        }
    }

    @Test func `the newest word on a name counts, and keeps the event that it was sorted by`() async throws {
        try await withStore { store, _ in
            let (flights, model) = (try Samples.flights, try Samples.model())
            let event = try await store.drop("one")
            var batch = try Samples.sorting(good: ["2024/a.csv"])
            batch.arrivals.append(try Samples.arrival("b.csv", .heldBack))
            _ = try await store.sort(batch, event: event)
            let held = try await store.arrivals(heldBackIn: flights, model: model)
            #expect(held.map(\.name) == ["b.csv"])

            var same = try Samples.arrival("2024/a.csv", .unchanged(snapshot: 1))
            same.stamp = "touched"
            try await store.note([same], dataset: flights, model: model)
            try await store.note(
                [try Samples.arrival("c.csv", .unchanged(snapshot: 1))], dataset: flights, model: model)

            for asked in ["2024/a.csv", "a.csv"] {
                let named = try await store.arrivals(named: asked, limit: 9)
                #expect(named.map(\.arrival) == [same])
                #expect(named.map(\.event) == [event])
            }
            #expect(try await store.arrivals(named: "c.csv", limit: 9).map(\.event) == [nil])
            #expect(try await store.arrivals(named: "2024", limit: 9).isEmpty)
            #expect(try await store.arrivals(named: "", limit: 9).isEmpty)
        }
    }

    @Test func `two spellings of one letter are two files`() async throws {
        try await withStore { store, _ in
            let spellings = ["caf\u{E9}.csv", "cafe\u{301}.csv"]
            let sorted = try await store.sort(
                try Samples.sorting(bad: spellings), event: try await store.drop("one"))

            for (name, refusal) in zip(spellings, sorted.refusals) {
                let named = try await store.arrivals(named: name, limit: 9)
                #expect(named.map(\.arrival.outcome) == [.refused(refusal.id)])
            }
        }
    }

    @Test func `files that passed their questions are remembered for those questions`() async throws {
        try await withStore { store, _ in
            let (one, two) = (Samples.digest("one"), Samples.digest("two"))
            let (january, february) = (Samples.digest("january"), Samples.digest("february"))
            try await store.remember(tested: [january: 5], question: one)
            try await store.remember(tested: [january: 6, february: 0], question: one)

            #expect(try await store.tested(one, files: [january, february, two]) == [january: 5, february: 0])
            #expect(try await store.tested(two, files: [january]).isEmpty)
        }
    }
}

/// Several processes that sort the same drops.
@Suite(.timeLimit(.minutes(15)))
struct SortingProcessesTests {
    @Test func `two processes that sort the same and other batches lose and double nothing`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("state.db").string
            async let first: Void = child(path, "first")
            async let second: Void = child(path, "second")
            _ = await (first, second)

            let store = try await Store.open(at: FilePath(path))
            let snapshots = try await store.snapshots(of: try Samples.flights, model: try Samples.model(), limit: 99)
            let refusals = try await store.refusals(limit: 99)
            let triggers = try await store.pendingTriggers(repository: Samples.repository, limit: 99)
            #expect(snapshots.map(\.ref.number) == (1...30).reversed())
            #expect(refusals.map(\.id) == (1...30).reversed())
            #expect(Set(refusals.map(\.name)).count == 30)
            #expect(triggers.count == 30)
            #expect(try await store.verifyJournal() == .intact(entries: 30 * 5))
        }
    }

    private func child(_ path: String, _ name: String) async {
        await #expect(processExitsWith: .success) { [path = path as String, name = name as String] in
            let store = try await Store.open(at: FilePath(path))
            for number in 0..<10 {
                for batch in ["\(number)", "\(name) \(number)"] {
                    let event = try await store.drop(batch)
                    while try await !store.tryToSort(batch, event: event) {}
                }
            }
        }
    }
}

extension Samples {
    static func arrival(_ name: String, _ outcome: Arrival.Outcome) throws -> Arrival {
        Arrival(
            name: name, stamp: "1:2:3", bytes: 1234, digest: digest(name), question: digest("question"),
            outcome: outcome, at: now)
    }

    static func sorting(good: [String] = [], bad: [String] = [], after: Int? = nil) throws -> Store.Sorting {
        let arrivals =
            try good.map { try arrival($0, .accepted(snapshot: 0, replaced: false)) }
            + bad.map { try arrival($0, .refused(0)) }
        let refusals = try bad.map { name in
            Store.NewRefusal(
                name: name, artifact: try artifact(name),
                findings: [DataFinding(check: "type", file: name, message: "'x' is no number")],
                place: .awaitsMove("/srv/drops/\(name)", stamp: "1:2:3"))
        }
        return Store.Sorting(
            model: try model(), dataset: try flights, arrivals: arrivals, refusals: refusals,
            snapshot: good.isEmpty ? nil : try snapshot(good.joined(separator: " "), after: after), at: now, by: nil)
    }

    static func snapshot(_ content: String, after: Int?) throws -> Store.NewSnapshot {
        Store.NewSnapshot(
            digest: digest(content), object: try object(content),
            files: [Store.SnapshotFile(name: content, artifact: try artifact(content))], after: after)
    }
}

extension Store {
    /// Records that files became complete.
    func drop(_ key: String) async throws -> Int64 {
        try await record(
            Event(
                key: "drop \(key)",
                kind: .filesDropped(try Samples.flights, contents: Samples.digest(key), count: 1),
                repository: Samples.repository, at: Samples.now, by: nil)
        ).id
    }

    /// False if somebody else added a snapshot in between.
    fileprivate func tryToSort(_ name: String, event: Int64) async throws -> Bool {
        let newest = try await newestSnapshot(of: try Samples.flights, model: try Samples.model())
        do {
            _ = try await sort(
                try Samples.sorting(good: [name], bad: ["bad \(name)"], after: newest?.ref.number), event: event)
            return true
        } catch let fault as Fault where fault.message.contains("somebody else added") {
            return false
        }
    }
}
