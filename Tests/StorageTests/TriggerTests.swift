import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// Events that may start a run.
struct TriggerTests {
    @Test func `one run answers several events, and each says so`() async throws {
        try await withStore { store, _ in
            let events = [try await store.adds("1"), try await store.adds("2"), try await store.adds("3")]
            try await store.settle(event: events[0], as: .ignored(reason: "too soon"), at: Samples.now)

            let creation = try await store.create(try Samples.plan(), for: events + events, at: Samples.now)

            let run = Samples.firstRun
            guard case .created(let made) = creation else {
                Issue.record("no run was made")
                return
            }
            #expect(made.id == run)
            let outcomes = try await store.events(limit: 9).map(\.outcome)
            #expect(outcomes == [.sameAs(run), .started(run), .ignored(reason: "too soon")])
            let check = try await store.verifyJournal()
            #expect(
                try await store.create(try Samples.plan(), for: Array(events.dropFirst()), at: Samples.now) == creation)
            #expect(try await store.verifyJournal() == check)

            let late = try await store.adds("4")
            guard case .live(made) = try await store.create(try Samples.plan(), for: [late], at: Samples.now) else {
                Issue.record("a second run of an equal plan was made")
                return
            }
            let none = try await fault { try await store.create(try Samples.plan(), for: [], at: Samples.now) }
            #expect(none.kind == .bug)
        }
    }

    @Test func `triggers that wait are found by their repository, oldest first`() async throws {
        try await withStore { store, _ in
            let odd = RepositoryID(path: "/srv/git/fl\"ig\u{301}hts\\ '.git")
            let first = try await store.adds("1", in: odd)
            let settled = try await store.adds("2", in: odd)
            try await store.settle(event: settled, as: .ignored(reason: ""), at: Samples.now)
            let alarm = try await store.record(
                Event(
                    key: "alarm", kind: .driftAlarm(try Samples.flights, snapshot: Samples.digest("x")),
                    repository: odd, at: Samples.now, by: nil))
            _ = try await store.drop("not a trigger")
            _ = try await store.adds("3")
            _ = try await store.record(try Samples.event("a command"))

            #expect(try await store.pendingTriggers(repository: odd, limit: 9).map(\.id) == [first, alarm.id])
            #expect(try await store.pendingTriggers(repository: odd, limit: 1).map(\.id) == [first])
            #expect(try await store.pendingTriggers(repository: Samples.repository, limit: 9).count == 1)
            let command = try #require(try await store.event(key: "a command"))
            let ofData = try await store.dataEvents(among: [command.id, alarm.id, 99, first])
            #expect(ofData.map(\.id) == [first, alarm.id])
            #expect(try await store.dataEvents(among: []) == [])
        }
    }

    @Test func `what is asked for often is found in an index`() async throws {
        try await withStore { store, _ in
            let questions = [
                (Inbox.pendingTriggers, "event_pending"),
                (
                    "SELECT * FROM arrival WHERE model = 'm' AND dataset = 'd' AND name = 'n'",
                    "sqlite_autoindex_arrival_1"
                ),
                ("SELECT * FROM arrival WHERE leaf = ? AND (leaf = ? OR name = ?)", "arrival_by_leaf"),
                (
                    "SELECT * FROM refusal WHERE model = ? AND dataset = ? AND place = 'awaits_move' ORDER BY id",
                    "refusal_awaiting_move"
                ),
                ("SELECT * FROM refusal WHERE event = ? ORDER BY id", "refusal_by_event"),
                ("SELECT * FROM refusal WHERE model = ? AND dataset = ? AND name = ? ORDER BY id", "refusal_by_name"),
                (
                    "SELECT * FROM refusal WHERE model = ? AND dataset = ? AND release IS NOT NULL ORDER BY id",
                    "refusal_released"
                ),
                (
                    "SELECT * FROM refusal WHERE model = ? AND dataset = ? AND \(Refusals.held) ORDER BY id DESC",
                    "refusal_held"
                ),
                (
                    "SELECT * FROM snapshot WHERE model = ? AND dataset = ? AND number < ? ORDER BY number DESC",
                    "sqlite_autoindex_snapshot_1"
                ),
            ]
            for (sql, index) in questions {
                let steps = try await store.pool.read { database in
                    let nothing = StatementArguments([DatabaseValue](repeating: .null, count: sql.count { $0 == "?" }))
                    return try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + sql, arguments: nothing)
                        .map { String.fromDatabaseValue($0["detail"]) ?? "" }
                }
                let found = steps.contains { $0.contains(index) }
                #expect(found, "\(sql): \(steps)")
            }
        }
    }
}

extension Store {
    /// Records a new snapshot's event.
    fileprivate func adds(_ key: String, in repository: RepositoryID = Samples.repository) async throws -> Int64 {
        try await record(
            Event(
                key: "data \(key)", kind: .dataAdded(try Samples.flights, snapshot: Samples.digest(key)),
                repository: repository, at: Samples.now, by: nil)
        ).id
    }
}
