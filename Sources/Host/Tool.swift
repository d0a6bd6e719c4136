package import Domain
import Foundation
import Subprocess
package import SystemPackage

/// A program of the machine that Sluice calls and waits for: `git`, `uv`, `duckdb`.
///
/// Not for stages: those are `Executors` jobs, which outlive the bot.
package struct Tool: Sendable {
    package let path: FilePath
    /// For messages: `uv`.
    package let name: String

    package init(path: FilePath, name: String) {
        self.path = path
        self.name = name
    }

    /// What a call printed, and how it ended.
    package struct Outcome: Equatable, Sendable {
        /// The exit status; 128 + signal if a signal ended it.
        package let status: Int32
        package let output: String
        package let errors: String
    }

    /// Looks for a program: in the folders of `SLUICE_TOOLS` (colon separated) first, then of `PATH`.
    /// Throws a fault of kind `.environment` that says where it looked.
    package static func find(_ name: String, advice: String) throws(Fault) -> Tool {
        let variables = ProcessInfo.processInfo.environment
        let folders = [variables["SLUICE_TOOLS"], variables["PATH"]].compactMap { $0 }.flatMap {
            $0.split(separator: ":").map(String.init)
        }
        for folder in folders {
            let candidate = FilePath(folder).appending(name)
            if access(candidate.string, X_OK) == 0, !Files.isDirectory(candidate) {
                return Tool(path: candidate, name: name)
            }
        }
        throw Fault(.environment, "the program '\(name)' is not in SLUICE_TOOLS or PATH", advice: advice)
    }

    /// Runs the program to its end in a session of its own.
    ///
    /// - Parameters:
    ///   - environment: variables added to this process's own; nil as a value removes one.
    ///   - deadline: after this long the whole group gets TERM, then KILL, and a fault of kind `.environment` is
    ///     thrown.
    ///   - outputLimit: bytes kept of each stream; more is a fault.
    ///   - memoryLimit: resident bytes of the program; above it the whole group is killed, and a fault of kind
    ///     `.environment` is thrown.
    /// - Throws: `Fault` if it cannot be started, is over a limit, or the task is cancelled. A status other than zero
    ///   is an outcome, not an error.
    package func run(
        _ arguments: [String],
        in directory: FilePath? = nil,
        environment: [String: String?] = [:],
        deadline: Duration = .seconds(600),
        outputLimit: Int = 16 << 20,
        memoryLimit: Int64? = nil
    ) async throws(Fault) -> Outcome {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        let configuration = Configuration(
            executable: .path(path),
            arguments: Arguments(arguments),
            environment: .inherit.updating(
                Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
            ),
            workingDirectory: directory,
            platformOptions: options
        )
        let (started, starting) = AsyncStream<Int32>.makeStream()
        let watch = memoryLimit.map { MemoryWatch(started: started, limit: $0, name: name) }
        do {
            let outcome = try await withDeadline(deadline, beside: watch) {
                let result = try await Subprocess.run(
                    configuration, input: .none, output: .bytes(limit: outputLimit), error: .bytes(limit: outputLimit)
                ) { execution in
                    _ = starting.yield(execution.processIdentifier.value)
                }
                let status: Int32 =
                    switch result.terminationStatus {
                    case .exited(let code): code
                    case .signaled(let signal): 128 + signal
                    }
                return Outcome(
                    status: status,
                    output: String(decoding: result.standardOutput, as: UTF8.self),
                    errors: String(decoding: result.standardError, as: UTF8.self))
            }
            guard let outcome else {
                throw Fault(
                    .environment, "'\(name)' did not end within \(deadline.components.seconds) s and was stopped")
            }
            return outcome
        } catch let fault as Fault {
            throw fault
        } catch is CancellationError {
            throw Fault(.environment, "'\(name)' was stopped because the work was cancelled")
        } catch {
            throw Fault(.environment, "could not run '\(name)' (\(path)): \(error)")
        }
    }

    /// As `run`, but a status other than zero is a fault with the last lines of its error output.
    package func output(
        _ arguments: [String],
        in directory: FilePath? = nil,
        environment: [String: String?] = [:],
        deadline: Duration = .seconds(600),
        outputLimit: Int = 16 << 20,
        kind: Fault.Kind = .environment
    ) async throws(Fault) -> String {
        let outcome = try await run(
            arguments, in: directory, environment: environment, deadline: deadline, outputLimit: outputLimit)
        guard outcome.status == 0 else {
            let said = outcome.errors.isEmpty ? outcome.output : outcome.errors
            let tail = said.split(separator: "\n").suffix(12).joined(separator: "\n")
            let detail = tail.isEmpty ? "" : ": \(tail)"
            throw Fault(kind, "'\(name) \(arguments.first ?? "")' ended with status \(outcome.status)\(detail)")
        }
        return outcome.output
    }
}

/// Nil if the time was over first; the work is then cancelled and waited for, as when the watch throws.
private func withDeadline<Value: Sendable>(
    _ deadline: Duration, beside watch: MemoryWatch?, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: deadline)
            return nil
        }
        if let watch {
            group.addTask {
                try await watch.run()
                return nil
            }
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}
