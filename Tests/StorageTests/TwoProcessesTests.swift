import Domain
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// Processes that share a home, and one that dies. What runs in a child says so by how it ends.
@Suite(.timeLimit(.minutes(15)))
struct TwoProcessesTests {
    @Test func `two processes that act on the same events start one run`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("state.db").string
            async let first: Void = child(path)
            async let second: Void = child(path)
            _ = await (first, second)

            let store = try await Store.open(at: FilePath(path))
            let runs = try await store.runs(limit: 100)
            let events = try await store.events(limit: 100)
            #expect(runs.count == 1)
            #expect(events.count == 50)
            let check = try await store.verifyJournal()
            #expect(check == .intact(entries: 102 - 1))
        }
    }

    private func child(_ path: String) async {
        await #expect(processExitsWith: .success) { [path = path as String] in
            let store = try await Store.open(at: FilePath(path))
            for number in 0..<50 {
                let event = try await store.record(try Samples.event("\(number)"))
                _ = try await store.create(try Samples.plan(), for: event.id, at: Samples.now)
            }
        }
    }

    @Test func `what was reported done is there after the process was killed`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("state.db").string
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let store = try await Store.open(at: FilePath(path))
                let run = try await store.queued(try Samples.plan(), key: "one")
                try await store.change(run.id, .prepare, at: Samples.later(1))
                kill(getpid(), SIGKILL)
            }

            let store = try await Store.open(at: FilePath(path))
            #expect(try await store.run(Samples.firstRun)?.state == .preparing)
            #expect(try await store.verifyJournal() == .intact(entries: 4))
        }
    }
}
