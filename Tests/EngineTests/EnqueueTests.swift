import Domain
import Foundation
import Storage
import SystemPackage
import Testing

@testable import Engine

struct EnqueueTests {
    private let policy = BaseRulesTests.policy()

    @Test func `a newer push supersedes a queued run of the same branch, and an equal plan is known`() async throws {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": policy, "train.sh": "echo 1 > model.bin"], branch: "main")
            let first = try await bench.push("main")
            let old = try await bench.queued(first, supersedes: true)
            #expect(try await bench.enqueue(first) == .known(old), "it waits already")

            try await bench.commit(["train.sh": "echo 2 > model.bin"], branch: "main")
            let second = try await bench.push("main")
            let answer = try await bench.enqueue(second, supersedes: true)

            guard case .queued(let new, let superseded) = answer else {
                Issue.record("it was not queued: \(answer)")
                return
            }
            #expect(superseded == [old.id])
            #expect(try await bench.engine.required(old.id).state.word == "cancelled")
            let done = try await bench.engine.carry(new.id) { _ in }
            #expect(done.state == .judged(.passed))
            #expect(try await bench.enqueue(second) == .known(done))
            #expect(try await bench.enqueue(second, again: true) != .known(done))
        }
    }

    @Test func `why is answered for events, pull requests, branches and times of the schedule`() async throws {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": policy, "train.sh": "echo 1 > model.bin"], branch: "main")
            let repository = RepositoryID(path: bench.repository.string)
            let due = try #require(Timestamp.parse("2026-11-30T03:00:00.000Z"))
            let main = try #require(BranchName("main"))
            let tick = try await bench.engine.store.record(
                Event(
                    key: "tick", kind: .tick(cron: "0 3 * * 1", timezone: "UTC", due: due), repository: repository,
                    at: Bench.now, by: nil))
            let moved = try await bench.engine.store.record(
                Event(
                    key: "moved", kind: .branchMoved(main, before: nil, after: nil), repository: repository,
                    at: Bench.now, by: nil))
            let asked = try await bench.engine.store.record(
                Event(
                    key: "asked", kind: .asked(.init(source: "/retrain", pullRequest: 12)), repository: repository,
                    at: Bench.now, by: nil))
            let engine = bench.engine

            #expect(try await engine.explain("2026-11-30T03:00").events == [tick])
            #expect(try await engine.explain("event \(tick.id)").events == [tick])
            #expect(try await engine.explain("main").events == [moved])
            #expect(try await engine.explain("PR #12").events == [asked])
            let waits = try await engine.explain(
                "main", waiting: .init(event: { _ in .server(limit: 1) })
            ).waits
            #expect(waits == [.init(subject: "event \(moved.id)", waiting: .server(limit: 1))])
            let fault = await #expect(throws: Fault.self) { try await engine.explain("pr 13") }
            #expect(fault?.kind == .input)
        }
    }
}
