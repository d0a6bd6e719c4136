import Domain
import Foundation
import Host
import Storage
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Engine

/// A process that is asked to end leaves its runs to the next one.
struct GracefulStopTests {
    private let policy = """
        version: 1
        model: toy
        train: { run: sh train.sh, deps: [train.sh], model: model.bin }
        approval: { required: 0 }
        """
    private let slow = "while [ ! -e go ]; do sleep 0.05; done; echo m > model.bin"

    @Test(.timeLimit(.minutes(15)))
    func `a run that is left in the middle of a stage is taken up by the next process, with one attempt`() async throws
    {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": policy, "train.sh": slow], branch: "main")
            let run = try await bench.queued(try await bench.push("main"))
            let isStarted = Flag()
            let first = try await Engine.open(
                bench.engine.home,
                hooks: EngineHooks { if $0 == .jobStarted { isStarted.raise() } },
                now: { Bench.now })

            let left = try await withThrowingTaskGroup(of: Run?.self) { group in
                group.addTask { try await first.carry(run.id) { _ in } }
                while !isStarted.isUp { try await Task.sleep(for: .milliseconds(10)) }
                group.cancelAll()
                return try await group.next() ?? nil
            }

            #expect(left?.state == .running)
            #expect(try await first.isOwned(run.id) == false)
            let tree = first.home.directory(of: run.id).tree
            #expect(Files.exists(tree), "its work tree is still there")

            try Files.writeDurably(Data(), to: tree.appending("go"))
            let second = try await Engine.open(first.home, now: { Bench.now })
            let done = try await second.carry(run.id) { _ in }

            #expect(done.state == .judged(.passed))
            #expect(try await second.store.promotion(ofRun: run.id)?.state == .promoted)
            let attempts = first.home.directory(of: run.id).root.appending("stages")
            let stages = try Files.list(attempts)
            #expect(try stages.map { try Files.list(attempts.appending($0)).filter { $0 != "0" }.count } == [1])
        }
    }

    @Test(.timeLimit(.minutes(15))) func `one that waits for another process's run leaves it alone`() async throws {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": policy, "train.sh": "echo m > model.bin"], branch: "main")
            let run = try await bench.queued(try await bench.push("main"))
            let directory = bench.engine.home.directory(of: run.id)
            try Files.makeDirectory(directory.root)
            let lock = try #require(try FileLock.take(directory.owner))

            let seen = try await withThrowingTaskGroup(of: Run?.self) { group in
                group.addTask { try await bench.engine.carry(run.id) { _ in } }
                group.cancelAll()
                return try await group.next() ?? nil
            }

            #expect(seen?.state == .queued)
            withExtendedLifetime(lock) {}
        }
    }
}

/// Raised once.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isUp: Bool { value.load(ordering: .acquiring) }
    func raise() { value.store(true, ordering: .releasing) }
}
