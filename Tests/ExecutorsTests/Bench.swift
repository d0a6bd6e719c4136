import Domain
import Executors
import Foundation
import Glibc
import Host
import SystemPackage
import Testing

/// A folder with a work tree and room for jobs. Outside /tmp, which a sandbox replaces.
struct Bench: Sendable {
    let folder: FilePath
    let executor = LocalExecutor()
    var workTree: FilePath { folder.appending("tree") }

    /// A job in a new directory.
    func job(
        _ commands: String..., name: String = "job", in confinement: Job.Confinement,
        limits: Limits = Limits(time: 600),
        variables: [String: String] = [:], secrets: [String] = []
    ) throws -> Job {
        let directory = folder.appending(name)
        try Files.makeDirectory(directory)
        var variables = variables
        variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
        return Job(
            directory: directory, workTree: workTree, workingDirectory: workTree, commands: commands,
            variables: variables, secrets: secrets, limits: limits, confinement: confinement)
    }

    func run(_ job: Job) async throws -> JobOutcome {
        try await executor.start(job)
        return try await executor.outcome(in: job.directory)
    }

    func log(_ job: Job) throws -> String {
        String(decoding: try Files.readSmall(job.directory.appending("output.log")), as: UTF8.self)
    }

    /// What the commands printed, without the lines that repeat them.
    func output(_ job: Job) throws -> [String] {
        try log(job).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("$ ") }
    }

    func supervisor(of job: Job) throws -> pid_t {
        let bytes = try Files.readSmall(job.directory.appending("status.json"))
        let status = try JSONDecoder().decode([String: JSONValue].self, from: bytes)
        guard case .integer(let number) = status["supervisor"] else { throw Fault(.bug, "no supervisor in \(status)") }
        return pid_t(number)
    }
}

func withBench<Value>(_ body: (Bench) async throws -> Value) async throws -> Value {
    let bench = Bench(folder: FilePath("/var/tmp").appending("sluice-test-\(UInt64.random(in: 0 ... .max))"))
    try Files.makeDirectory(bench.workTree)
    defer { try? Files.removeTree(bench.folder) }
    return try await body(bench)
}

/// Both ways to shut a job in; what holds for jobs holds for both.
let confinements: [Job.Confinement] = [.sandbox(network: false), .processGroup]

/// Waits until something holds; false after two minutes.
func eventually(_ condition: () throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(120))
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}

/// Processes, zombies aside, whose command line holds a text.
func processes(with text: String) throws -> [pid_t] {
    try Files.list("/proc").compactMap { pid_t($0) }.filter { process in
        guard let line = try? Files.readSmall(FilePath("/proc/\(process)/cmdline")) else { return false }
        return line.range(of: Data(text.utf8)) != nil
    }
}

/// A text that no other test has in its command lines; also a number of seconds far away.
func uniqueSleep() -> String { "86\(UInt32.random(in: 100_000 ... 999_999)).\(UInt32.random(in: 1 ... .max))" }

extension JobOutcome {
    var usage: Usage? {
        switch self {
        case .exited(_, let usage), .signaled(_, let usage), .overTime(let usage), .overMemory(let usage),
            .overDisk(let usage), .cancelled(let usage):
            usage
        case .notStarted, .lost, .neverStarted: nil
        }
    }

    /// The outcome without what differs from time to time.
    var name: String {
        switch self {
        case .exited(let code, _): "exited \(code)"
        case .signaled(let signal, _): "signaled \(signal)"
        case .overTime: "over time"
        case .overMemory: "over memory"
        case .overDisk: "over disk"
        case .cancelled: "cancelled"
        case .notStarted: "not started"
        case .lost: "lost"
        case .neverStarted: "never started"
        }
    }
}
