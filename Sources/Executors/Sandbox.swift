import Domain
import Glibc
import Host
import SystemPackage

/// A job's view of the machine, as arguments of bubblewrap.
///
/// The system is there to read; `/tmp` and `/dev/shm` are the job's own, on the disk below its directory, so that they
/// count for its disk limit; `/run` is empty, because the sockets of Docker, agents and daemons live there; what is
/// hidden is empty and read-only. Of two rules for a path, the one for the deeper folder counts.
struct Sandbox {
    let arguments: [String]

    static func program() throws(Fault) -> Tool {
        try Tool.find("bwrap", advice: "install the package bubblewrap, or allow jobs without a sandbox")
    }

    init(_ job: Job, network: Bool, token: String) throws(Fault) {
        let place = JobPlace(job.directory)
        // A job that may write its own status could claim anything.
        for path in [job.workTree] + job.writable where job.directory.starts(with: path) {
            throw Fault(.bug, "the job may write to \(path), which holds its own directory \(job.directory)")
        }
        try Files.makeDirectory(place.sharedMemory, mode: 0o777)
        var mounts = try Self.mounts(of: job, network: network)
        mounts.sort { ($0.depth, $0.rule) < ($1.depth, $1.rule) }

        var words = Self.basics(network: network)
        words += ["--bind", place.temporary.string, "/tmp", "--bind", place.sharedMemory.string, "/dev/shm"]
        for mount in mounts { words += mount.arguments }
        // Only now: the folders for the mounts inside had to be made first.
        for mount in mounts where mount.rule == .hidden && mount.isDirectory {
            words += ["--remount-ro", mount.path.string]
        }
        words += ["--chdir", job.workingDirectory.string, "--clearenv"]
        var variables = job.variables
        variables["HOME"] = variables["HOME"] ?? "/tmp"
        variables["TMPDIR"] = "/tmp"
        variables[Survivors.variable] = token
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) { words += ["--setenv", name, value] }
        arguments = words
    }

    /// What is the same for every job; also what the probe tries.
    static func basics(network: Bool) -> [String] {
        var words = [
            "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
            "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
            "--die-with-parent", "--new-session",
        ]
        if !network { words.append("--unshare-net") }
        // The owner of these files may write them without any capability, and by them reach the machine: root's
        // `core_pattern`, for one, names a program that the kernel runs. Bubblewrap covers them only in part.
        for name in ["sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "mtrr"] {
            words += ["--ro-bind-try", "/proc/\(name)", "/proc/\(name)"]
        }
        // Run by root, bubblewrap keeps all capabilities unless told otherwise.
        if getuid() == 0 { words += ["--cap-drop", "ALL"] }
        return words
    }

    private static func mounts(of job: Job, network: Bool) throws(Fault) -> [Mount] {
        var mounts: [Mount] = []
        func add(_ paths: [FilePath], _ rule: Mount.Rule) throws(Fault) {
            for path in paths { mounts.append(Mount(try Files.canonical(path), rule)) }
        }
        // What does not exist, or lies in the machine's /tmp, cannot be seen anyhow.
        let hidden = (job.hidden + ["/run"]).filter { Files.exists($0) }
        try add(hidden, .hidden)
        mounts.removeAll { $0.path.starts(with: "/tmp") }
        if network { try add(nameServers(), .readable) }
        try add(job.readable + CommandLines.scripts(in: job.directory, count: job.commands.count), .readable)
        try add([job.workTree] + job.writable, .writable)
        try add(job.readOnly, .readOnly)
        return mounts
    }

    /// The configuration of name servers is often a link into `/run`.
    private static func nameServers() -> [FilePath] {
        guard let file = try? Files.canonical("/etc/resolv.conf"), file.starts(with: "/run") else { return [] }
        return [file]
    }
}

/// One rule for one path without links.
private struct Mount {
    /// In the order in which they apply to the same path.
    enum Rule: Int, Comparable {
        case hidden
        case readable
        case writable
        case readOnly

        static func < (left: Rule, right: Rule) -> Bool { left.rawValue < right.rawValue }
    }

    let path: FilePath
    let rule: Rule
    let isDirectory: Bool
    var depth: Int { path.components.count }

    init(_ path: FilePath, _ rule: Rule) {
        self.path = path
        self.rule = rule
        isDirectory = Files.isDirectory(path)
    }

    var arguments: [String] {
        switch rule {
        case .hidden: isDirectory ? ["--tmpfs", path.string] : ["--ro-bind", "/dev/null", path.string]
        case .readable, .readOnly: ["--ro-bind", path.string, path.string]
        case .writable: ["--bind", path.string, path.string]
        }
    }
}
