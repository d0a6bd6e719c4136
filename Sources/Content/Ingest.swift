import Domain
import Foundation
import Glibc
import Host
import SystemPackage

/// Bytes into the store.
///
/// Files are written and hashed in one pass under temporary names, made durable together, and only then given their
/// addresses, so a crash at any time leaves an object whole or absent.
struct Ingest: Sendable {
    let store: ContentStore

    /// A file that was read. `temporary` is nil if its object lies in the store already.
    private struct Staged: Sendable {
        let facts: FileFacts
        let temporary: FilePath?
    }

    func run(_ path: FilePath) async throws(Fault) -> Artifact {
        try await inSession { session throws(Fault) in
            guard await Blocking.run({ Files.isDirectory(path) }) else {
                let staged = try await stage([path], session)
                try await publish(staged, session)
                guard let file = staged.first else { throw Fault(.bug, "\(path) was not staged") }
                return file.facts.artifact
            }
            let entries = try await Blocking.run { () throws(Fault) in try DirectoryWalk.entries(of: path) }
            let staged = try await stage(entries.map(\.file), session)
            try await publish(staged, session)
            let files = zip(entries, staged).map { (path: $0.path, artifact: $1.facts.artifact) }
            return try await storeManifest(of: files, session)
        }
    }

    func assemble(_ files: [TreePath: Artifact]) async throws(Fault) -> Artifact {
        let sorted = files.sorted { $0.key.precedes($1.key) }.map { (path: $0.key, artifact: $0.value) }
        if let path = Manifest.clash(in: sorted.map(\.path)) {
            throw Fault(.input, "'\(path)' cannot lie below a path that is a file")
        }
        let store = store
        try await Blocking.run { () throws(Fault) in
            for file in sorted {
                let object = file.artifact.object
                guard !object.isDirectory else { throw Fault(.bug, "'\(file.path)' is a directory") }
                guard Files.size(store.location(of: object)) != nil else { throw Manifest.missing(object) }
            }
        }
        return try await inSession { session throws(Fault) in try await storeManifest(of: sorted, session) }
    }

    private func storeManifest(
        of files: [(path: TreePath, artifact: Artifact)], _ session: Session
    ) async throws(Fault) -> Artifact {
        let bytes = Manifest.bytes(of: files.lazy.map { .init(path: $0.path, object: $0.artifact.object) })
        guard bytes.count <= Manifest.mostBytes else {
            throw Fault(.input, "a directory of \(files.count) files is more than can be stored as one")
        }
        let store = store
        let object = try await Blocking.run { () throws(Fault) in
            let temporary = session.newPath()
            try Self.write(bytes, to: temporary)
            let source = try Source(temporary)
            var facts = try FileFacts.of(source)
            guard let address = ObjectID(facts.object.md5 + ".dir") else { throw Fault(.bug, "no address") }
            facts = FileFacts(object: address, digest: facts.digest, bytes: facts.bytes, executable: false)
            let isThere = try Self.isStored(facts, temporary, in: store)
            if !isThere { try StoreFolder.publish(temporary, as: address, in: store.root) }
            try Files.syncDirectory(StoreFolder.folder(of: address, in: store.root))
            return address
        }
        return Artifact(
            object: object,
            digest: Manifest.digest(of: files.lazy.map { ($0.path, $0.artifact.digest) }),
            bytes: files.reduce(0) { $0 + $1.artifact.bytes },
            files: files.count)
    }

    private func stage(_ files: [FilePath], _ session: Session) async throws(Fault) -> [Staged] {
        let store = store
        let syncsEach = files.count <= Self.fewFiles
        return try await Crowd.map(files) { file throws(Fault) in
            let temporary = session.newPath()
            let source = try Source(file)
            let sink = try Sink(temporary, mode: 0o444)
            let facts: FileFacts
            if sink.reflink(source) {
                // The clone is what goes into the store, so it is what gets hashed.
                let clone = try FileFacts.of(temporary)
                facts = FileFacts(
                    object: clone.object, digest: clone.digest, bytes: clone.bytes, executable: source.isExecutable)
            } else {
                facts = try FileFacts.of(source) { piece throws(Fault) in try sink.write(piece) }
            }
            let isThere =
                if source.isSameFile(as: store.location(of: facts.object)) { true } else {
                    try Self.isStored(facts, temporary, in: store)
                }
            if isThere {
                unlink(temporary.string)
                return Staged(facts: facts, temporary: nil)
            }
            if syncsEach { try sink.sync() }
            return Staged(facts: facts, temporary: temporary)
        }
    }

    private func publish(_ staged: [Staged], _ session: Session) async throws(Fault) {
        let fresh = staged.filter { $0.temporary != nil }
        guard !fresh.isEmpty else { return }
        let root = store.root
        let syncsAll = staged.count > Self.fewFiles
        try await Blocking.run { () throws(Fault) in
            if syncsAll { try FileSystemSync.run(root) }
            for file in fresh {
                if let temporary = file.temporary {
                    try StoreFolder.publish(temporary, as: file.facts.object, in: root)
                }
            }
            if syncsAll { return try FileSystemSync.run(root) }
            for folder in Set(fresh.map { StoreFolder.folder(of: $0.facts.object, in: root) }) {
                try Files.syncDirectory(folder)
            }
        }
    }

    /// True if the store has the object with the very bytes of a temporary file.
    ///
    /// Bytes are compared and not sizes: an object that was damaged since is mended here, and two files that were made
    /// to have the same MD5 are told apart.
    private static func isStored(
        _ facts: FileFacts, _ temporary: FilePath, in store: ContentStore
    ) throws(Fault) -> Bool {
        let place = store.location(of: facts.object)
        guard let size = Files.size(place) else { return false }
        if size == facts.bytes, try FileComparison.areEqual(temporary, place) { return true }
        guard try FileFacts.of(place).object.md5 != facts.object.md5 else {
            throw Fault(
                .input, "two files with different bytes have the same MD5 \(facts.object.md5)",
                advice: "Somebody made them so. Sluice stores by MD5, as DVC does, and cannot hold both.")
        }
        let file = try Source(temporary)
        guard fsync(file.descriptor) == 0 else { throw Files.systemFault("store", place) }
        try StoreFolder.replace(temporary, as: facts.object, in: store.root)
        return true
    }

    private static func write(_ bytes: Data, to path: FilePath) throws(Fault) {
        let sink = try Sink(path, mode: 0o444)
        var failure: Fault?
        bytes.withUnsafeBytes { buffer in
            do throws(Fault) {
                try sink.write(buffer)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        try sink.sync()
    }

    private func inSession<Value: Sendable>(
        _ body: (Session) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let root = store.root
        let session = try await Blocking.run { () throws(Fault) in try Session(in: root) }
        let outcome: Result<Value, Fault>
        do throws(Fault) {
            outcome = .success(try await body(session))
        } catch {
            outcome = .failure(error)
        }
        await Blocking.run { session.end() }
        return try outcome.get()
    }

    /// Up to so many files are synced one by one.
    private static let fewFiles = 8
}
