import Domain
import Foundation
import GRDB
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Storage

struct OpeningTests {
    @Test func `what was stored is there when the home is opened again`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("state.db")
            let run = try await Store.open(at: path).judged("one")

            let again = try await Store.open(at: path)

            #expect(try await again.run(run.id) == run)
            guard case .intact = try await again.verifyJournal() else {
                Issue.record("the chain broke")
                return
            }
        }
    }

    @Test func `a database of a newer version is left as it is`() async throws {
        try await withStore { store, path in
            try await store.pool.write { database in
                try database.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('9999 the future')")
            }
            let refused = try await fault { try await Store.open(at: path) }
            #expect(refused.kind == .environment)
            #expect(refused.message.contains("newer version"))
            #expect(refused.advice != nil)
        }
    }

    @Test func `a database of another program is left as it is`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("state.db")
            do {
                let other = try DatabaseQueue(path: path.string)
                try await other.write { try $0.execute(sql: "CREATE TABLE theirs (id INTEGER)") }
            }
            let refused = try await fault { try await Store.open(at: path) }
            #expect(refused.kind == .environment)
            #expect(refused.message.contains("another program"))
            let other = try DatabaseQueue(path: path.string)
            let mode = try await other.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
            #expect(mode == "delete")
        }
    }

    @Test func `what cannot be opened is a fault of the environment that names it`() async throws {
        try await withTemporaryFolder { folder in
            let text = folder.appending("text.db")
            try Files.writeDurably(Data(String(repeating: "not a database\n", count: 100).utf8), to: text)
            let directory = folder.appending("directory.db")
            try Files.makeDirectory(directory)
            let places = [
                text, directory, folder.appending("absent/state.db"), text.appending("state.db"),
                FilePath("/proc/state.db"),
            ]
            for place in places {
                let refused = try await fault { try await Store.open(at: place) }
                #expect(refused.kind == .environment, "\(place): \(refused)")
                #expect(refused.message.contains(place.string), "\(refused)")
            }
        }
    }

    @Test func `a full disk changes nothing and says so`() async throws {
        try await withStore { store, _ in
            let run = try await store.queued(try Samples.plan(), key: "one")
            try await store.pool.writeWithoutTransaction { database in
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                try database.execute(sql: "PRAGMA max_page_count = \(pages)")
            }
            let reason = String(repeating: "long ", count: 20_000)

            let full = try await fault {
                try await store.change(run.id, .cancel(by: nil, reason: reason), at: Samples.now)
            }

            #expect(full.kind == .environment)
            #expect(full.message.contains("full"))
            #expect(try await store.run(run.id) == run)
        }
    }

    @Test func `a row that somebody damaged is a fault and never a crash`() async throws {
        try await withStore { store, _ in
            let run = try await store.queued(try Samples.plan(), key: "one")
            for damage in ["state_body = '{}'", "model = '../x'", "created_at = 'yesterday'", "trigger_body = '[]'"] {
                try await store.pool.write { try $0.execute(sql: "UPDATE run SET \(damage)") }
                let refused = try await fault { try await store.run(run.id) }
                #expect(refused.kind == .environment)
                #expect(refused.message.contains("damaged"))
            }
        }
    }

    @Test func `a cancelled task still commits what it asked for`() async throws {
        try await withStore { store, _ in
            let run = try await store.queued(try Samples.plan(), key: "one")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await store.change(run.id, .cancel(by: nil, reason: "interrupted"), at: Samples.now)
            }
            #expect(try await task.value.state == .cancelled(by: nil, reason: "interrupted"))
        }
    }
}
