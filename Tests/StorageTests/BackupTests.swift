import Domain
import Foundation
import GRDB
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// Copies of the database while it is in use.
@Suite(.timeLimit(.minutes(15)))
struct BackupTests {
    @Test func `a backup is whole, says what the home said, and is one file`() async throws {
        try await withStore { store, path in
            try await store.fill()
            let place = path.removingLastComponent().appending("copy.db")

            try await store.backup(to: place)

            let names = try Files.list(path.removingLastComponent())
            #expect(names == ["copy.db", "state.db", "state.db-shm", "state.db-wal", "state.db.open"])
            let copy = try await Store.open(at: place)
            #expect(try await copy.verifyJournal() == store.verifyJournal())
            #expect(try await copy.runs(matching: RunFilter(text: "feature"), limit: 9).count == 3)
            #expect(try await copy.runs(limit: 9) == store.runs(limit: 9))
            let settings = try await copy.pool.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
            #expect(settings == "ok")
        }
    }

    @Test func `a backup replaces nothing`() async throws {
        try await withStore { store, path in
            let place = path.removingLastComponent().appending("copy.db")
            try Files.writeDurably(Data("mine".utf8), to: place)

            let refused = try await fault { try await store.backup(to: place) }
            let nowhere = try await fault { try await store.backup(to: path.appending("below").appending("copy.db")) }

            #expect(refused.kind == .input)
            #expect(nowhere.kind == .environment)
            #expect(try Files.readSmall(place) == Data("mine".utf8))
        }
    }

    @Test func `a backup that is made while others write is of one instant`() async throws {
        try await withStore { store, path in
            let folder = path.removingLastComponent()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 0..<60 { _ = try await store.queued(try Samples.plan("\(number)"), key: "\(number)") }
                }
                for number in 0..<5 {
                    group.addTask { try await store.backup(to: folder.appending("copy-\(number).db")) }
                }
                try await group.waitForAll()
            }

            for number in 0..<5 {
                let copy = try await Store.open(at: folder.appending("copy-\(number).db"))
                let runs = try await copy.runs(limit: 99).count
                let events = try await copy.events(limit: 99)
                let settled = events.filter { $0.outcome != nil }.count
                let counted = try await copy.runCounts()["queued"] ?? 0
                #expect(settled == runs)
                #expect(counted == runs)
                guard case .intact = try await copy.verifyJournal() else {
                    Issue.record("the chain of copy \(number) is broken")
                    continue
                }
            }
        }
    }
}
