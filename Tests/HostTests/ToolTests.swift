import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct ToolTests {
    let shell = Tool(path: "/bin/sh", name: "sh")

    @Test func `output, errors, status and signal of a program are told apart`() async throws {
        let outcome = try await shell.run(["-c", "echo out; echo err >&2; exit 3"])
        #expect(outcome.status == 3)
        #expect(outcome.output == "out\n")
        #expect(outcome.errors == "err\n")

        #expect(try await shell.run(["-c", "kill -9 $$"]).status == 137)

        let fault = await #expect(throws: Fault.self) {
            try await shell.output(["-c", "echo first; echo why >&2; exit 4"], kind: .input)
        }
        #expect(fault?.kind == .input)
        #expect(fault?.message.contains("status 4: why") == true)
    }

    @Test func `variables are added and removed, and the folder is set`() async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await shell.run(
                ["-c", "pwd; echo ${ADDED-none} ${HOME-none}; cat"], in: folder,
                environment: ["ADDED": "a b", "HOME": String?.none])

            #expect(outcome.output == "\(folder)\na b none\n")
        }
    }

    @Test func `a program over its time ends with its children`() async throws {
        try await withTemporaryFolder { folder in
            let mark = folder.appending("pid")
            let fault = await #expect(throws: Fault.self) {
                try await shell.run(
                    ["-c", "sleep 600 & echo $! > \(mark); trap '' TERM; wait; wait"], deadline: .milliseconds(500))
            }

            #expect(fault?.kind == .environment)
            let text = try String(contentsOfFile: mark.string, encoding: .utf8)
            let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(await isGone(child))
        }
    }

    @Test func `a program over its memory is killed`() async throws {
        let fault = await #expect(throws: Fault.self) {
            try await shell.run(
                ["-c", "x=0123456789abcdef; while :; do x=$x$x; done"], deadline: .seconds(60), memoryLimit: 100 << 20)
        }

        #expect(fault?.kind == .environment)
        #expect(fault?.message.contains("100 MiB of memory") == true)
    }

    @Test func `too much output, a missing program and a cancelled task are faults`() async throws {
        await #expect(throws: Fault.self) {
            try await shell.run(["-c", "head -c 100000 /dev/zero"], outputLimit: 1000)
        }
        await #expect(throws: Fault.self) {
            try await Tool(path: "/nowhere/at/all", name: "all").run([], memoryLimit: 1 << 30)
        }
        #expect(throws: Fault.self) { try Tool.find("no-such-program-here", advice: "install it") }

        let work = Task { try await shell.run(["-c", "sleep 600"]) }
        work.cancel()
        await #expect(throws: Fault.self) { try await work.value }
    }

    /// True once the process is gone or waits to be reaped; looks again for up to five seconds.
    private func isGone(_ process: Int32) async -> Bool {
        for _ in 0..<500 {
            guard let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
            if state.contains(") Z ") { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}
