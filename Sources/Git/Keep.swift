import CLibgit2
import Domain
import Host
import SystemPackage

/// A commit and its history, copied into the mirror.
enum Keep {
    static func fetch(_ commit: CommitID, from repository: GitRepository, into mirror: FilePath) async throws(Fault) {
        let source = repository.gitDirectory
        let isHeld = try await Blocking.run { () throws(Fault) in
            if try MirrorFolder.holds(commit, in: mirror) { return true }
            try Libgit.withRepository(source) { handle throws(Fault) in
                git_commit_free(try Libgit.lookUp(commit, in: handle))
            }
            return false
        }
        if isHeld { return }
        let lock = try await MirrorFolder.lock(mirror)
        defer { withExtendedLifetime(lock) {} }
        if try await Blocking.run({ () throws(Fault) in try MirrorFolder.holds(commit, in: mirror) }) { return }
        try await Blocking.run { () throws(Fault) in try MirrorFolder.removeLocks(in: mirror, keeping: commit) }
        let git = try Tool.find("git", advice: "Install git: 'apt install git'.")
        _ = try await git.output(
            [
                "--git-dir=\(mirror)", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow",
                "--no-auto-maintenance", "--no-recurse-submodules", repository.id.path,
                "+\(commit.hex):\(MirrorFolder.reference(commit))",
            ],
            environment: MirrorFolder.environment(mirror),
            deadline: .seconds(1800))
    }
}
