import CSupervisor
import Domain
import Foundation
import Host
import SystemPackage

/// Starts a job unless its directory already has one. Blocks for milliseconds.
///
/// The lock goes to the supervisor by inheritance, never by taking it anew: in between, another process could take it
/// for dead. A crash before the supervisor wrote its first status means that nothing was run.
func launch(_ job: Job) throws(Fault) {
    guard let lock = try takeLock(in: job.directory) else { return }
    let launch = try Launch(job)
    try launch.start(holding: lock)
}

/// Nil if the directory has a job already, or another process is starting one there.
private func takeLock(in directory: FilePath) throws(Fault) -> FileLock? {
    let place = JobPlace(directory)
    // Somebody who asks whether the lock is held holds it for an instant; a starter soon writes a status.
    let deadline = ContinuousClock.now.advanced(by: .seconds(5))
    while !Files.exists(place.status) {
        if let lock = try FileLock.take(place.lock) {
            // Between the two looks the job may have started and ended.
            return Files.exists(place.status) ? nil : lock
        }
        guard ContinuousClock.now < deadline else {
            throw Fault(.environment, "\(place.lock) is held, but no job starts in its directory")
        }
        // A lock has no event to wait for without queueing for it, which would make this process its holder.
        usleep(5_000)
    }
    return nil
}

/// Everything the supervisor needs, made ready before the fork.
private struct Launch {
    let job: Job
    let token: String
    let program: FilePath
    let arguments: [String]
    let environment: [String]
    let workingDirectory: FilePath
    let sandboxArguments: [String]?

    init(_ job: Job) throws(Fault) {
        self.job = job
        let place = JobPlace(job.directory)
        token = "\(UInt64.random(in: 0 ... .max))-\(UInt64.random(in: 0 ... .max))"
        try Files.makeDirectory(place.temporary)
        let shell = try CommandLines(job.commands, longOnesIn: place.directory).shell
        switch job.confinement {
        case .processGroup:
            program = FilePath(shell[0])
            arguments = shell
            workingDirectory = job.workingDirectory
            sandboxArguments = nil
            var variables = job.variables
            for name in ["HOME", "TMPDIR"] where variables[name] == nil {
                variables[name] = place.temporary.string
            }
            variables[Survivors.variable] = token
            environment = variables.map { "\($0.key)=\($0.value)" }.sorted()
        case .sandbox(let network):
            program = try Sandbox.program().path
            arguments = [program.string, "--args", "3", "--json-status-fd", "4", "--"] + shell
            workingDirectory = "/"
            let sandbox = try Sandbox(job, network: network, token: token)
            sandboxArguments = sandbox.arguments
            // The commands' variables go through the arguments: `LD_PRELOAD` is not for bubblewrap itself.
            environment = [Survivors.mark(token)]
        }
        // In a list that zero bytes separate, one inside a value would smuggle in an argument.
        guard !(arguments + environment + (sandboxArguments ?? [])).contains(where: { $0.utf8.contains(0) }) else {
            throw Fault(.input, "a command, a variable or a path of the job holds a zero byte")
        }
    }

    func start(holding lock: FileLock) throws(Fault) {
        let place = JobPlace(job.directory)
        let log = try Descriptor(open(place.log.string, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644), place.log)
        let directory = try Descriptor(
            open(place.directory.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC), place.directory)
        let argumentsFile = try sandboxArguments.map { (words) throws(Fault) in try memoryFile(of: words) }
        let secrets = try Secrets(job.secrets)
        let strings = CStrings()

        var request = supervisor_job()
        request.lock = lock.handOver()
        request.log = log.number
        request.directory = directory.number
        request.arguments_file = argumentsFile?.number ?? -1
        request.program = strings.add(program.string)
        request.arguments = strings.add(list: arguments)
        request.environment = strings.add(list: environment)
        request.working_directory = strings.add(workingDirectory.string)
        request.is_sandbox = sandboxArguments == nil ? 0 : 1
        request.token = strings.add(token)
        request.measured = strings.add(
            list: [job.workTree, place.temporary, place.sharedMemory].map(\.string))
        request.time_limit = milliseconds(job.limits.time)
        request.memory_limit = max(0, job.limits.memory ?? 0)
        request.disk_limit = max(0, job.limits.disk ?? 0)
        request.output_limit = max(0, job.limits.output)

        let code = secrets.withPointers { pointers in
            request.secrets = pointers.baseAddress
            request.secret_count = pointers.count
            return supervisor_start(&request)
        }
        withExtendedLifetime((lock, log, directory, argumentsFile, strings)) {}
        // A supervisor that was killed right after its first status has started the job; `outcome` tells that it is lost.
        guard code == 0 || Files.exists(place.status) else {
            throw Files.systemFault("start a supervisor in", place.directory, code: code)
        }
    }

    private func milliseconds(_ seconds: Double) -> Int64 {
        guard seconds.isFinite, seconds < 1e9 else { return 1_000_000_000_000 }
        return Int64(max(0, seconds) * 1000)
    }

    /// Arguments as bubblewrap reads them. In memory, because they hold the job's variables.
    private func memoryFile(of words: [String]) throws(Fault) -> Descriptor {
        let bytes = words.reduce(into: [UInt8]()) { $0 += Array($1.utf8) + [0] }
        let file = try Descriptor(supervisor_memory_file("arguments"), job.directory)
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { write(file.number, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Files.systemFault("hand over the arguments of the job in", job.directory) }
            offset += count
        }
        lseek(file.number, 0, SEEK_SET)
        return file
    }
}
