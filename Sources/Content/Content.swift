package import Domain
import Host
package import SystemPackage

/// Files and directories by content, in DVC 3's cache layout: `<root>/files/md5/<2>/<30>[.dir]`, objects mode 0444.
///
/// What it does: takes bytes in (hashing MD5 and SHA-256 in the one pass that copies them), lays them out, checks
/// them. What must not go in here: what an object means (dataset, model, output) is Storage's. Everything is
/// idempotent; two processes may do the same at once. Never holds a whole file in memory.
///
/// What is in the store has the bytes that its address says when it comes in, and stays there after a power cut;
/// whether it still has them is what `verify` asks.
package struct ContentStore: Sendable {
    package let root: FilePath

    /// Makes the directories if they are missing.
    package init(root: FilePath) async throws(Fault) {
        self.root = try await Blocking.run { () throws(Fault) in try StoreFolder.prepare(root) }
    }

    /// Takes a file or a directory into the store and says what it is. The original is left as it is; a link at the
    /// path itself is followed.
    ///
    /// A directory is taken as DVC takes it: links to files inside it are followed, links to directories are not
    /// entered, empty directories and execute bits are not recorded. `.input` for what cannot be taken: a link that
    /// is dangling or leads outside, a device, a name that is not UTF-8.
    package func ingest(_ path: FilePath) async throws(Fault) -> Artifact {
        try await Ingest(store: self).run(path)
    }

    /// What `ingest` would say, without storing anything.
    package func identify(_ path: FilePath) async throws(Fault) -> Artifact {
        try await Identify.run(path)
    }

    /// Makes a directory artifact of files that are in the store already.
    package func assemble(_ files: [TreePath: Artifact]) async throws(Fault) -> Artifact {
        try await Ingest(store: self).assemble(files)
    }

    /// What `assemble` would say, without storing anything or looking whether the files are there.
    package func describe(_ files: [TreePath: Artifact]) -> Artifact { Ingest(store: self).describe(files) }

    /// How bytes are laid out.
    package enum Layout: Sendable {
        /// Hard links to the objects, read-only, directories too; a copy where the file system refuses links.
        case readOnly
        /// Read-only copies of their own, for readers who could write through a link all the same.
        case readOnlyCopy
        /// Own copies that may be written; reflinks where the file system has them.
        case writable
    }

    /// Lays an artifact at a path that does not exist yet; makes parents. Throws if an object is missing, and leaves
    /// nothing then.
    package func lay(_ artifact: Artifact, at path: FilePath, _ layout: Layout) async throws(Fault) {
        try await Laying(store: self, layout: layout).lay(artifact, at: path)
    }

    /// The files of a directory artifact, sorted by path.
    package func listing(of object: ObjectID) async throws(Fault) -> [(path: TreePath, object: ObjectID)] {
        let path = location(of: object)
        let entries = try await Blocking.run { () throws(Fault) in try Manifest.read(object, at: path) }
        return entries.map { ($0.path, $0.object) }
    }

    /// True if the object, and for a directory every object in it, is in the store. All of them are then marked as used
    /// now, because who asks means to name the object.
    package func holds(_ object: ObjectID) async throws(Fault) -> Bool {
        guard await use(location(of: object)) else { return false }
        guard object.isDirectory else { return true }
        let paths = try await listing(of: object).map { location(of: $0.object) }
        return await Blocking.run { paths.allSatisfy { Sweeping.use($0) } }
    }

    /// Reads every byte again and throws if the artifact's digest is not what it was, naming the object.
    package func verify(_ artifact: Artifact) async throws(Fault) {
        try await Verification(store: self).verify(artifact)
    }

    /// Where a file object lies. It may not exist.
    package func location(of object: ObjectID) -> FilePath {
        StoreFolder.location(of: object, in: root)
    }

    private func use(_ path: FilePath) async -> Bool {
        await Blocking.run { Sweeping.use(path) }
    }
}
