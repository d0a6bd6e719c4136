import CLibgit2
import Domain
import Foundation
import Host
import SystemPackage

/// The mirror on disk, and how the `git` program is called on it.
enum MirrorFolder {
    /// Makes the mirror if it is missing; several processes may do so at once. Returns its canonical path.
    static func prepare(_ path: FilePath) throws(Fault) -> FilePath {
        try Files.makeDirectory(path)
        let path = try Files.canonical(path)
        if Files.exists(path.appending(configuration)) { return path }
        let lock = try FileLock.wait(for: path.appending(lockName))
        defer { withExtendedLifetime(lock) {} }
        if Files.exists(path.appending(configuration)) { return path }
        try removeLocks(in: path)
        try Libgit.setUp()
        var options = git_repository_init_options()
        try Libgit.check(
            git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)),
            "prepare a mirror")
        options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
        let handle = try Libgit.make("make the mirror \(path)") { git_repository_init_ext($0, path.string, &options) }
        git_repository_free(handle)
        try Files.writeDurably(Data(settings.utf8), to: path.appending(configuration))
        return path
    }

    /// Held while the mirror's references change, by every process that does so.
    ///
    /// A fetch may take minutes. Waiting for it in `flock` would hold a thread for each who waits, and the few threads
    /// that a small machine starts are what the fetch itself needs to go on; so this asks again and again instead.
    static func lock(_ path: FilePath) async throws(Fault) -> FileLock {
        var pause = Duration.milliseconds(2)
        while true {
            let lock = try await Blocking.run { () throws(Fault) in try FileLock.take(path.appending(lockName)) }
            if let lock { return lock }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw Fault(.environment, "waiting for the mirror \(path) was cancelled")
            }
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    /// Removes what git locked and left locked when its process was killed. Call it with the mirror's lock held: then
    /// nobody else of ours writes, and a git that outlived its bot writes the same that is written now.
    static func removeLocks(in path: FilePath, keeping commit: CommitID? = nil) throws(Fault) {
        var names = ["config.lock", "HEAD.lock", "packed-refs.lock", "shallow.lock"]
        if let commit { names.append(reference(commit) + ".lock") }
        for name in names { try Files.removeTree(path.pushing(FilePath(name))) }
    }

    /// The reference that keeps a commit.
    static func reference(_ commit: CommitID) -> String { "refs/sluice/commits/\(commit.hex)" }

    /// True if the reference of a commit and the commit itself are there.
    static func holds(_ commit: CommitID, in path: FilePath) throws(Fault) -> Bool {
        try Libgit.withRepository(path) { handle throws(Fault) in
            var id = git_oid()
            guard git_reference_name_to_id(&id, handle, reference(commit)) == 0, Libgit.hex(&id) == commit.hex else {
                return false
            }
            var object: OpaquePointer?
            guard git_commit_lookup(&object, handle, &id) == 0 else { return false }
            git_commit_free(object)
            return true
        }
    }

    /// Variables for the `git` program: nobody is asked anything, the user's and the machine's configuration do not
    /// count, and a caller that is itself a git hook does not lend us its repository.
    static func environment(_ path: FilePath) -> [String: String?] {
        environment(configuration: configuration(of: path))
    }

    /// As `environment(_:)`, with the only file of settings that counts.
    static func environment(configuration: FilePath) -> [String: String?] {
        var variables: [String: String?] = [
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": configuration.string,
            "LC_ALL": "C",
        ]
        let inherited = [
            "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT",
            "GIT_PREFIX", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_PROTOCOL",
        ]
        for name in inherited { variables.updateValue(nil, forKey: name) }
        return variables
    }

    /// The file of settings beside a mirror or a clone.
    static func configuration(of path: FilePath) -> FilePath { path.appending(configuration) }

    private static let lockName: FilePath.Component = "sluice.lock"
    private static let configuration: FilePath.Component = "sluice.gitconfig"

    /// A file and not `-c`, because git clears `-c` for the half of a local fetch that reads the user's repository,
    /// and that half is the one that asks for `safe.directory`. A fetch runs no hook and no program that the user's
    /// repository names, and the path was given to us on purpose, so its owner does not matter.
    static let settings = """
        # Written by Sluice: the only configuration that counts when it calls git on this mirror.
        [safe]
            directory = *
        [protocol "ext"]
            allow = never
        [protocol "file"]
            allow = always
        [protocol]
            version = 2
        [core]
            hooksPath = /dev/null
            fsync = all
            fsyncMethod = batch
        [gc]
            auto = 0
        [maintenance]
            auto = false

        """
}
