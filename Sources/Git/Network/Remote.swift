package import Domain
import Foundation
import Host
package import SystemPackage

/// A repository somewhere else, reached by the `git` program: nobody is asked anything, no configuration of the user
/// counts, no remote helper but those of http, ssh and git is started, and what hangs is stopped.
///
/// What must not go in here: which remote is asked for what, and when.
package struct Remote: Sendable, Equatable {
    /// `https://…`, `ssh://…`, `git://…`, `user@host:path`, or a path on this machine. Never with a token in it.
    package let url: String
    /// `Authorization: Basic …`; nil: none. Given to git in its environment, and followed to no other address.
    package let header: String?
    /// A file of certificates to trust besides the system's.
    package let authority: FilePath?
    /// True: somebody else's, such as a fork. That there is none is final then; of the user's own it may be over when
    /// whoever asks may see it again.
    package let isForeign: Bool

    /// Throws `.input` for an address that git could take for an option or for a helper program.
    package init(url: String, header: String? = nil, authority: FilePath? = nil, isForeign: Bool = false)
        throws(Fault)
    {
        guard Self.isAddress(url) else {
            throw Fault(
                .input, "'\(url.shown())' is no address of a git repository",
                advice: "an address begins with https://, http://, ssh:// or git://, or is a path on this machine")
        }
        if let header, !header.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            throw Fault(.input, "the header for \(url) holds a line break or another control character")
        }
        self.url = url
        self.header = header
        self.authority = authority
        self.isForeign = isForeign
    }

    /// What a remote has.
    package struct Heads: Sendable, Equatable {
        /// The branch that its HEAD names; nil: it names none, or one without a commit.
        package let head: BranchName?
        package let branches: [BranchName: CommitID]
    }

    /// Asks for the branches and their commits, and nothing of what is in them. Branches with names that `BranchName`
    /// does not allow are left out.
    package func heads() async throws(Fault) -> Heads {
        try await ScratchFolder.use(below: FilePath(NSTemporaryDirectory()), named: "sluice-ask") {
            folder throws(Fault) in try await heads(with: try await RemoteCall.settings(in: folder))
        }
    }

    /// - Parameter settings: the only file of settings that counts.
    func heads(with settings: FilePath) async throws(Fault) -> Heads {
        Self.heads(
            in: try await call(
                ["ls-remote", "--quiet", "--symref", "--", url, "HEAD", "refs/heads/*"], settings: settings,
                deadline: .seconds(120)))
    }

    private static func heads(in text: String) -> Heads {
        var head: BranchName?
        var branches: [BranchName: CommitID] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1)
            guard parts.count == 2 else { continue }
            if parts[0].hasPrefix("ref: "), parts[1] == "HEAD" {
                head = branch(parts[0].dropFirst(5))
            } else if let name = branch(parts[1]), let commit = CommitID(hex: String(parts[0])) {
                branches[name] = commit
            }
        }
        return Heads(head: head.flatMap { branches[$0] == nil ? nil : $0 }, branches: branches)
    }

    private static func branch(_ reference: Substring) -> BranchName? {
        reference.hasPrefix("refs/heads/") ? BranchName(String(reference.dropFirst(11))) : nil
    }

    private static func isAddress(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 2048, !text.hasPrefix("-"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return false }
        // `ext::sh -c …`, `fd::17`: a helper program is named before two colons.
        guard !text.contains("::") else { return text.contains("://[") || text.contains("@[") }
        guard let scheme = text.range(of: "://") else { return true }
        return ["https", "http", "ssh", "git", "file"].contains(text[..<scheme.lowerBound].lowercased())
    }

    /// What git prints. A status other than zero is a fault with the end of what it said, without the header.
    func call(_ arguments: [String], settings: FilePath, deadline: Duration) async throws(Fault) -> String {
        let outcome = try await outcome(of: arguments, settings: settings, deadline: deadline)
        guard outcome.status == 0 else { throw fault(for: outcome) }
        return outcome.output
    }

    func outcome(
        of arguments: [String], settings: FilePath, deadline: Duration
    ) async throws(Fault) -> Tool.Outcome {
        let git = try Tool.find("git", advice: "Install git: 'apt install git'.")
        return try await git.run(
            arguments, environment: RemoteCall.environment(of: self, settings: settings), deadline: deadline)
    }

    /// Why the remote could not be asked: `.environment` for the network, the machine, or that it lets nobody in, and for
    /// one's own repository if it says that there is none: so servers also say to whom they do not show it. `.input` if
    /// there is no such foreign one.
    func fault(for outcome: Tool.Outcome) -> Fault {
        var said = outcome.errors.split(separator: "\n").suffix(6).joined(separator: "; ")
        if let header, !header.isEmpty { said = said.replacing(header, with: "[header]") }
        let closed = ["could not read Username", "Authentication failed", "terminal prompts disabled", "403", "401"]
        var advice = closed.contains { said.contains($0) } ? "the remote lets nobody in with what it was given" : nil
        let isGone = isGone(said)
        if isGone, !isForeign { advice = "it is not there, or it is not shown with what the remote was given" }
        return Fault(
            isGone && isForeign ? .input : .environment, "git could not reach \(url): \(said.shown(limit: 1000))",
            advice: advice)
    }

    /// True if the server answered, and has no such repository (404, 410). A path on this machine may be a disk that is
    /// not mounted now.
    private func isGone(_ said: String) -> Bool {
        guard url.contains("://") || url.contains("@") else { return false }
        return said.contains("fatal: repository '\(url)/' not found")
            || said.contains("fatal: repository '\(url)' not found")
            || said.contains("returned error: 410") || said.contains("ERROR: Repository not found.")
    }
}
