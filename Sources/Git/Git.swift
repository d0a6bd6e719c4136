package import Domain
package import Foundation
import Host
package import SystemPackage

/// A user's repository, read and never changed.
///
/// libgit2 for local objects, in-process; the `git` program where the network or another repository is touched. What
/// must not go in here: what a file means. HEAD, index and work tree of the user are never written.
package struct GitRepository: Sendable {
    /// Canonical path of the git directory that all work trees share (`commondir`).
    package let id: RepositoryID
    /// This work tree's own git directory.
    package let gitDirectory: FilePath
    /// Nil for a bare repository.
    package let workTree: FilePath?

    /// Finds the repository that a path lies in. Throws `.input` if there is none.
    package static func discover(from path: FilePath) async throws(Fault) -> GitRepository {
        try await Blocking.run { () throws(Fault) in try Discovery.repository(at: path) }
    }

    /// A commit, as much of it as Sluice needs.
    package struct Commit: Equatable, Sendable {
        package let id: CommitID
        /// Object id of its tree.
        package let tree: String
        /// `Name <mail>`, without control characters.
        package let author: String
        /// Without control characters, at most 500 characters.
        package let subject: String
        /// When it was committed.
        package let date: Date
    }

    /// Resolves a branch, tag, short or full id to a commit. Throws `.input` for an unknown or ambiguous name and for
    /// a repository without a commit, each in its own words.
    package func commit(_ revision: String) async throws(Fault) -> Commit {
        try await inRepository { handle throws(Fault) in try Revision.commit(revision, in: handle) }
    }

    /// What lies between two commits.
    package struct Distance: Equatable, Sendable {
        /// Commits that only the newer one has, newest first; not all of them.
        package let added: [Commit]
        package let addedCount: Int
        /// How many commits only the older one has.
        package let missing: Int
        /// True if the repository's history is cut off (a shallow clone): what looks like another branch may be none.
        package let isCut: Bool
    }

    /// What a commit has that an older one has not, and the other way round. Throws `.input` if one is not here.
    package func distance(from old: CommitID, to new: CommitID, limit: Int) async throws(Fault) -> Distance {
        try await inRepository { handle throws(Fault) in
            try History.between(old, and: new, limit: limit, in: handle)
        }
    }

    /// True if everything that a commit has, another one has too: the same commit, or one that came before it.
    package func isAncestor(_ commit: CommitID, of other: CommitID) async throws(Fault) -> Bool {
        try await inRepository { handle throws(Fault) in try History.isAncestor(commit, of: other, in: handle) }
    }

    /// True if one of the others has everything that a commit has.
    package func isAncestor(_ commit: CommitID, ofAnyOf others: [CommitID]) async throws(Fault) -> Bool {
        try await inRepository { handle throws(Fault) in
            try History.isAncestor(commit, ofAnyOf: others, in: handle)
        }
    }

    /// Paths of files that differ between two commits; of a renamed one both. At most `limit` of them.
    package func changedPaths(from old: CommitID, to new: CommitID, limit: Int) async throws(Fault) -> [String] {
        try await inRepository { handle throws(Fault) in
            try History.changedPaths(from: old, to: new, limit: limit, in: handle)
        }
    }

    /// The bytes of a file at a commit; nil if there is none. A longer one, or a path that is not a file, is `.input`.
    package func file(_ path: TreePath, at commit: CommitID, limit: Int) async throws(Fault) -> Data? {
        try await inRepository { handle throws(Fault) in try TreeFile.bytes(of: path, at: commit, limit, in: handle) }
    }

    /// Writes a commit's tree to a directory that does not exist yet: files, execute bits and links as in git,
    /// submodules named in a fault of kind `.input`, LFS pointers left as they are.
    ///
    /// The bytes are those of the commit: no filter runs, whatever `.gitattributes` says. The directory appears when
    /// it is complete. A tree that could write outside of it is `.input`.
    package func export(_ commit: CommitID, to path: FilePath) async throws(Fault) {
        try await inRepository { handle throws(Fault) in try Export.write(commit, to: path, in: handle) }
    }

    /// As `export(_:to:)`, made out of an export that has been used since. Whatever happened to that one, what comes out is
    /// what a new one is, except for the times of its files; nothing of it is left where it was.
    package func export(_ commit: CommitID, to path: FilePath, outOf used: FilePath) async throws(Fault) {
        try await inRepository { handle throws(Fault) in
            try Export.write(commit, to: path, outOf: used, in: handle)
        }
    }

    /// Removes everything from a used export that its commit does not have. Returns the bytes of what stays.
    package func strip(_ export: FilePath, to commit: CommitID) async throws(Fault) -> Int64 {
        try await inRepository { handle throws(Fault) in try UsedExport(at: export, in: handle).strip(to: commit) }
    }

    /// Paths that differ from HEAD in the index or the work tree, untracked ones included, ignored ones not; sorted.
    package func uncommitted() async throws(Fault) -> [String] {
        guard workTree != nil else { return [] }
        return try await inRepository { handle throws(Fault) in
            try Status.changed(in: handle).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Our own bare copy of what was run, so that a run can be repeated after the user's branch is gone.
    package struct Mirror: Sendable {
        package let path: FilePath

        /// Opens it; makes it if it is missing.
        package init(path: FilePath) async throws(Fault) {
            self.path = try await Blocking.run { () throws(Fault) in try MirrorFolder.prepare(path) }
        }

        /// Fetches a commit and its history, held by `refs/sluice/commits/<id>`. Nothing to do if it is there.
        package func keep(_ commit: CommitID, from repository: GitRepository) async throws(Fault) {
            try await Keep.fetch(commit, from: repository, into: path)
        }

        /// True if the mirror has a commit with all that belongs to it. While it is being fetched, objects come one by
        /// one; the reference that `keep` sets comes last.
        package func holds(_ commit: CommitID) async throws(Fault) -> Bool {
            let path = path
            return try await Blocking.run { () throws(Fault) in try MirrorFolder.holds(commit, in: path) }
        }

        /// Makes a commit in the mirror, parent HEAD, of the user's work tree as it is now (tracked and untracked,
        /// ignored ones not), and returns it. Only the mirror is written.
        ///
        /// The same content on the same HEAD by the same author is the same commit; if nothing differs from HEAD, it
        /// is HEAD itself.
        package func snapshot(of repository: GitRepository, by author: String) async throws(Fault) -> CommitID {
            let head = try await repository.commit("HEAD")
            try await keep(head.id, from: repository)
            let path = path
            let lock = try await MirrorFolder.lock(path)
            defer { withExtendedLifetime(lock) {} }
            return try await Blocking.run { () throws(Fault) in
                try Snapshot.commit(of: repository, head: head, by: author, into: path)
            }
        }

        /// The mirror as a repository to read from. Its `id` is the mirror's own path.
        package func repository() async throws(Fault) -> GitRepository {
            try await GitRepository.discover(from: path)
        }
    }

    /// Opens a handle of its own for each call: libgit2 wants one thread per handle, and opening costs 0.2 ms.
    func inRepository<Value: Sendable>(
        _ body: @escaping @Sendable (OpaquePointer) throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let path = gitDirectory
        return try await Blocking.run { () throws(Fault) in try Libgit.withRepository(path, body) }
    }
}
