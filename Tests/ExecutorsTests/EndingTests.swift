import Domain
import Executors
import Host
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(15)))
struct `How a job ends` {
    @Test(
        arguments: confinements,
        [
            ("true", "exited 0"), ("exit 3", "exited 3"), ("exit 255", "exited 255"), ("no-such-command", "exited 127"),
            ("kill -9 $$", "signaled 9"), ("kill -TERM $$", "signaled 15"), ("sh -c 'kill -SEGV $$'", "signaled 11"),
        ])
    func `the status of the command is the job's`(
        confinement: Job.Confinement, example: (command: String, expected: String)
    ) async throws {
        try await withBench { bench in
            let job = try bench.job(example.command, in: confinement)

            let outcome = try await bench.run(job)

            #expect(outcome.name == example.expected)
        }
    }

    @Test(arguments: confinements)
    func `each line has its own shell and the first that fails is the last`(_ confinement: Job.Confinement) async throws
    {
        try await withBench { bench in
            let job = try bench.job("cd /; WORD=set", "pwd; echo [$WORD]", "exit 4", "echo unreached", in: confinement)

            let outcome = try await bench.run(job)

            #expect(outcome.name == "exited 4")
            let log = try bench.log(job)
            #expect(log == "$ cd /; WORD=set\n$ pwd; echo [$WORD]\n\(bench.workTree)\n[]\n$ exit 4\n")
        }
    }

    @Test(arguments: confinements)
    func `output and errors are in one log in their order`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let job = try bench.job(
                "i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); echo $i >&2; i=$((i+1)); done", in: confinement)

            _ = try await bench.run(job)

            #expect(try bench.output(job) == (0..<1000).map(String.init))
        }
    }

    @Test(arguments: confinements)
    func `a line longer than an argument may be is run`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let job = try bench.job(": \(String(repeating: "x", count: 300_000)); echo done; exit 5", in: confinement)

            let outcome = try await bench.run(job)

            #expect(outcome.name == "exited 5")
            #expect(try bench.output(job) == ["done"])
        }
    }

    @Test(arguments: confinements)
    func `a job that cannot start says why`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            var job = try bench.job("true", in: confinement)
            job.workingDirectory = bench.workTree.appending("absent")

            let outcome = try await bench.run(job)

            guard case .notStarted(let reason) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(reason.contains("absent"))
        }
    }

    @Test(arguments: confinements)
    func `the commands see exactly the job's variables`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let job = try bench.job(
                "cat /proc/self/environ | tr '\\0' '\\n' | cut -d= -f1 | grep -v PWD | sort", in: confinement,
                variables: ["TOKEN": "a b'c\"d", "HOME": "/nowhere"])

            _ = try await bench.run(job)

            let names = try bench.output(job)
            #expect(names == ["HOME", "PATH", "SLUICE_JOB", "TMPDIR", "TOKEN"])
        }
    }

    @Test(arguments: confinements)
    func `the commands inherit no open file but input and output`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let open = try FileDescriptor.open("/etc/passwd", .readOnly)
            defer { try? open.close() }
            let job = try bench.job("ls /proc/self/fd | tr '\\n' ' '; cat", in: confinement)

            let outcome = try await bench.run(job)

            #expect(outcome.name == "exited 0")
            #expect(try bench.output(job) == ["0 1 2 3 "])
        }
    }

    @Test(arguments: confinements)
    func `time and memory are measured`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let job = try bench.job(
                "python3 -c 'import time; x = bytearray(80 << 20); t = time.process_time()\nwhile time.process_time() < t + 0.4: pass'",
                in: confinement)

            let usage = try #require(try await bench.run(job).usage)

            #expect(usage.cpu >= 0.4 && usage.cpu < 10)
            #expect(usage.wall >= 0.4)
            #expect(usage.peakMemory > 80 << 20 && usage.peakMemory < 160 << 20)
        }
    }
}
