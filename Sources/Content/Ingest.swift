import Domain
import Foundation
import Host
import SystemPackage

/// Bytes into the store.
///
/// Files are written and hashed in one pass under temporary names, made durable together, and only then given their
/// addresses, so a crash at any time leaves an object whole or absent.
struct Ingest: Sendable {
    let store: ContentStore

    func run(_ path: FilePath) async throws(Fault) -> Artifact {
        try await inSession { session throws(Fault) in
            guard await Blocking.run({ Files.isDirectory(path) }) else {
                let staged = try await stage([path], session)
                try await publish(staged)
                guard let file = staged.first else { throw Fault(.bug, "\(path) was not staged") }
                return file.facts.artifact
            }
            let entries = try await Blocking.run { () throws(Fault) in try DirectoryWalk.entries(of: path) }
            let staged = try await stage(entries.map(\.file), session)
            try await publish(staged)
            let files = zip(entries, staged).map { (path: $0.path, artifact: $1.facts.artifact) }
            return try await storeManifest(of: files, session)
        }
    }

    func describe(_ files: [TreePath: Artifact]) -> Artifact {
        let sorted = Self.sorted(files)
        let bytes = Manifest.bytes(of: sorted.lazy.map { .init(path: $0.path, object: $0.artifact.object) })
        var hasher = ContentHasher()
        bytes.withUnsafeBytes { hasher.update($0) }
        return Self.directory(hasher.finish(isDirectory: true).object, of: sorted)
    }

    func assemble(_ files: [TreePath: Artifact]) async throws(Fault) -> Artifact {
        let sorted = Self.sorted(files)
        if let path = Manifest.clash(in: sorted.map(\.path)) {
            throw Fault(.input, "'\(path)' cannot lie below a path that is a file")
        }
        let store = store
        try await Blocking.run { () throws(Fault) in
            for file in sorted {
                let object = file.artifact.object
                guard !object.isDirectory else { throw Fault(.bug, "'\(file.path)' is a directory") }
                guard Sweeping.use(store.location(of: object)) else { throw Manifest.missing(object) }
            }
        }
        return try await inSession { session throws(Fault) in try await storeManifest(of: sorted, session) }
    }

    /// Stages as `work` says and publishes what it hands over.
    func together<Value: Sendable>(
        _ work: (Staging, (_ staged: [Staged]) async throws(Fault) -> Void) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        try await inSession { session throws(Fault) in
            try await work(Staging(store: store, session: session)) { staged throws(Fault) in try await publish(staged)
            }
        }
    }

    private func storeManifest(
        of files: [(path: TreePath, artifact: Artifact)], _ session: Session
    ) async throws(Fault) -> Artifact {
        let bytes = Manifest.bytes(of: files.lazy.map { .init(path: $0.path, object: $0.artifact.object) })
        guard bytes.count <= Manifest.mostBytes else {
            throw Fault(.input, "a directory of \(files.count) files is more than can be stored as one")
        }
        let staging = Staging(store: store, session: session)
        let staged = try await Blocking.run { () throws(Fault) in try staging.stageManifest(bytes) }
        try await publish([staged])
        return Self.directory(staged.facts.object, of: files)
    }

    private static func sorted(_ files: [TreePath: Artifact]) -> [(path: TreePath, artifact: Artifact)] {
        files.sorted { $0.key.precedes($1.key) }.map { (path: $0.key, artifact: $0.value) }
    }

    private static func directory(_ object: ObjectID, of files: [(path: TreePath, artifact: Artifact)]) -> Artifact {
        Artifact(
            object: object, digest: Manifest.digest(of: files.lazy.map { ($0.path, $0.artifact.digest) }),
            bytes: files.reduce(0) { $0 + $1.artifact.bytes }, files: files.count)
    }

    private func stage(_ files: [FilePath], _ session: Session) async throws(Fault) -> [Staged] {
        let staging = Staging(store: store, session: session)
        return try await Crowd.map(files) { file throws(Fault) in try staging.stage(file) }
    }

    /// Makes the bytes durable, then gives them their addresses, then makes those durable.
    private func publish(_ staged: [Staged]) async throws(Fault) {
        let fresh = staged.filter { $0.temporary != nil }
        guard !fresh.isEmpty else { return }
        var digests: [ObjectID: Digest] = [:]
        for file in fresh {
            let other = digests.updateValue(file.facts.digest, forKey: file.facts.object)
            if let other, other != file.facts.digest { throw Staging.collision(file.facts.object) }
        }
        let root = store.root
        try await Blocking.run { () throws(Fault) in
            let isFew = fresh.count <= Self.fewFiles
            if !isFew { try FileSystemSync.run(root) }
            for file in fresh {
                guard let temporary = file.temporary else { continue }
                if isFew { try Source(temporary).sync() }
                try StoreFolder.publish(temporary, as: file.facts.object, in: root)
            }
            if !isFew { return try FileSystemSync.run(root) }
            for folder in Set(fresh.map { StoreFolder.folder(of: $0.facts.object, in: root) }) {
                try Files.syncDirectory(folder)
            }
        }
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
