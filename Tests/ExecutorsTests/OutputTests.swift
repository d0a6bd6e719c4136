import Domain
import Executors
import Foundation
import Host
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(15)))
struct `What a job prints` {
    @Test(arguments: confinements)
    func `a gigabyte is cut at the limit and leaves the bot as it was`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let job = try bench.job(
                "yes 0123456789 | head -c 1073741824", in: confinement, limits: Limits(time: 120, output: 1 << 20))
            let before = try residentBytes()

            let outcome = try await bench.run(job)

            #expect(outcome.name == "exited 0")
            #expect(try residentBytes() - before < 512 << 20)
            let size = try #require(Files.size(job.directory.appending("output.log")))
            #expect(size >= 1 << 20 && size < (1 << 20) + 200)
            let echoed = "$ yes 0123456789 | head -c 1073741824\n".utf8.count
            let leftOut = (1 << 30) + echoed - (1 << 20)
            #expect(try bench.log(job).hasSuffix("limit: \(leftOut) more bytes of output were left out\n"))
        }
    }

    @Test(arguments: confinements)
    func `secrets are masked, also in pieces and in the command itself`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let program = """
                import os, time
                for piece in ["a hunt", "er", "2 b hunter", "2long c hun", "d\\n"]:
                    os.write(1, piece.encode()); time.sleep(0.05)
                os.write(1, b"x" * 65530 + b"hunter2" * 20000 + b"\\n")
                os.write(1, b"  inner line of a key\\n")
                """
            let job = try bench.job(
                "echo hunter2", "python3 -c '\(program)'", in: confinement,
                secrets: ["hunter2", "hunter2long", "BEGIN\ninner line of a key\nEND", ""])

            _ = try await bench.run(job)

            let log = try bench.log(job)
            #expect(!log.contains("hunter2"))
            #expect(log.hasPrefix("$ echo ***\n***\n"))
            #expect(log.contains("\na *** b *** c hund\n"))
            #expect(
                log.hasSuffix(
                    String(repeating: "x", count: 65530) + String(repeating: "***", count: 20000) + "\n  ***\n"))
        }
    }

    @Test(arguments: confinements)
    func `a log is followed while the job runs and ends with it`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let gate = bench.workTree.appending("gate")
            let job = try bench.job(
                "echo first; while ! [ -e gate ]; do sleep 0.02; done; printf last", in: confinement)
            var seen = Data()

            try await bench.executor.start(job)
            for try await chunk in JobLog(in: job.directory) {
                seen.append(chunk)
                if seen.range(of: Data("first\n".utf8)) != nil, !Files.exists(gate) {
                    try Files.writeDurably(Data(), to: gate)
                }
            }

            #expect(seen == Data(try bench.log(job).utf8))
            #expect(String(decoding: seen, as: UTF8.self).hasSuffix("first\nlast"))
            var tail = Data()
            for try await chunk in JobLog(in: job.directory, from: Int64(seen.count - 4)) { tail.append(chunk) }
            #expect(tail == Data("last".utf8))
        }
    }

    private func residentBytes() throws -> Int {
        let fields = String(decoding: try Files.readSmall("/proc/self/statm"), as: UTF8.self).split(separator: " ")
        return try #require(Int(fields[1])) * 4096
    }
}
