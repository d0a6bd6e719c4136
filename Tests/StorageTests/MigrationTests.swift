import Domain
import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// Homes that an earlier version filled.
struct MigrationTests {
    /// Events as the first version wrote them.
    private static let oldEvents = """
        INSERT INTO event (id, key, body, outcome, settled_at, dataset) VALUES
        (101, 'data:flight-delay:flights:7', '{"at":"2026-11-24T15:04:05.123Z","by":"ann","key":"data:flight-delay:flights:7",\
        "kind":{"dataAdded":{"_0":"flights","snapshot":"\(String(repeating: "0", count: 64))"}},"repository":"/srv/git/flights.git"}',
        NULL, NULL, 'flights'),
        (102, 'old', '{"at":"2026-11-24T15:04:05.123Z","key":"old",\
        "kind":{"dataAdded":{"_0":"flights","snapshot":"\(String(repeating: "0", count: 64))"}},"repository":"/srv/git/flights.git"}',
        '{"ignored":{"reason":"data starts no runs yet"}}', '2026-11-24T15:04:05.123Z', 'flights')
        """

    @Test func `a home that the first version filled goes on`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("state.db")
            let before = try await old(at: path)

            let store = try await Store.open(at: path)

            #expect(try await store.runs(limit: 9) == before.runs)
            #expect(try await store.snapshots(model: nil, limit: 9) == before.snapshots)
            #expect(try await store.verifyJournal() == before.journal)
            let events = try await store.events(about: .dataset(try Samples.flights), limit: 9)
            #expect(events.map(\.outcome) == [.ignored(reason: "data starts no runs yet"), nil])
            let triggers = try await store.pendingTriggers(repository: Samples.repository, limit: 9)
            #expect(triggers.map(\.id) == [101])
            let sorted = try await store.sort(
                try Samples.sorting(good: ["a.csv"], bad: ["x.csv"], after: 1), event: try await store.drop("one"))
            #expect(sorted.snapshot?.ref.number == 2)
            let damage = try await store.pool.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
            #expect(damage == "ok")
        }
    }

    @Test func `a home that the second version filled goes on, and its runs are found and counted`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("state.db")
            let before = try await old(at: path, upTo: "0002 drops")

            let store = try await Store.open(at: path)

            #expect(try await store.runs(limit: 9) == before.runs)
            #expect(try await store.snapshots(model: nil, limit: 9) == before.snapshots)
            #expect(try await store.verifyJournal() == before.journal)
            #expect(try await store.refusals(limit: 9).count == 1)
            #expect(try await store.runCounts() == ["judged": 1, "queued": 2])
            let found = try await store.runs(matching: RunFilter(trigger: "manual", text: "FEATURE ann"), limit: 9)
            #expect(found.map(\.run) == before.runs)
            #expect(found.allSatisfy { $0.ticket == nil })
            #expect(try await store.pendingEvents(limit: 9) == [])
            let plan = try Samples.plan("new")
            _ = try await store.create(plan, for: [try await store.drop("a new one")], at: Samples.later(9))
            #expect(try await store.runCounts() == ["judged": 1, "queued": 3])
            let damage = try await store.pool.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
            #expect(damage == "ok")
        }
    }

    private struct Held {
        let runs: [Run]
        let snapshots: [Store.Snapshot]
        let journal: Store.JournalCheck
    }

    /// Every table of an older schema, filled: rows as this version writes them, without the columns and tables that
    /// came later.
    private func old(at path: FilePath, upTo migration: String = "0001 the main road") async throws -> Held {
        let newer = FilePath(path.string + ".newer")
        let store = try await Store.open(at: newer)
        if migration.hasPrefix("0001") { try await store.fillMainRoad() } else { try await store.fill() }
        let held = Held(
            runs: try await store.runs(limit: 9), snapshots: try await store.snapshots(model: nil, limit: 9),
            journal: try await store.verifyJournal())
        try store.pool.close()
        let queue = try DatabaseQueue(path: path.string)
        try Schema.migrator.migrate(queue, upTo: migration)
        try await queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA application_id = \(Opening.applicationID)")
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: "ATTACH ? AS newer", arguments: [newer.string])
            let tables = try String.fetchAll(
                database,
                sql: "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'grdb%' ORDER BY name")
            for table in tables {
                let columns = try String.fetchAll(
                    database, sql: "SELECT '\"' || name || '\"' FROM pragma_table_info(?, 'main')", arguments: [table]
                ).joined(separator: ", ")
                let source = "SELECT \(columns) FROM newer.\"\(table)\" ORDER BY 1"
                try database.execute(sql: "INSERT INTO main.\"\(table)\" (\(columns)) \(source)")
            }
            if migration.hasPrefix("0001") { try database.execute(sql: MigrationTests.oldEvents) }
            try database.execute(sql: "DETACH newer")
        }
        try queue.close()
        return held
    }
}
