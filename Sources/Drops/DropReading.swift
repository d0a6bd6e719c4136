import Domain
import Glibc
import Host
import SystemPackage

/// Reads one file of a drop, and makes sure that it was one file.
struct DropReading {
    let watch: DropWatch

    func stable(_ file: DropFile) async throws(Fault) -> Bool {
        switch watch.place {
        case .directory(let directory):
            return await Blocking.run { Self.now(file.name, in: directory)?.stamp == file.stamp }
        case .bucket(let name, _):
            return try await watch.storage.get().now(file, bucket: name)?.stamp == file.stamp
        }
    }

    /// Those of the names that a file lies under, as it is now.
    func now(_ names: [TreePath]) async throws(Fault) -> [DropFile] {
        switch watch.place {
        case .directory(let directory):
            return await Blocking.run { names.compactMap { Self.now($0, in: directory) } }
        case .bucket(let bucket, let prefix):
            let wanted = Set(names)
            let found = try await watch.storage.get().findings(bucket: bucket, prefix: prefix)
            return DropBatch(of: found.sightings).files.filter { wanted.contains($0.name) }
        }
    }

    func run<Value: Sendable>(
        _ file: DropFile, scratch: FilePath, _ work: (FilePath) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let value: Value
        switch watch.place {
        case .directory(let directory):
            let open = try await Blocking.run { () throws(Fault) in try OpenFile(file, below: directory) }
            value = try await work(open.path)
            guard open.isUnchanged else { throw Self.changed(file) }
        case .bucket(let name, _):
            let storage = try watch.storage.get()
            value = try await ScratchFolder.use(below: scratch, named: "object") { folder throws(Fault) in
                let copy = folder.appending("object")
                try await storage.copy(file, bucket: name, to: copy)
                return try await work(copy)
            }
        }
        guard try await stable(file) else { throw Self.changed(file) }
        return value
    }

    private static func changed(_ file: DropFile) -> Fault {
        Fault(
            .input, "'\(file.name)' was changed while it was taken in",
            advice: "Nothing is lost: it is taken in once it is complete again.")
    }

    /// The file as it is now, if it still is one. Blocks.
    private static func now(_ name: TreePath, in directory: FilePath) -> DropFile? {
        guard let scan = try? DropScan(root: directory),
            case .sighting(let sighting) = scan.look(at: RawName(name.text)),
            case .file(let now) = sighting.thing
        else { return nil }
        return now
    }

    /// A file that was opened below a directory, no link followed on the way.
    private final class OpenFile: Sendable {
        private let descriptor: Int32
        private let stamp: String

        init(_ file: DropFile, below directory: FilePath) throws(Fault) {
            guard case .path(let path) = file.location else {
                throw Fault(.bug, "'\(file.name)' of a directory lies in a bucket")
            }
            let root = try Files.canonical(directory)
            var relative = path
            guard relative.removePrefix(root), let name = relative.lastComponent else {
                throw Fault(.input, "'\(file.name)' is no longer in the drop")
            }
            let top = try Folder(root)
            do throws(Fault) {
                let folder = try top.enter(relative.removingLastComponent().components.map(\.bytes))
                descriptor = try folder.open(name.bytes)
            } catch {
                // Of this file only: the others of the batch can be read all the same.
                throw Fault(.input, "'\(file.name)' cannot be read: \(error.message)", advice: error.advice)
            }
            guard let state = FileState(descriptor: descriptor), state.kind == S_IFREG,
                file.stamp == state.stamp || file.stamp.hasPrefix(state.stamp + FileState.linkMark)
            else {
                close(descriptor)
                throw DropReading.changed(file)
            }
            stamp = state.stamp
        }

        deinit { close(descriptor) }

        var path: FilePath { FilePath("/proc/self/fd/\(descriptor)") }

        var isUnchanged: Bool { FileState(descriptor: descriptor)?.stamp == stamp }
    }
}
