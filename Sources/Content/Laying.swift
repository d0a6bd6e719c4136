import Domain
import Glibc
import Host
import SystemPackage

/// Objects out of the store, into a work tree.
struct Laying: Sendable {
    let store: ContentStore
    let layout: ContentStore.Layout

    func lay(_ artifact: Artifact, at path: FilePath) async throws(Fault) {
        try await Blocking.run { () throws(Fault) in
            var info = stat()
            guard lstat(path.string, &info) != 0 else {
                throw Fault(.environment, "cannot lay anything at \(path): something is there already")
            }
            let parent = path.removingLastComponent()
            if !parent.isEmpty { try Files.makeDirectory(parent) }
        }
        do throws(Fault) {
            if artifact.object.isDirectory {
                try await layDirectory(artifact.object, at: path)
            } else {
                let files = [(object: artifact.object, path: path)]
                try await layFiles(files, executable: artifact.executable)
            }
        } catch {
            await Blocking.run { try? Files.removeTree(path) }
            throw error
        }
    }

    private func layDirectory(_ object: ObjectID, at path: FilePath) async throws(Fault) {
        let files = try await store.listing(of: object).map {
            (object: $0.object, path: path.pushing(FilePath($0.path.text)))
        }
        // Parents before children, because a shorter path sorts first.
        let folders = Set(files.map { $0.path.removingLastComponent() }).union([path])
        try await Blocking.run { () throws(Fault) in
            for folder in folders { try Files.makeDirectory(folder) }
        }
        try await layFiles(files, executable: false)
        if case .writable = layout { return }
        try await Blocking.run { () throws(Fault) in try Self.closeFolders(path) }
    }

    private func layFiles(_ files: [(object: ObjectID, path: FilePath)], executable: Bool) async throws(Fault) {
        let store = store
        let layout = layout
        _ = try await Crowd.map(files) { file throws(Fault) in
            let object = store.location(of: file.object)
            guard Files.size(object) != nil else { throw Manifest.missing(file.object) }
            switch layout {
            case .readOnly where !executable && Self.hardLink(object, file.path): return
            case .readOnly, .readOnlyCopy: try Self.copy(object, to: file.path, mode: executable ? 0o555 : 0o444)
            case .writable: try Self.copy(object, to: file.path, mode: executable ? 0o744 : 0o644)
            }
        }
    }

    /// False where a link cannot be made: another file system, too many links, an object of another user. A copy then
    /// says what is wrong, if anything is.
    private static func hardLink(_ object: FilePath, _ path: FilePath) -> Bool {
        link(object.string, path.string) == 0
    }

    private static func copy(_ object: FilePath, to path: FilePath, mode: UInt32) throws(Fault) {
        let source = try Source(object)
        try Sink(path, mode: mode).copy(source)
    }

    /// Takes the write bits off a directory and all directories in it.
    private static func closeFolders(_ path: FilePath) throws(Fault) {
        for name in try Files.list(path) {
            let below = path.appending(name)
            if Files.isDirectory(below) { try closeFolders(below) }
        }
        guard chmod(path.string, 0o555) == 0 else { throw Files.systemFault("protect", path) }
    }
}
