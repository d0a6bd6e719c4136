package import Domain
import Engine
package import Forges
package import Git
import Host
package import Settings
import SystemPackage

/// A project of the server with everything that it takes to act for it, as the configuration is now.
package struct ServedProject: Sendable {
    /// Where a project lies on a forge.
    package struct OnForge: Sendable {
        package let name: ForgeName
        package let forge: any Forge
        package let repository: ForgeRepository
        /// A file of certificates to trust besides the system's.
        let authority: FilePath?
    }

    package let name: ProjectName
    package let settings: ProjectSettings
    /// The server's clone; empty before the first `refresh`.
    package let repository: GitRepository
    package let clone: Clone
    /// Nil: any git remote.
    package let onForge: OnForge?
    let gate: FetchGate

    /// Fetches all branches.
    package func refresh() async throws(Fault) {
        try await gate.pass { () async throws(Fault) in try await fetch() }
    }

    /// Fetches all branches, for whoever has passed the gate already.
    func fetch() async throws(Fault) {
        try await clone.fetch(from: try await remote(), head: settings.defaultBranch)
    }

    /// The project's own remote, with what lets one in.
    package func remote() async throws(Fault) -> Remote {
        switch settings.source {
        case .git(let url): return try Remote(url: url)
        case .forge(let forge, let repository):
            guard let onForge else { throw Fault(.input, "the server has no forge '\(forge)'") }
            return try await remote(of: repository, onForge)
        }
    }

    private func remote(of repository: ForgeRepository, _ onForge: OnForge) async throws(Fault) -> Remote {
        let access: CloneAccess
        do throws(ForgeError) {
            access = try await onForge.forge.cloneAccess(to: repository)
        } catch {
            if case .notFound(let said) = error {
                // So it also answers whoever may not see it, for as long as that lasts.
                throw Fault(
                    .environment, "the forge does not have the repository \(repository): \(said)",
                    advice: "it is not there, or the server's token may not see it")
            }
            throw error.fault
        }
        return try Remote(
            url: access.url, header: access.header, authority: onForge.authority,
            isForeign: !repository.isSame(as: onForge.repository))
    }

    /// The default branch and its newest commit, as fetched last. Throws `.input` while there is none.
    package func head() async throws(Fault) -> (branch: BranchName, commit: GitRepository.Commit) {
        let heads = try await clone.heads()
        guard let branch = settings.defaultBranch ?? heads.head, let commit = heads.branches[branch] else {
            let wanted = settings.defaultBranch.map { "branch '\($0)'" } ?? "default branch"
            throw Fault(.input, "the repository of '\(name)' has no \(wanted)")
        }
        return (branch, try await repository.commit(commit.hex))
    }

    /// The newest commit of a branch, as fetched last; nil: there is no such branch.
    package func tip(of branch: BranchName) async throws(Fault) -> CommitID? {
        try await clone.heads().branches[branch]
    }

    /// A commit that a branch has or had. Throws `.input` if the remote does not have it any more.
    func commit(_ id: CommitID) async throws(Fault) -> GitRepository.Commit {
        if try await !clone.has(id) {
            try await gate.pass { () async throws(Fault) in try await clone.fetch(id, from: try await remote()) }
        }
        return try await repository.commit(id.hex)
    }

    /// The head of a pull request as the event names it.
    func commit(of pull: PullRequest) async throws(Fault) -> GitRepository.Commit {
        if try await !clone.has(pull.head) {
            guard let onForge else { throw Fault(.bug, "a pull request of '\(name)', which is on no forge") }
            var source = onForge.repository
            let reference: String
            switch onForge.forge.kind {
            case .github, .gitea, .forgejo: reference = "refs/pull/\(pull.number)/head"
            case .gitlab: reference = "refs/merge-requests/\(pull.number)/head"
            case .bitbucket:
                source = pull.headRepository ?? source
                reference = "refs/heads/\(pull.headBranch)"
            }
            try await gate.pass { [source] () async throws(Fault) in
                try await clone.fetch(
                    pull.head, from: try await remote(of: source, onForge), references: [reference])
            }
        }
        return try await repository.commit(pull.head.hex)
    }
}

extension ServedProject.OnForge {
    /// A pull request as the forge has it now; nil: it has the repository, and none of that number. Where the token may
    /// not see the repository no number is known, so a no counts only while the repository is shown.
    func pullRequestIfThere(_ number: Int64) async throws(ForgeError) -> PullRequest? {
        do throws(ForgeError) {
            return try await forge.pullRequest(number, in: repository)
        } catch .notFound {
            _ = try await forge.openPullRequests(in: repository)
            return nil
        }
    }
}

extension Bot {
    /// A project as the configuration has it now; nil: there is none of that name. Makes its clone if it is missing, and
    /// fetches nothing.
    package func project(_ name: ProjectName) async throws(Fault) -> ServedProject? {
        let live = configuration.now
        guard let settings = live.settings.projects[name] else { return nil }
        let clone = try await Clone(path: clone(of: name))
        return ServedProject(
            name: name, settings: settings, repository: try await clone.repository(), clone: clone,
            onForge: live.onForge(name), gate: fetches)
    }
}

extension Configuration.Live {
    /// Where a project lies; nil: on no forge.
    func onForge(_ name: ProjectName) -> ServedProject.OnForge? {
        guard let settings = settings.projects[name], case .forge(let forge, let repository) = settings.source,
            let client = forges[forge]
        else { return nil }
        return ServedProject.OnForge(
            name: forge, forge: client, repository: repository,
            authority: self.settings.forges[forge].flatMap(\.authority))
    }
}
