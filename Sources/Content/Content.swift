package import Domain
package import SystemPackage

/// Files and directories by content, in DVC 3's cache layout: `<root>/files/md5/<2>/<30>[.dir]`, objects mode 0444.
///
/// What it does: takes bytes in (hashing MD5 and SHA-256 in the one pass that copies them), lays them out, checks
/// them. What must not go in here: what an object means (dataset, model, output) is Storage's. Everything is
/// idempotent; two processes may do the same at once. Never holds a whole file in memory.
package struct ContentStore: Sendable {
    package let root: FilePath

    /// Makes the directories if they are missing.
    package init(root: FilePath) async throws(Fault) { self.root = root }

    /// Takes a file or a directory into the store and says what it is. The original is left as it is.
    package func ingest(_ path: FilePath) async throws(Fault) -> Artifact { throw unbuilt }

    /// What `ingest` would say, without storing anything.
    package func identify(_ path: FilePath) async throws(Fault) -> Artifact { throw unbuilt }

    /// Makes a directory artifact of files that are in the store already.
    package func assemble(_ files: [TreePath: Artifact]) async throws(Fault) -> Artifact { throw unbuilt }

    /// How bytes are laid out.
    package enum Layout: Sendable {
        /// Hard links to the objects, read-only, directories too; a copy where the file system refuses links.
        case readOnly
        /// Own copies that may be written; reflinks where the file system has them.
        case writable
    }

    /// Lays an artifact at a path that does not exist yet; makes parents. Throws if an object is missing.
    package func lay(_ artifact: Artifact, at path: FilePath, _ layout: Layout) async throws(Fault) { throw unbuilt }

    /// The files of a directory artifact, sorted by path.
    package func listing(of object: ObjectID) async throws(Fault) -> [(path: TreePath, object: ObjectID)] {
        throw unbuilt
    }

    /// True if the object, and for a directory every object in it, is in the store.
    package func holds(_ object: ObjectID) async throws(Fault) -> Bool { throw unbuilt }

    /// Reads every byte again and throws if the artifact's digest is not what it was, naming the object.
    package func verify(_ artifact: Artifact) async throws(Fault) { throw unbuilt }

    /// Where a file object lies. It may not exist.
    package func location(of object: ObjectID) -> FilePath { root }
}

private let unbuilt = Fault(.bug, "not built")
