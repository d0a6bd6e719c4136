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

    private struct Held {
        let runs: [Run]
        let snapshots: [Store.Snapshot]
        let journal: Store.JournalCheck
    }

    /// Every table of the first schema, filled.
    private func old(at path: FilePath) async throws -> Held {
        let pool = try DatabasePool(path: path.string)
        try Schema.migrator.migrate(pool, upTo: "0001 the main road")
        try await pool.write { try $0.execute(sql: "PRAGMA application_id = \(Opening.applicationID)") }
        let store = Store(pool: pool)
        try await store.fillMainRoad()
        try await pool.write { try $0.execute(sql: MigrationTests.oldEvents) }
        let held = Held(
            runs: try await store.runs(limit: 9), snapshots: try await store.snapshots(model: nil, limit: 9),
            journal: try await store.verifyJournal())
        try pool.close()
        return held
    }
}
