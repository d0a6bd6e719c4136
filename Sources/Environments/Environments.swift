package import Domain
package import Foundation
package import Host
package import SystemPackage

/// Locked Python environments, built by `uv` from wheels with checked hashes, reused by digest.
///
/// Who calls it: the planner asks `identify`, the runner asks `prepare`. Both may be asked again at any time.
/// What must not go in here: running a project's code. Nothing of a package runs while it is installed.
///
/// Below `root`: `<digest>/` with a `ready.json` is an environment; `<digest>.lock` says who builds it now;
/// `<digest>.tmp-*` is being built, or debris; `known/` holds answers that are dear to ask for, and may be deleted at
/// any time. Files of an environment are hard links into uv's cache, so
/// stages must see it read-only.
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
    ///
    /// The digest is over what decides the installed files: the requirements (comments and order do not count), the
    /// interpreter's full version and platform, and uv's version.
    package func identify(_ request: Request) async throws(Fault) -> EnvironmentIdentity {
        try await ground(of: request).identity
    }

    /// A built environment.
    package struct Prepared: Sendable {
        package let path: FilePath
        /// True if it was there already.
        package let reused: Bool
        /// What a stage's environment needs: `PATH` with its `bin` first, `VIRTUAL_ENV`, `PYTHONHASHSEED` and so on.
        package let variables: [String: String]
    }

    /// Builds it, or reuses it. Two processes that want the same at once build it once. `fresh` is a path of the
    /// caller's own at which a new one is built, for a reproduction; a whole one that lies there is of the same run and
    /// is taken. The caller removes it. A lock that does not install is `.input`, with uv's words; an index that does not answer is `.environment`. A failed or
    /// cancelled build leaves nothing.
    package func prepare(
        _ request: Request, as identity: EnvironmentIdentity, fresh place: FilePath? = nil,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Fault) -> Prepared {
        let shared = root.appending(identity.digest.hex)
        if let path = await built(identity, at: place ?? shared) { return prepared(path, reused: true) }
        let ground = try await ground(of: request)
        guard ground.identity == identity else {
            throw Fault(
                .environment,
                "the environment would not be the planned one: Python \(ground.identity.python) and uv "
                    + "\(ground.identity.uv) are here, the plan has Python \(identity.python) and uv \(identity.uv)",
                advice: "plan again, or bring the machine back to what the plan has")
        }
        guard let place else {
            let (path, reused) = try await buildOnce(ground, progress)
            return prepared(path, reused: reused)
        }
        try await buildFresh(ground, at: place, progress)
        return prepared(place, reused: false)
    }

    /// What a stage without an environment gets in its place.
    package static let systemVariables: [String: String] = stageVariables(below: nil)

    private func prepared(_ path: FilePath, reused: Bool) -> Prepared {
        Prepared(path: path, reused: reused, variables: stageVariables(below: path))
    }
}
