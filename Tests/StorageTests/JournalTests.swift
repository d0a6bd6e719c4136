import Domain
import Foundation
import GRDB
import SystemPackage
import Testing

@testable import Storage

struct JournalTests {
    @Test func `every transition leaves an entry, and the chain holds`() async throws {
        try await withStore { store, _ in
            #expect(try await store.verifyJournal() == .intact(entries: 0))
            let run = try await store.judged("one")

            let entries = try await store.journal(limit: 100)
            #expect(try await store.verifyJournal() == .intact(entries: Int64(entries.count)))
            #expect(entries.map(\.sequence) == Array(1...Int64(entries.count)))
            #expect(entries.map(\.subject).prefix(3) == ["event 1", "run \(run.id)", "event 1"])
            let bodies = try await store.journal(subject: "run \(run.id)", limit: 3).map(\.body)
            #expect(bodies.last == #"{"from":"preparing","to":"running","value":{"running":{}},"what":"start"}"#)
            #expect(try await store.journal(subject: "model flight-delay 1", limit: 9).count == 1)
        }
    }

    @Test func `a refused transition leaves no entry`() async throws {
        try await withStore { store, _ in
            let run = try await store.queued(try Samples.plan(), key: "one")
            let before = try await store.journal(limit: 100)
            _ = try await fault { try await store.change(run.id, .judge, at: Samples.now) }
            #expect(try await store.journal(limit: 100) == before)
        }
    }

    @Test(arguments: [
        ("UPDATE journal SET body = json_set(body, '$.what', 'other') WHERE sequence = 4", Int64(4)),
        ("UPDATE journal SET at = '2020-01-01T00:00:00.000Z' WHERE sequence = 2", 2),
        ("UPDATE journal SET subject = 'run 9' WHERE sequence = 5", 5),
        ("UPDATE journal SET hash = (SELECT hash FROM journal WHERE sequence = 1) WHERE sequence = 3", 3),
        ("DELETE FROM journal WHERE sequence = 3", 4),
        ("DELETE FROM journal WHERE sequence = 1", 2),
        ("UPDATE journal SET sequence = -1 WHERE sequence = 3", -1),
    ])
    func `what was tampered with is found`(sql: String, sequence: Int64) async throws {
        try await withStore { store, path in
            _ = try await store.judged("one")
            let other = try DatabaseQueue(path: path.string)
            try await other.write { database in
                for trigger in ["journal_no_update", "journal_no_delete", "journal_next"] {
                    try database.execute(sql: "DROP TRIGGER \(trigger)")
                }
                try database.execute(sql: sql)
            }

            #expect(try await store.verifyJournal() == .broken(sequence: sequence))
        }
    }
}
