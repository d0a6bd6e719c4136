import Domain
import Executors
import Foundation
import Glibc
import Host
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(15)))
struct `A job and the bot` {
    @Test(arguments: confinements)
    func `many starters of one directory run the command once`(_ confinement: Job.Confinement) async throws {
        try await withBench { bench in
            let job = try bench.job("echo once >> count; sleep 0.2", in: confinement)

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    group.addTask { try await LocalExecutor().start(job) }
                    group.addTask { _ = try await LocalExecutor().outcome(in: job.directory) }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.executor.outcome(in: job.directory).name == "exited 0")
            try await bench.executor.start(job)

            let count = try Files.readSmall(bench.workTree.appending("count"))
            #expect(count == Data("once\n".utf8))
        }
    }

    @Test(arguments: confinements)
    func `the supervisor is no child of ours and keeps only its own files`(_ confinement: Job.Confinement) async throws
    {
        try await withBench { bench in
            let open = try FileDescriptor.open("/etc/passwd", .readOnly)
            defer { try? open.close() }
            let job = try bench.job("while ! [ -e gate ]; do sleep 0.02; done", in: confinement)
            try await bench.executor.start(job)

            let supervisor = try bench.supervisor(of: job)
            let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(supervisor)/fd").map {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(supervisor)/fd/\($0)")) ?? ""
            }
            let paths = Set(files.filter { $0.hasPrefix("/") && !$0.hasPrefix("/proc") && !$0.hasPrefix("/memfd") })

            let directory = job.directory.string
            #expect(paths == ["/dev/null", directory, directory + "/lock", directory + "/output.log"])
            #expect(getsid(supervisor) != getsid(0))
            let status = String(decoding: try Files.readSmall(FilePath("/proc/\(supervisor)/status")), as: UTF8.self)
            #expect(!status.contains("\nPPid:\t\(getpid())\n"))
            try Files.writeDurably(Data(), to: bench.workTree.appending("gate"))
            #expect(try await bench.executor.outcome(in: job.directory).name == "exited 0")
        }
    }

    @Test func `a job outlives the process that started it and another one attaches`() async throws {
        try await withBench { bench in
            let job = try bench.job("touch ready; while ! [ -e gate ]; do sleep 0.02; done; exit 9", in: .processGroup)
            try await bench.executor.start(job)
            #expect(try await eventually { Files.exists(bench.workTree.appending("ready")) })
            let lock = job.directory.appending("lock").string

            // Another program sees the lock as held, and free once the job is over.
            let held = try await Tool.find("flock", advice: "").run(["-n", "-s", lock, "true"])
            try Files.writeDurably(Data(), to: bench.workTree.appending("gate"))
            let free = try await Tool.find("flock", advice: "").run(["-s", lock, "cat", "\(job.directory)/status.json"])

            #expect(held.status == 1)
            #expect(free.output.contains(#""state":"exited""#))
            #expect(free.output.contains(#""code":9"#))
        }
    }

    @Test func `a directory without a job was never started`() async throws {
        try await withBench { bench in
            let directory = bench.folder

            #expect(try await bench.executor.outcome(in: directory) == .neverStarted)
            try await bench.executor.cancel(in: directory)
            _ = try FileLock.take(directory.appending("lock"))
            #expect(try await bench.executor.outcome(in: directory) == .neverStarted)
        }
    }

    @Test func `waiting stops at once when the task is cancelled and the job goes on`() async throws {
        try await withBench { bench in
            let job = try bench.job("while ! [ -e gate ]; do sleep 0.02; done; exit 8", in: .processGroup)
            try await bench.executor.start(job)

            for delay in [0, 50] {
                let waiting = Task { try await LocalExecutor().outcome(in: job.directory) }
                try await Task.sleep(for: .milliseconds(delay))
                waiting.cancel()
                // The job ends only when the gate is there, so this returns because of the cancellation or never.
                let result = await waiting.result
                #expect(throws: Fault.self) { try result.get() }
            }

            try Files.writeDurably(Data(), to: bench.workTree.appending("gate"))
            #expect(try await bench.executor.outcome(in: job.directory).name == "exited 8")
        }
    }

    @Test func `eighty jobs are waited for at once`() async throws {
        try await withBench { bench in
            let gate = bench.workTree.appending("gate")
            let count = 80
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<count {
                    let job = try bench.job(
                        "while ! [ -e gate ]; do sleep 0.5; done", name: "job-\(number)", in: .processGroup)
                    try await bench.executor.start(job)
                    group.addTask { try await LocalExecutor().outcome(in: job.directory).name }
                }
                try Files.writeDurably(Data(), to: gate)
                for try await name in group { #expect(name == "exited 0") }
            }
        }
    }
}
