package import Domain
package import Foundation
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
    package static func discover(from path: FilePath) async throws(Fault) -> GitRepository { throw unbuilt }

    /// A commit, as much of it as Sluice needs.
    package struct Commit: Equatable, Sendable {
        package let id: CommitID
        /// Object id of its tree.
        package let tree: String
        /// `Name <mail>`
        package let author: String
        package let subject: String
        package let date: Date
    }

    /// Resolves a branch, tag, short or full id to a commit. Throws `.input` for an unknown or ambiguous name and for
    /// a repository without a commit, each in its own words.
    package func commit(_ revision: String) async throws(Fault) -> Commit { throw unbuilt }

    /// The bytes of a file at a commit; nil if there is none. A longer one, or a path that is not a file, is `.input`.
    package func file(_ path: TreePath, at commit: CommitID, limit: Int) async throws(Fault) -> Data? { throw unbuilt }

    /// Writes a commit's tree to a directory that does not exist yet: files, execute bits and links as in git,
    /// submodules named in a fault of kind `.input`, LFS pointers left as they are.
    package func export(_ commit: CommitID, to path: FilePath) async throws(Fault) { throw unbuilt }

    /// Paths that differ from HEAD in the index or the work tree, untracked ones included, ignored ones not; sorted.
    package func uncommitted() async throws(Fault) -> [String] { throw unbuilt }

    /// Our own bare copy of what was run, so that a run can be repeated after the user's branch is gone.
    package struct Mirror: Sendable {
        package let path: FilePath
        /// Opens it; makes it if it is missing.
        package init(path: FilePath) async throws(Fault) { self.path = path }

        /// Fetches a commit and its history, held by `refs/sluice/commits/<id>`. Nothing to do if it is there.
        package func keep(_ commit: CommitID, from repository: GitRepository) async throws(Fault) { throw unbuilt }

        /// Makes a commit in the mirror, parent HEAD, of the user's work tree as it is now (tracked and untracked,
        /// ignored ones not), and returns it. Only the mirror is written.
        package func snapshot(of repository: GitRepository, by author: String) async throws(Fault) -> CommitID {
            throw unbuilt
        }

        /// The mirror as a repository to read from. Its `id` is the mirror's own path.
        package func repository() async throws(Fault) -> GitRepository { throw unbuilt }
    }
}

private let unbuilt = Fault(.bug, "not built")
