package import Domain
import Foundation
import Host
package import SystemPackage

/// A server's own bare clone of a project's repository: all branches of the remote as branches of its own, HEAD on the
/// remote's default branch, and what was fetched beside them under `refs/sluice`.
///
/// Force pushes and deleted branches are followed. Nothing is ever collected in it, so a commit that was here stays. It
/// can be made anew at any time: what must not be lost is in the mirror. Several tasks and processes may use it at once.
package struct Clone: Sendable {
    package let path: FilePath

    /// Opens it; makes it if it is missing. One that cannot be opened is made anew.
    package init(path: FilePath) async throws(Fault) {
        self.path = try await Blocking.run { () throws(Fault) in
            let place = try MirrorFolder.prepare(path)
            do throws(Fault) {
                try Libgit.withRepository(place) { _ throws(Fault) in }
                return place
            } catch {
                try CloneFolder.discard(place)
                return try MirrorFolder.prepare(path)
            }
        }
    }

    /// The clone as a repository to read from; its `id` is what every run of the project carries.
    package func repository() async throws(Fault) -> GitRepository { try await GitRepository.discover(from: path) }

    /// The branches as the clone has them, and the one that HEAD names. No network.
    package func heads() async throws(Fault) -> Remote.Heads {
        let path = path
        return try await Blocking.run { () throws(Fault) in try CloneFolder.heads(in: path) }
    }

    /// What the remote has now; nothing is fetched. HEAD follows the remote's, once its branch is here.
    ///
    /// - Parameter head: the default branch, whatever the remote says; nil: as it says.
    package func look(at remote: Remote, head: BranchName? = nil) async throws(Fault) -> Remote.Heads {
        let found = try await remote.heads(with: MirrorFolder.configuration(of: path))
        let now = try await heads()
        let path = path
        if let wanted = head ?? found.head, wanted != now.head, now.branches[wanted] != nil {
            try await Blocking.run { () throws(Fault) in try CloneFolder.setHead(wanted, in: path) }
        }
        return found
    }

    /// Fetches all branches, forgets those that are gone, and sets HEAD.
    ///
    /// - Parameter head: the default branch; nil: HEAD stays as it is, and while it names no branch, that of the remote
    ///   is asked for.
    /// - Throws: `.environment` if the remote cannot be reached. A clone that turns out to be damaged is made anew.
    package func fetch(from remote: Remote, head: BranchName? = nil) async throws(Fault) {
        let outcome = try await fetchOnce(["--prune"], ["+refs/heads/*:refs/heads/*"], remote)
        if outcome.status != 0 {
            guard try await isDamaged(outcome) else { throw remote.fault(for: outcome) }
            try await makeAnew()
            let again = try await fetchOnce(["--prune"], ["+refs/heads/*:refs/heads/*"], remote)
            guard again.status == 0 else { throw remote.fault(for: again) }
        }
        try await setHead(head, remote)
    }

    /// Fetches one commit that is on no branch: the head of a pull request. Nothing to do if it is here.
    ///
    /// - Parameter references: full names under which the remote may have it, tried one after the other; after them
    ///   the commit is asked for by its id, which not every server allows.
    /// - Throws: `.input` if the remote does not have it (any more), `.environment` if it cannot be reached.
    package func fetch(
        _ commit: CommitID, from remote: Remote, references: [String] = []
    ) async throws(Fault) {
        if try await has(commit) { return }
        var last: Tool.Outcome?
        for source in references + [commit.hex] {
            guard CloneFolder.isReference(source) || source == commit.hex else { continue }
            let target = "refs/sluice/fetched/\(Digest.of("\(remote.url) \(source)").hex.prefix(16))"
            let outcome = try await fetchOnce([], ["+\(source):\(target)"], remote)
            if outcome.status != 0, !CloneFolder.isAbsence(outcome.errors) { throw remote.fault(for: outcome) }
            if try await has(commit) { return }
            last = outcome
        }
        let said = last.map { $0.status == 0 ? "" : ": \(remote.fault(for: $0).message)" } ?? ""
        throw Fault(
            .input, "\(remote.url) does not have the commit \(commit.hex) any more\(said)",
            advice: "it was replaced by a force push, or its branch was deleted")
    }

    /// True if the commit and what it names can be read.
    package func has(_ commit: CommitID) async throws(Fault) -> Bool {
        let path = path
        return try await Blocking.run { () throws(Fault) in try CloneFolder.has(commit, in: path) }
    }

    // MARK: Inside

    func fetchOnce(
        _ options: [String], _ references: [String], _ remote: Remote
    ) async throws(Fault) -> Tool.Outcome {
        let lock = try await MirrorFolder.lock(path)
        defer { withExtendedLifetime(lock) {} }
        let path = path
        try await Blocking.run { () throws(Fault) in try CloneFolder.removeLocks(in: path) }
        return try await remote.outcome(
            of: [
                "--git-dir=\(path)", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow",
                "--no-auto-maintenance", "--no-recurse-submodules", "--force",
            ] + options + ["--", remote.url] + references,
            settings: MirrorFolder.configuration(of: path), deadline: .seconds(3600))
    }

    private func setHead(_ wanted: BranchName?, _ remote: Remote) async throws(Fault) {
        let path = path
        let now = try await heads()
        var head = wanted.flatMap { now.branches[$0] == nil ? nil : $0 } ?? now.head
        if head == nil, !now.branches.isEmpty { head = try await remote.heads().head }
        guard let head, head != now.head else { return }
        try await Blocking.run { () throws(Fault) in try CloneFolder.setHead(head, in: path) }
    }

    /// Asked only when what git said sounds like it: reading all of a large clone takes seconds.
    private func isDamaged(_ outcome: Tool.Outcome) async throws(Fault) -> Bool {
        guard CloneFolder.soundsDamaged(outcome.errors) else { return false }
        let git = try Tool.find("git", advice: "Install git: 'apt install git'.")
        let check = try await git.run(
            ["--git-dir=\(path)", "fsck", "--connectivity-only", "--no-dangling", "--no-progress"],
            environment: MirrorFolder.environment(path), deadline: .seconds(900))
        return check.status != 0
    }

    private func makeAnew() async throws(Fault) {
        let path = path
        try await Blocking.run { () throws(Fault) in
            try CloneFolder.discard(path)
            _ = try MirrorFolder.prepare(path)
        }
    }
}
