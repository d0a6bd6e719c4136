import Domain
import Executors
import Foundation
import Glibc
import Host
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(15)))
struct `Nothing of a job is left` {
    /// Ways to leave the command's process group and parent.
    static let leavers = [
        "sleep TIME &", "setsid sleep TIME &", "nohup sleep TIME > /dev/null 2>&1 &", "(setsid sleep TIME &) &",
        "python3 -c 'import os\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0: os.execvp(\"sleep\", [\"sleep\", \"TIME\"])'",
        "trap '' TERM; setsid env -i sleep TIME &",
    ]

    @Test(arguments: confinements, leavers)
    func `a command that forks and leaves takes its children with it`(
        confinement: Job.Confinement, leaver: String
    ) async throws {
        try await withBench { bench in
            let time = uniqueSleep()
            let command = leaver.replacing("TIME", with: time)
            let job = try bench.job(
                "\(command)\nuntil pgrep -f '^sleep \(time)' > /dev/null; do sleep 0.02; done; exit 6",
                in: confinement)

            let outcome = try await bench.run(job)

            #expect(outcome.name == "exited 6")
            #expect(try processes(with: time) == [])
        }
    }

    @Test(
        arguments: confinements,
        [
            "exec sleep TIME", "trap '' TERM; sleep TIME; sleep TIME; sleep TIME",
            "trap '' TERM; setsid nohup sh -c 'sleep TIME; sleep TIME' & sleep TIME; sleep TIME",
        ])
    func `cancel leaves no process, whatever it ignores`(confinement: Job.Confinement, command: String) async throws {
        try await withBench { bench in
            let time = uniqueSleep()
            let job = try bench.job(command.replacing("TIME", with: time), in: confinement)
            try await bench.executor.start(job)
            #expect(try await eventually { try !processes(with: "sleep\0\(time)").isEmpty })

            try await bench.executor.cancel(in: job.directory)

            #expect(try processes(with: time) == [])
            #expect(try await bench.executor.outcome(in: job.directory).name == "cancelled")
        }
    }

    @Test(arguments: confinements)
    func `a command has two seconds to put its things away`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let job = try bench.job(
                "trap 'sleep 0.5; echo saved > saved; exit 0' TERM; touch ready; while :; do sleep 0.05; done",
                in: confinement)
            try await bench.executor.start(job)
            #expect(try await eventually { Files.exists(bench.workTree.appending("ready")) })

            try await bench.executor.cancel(in: job.directory)

            #expect(Files.exists(bench.workTree.appending("saved")))
            #expect(try await bench.executor.outcome(in: job.directory).name == "cancelled")
        }
    }

    @Test(arguments: confinements)
    func `a finished job stays as it ended`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let job = try bench.job("exit 2", in: confinement)
            let outcome = try await bench.run(job)

            try await bench.executor.cancel(in: job.directory)

            #expect(try await bench.executor.outcome(in: job.directory) == outcome)
        }
    }

    @Test(arguments: confinements)
    func `a job whose supervisor was killed is lost, with all its processes`(_ confinement: Job.Confinement)
        async throws
    {
        try await withBench { bench in
            let time = uniqueSleep()
            let job = try bench.job("setsid sleep \(time) & (sleep \(time); true)", in: confinement)
            try await bench.executor.start(job)
            #expect(try await eventually { try processes(with: "sleep\0\(time)").count == 2 })

            kill(try bench.supervisor(of: job), SIGKILL)

            #expect(try await bench.executor.outcome(in: job.directory) == .lost)
            #expect(try processes(with: time) == [])
            try await bench.executor.start(job)
            try await bench.executor.cancel(in: job.directory)
            #expect(try await bench.executor.outcome(in: job.directory) == .lost)
        }
    }

    @Test(arguments: confinements)
    func `a supervisor that hangs is ended too`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let time = uniqueSleep()
            let job = try bench.job("setsid sleep \(time) & sleep \(time); true", in: confinement)
            try await bench.executor.start(job)
            #expect(try await eventually { try processes(with: "sleep\0\(time)").count == 2 })
            kill(try bench.supervisor(of: job), SIGSTOP)

            try await bench.executor.cancel(in: job.directory)

            #expect(try processes(with: time) == [])
        }
    }
}
