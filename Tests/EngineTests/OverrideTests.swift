import Content
import Domain
import Foundation
import Git
import Storage
import SystemPackage
import Testing

@testable import Engine

/// Parameters that are changed for one run.
struct OverrideTests {
    private let files = [
        "sluice.yaml": """
        version: 1
        model: toy
        train:
          run: cp params.yaml model.bin
          deps: [train.sh]
          params: [train.lr]
          model: model.bin
        """,
        "params.yaml": "train:\n  lr: 0.1  # too high?\n",
        "train.sh": "",
    ]

    @Test func `they are in the work tree, the fingerprint and the report, and reproduced`() async throws {
        try await withBench { bench in
            try await bench.commit(files, branch: "main")
            let plain = try await bench.carried(try await bench.push("main"))

            let blueprint = try await bench.push("main", overrides: ["train.lr": "0.05"])
            let changed = try await bench.carried(blueprint)

            #expect(blueprint.plan.overrides == ["params.yaml:train.lr": "0.05"])
            #expect(changed.id != plain.id)
            #expect(try await bench.model(of: changed) == "train:\n  lr: 0.05  # too high?\n")
            let warnings = try #require(try await bench.engine.store.conclusion(of: changed.id)).warnings
            #expect(warnings == ["Parameters were changed for this run alone: params.yaml:train.lr = 0.05."])
            #expect(try await bench.engine.changedEvidence(of: changed).isEmpty)
            let again = try await bench.engine.reproduce(changed.id, by: nil) { _ in }
            #expect(again.verdict.word == "identical")
        }
    }

    @Test func `an unknown file or key is refused with the nearest`() async throws {
        try await withBench { bench in
            try await bench.commit(files, branch: "main")

            let file = await #expect(throws: Fault.self) {
                try await bench.push("main", overrides: ["param.yaml:train.lr": "1"])
            }
            let key = await #expect(throws: Fault.self) {
                try await bench.push("main", overrides: ["trian.lr": "1"])
            }

            #expect(file?.kind == .input)
            #expect(file?.advice == "did you mean 'params.yaml'?")
            #expect(key?.message == "params.yaml: there is no parameter 'trian.lr'; did you mean 'train.lr'?")
            let outside = await #expect(throws: Fault.self) {
                try await bench.push("main", overrides: ["../../etc/passwd:root": "1"])
            }
            #expect(outside?.kind == .input)
        }
    }
}

extension Bench {
    /// The bytes of the model that a run made, as text.
    func model(of run: Run) async throws -> String {
        let object = try #require(run.challenger?.object)
        let bytes = try Data(contentsOf: URL(filePath: engine.content.location(of: object).string))
        return String(decoding: bytes, as: UTF8.self)
    }
}
