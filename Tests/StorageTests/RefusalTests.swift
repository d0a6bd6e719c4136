import Domain
import Foundation
import Testing

@testable import Storage

struct RefusalTests {
    @Test func `a refused file is moved once, and saying so twice changes nothing`() async throws {
        try await withStore { store, _ in
            let (flights, model) = (try Samples.flights, try Samples.model())
            let refused = try await store.refuse(["x.csv", "y.csv"])
            #expect(try await store.refusals(awaitingMoveIn: flights, model: model) == refused)

            let id = refused[0].id
            let place = Refusal.Place.quarantine("/home/quarantine/x.csv")
            try await store.moved(refusal: id, to: place, at: Samples.later(1))
            try await store.moved(refusal: id, to: place, at: Samples.later(2))

            #expect(try await store.refusal(id)?.place == place)
            #expect(try await store.refusals(awaitingMoveIn: flights, model: model) == [refused[1]])
            #expect(try await store.journal(subject: "refusal \(id)", limit: 9).count == 2)
            let late = try await fault {
                try await store.moved(refusal: id, to: .left("/srv/x.csv", because: "it is gone"), at: Samples.now)
            }
            #expect(late.kind == .environment)
            let back = try await fault {
                try await store.moved(refusal: id, to: .awaitsMove("/srv/x.csv", stamp: "1:2:3"), at: Samples.now)
            }
            #expect(back.kind == .bug)
            let unknown = try await fault { try await store.moved(refusal: 99, to: place, at: Samples.now) }
            #expect(unknown.kind == .input)
        }
    }

    @Test func `a refused file is released once, with who and why, and joins a snapshot`() async throws {
        try await withStore { store, _ in
            let (flights, model) = (try Samples.flights, try Samples.model())
            let id = try await store.refuse(["x.csv", "y.csv"])[0].id
            let event = try await store.asksForRelease(of: id)

            let snapshot = try await store.release(id, event: event)

            #expect(snapshot.ref.number == 1)
            let released = try #require(try await store.refusal(id))
            #expect(
                released.release
                    == Refusal.Release(
                        by: try Samples.person("ann"), reason: "it is a holiday", at: Samples.now, snapshot: 1))
            #expect(try await store.released(dataset: flights, model: model) == [Samples.digest("x.csv"): released])
            #expect(try await store.refusals(onlyHeld: true, limit: 9).map(\.name) == ["y.csv"])
            let word = try await store.arrivals(of: ["x.csv"], dataset: flights, model: model)
            #expect(word.map { $0?.outcome } == [.accepted(snapshot: 1, replaced: false)])
            let events = try await store.events(limit: 9)
            #expect(events.first { $0.id == event }?.outcome == .sorted(accepted: 1, refused: 0, snapshot: 1))
            let triggers = try await store.pendingTriggers(repository: Samples.repository, limit: 9)
            #expect(triggers.map(\.event.by) == [try Samples.person("bob")])

            let check = try await store.verifyJournal()
            let twice = try await fault { try await store.release(id, after: 1, event: event) }
            #expect(twice.kind == .input)
            #expect(twice.message.contains("released by ann before"))
            #expect(try await store.verifyJournal() == check)
        }
    }

    @Test func `what is no file, or another's event, releases nothing`() async throws {
        try await withStore { store, _ in
            let refused = try await store.refuse(["x.csv"])
            var batch = try Samples.sorting(bad: ["pipe"])
            batch.refusals[0].artifact = nil
            batch.arrivals[0].digest = nil
            let pipe = try await store.sort(batch, event: try await store.drop("pipe")).refusals[0].id

            let event = try await store.asksForRelease(of: pipe)
            let nothing = try await fault { try await store.release(pipe, event: event) }
            #expect(nothing.kind == .input)
            #expect(nothing.message.contains("cannot be released"))
            let mixedUp = try await fault { try await store.release(refused[0].id, event: event) }
            #expect(mixedUp.kind == .bug)
            let unknown = try await fault { try await store.release(99, event: event) }
            #expect(unknown.kind == .input)
            #expect(try await store.snapshots(model: nil, limit: 9).isEmpty)
        }
    }

    @Test func `a release on a stale snapshot changes nothing, and a newer word on the name stays`() async throws {
        try await withStore { store, _ in
            let (flights, model) = (try Samples.flights, try Samples.model())
            let id = try await store.refuse(["x.csv"])[0].id
            _ = try await store.sort(try Samples.sorting(good: ["x.csv"]), event: try await store.drop("better"))
            let event = try await store.asksForRelease(of: id)

            let stale = try await fault { try await store.release(id, event: event) }
            #expect(stale.kind == .environment)
            #expect(try await store.refusal(id)?.release == nil)
            _ = try await store.release(id, after: 1, event: event)

            let word = try await store.arrivals(of: ["x.csv"], dataset: flights, model: model)
            #expect(word.map { $0?.outcome } == [.accepted(snapshot: 1, replaced: false)])
            #expect(try await store.refusal(id)?.release?.snapshot == 2)
        }
    }

    @Test func `refusals are found by model, dataset, name and being held, newest first`() async throws {
        try await withStore { store, _ in
            let (flights, model) = (try Samples.flights, try Samples.model())
            let refused = try await store.refuse(["x.csv", "y.csv", "z.csv"])
            _ = try await store.release(refused[0].id, event: try await store.asksForRelease(of: refused[0].id))

            #expect(try await store.refusals(limit: 2) == [refused[2], refused[1]])
            #expect(try await store.refusals(model: model, dataset: flights, name: "y.csv", limit: 9) == [refused[1]])
            #expect(try await store.refusals(dataset: flights, onlyHeld: true, limit: 1) == [refused[2]])
            #expect(try await store.refusals(model: model, onlyHeld: true, limit: 9).count == 2)
            #expect(try await store.refusals(model: try Samples.model("other"), limit: 9).isEmpty)
            #expect(try await store.refusals(name: "' OR 1=1 --", limit: 9).isEmpty)
            #expect(try await store.refusals(limit: -1).isEmpty)
        }
    }
}

extension Store {
    /// Refuses files of these names in one batch.
    func refuse(_ names: [String]) async throws -> [Refusal] {
        try await sort(try Samples.sorting(bad: names), event: try await drop("of \(names)")).refusals
    }

    func asksForRelease(of id: Int64) async throws -> Int64 {
        try await record(
            Event(
                key: "release \(id)", kind: .fileReleased(try Samples.flights, refusal: id),
                repository: Samples.repository, at: Samples.now, by: try Samples.person("bob"))
        ).id
    }

    func release(_ id: Int64, after: Int? = nil, event: Int64) async throws -> Snapshot {
        try await release(
            id, by: try Samples.person("ann"), reason: "it is a holiday",
            snapshot: try Samples.snapshot("released \(id)", after: after), event: event, at: Samples.now)
    }
}
