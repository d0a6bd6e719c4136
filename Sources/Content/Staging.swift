import Domain
import Foundation
import Glibc
import Host
import SystemPackage

/// A file that was read. `temporary` is nil if its object lies in the store already.
struct Staged: Sendable {
    let facts: FileFacts
    let temporary: FilePath?
}

/// From a file to bytes under a temporary name in the store, hashed on the way. Everything here blocks.
struct Staging: Sendable {
    let store: ContentStore
    let session: Session

    func stage(_ file: FilePath) throws(Fault) -> Staged {
        let source = try Source(file)
        return source.bytes <= Self.small ? try stageSmall(source) : try stageLarge(source)
    }

    /// A manifest, whose bytes are in memory because we made them.
    func stageManifest(_ bytes: Data) throws(Fault) -> Staged {
        var hasher = ContentHasher()
        bytes.withUnsafeBytes { hasher.update($0) }
        let (object, digest) = hasher.finish(isDirectory: true)
        let facts = FileFacts(object: object, digest: digest, bytes: hasher.count, executable: false)
        return try write(Array(bytes), facts)
    }

    /// Reads first, so that what is in the store already, as most of a work tree is, costs no file.
    private func stageSmall(_ source: borrowing Source) throws(Fault) -> Staged {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(source.bytes))
        let facts = try FileFacts.of(source) { piece throws(Fault) in
            bytes.append(contentsOf: piece)
            // It grows while it is read; that is refused in the end, and must not fill the memory until then.
            if bytes.count > 2 * Self.small { throw Fault(.input, "\(source.path) was written to while it was read") }
        }
        return try write(bytes, facts)
    }

    private func write(_ bytes: [UInt8], _ facts: FileFacts) throws(Fault) -> Staged {
        let place = store.location(of: facts.object)
        let isHeld = try Self.unlessCollected(place) { () throws(Fault) in
            Files.size(place) == facts.bytes ? try FileComparison.holds(place, bytes) : false
        }
        if isHeld == true, Sweeping.use(place) {
            return Staged(facts: facts, temporary: nil)
        }
        let temporary = session.newPath()
        let sink = try Sink(temporary, mode: 0o444)
        try sink.write(bytes)
        return try settle(sink, facts)
    }

    private func stageLarge(_ source: borrowing Source) throws(Fault) -> Staged {
        let sink = try Sink(session.newPath(), mode: 0o444)
        guard sink.reflink(source) else {
            let facts = try FileFacts.of(source) { piece throws(Fault) in try sink.write(piece) }
            return try settle(sink, facts)
        }
        // The clone is what goes into the store, so it is what gets hashed.
        let clone = try FileFacts.of(sink.path)
        let facts = FileFacts(
            object: clone.object, digest: clone.digest, bytes: clone.bytes, executable: source.isExecutable)
        return try settle(sink, facts)
    }

    /// Keeps a finished temporary file if the store needs it.
    ///
    /// Bytes are compared and not sizes: an object that was damaged since is mended here, and two files that were made
    /// to have the same MD5 are told apart.
    private func settle(_ sink: borrowing Sink, _ facts: FileFacts) throws(Fault) -> Staged {
        let place = store.location(of: facts.object)
        guard let size = Files.size(place) else {
            // Here, so that the disk works on this file while the next one is hashed.
            if facts.bytes > Self.small { try sink.sync() }
            return Staged(facts: facts, temporary: sink.path)
        }
        let path = sink.path
        let isEqual = try Self.unlessCollected(place) { () throws(Fault) in
            size == facts.bytes ? try FileComparison.areEqual(path, place) : false
        }
        guard let isEqual else { return Staged(facts: facts, temporary: path) }
        if isEqual {
            // False: it was collected just now.
            guard Sweeping.use(place) else { return Staged(facts: facts, temporary: path) }
            unlink(path.string)
            return Staged(facts: facts, temporary: nil)
        }
        guard let held = try Self.unlessCollected(place, { () throws(Fault) in try FileFacts.of(place) }) else {
            return Staged(facts: facts, temporary: path)
        }
        guard held.object.md5 != facts.object.md5 else { throw Self.collision(facts.object) }
        try sink.sync()
        try StoreFolder.replace(sink.path, as: facts.object, in: store.root)
        return Staged(facts: facts, temporary: nil)
    }

    /// What reading an object tells; nil: it was collected before it was read. One that is put back is looked at again.
    private static func unlessCollected<Value>(
        _ place: FilePath, _ look: () throws(Fault) -> Value
    ) throws(Fault) -> Value? {
        for _ in 0..<3 {
            do throws(Fault) {
                return try look()
            } catch {
                if !Files.exists(place) { return nil }
            }
        }
        return try look()
    }

    static func collision(_ object: ObjectID) -> Fault {
        Fault(
            .input, "two files with different bytes have the same MD5 \(object.md5)",
            advice: "Somebody made them so. Sluice stores by MD5, as DVC does, and cannot hold both.")
    }

    private static let small = 1 << 20
}
