package import Domain
package import Foundation
import Host
import SystemPackage

extension Clone {
    /// Makes a commit on top of another one that writes one file, or with nil removes it, and returns the commit. The same
    /// parent, content, author and date are the same commit. No branch moves.
    package func commit(
        _ content: String?, to file: TreePath, on parent: CommitID, subject: String, author: String, at date: Date
    ) async throws(Fault) -> CommitID {
        let settings = MirrorFolder.configuration(of: path)
        return try await ScratchFolder.use(below: path, named: "commit") { folder throws(Fault) in
            var variables = MirrorFolder.environment(configuration: settings)
            variables["GIT_INDEX_FILE"] = folder.appending("index").string
            let clean = author.filter { $0 != "<" && $0 != ">" && !$0.isNewline }
            let time = "\(Int64(date.timeIntervalSince1970.rounded(.down))) +0000"
            for role in ["AUTHOR", "COMMITTER"] {
                variables["GIT_\(role)_NAME"] = clean.isEmpty ? "sluice" : clean
                variables["GIT_\(role)_EMAIL"] = "sluice@localhost"
                variables["GIT_\(role)_DATE"] = time
            }
            _ = try await plumbing(["read-tree", parent.hex], variables)
            if let content {
                let name = folder.appending("content")
                try await Blocking.run { () throws(Fault) in
                    try Files.writeDurably(Data(content.utf8), to: name, mode: 0o600)
                }
                let blob = try await plumbing(["hash-object", "-w", "--no-filters", "--", name.string], variables)
                _ = try await plumbing(["update-index", "--add", "--cacheinfo", "100644,\(blob),\(file)"], variables)
            } else {
                _ = try await plumbing(
                    ["--work-tree=\(folder)", "rm", "--cached", "--quiet", "--ignore-unmatch", "--", "\(file)"],
                    variables)
            }
            let tree = try await plumbing(["write-tree"], variables)
            let line = subject.split(whereSeparator: \.isNewline).first.map(String.init) ?? "Change"
            let commit = try await plumbing(["commit-tree", "-m", line, "-p", parent.hex, tree], variables)
            guard let id = CommitID(hex: commit) else { throw Fault(.bug, "git gave no commit id") }
            return id
        }
    }

    /// Moves a branch of the remote to a commit of this clone; nil: deletes it. Whatever it was on is left behind.
    ///
    /// - Throws: `.environment` if the remote cannot be reached or does not take it.
    package func push(_ commit: CommitID?, to branch: BranchName, of remote: Remote) async throws(Fault) {
        let outcome = try await push("+\(commit?.hex ?? ""):refs/heads/\(branch)", to: remote)
        guard outcome.status == 0 else {
            // A branch that is to be deleted and is not there is what is wanted.
            if commit == nil, outcome.errors.contains("remote ref does not exist") { return }
            throw remote.fault(for: outcome)
        }
    }

    /// Attaches a note to a commit and pushes it, on top of whatever notes the remote has. `reference`:
    /// `refs/notes/sluice`.
    ///
    /// - Parameter body: the note that takes the place of the one that the commit has now, nil: none. Asked anew each time
    ///   that somebody else was quicker.
    /// - Throws: `.environment` if the remote cannot be reached, or if others pushed notes each time that it was tried.
    package func push(
        note body: @Sendable (_ before: String?) -> String, on commit: CommitID,
        reference: String = "refs/notes/sluice", to remote: Remote
    ) async throws(Fault) {
        guard CloneFolder.isReference(reference) else { throw Fault(.bug, "'\(reference)' is no reference") }
        var last: Tool.Outcome?
        for _ in 0..<4 {
            let fetched = try await fetchOnce([], ["+\(reference):\(reference)"], remote)
            if fetched.status != 0, !CloneFolder.isAbsence(fetched.errors) { throw remote.fault(for: fetched) }
            let before = try await self.note(on: commit, reference)
            try await write(note: body(before), on: commit, reference)
            let outcome = try await push("\(reference):\(reference)", to: remote)
            if outcome.status == 0 { return }
            last = outcome
            guard
                outcome.errors.contains("fetch first") || outcome.errors.contains("non-fast-forward")
                    || outcome.errors.contains("cannot lock ref")
            else { break }
        }
        throw last.map { remote.fault(for: $0) } ?? Fault(.bug, "a note was not pushed")
    }

    /// The note that a commit has; nil: none.
    private func note(on commit: CommitID, _ reference: String) async throws(Fault) -> String? {
        let git = try Tool.find("git", advice: "Install git: 'apt install git'.")
        let told = try await git.run(
            ["--git-dir=\(path)", "notes", "--ref=\(reference)", "show", commit.hex],
            environment: MirrorFolder.environment(configuration: MirrorFolder.configuration(of: path)),
            deadline: .seconds(120))
        return told.status == 0 ? told.output : nil
    }

    private func write(note body: String, on commit: CommitID, _ reference: String) async throws(Fault) {
        let lock = try await MirrorFolder.lock(path)
        defer { withExtendedLifetime(lock) {} }
        let settings = MirrorFolder.configuration(of: path)
        try await ScratchFolder.use(below: path, named: "note") { folder throws(Fault) in
            let file = folder.appending("note")
            try await Blocking.run { () throws(Fault) in
                try Files.writeDurably(Data(body.utf8), to: file, mode: 0o600)
            }
            var variables = MirrorFolder.environment(configuration: settings)
            for role in ["AUTHOR", "COMMITTER"] {
                variables["GIT_\(role)_NAME"] = "sluice"
                variables["GIT_\(role)_EMAIL"] = "sluice@localhost"
            }
            _ = try await plumbing(
                ["notes", "--ref=\(reference)", "add", "--force", "--file=\(file)", commit.hex], variables)
        }
    }

    private func push(_ refspec: String, to remote: Remote) async throws(Fault) -> Tool.Outcome {
        try await remote.outcome(
            of: ["--git-dir=\(path)", "push", "--quiet", "--no-verify", "--", remote.url, refspec],
            settings: MirrorFolder.configuration(of: path), deadline: .seconds(600))
    }

    /// A command of git on the clone alone.
    private func plumbing(_ arguments: [String], _ variables: [String: String?]) async throws(Fault) -> String {
        let git = try Tool.find("git", advice: "Install git: 'apt install git'.")
        return try await git.output(["--git-dir=\(path)"] + arguments, environment: variables, deadline: .seconds(120))
            .trimmingCharacters(in: .newlines)
    }
}
