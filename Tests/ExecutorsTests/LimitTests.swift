import Domain
import Executors
import Foundation
import Host
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(15)))
struct `A job over its limits` {
    @Test(arguments: confinements)
    func `time`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let time = uniqueSleep()
            let job = try bench.job(
                "trap '' TERM; setsid sleep \(time) & sleep \(time); sleep \(time)", in: confinement,
                limits: Limits(time: 0.5))

            let outcome = try await bench.run(job)

            #expect(outcome.name == "over time")
            let wall = try #require(outcome.usage).wall
            #expect(wall >= 0.5 && wall < 5)
            #expect(try processes(with: time) == [])
        }
    }

    @Test(arguments: confinements)
    func `memory, in one process or in several together`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let limits = Limits(time: 600, memory: 150 << 20)
            let hungry = "python3 -c 'x = bytearray(SIZE << 20); import time; time.sleep(30)'"
            let one = try bench.job(
                hungry.replacing("SIZE", with: "400"), name: "one", in: confinement, limits: limits)
            let several = try bench.job(
                Array(repeating: hungry.replacing("SIZE", with: "60"), count: 3).joined(separator: " & "),
                name: "several",
                in: confinement, limits: limits)

            #expect(try await bench.run(one).name == "over memory")
            let outcome = try await bench.run(several)

            #expect(outcome.name == "over memory")
            #expect(try #require(outcome.usage).peakMemory > 150 << 20)
        }
    }

    @Test(arguments: confinements)
    func `pages that forked workers share count once`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let program = """
                import os, time
                x = bytearray(os.urandom(1 << 20)) * 90
                for i in range(4):
                    if os.fork() == 0:
                        time.sleep(0.6); os._exit(0)
                for i in range(4): os.wait()
                """
            let job = try bench.job(
                "python3 -c '\(program)'", in: confinement, limits: Limits(time: 600, memory: 200 << 20))

            #expect(try await bench.run(job).name == "exited 0")
        }
    }

    @Test(
        arguments: confinements,
        [
            "head -c 30000000 /dev/zero > big; sleep 30",
            "i=0; while [ $i -lt 30 ]; do head -c 1000000 /dev/zero > $TMPDIR/part$i; i=$((i+1)); done; sleep 30",
            "mkdir -p a/b/c; head -c 12000000 /dev/zero > a/b/c/one; head -c 12000000 /dev/zero > a/b/two; true",
        ])
    func `disk, in the work tree and in the temporary folder`(
        confinement: Job.Confinement, command: String
    ) async throws {
        try await withBench { bench in
            try Files.writeDurably(Data(count: 25 << 20), to: bench.workTree.appending("before"))
            let job = try bench.job(command, in: confinement, limits: Limits(time: 600, disk: 20_000_000))

            #expect(try await bench.run(job).name == "over disk")
        }
    }

    @Test(arguments: confinements)
    func `what was there before does not count and a large file may grow`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            try Files.writeDurably(Data(count: 25 << 20), to: bench.workTree.appending("before"))
            let job = try bench.job(
                "head -c 1000000 /dev/zero >> before; ln before again; sleep 0.6", in: confinement,
                limits: Limits(time: 600, disk: 5_000_000))

            #expect(try await bench.run(job).name == "exited 0")
        }
    }

    @Test func `shared memory of a sandbox counts as disk`() async throws {
        try await withBench { bench in
            let job = try bench.job(
                "head -c 30000000 /dev/zero > /dev/shm/big; sleep 30", in: .sandbox(network: false),
                limits: Limits(time: 600, disk: 20_000_000))

            #expect(try await bench.run(job).name == "over disk")
        }
    }
}
