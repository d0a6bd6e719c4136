import Domain
import Engine
import Forges
import Foundation
import Git
import Host
import Storage
import SystemPackage
import Testing

@testable import Service

/// How fast it is, printed and not judged: a test that fails on a busy machine teaches nobody.
@Suite(
    .serialized, .enabled(if: ProcessInfo.processInfo.environment["SLUICE_MEASURE"] != nil, "set SLUICE_MEASURE=1"),
    .timeLimit(.minutes(15)))
struct MeasuredTests {
    @Test func `deliveries a second, from 64 callers`() async throws {
        try await withBot(onForge: true) { bench in
            let bot = bench.bot
            let commit = try #require(CommitID(hex: String(repeating: "1", count: 40)))
            let count = 6400
            let began = ContinuousClock.now
            let waits = try await withThrowingTaskGroup(of: [Duration].self) { group in
                for caller in 0..<64 {
                    group.addTask {
                        var waits: [Duration] = []
                        for number in 0..<(count / 64) {
                            let name = BranchName("b\(caller)-\(number)") ?? .main
                            let delivery = ForgeDelivery(
                                id: "\(caller)-\(number)", name: "push", repository: ForgeRepository("acme/toy"),
                                event: .push(branch: name, before: nil, after: commit, by: nil))
                            let body = Digest.of("\(caller) \(number)")
                            let start = ContinuousClock.now
                            _ = try await bot.take(delivery, body: body, from: BotBench.forgeName)
                            waits.append(ContinuousClock.now - start)
                        }
                        return waits
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let seconds = Double((ContinuousClock.now - began) / .milliseconds(1)) / 1000
            let sorted = waits.sorted()
            Self.tell("deliveries a second: \(Int(Double(count) / seconds)), p99 \(sorted[count * 99 / 100])")
        }
    }

    @Test func `from a push to the first stage, 5,000 files`() async throws {
        try await withBot { bench in
            for number in 0..<5000 {
                let folder = bench.origin.pushing(FilePath("src/d\(number % 50)"))
                try Files.makeDirectory(folder)
                // Not durably: five thousand waits for the disk are not what is measured.
                try Data("file \(number)\n".utf8).write(to: URL(filePath: "\(folder)/f\(number).txt"))
            }
            try await bench.commit("Many files")
            try await bench.served().refresh()
            try await bench.serving {
                for turn in 1...5 {
                    try bench.write("a: \(turn + 1)\n", to: "params.yaml")
                    let head = try await bench.commit("Turn \(turn)")
                    let began = ContinuousClock.now
                    _ = try await bench.told("main", head)
                    let run = try #require(RunID(Int64(turn)))
                    while try await bench.bot.engine.store.run(run) == nil {
                        try await Task.sleep(for: .milliseconds(1))
                    }
                    let queued = ContinuousClock.now - began
                    while try await bench.bot.engine.store.stages(of: run).allSatisfy({ $0.state == .pending }) {
                        try await Task.sleep(for: .milliseconds(1))
                    }
                    Self.tell("push to queued: \(queued), to first stage: \(ContinuousClock.now - began)")
                    _ = try await bench.judged(Int64(turn))
                }
            }
        }
    }

    /// Written at once: a run that is stopped has told what it knew.
    private static func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
