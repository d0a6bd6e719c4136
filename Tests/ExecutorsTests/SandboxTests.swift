import Domain
import Executors
import Foundation
import Glibc
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct `A sandbox` {
    let shut = Job.Confinement.sandbox(network: false)

    @Test func `works on this machine, or says why not`() async throws {
        let support = await LocalExecutor.probe()

        #expect(support.isAvailable, "\(support.unavailable ?? "")")
        #expect(await LocalExecutor.probe() == support)
    }

    @Test(arguments: [
        "/etc/x", "/usr/x", "/root/x", "/run/x", "/var/tmp/x", "/sys/x", "/proc/sys/kernel/hostname",
        "/proc/sys/kernel/core_pattern",
    ])
    func `writes nowhere else`(path: String) async throws {
        try await withBench { bench in
            let job = try bench.job("echo no > \(path)", in: shut)

            #expect(try await bench.run(job).name != "exited 0")
            #expect(!Files.exists(FilePath(path)) || path.hasPrefix("/proc"))
        }
    }

    @Test func `writes its work tree, its writable folders and a /tmp of its own`() async throws {
        try await withBench { bench in
            let extra = bench.folder.appending("extra")
            try Files.makeDirectory(extra)
            var job = try bench.job(
                "echo 1 > made; echo 2 > \(extra)/made; ls -A /tmp; echo 3 > /tmp/sluice-private; stat -c %a /tmp",
                in: shut)
            job.writable = [extra]

            #expect(try await bench.run(job).name == "exited 0")

            #expect(Files.exists(bench.workTree.appending("made")) && Files.exists(extra.appending("made")))
            #expect(!Files.exists("/tmp/sluice-private"))
            #expect(Files.exists(job.directory.appending("tmp/sluice-private")))
        }
    }

    @Test func `has a work tree below /tmp all the same`() async throws {
        try await withTemporaryFolder { folder in
            let bench = Bench(folder: folder)
            try Files.makeDirectory(bench.workTree)
            let job = try bench.job("pwd; touch made; ls \(folder)", in: shut)

            #expect(try await bench.run(job).name == "exited 0")

            #expect(try bench.output(job) == [bench.workTree.string, "tree"])
            #expect(Files.exists(bench.workTree.appending("made")))
        }
    }

    @Test func `does not see what is hidden, but what lies in it and is allowed`() async throws {
        try await withBench { bench in
            let home = bench.folder.appending("home")
            for name in ["store", "environment", "runs/1/tree/data", "runs/1/tree/inner"] {
                try Files.makeDirectory(home.appending(name))
                try Files.writeDurably(Data("here".utf8), to: home.appending(name).appending("file"))
            }
            try Files.writeDurably(Data("key".utf8), to: bench.folder.appending("key"))
            var job = try bench.job(
                "ls \(home); cat \(home)/environment/file ../tree/data/file \(bench.folder)/key 2>/dev/null; echo; ls -A inner",
                "touch \(home)/x || touch \(home)/environment/x || touch data/x || rm data/file || mv data gone || exit 11",
                in: shut)
            job.workTree = home.appending("runs/1/tree")
            job.workingDirectory = job.workTree
            job.hidden = [home, bench.folder.appending("key"), job.workTree.appending("inner"), "/does/not/exist"]
            job.readable = [home.appending("environment")]
            job.readOnly = [job.workTree.appending("data")]

            #expect(try await bench.run(job).name == "exited 11")

            let printed = try bench.output(job).prefix(3)
            #expect(printed == ["environment", "runs", "herehere"])
            #expect(Files.exists(job.workTree.appending("data/file")))
        }
    }

    @Test func `cannot be talked into other arguments or its own status`() async throws {
        try await withBench { bench in
            let smuggling = try bench.job("true", in: shut, variables: ["X": "a\0--bind\0/\0/"])
            var forging = try bench.job("true", name: "forging", in: shut)
            forging.writable = [bench.folder]

            await #expect(throws: Fault.self) { try await bench.executor.start(smuggling) }
            await #expect(throws: Fault.self) { try await bench.executor.start(forging) }
            #expect(try await bench.executor.outcome(in: smuggling.directory) == .neverStarted)
        }
    }

    @Test func `does not see sockets in /run`() async throws {
        try await withBench { bench in
            let job = try bench.job("ls -A /run /var/run/ | grep -v : ; true", in: shut)

            _ = try await bench.run(job)

            #expect(try bench.output(job) == [])
        }
    }

    @Test(arguments: [true, false])
    func `reaches the network only if it may`(network: Bool) async throws {
        try await withBench { bench in
            let listener = try Listener()
            let program = """
                import socket
                socket.create_connection(("127.0.0.1", \(listener.port)), 3)
                """
            let job = try bench.job("python3 -c '\(program)' 2>/dev/null", in: .sandbox(network: network))

            #expect(try await bench.run(job).name == (network ? "exited 0" : "exited 1"))
        }
    }

    @Test func `has no way to the processes and the powers of the machine`() async throws {
        try await withBench { bench in
            let job = try bench.job(
                "ls /proc | grep -c '^[0-9]*$'", "grep CapEff /proc/self/status",
                "kill -0 \(getpid()) 2>/dev/null || mount -t tmpfs none /mnt 2>/dev/null || mount -o remount,rw / 2>/dev/null || exit 12",
                in: shut)

            #expect(try await bench.run(job).name == "exited 12")

            let lines = try bench.output(job)
            #expect(try #require(Int(lines[0])) < 8)
            #expect(lines[1] == "CapEff:\t0000000000000000")
        }
    }

    @Test func `keeps variables off the machine's process list and away from bubblewrap`() async throws {
        try await withBench { bench in
            let value = uniqueSleep()
            let job = try bench.job(
                "touch ready; while ! [ -e gate ]; do sleep 0.02; done", in: shut,
                variables: ["TOKEN": value, "LD_PRELOAD": bench.workTree.appending("evil.so").string])
            try await bench.executor.start(job)
            #expect(try await eventually { Files.exists(bench.workTree.appending("ready")) })

            #expect(try processes(with: value) == [])
            try Files.writeDurably(Data(), to: bench.workTree.appending("gate"))
            #expect(try await bench.executor.outcome(in: job.directory).name == "exited 0")
            let warned = try bench.log(job).split(separator: "\n").first?.contains("evil.so") ?? true
            #expect(warned, "the commands themselves get the variable, and the loader says so")
        }
    }
}

/// A TCP port of this machine that accepts connections.
private final class Listener: Sendable {
    let port: UInt16
    private let handle: Int32

    init() throws {
        handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let handle = handle
        port = try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                try #require(bind(handle, address, length) == 0)
                try #require(listen(handle, 8) == 0)
                try #require(getsockname(handle, address, &length) == 0)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
    }

    deinit { close(handle) }
}
