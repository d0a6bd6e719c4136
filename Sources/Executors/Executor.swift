package import Domain
import Host
package import SystemPackage

/// Runs jobs, each a supervised process tree, and finds them again after a restart.
///
/// Call order: `start` once per job directory, or `attach` to one that was started; then `outcome`, which may be
/// called by any number of processes at once; `cancel` at any time. All are idempotent: `start` on a directory that
/// already has a job attaches to it and never runs the command twice.
package protocol Executor: Sendable {
    /// Starts the job under its own supervisor and returns as soon as the supervisor lives.
    func start(_ job: Job) async throws(Fault)

    /// Waits for the end of the job in a directory; returns `.lost` if its supervisor died without writing a status,
    /// `.neverStarted` if no job was started there. If the task is cancelled, waiting stops; the job goes on.
    func outcome(in directory: FilePath) async throws(Fault) -> JobOutcome

    /// Ends the job: within five seconds no process of it is left. Returns when that is so. A finished job stays as
    /// it ended.
    func cancel(in directory: FilePath) async throws(Fault)
}

/// What to run. Nothing of it outlives the job but the files in `directory`: `output.log`, `status.json`, `lock`.
package struct Job: Sendable {
    /// The job's own directory; exists, empty.
    package var directory: FilePath
    /// The commands' working directory, and the only place (with a private /tmp) that they may write to.
    package var workTree: FilePath
    /// Where the commands start, inside `workTree`.
    package var workingDirectory: FilePath
    /// Shell command lines, run in order by `/bin/sh -e`-like rules: the first that fails ends the job.
    package var commands: [String]
    /// The whole environment of the commands.
    package var variables: [String: String]
    /// Values that are masked as `***` in the log before it reaches the disk.
    package var secrets: [String]
    /// Absolute paths that stay readable although they lie in a hidden place.
    package var readable: [FilePath]
    /// Absolute paths inside the work tree that the job must not change (data, the champion's model).
    package var readOnly: [FilePath]
    /// Absolute paths that the job must not see (the home's store and database).
    package var hidden: [FilePath]
    /// Absolute paths that the job may write to as well.
    package var writable: [FilePath]
    package var limits: Limits
    package var confinement: Confinement

    /// How the job is shut in.
    package enum Confinement: Sendable, Equatable {
        /// Bubblewrap: own pid namespace, read-only system, private /tmp; network only if asked for.
        case sandbox(network: Bool)
        /// Process group and subreaper only: deploy commands, and machines without bubblewrap.
        case processGroup
    }

    package init(
        directory: FilePath, workTree: FilePath, workingDirectory: FilePath, commands: [String],
        variables: [String: String], secrets: [String] = [], readable: [FilePath] = [], readOnly: [FilePath] = [],
        hidden: [FilePath] = [], writable: [FilePath] = [], limits: Limits, confinement: Confinement
    ) {
        self.directory = directory
        self.workTree = workTree
        self.workingDirectory = workingDirectory
        self.commands = commands
        self.variables = variables
        self.secrets = secrets
        self.readable = readable
        self.readOnly = readOnly
        self.hidden = hidden
        self.writable = writable
        self.limits = limits
        self.confinement = confinement
    }
}

/// How a job ended.
package enum JobOutcome: Equatable, Sendable {
    case exited(Int32, Usage)
    case signaled(Int32, Usage)
    case overTime(Usage)
    case overMemory(Usage)
    case overDisk(Usage)
    case cancelled(Usage)
    /// The supervisor could not start the commands: what it said.
    case notStarted(String)
    /// The supervisor died without a status, and with it every process of the job.
    case lost
    case neverStarted
}

/// What this machine offers.
package struct SandboxSupport: Sendable, Equatable {
    /// Nil if bubblewrap works; else why not.
    package let unavailable: String?
    package init(unavailable: String?) { self.unavailable = unavailable }
    package var isAvailable: Bool { unavailable == nil }
}

/// Jobs on this machine.
///
/// A supervisor process per job (`CSupervisor`) does the work: it does not need this process, holds the lock of the
/// job's directory for as long as it lives, and never leaves a process of the job behind. Any process that can read
/// the directory can wait for the job or cancel it.
package struct LocalExecutor: Executor {
    package init() {}

    /// Tries bubblewrap once and remembers the answer for this process.
    package static func probe() async -> SandboxSupport { await SandboxProbe.shared.answer() }

    /// Throws `.environment` if the sandbox is asked for and bubblewrap is missing; a sandbox that cannot be set up
    /// is the outcome `.notStarted`.
    package func start(_ job: Job) async throws(Fault) {
        try await Blocking.run { () throws(Fault) in try launch(job) }
    }

    /// The shell reports a command that a signal ended as status 128 + signal, so that statuses 129 to 159 are
    /// `.signaled`.
    package func outcome(in directory: FilePath) async throws(Fault) -> JobOutcome {
        try await waitForOutcome(in: directory)
    }

    /// TERM to every process of the job, two seconds, then KILL. Not cut short if the calling task is cancelled.
    package func cancel(in directory: FilePath) async throws(Fault) {
        try await Blocking.run { () throws(Fault) in try endJob(in: directory) }
    }
}
