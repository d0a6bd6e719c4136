import Domain
import Foundation
import Testing

@testable import Storage

struct StageTests {
    private func result() throws -> StageResult {
        StageResult(
            outs: ["model.pkl": try Samples.artifact()], metrics: ["loss": .nan],
            usage: Usage(wall: 1.5, cpu: 0.75, peakMemory: 1 << 20), rows: 7)
    }

    private static let changes: [StageState.Change] = [
        .start, .reuse(StageResult(outs: [:]), from: Samples.firstRun), .succeed(StageResult(outs: [:])),
        .fail(.exit(1), nil), .error(Fault(.environment, "lost"), nil), .skip(because: Samples.unit), .cancel, .lose,
    ]

    /// Each of them brings a pending stage to another state.
    private static let ways: [[StageState.Change]] = [
        [], [.start], [.start, .lose], [changes[1]], [changes[2]], [changes[3]], [changes[4]], [changes[5]], [.cancel],
    ]

    @Test(arguments: ways)
    func `every change of a stage is done or refused as the table says`(way: [StageState.Change]) async throws {
        try await withStore { store, _ in
            let name = Samples.unit
            for (number, change) in StageTests.changes.enumerated() {
                let run = try await store.queued(try Samples.plan("\(number)"), key: "\(number)")
                for before in way { try await store.change(name, of: run.id, before, at: Samples.later(1)) }
                let stage = try #require(try await store.stages(of: run.id).first)
                if let expected = try? stage.state.after(change) {
                    let changed = try await store.change(name, of: run.id, change, at: Samples.later(5))
                    #expect(changed.state == expected)
                    #expect(changed.finishedAt == (expected.isFinal ? Samples.later(5) : nil))
                } else {
                    let refused = try await fault {
                        try await store.change(name, of: run.id, change, at: Samples.now)
                    }
                    #expect(refused.kind == (stage.state.isPast(change) ? .environment : .bug))
                    #expect(try await store.stages(of: run.id).first == stage)
                }
            }
        }
    }

    @Test func `inputs are kept with their key, and a success is found again by it`() async throws {
        try await withStore { store, _ in
            let run = try await store.queued(try Samples.plan(), key: "one")
            let (name, inputs) = (try Samples.stage("train:fit"), try Samples.inputs())
            let result = try self.result()

            try await store.change(name, of: run.id, .start, inputs: inputs, at: Samples.later(1))
            #expect(try await store.reusable(inputs.key) == nil)
            try await store.change(name, of: run.id, .succeed(result), remember: true, at: Samples.later(2))

            let stage = try #require(try await store.stages(of: run.id).last)
            #expect(stage.key == inputs.key)
            #expect(stage.inputs == inputs)
            #expect(stage.startedAt == Samples.later(1))
            let found = try #require(try await store.reusable(inputs.key))
            #expect(found.run == run.id)
            #expect(found.result.outs == result.outs)
            #expect(found.result.metrics["loss"]?.isNaN == true)
            #expect(try await store.reusable(Samples.digest("other")) == nil)
        }
    }

    @Test func `the newest result of a key is the one that is reused, and only what was to be remembered`() async throws
    {
        try await withStore { store, _ in
            let (name, inputs) = (try Samples.stage("train:fit"), try Samples.inputs())
            for (number, remember) in [true, true, false].enumerated() {
                let run = try await store.queued(try Samples.plan("\(number)"), key: "\(number)")
                try await store.change(
                    name, of: run.id, .succeed(StageResult(outs: [:], rows: Int64(number))), inputs: inputs,
                    remember: remember, at: Samples.now)
            }

            #expect(try await store.reusable(inputs.key)?.result.rows == 1)
        }
    }

    @Test func `what comes in after the run is over does not count`() async throws {
        try await withStore { store, _ in
            let run = try await store.queued(try Samples.plan(), key: "one")
            try await store.change(Samples.unit, of: run.id, .start, at: Samples.now)
            try await store.change(run.id, .cancel(by: nil, reason: "enough"), at: Samples.now)

            let changes: [StageState.Change] = [
                .succeed(StageResult(outs: [:])), .fail(.signal(9), nil), .error(Fault(.environment, "lost"), nil),
                .lose,
            ]
            for change in changes {
                let late = try await fault { try await store.change(Samples.unit, of: run.id, change, at: Samples.now) }
                #expect(late.kind == .environment)
                #expect(late.message.contains("its run is cancelled"))
            }
            let ended = try await store.change(Samples.unit, of: run.id, .cancel, at: Samples.now)
            #expect(ended.state == .cancelled)
        }
    }

    @Test func `a stage that the plan does not have is refused`() async throws {
        try await withStore { store, _ in
            let run = try await store.queued(try Samples.plan(), key: "one")
            let name = try Samples.stage("train:nothing")
            let bare = try await fault { try await store.change(name, of: run.id, .start, at: Samples.now) }
            #expect(bare.kind == .input)
        }
    }
}
