package import Domain
package import Foundation
package import Host
package import SystemPackage

/// Locked Python environments, built by `uv`, reused by digest.
package struct Environments: Sendable {
    /// `<home>/envs`: one directory for each digest.
    package let root: FilePath
    package let uv: Tool

    package init(root: FilePath, uv: Tool) {
        self.root = root
        self.uv = uv
    }

    /// The lock and what it needs, as bytes at the commit.
    package struct Request: Sendable {
        package var python: String
        package var lockName: TreePath
        package var lock: Data
        /// Beside a `uv.lock`.
        package var pyproject: Data?
        package init(python: String, lockName: TreePath, lock: Data, pyproject: Data? = nil) {
            self.python = python
            self.lockName = lockName
            self.lock = lock
            self.pyproject = pyproject
        }
    }

    /// Says what the environment would be, without building it: interpreter found, uv's version, platform.
    /// `.input` if the interpreter is not on this machine or the lock has no hashes.
    package func identify(_ request: Request) async throws(Fault) -> EnvironmentIdentity { throw unbuilt }

    /// A built environment.
    package struct Prepared: Sendable {
        package let path: FilePath
        /// True if it was there already.
        package let reused: Bool
        /// What a stage's environment needs: `PATH` with its `bin` first, `VIRTUAL_ENV`, `PYTHONHASHSEED` and so on.
        package let variables: [String: String]
    }

    /// Builds it, or reuses it. Two processes that want the same at once build it once. `fresh` builds a new one
    /// beside it, at a path of its own, for a reproduction. A lock that does not install is `.input`, with uv's words.
    package func prepare(
        _ request: Request, as identity: EnvironmentIdentity, fresh: Bool,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Fault) -> Prepared { throw unbuilt }
}

extension Environments {
    /// What commands see where no Python environment is locked.
    package static var systemVariables: [String: String] { [:] }
}
private let unbuilt = Fault(.bug, "not built")
