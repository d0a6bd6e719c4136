import Domain
import Executors
import Foundation
import Git
import Host
import Storage
import SystemPackage
import Testing

@testable import Engine

/// Code from a fork.
struct ForeignCodeTests {
    private let policy = BaseRulesTests.policy(approval: "approval: {required: 0}")

    @Test(.enabled(if: LocalExecutor.isSandboxed, "bubblewrap does not work here"))
    func `it runs shut in, is remembered by nobody, and its model is never promoted`() async throws {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": policy, "train.sh": "echo model > model.bin"], branch: "main")
            try await bench.commit(["train.sh": "echo other > model.bin"], branch: "fork")

            let run = try await bench.carried(try await bench.pullRequest("fork", into: "main", isForeign: true))

            #expect(run.state == .judged(.passed))
            #expect(try await bench.engine.store.promotion(ofRun: run.id) == nil)
            #expect(try await bench.decide(.approve, run, "alice") == .refused(.foreignCode(run.commit)))
            let version = try #require(run.challenger?.version)
            let refused = await #expect(throws: Fault.self) {
                try await bench.engine.promote(
                    version, of: run.model, by: #require(PersonName("alice")), reason: "please", progress: { _ in })
            }
            #expect(refused?.kind == .input)
            let own = try await bench.carried(try await bench.pullRequest("fork", into: "main"))
            let stage = try #require(try await bench.engine.store.stages(of: own.id).first)
            #expect(stage.state.word == "succeeded", "what foreign code made is not reused: \(stage.state)")
            let warnings = try #require(try await bench.engine.store.conclusion(of: run.id)).warnings
            #expect(warnings.first?.hasPrefix("This is code from a fork") == true)
        }
    }

    @Test(.enabled(if: LocalExecutor.isSandboxed, "bubblewrap does not work here"))
    func `it has no network, whatever its policy says`() async throws {
        let open = BaseRulesTests.policy(rest: "sandbox: {network: true, require: best_effort}")
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": open, "train.sh": "echo model > model.bin"], branch: "main")
            try await bench.commit(
                ["train.sh": "grep -c : /proc/net/dev > links; test $(cat links) -eq 1 && echo model > model.bin"],
                branch: "fork")

            let run = try await bench.carried(try await bench.pullRequest("fork", into: "main", isForeign: true))

            #expect(run.state == .judged(.passed), "only the loopback is there")
        }
    }
}

extension LocalExecutor {
    /// Asked once, for the conditions of tests.
    static var isSandboxed: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/bwrap") }
}
