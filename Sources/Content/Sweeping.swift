package import Domain
package import Foundation
import Glibc
import Host
import SystemPackage

/// Objects that nobody needs any more.
///
/// Whoever takes in bytes that are there already, or asks whether an object is there because it means to name it, marks
/// the object as used now. An object is removed only if it was not used for a time that is far longer than from there to
/// the transaction that names it; it is first moved aside, and put back if it was used up to that very moment.
extension ContentStore {
    /// An object as it lies in the store.
    package struct Held: Sendable, Equatable {
        package let object: ObjectID
        package let bytes: Int64
    }

    /// The objects of one of the 256 folders of the store that were not used since a time. What is no object is passed
    /// over.
    package func held(inFolder folder: UInt8, unusedSince time: Date) async throws(Fault) -> [Held] {
        let root = root
        return try await Blocking.run { () throws(Fault) in
            try Sweeping.held(in: root, folder, unusedSince: time)
        }
    }

    /// Removes objects that were not used since a time, and returns those that it removed. May be killed at any time:
    /// then some are removed, and an object that was moved aside is put back by the next one.
    package func remove(_ objects: [ObjectID], unusedSince time: Date) async throws(Fault) -> [Held] {
        let root = root
        return try await Blocking.run { () throws(Fault) in
            try Sweeping.putBack(in: root, unusedSince: time)
            var removed: [Held] = []
            for object in objects {
                if let held = try Sweeping.remove(object, in: root, unusedSince: time) { removed.append(held) }
            }
            return removed
        }
    }
}

/// The parts of it. Everything here blocks.
enum Sweeping {
    /// Marks an object as used now. False: it is not there.
    static func use(_ place: FilePath) -> Bool {
        var info = stat()
        guard stat(place.string, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return false }
        // A mark of the last minutes is good enough, and costs no write.
        if time(nil) - info.st_mtim.tv_sec < 300 { return true }
        if utimensat(AT_FDCWD, place.string, nil, 0) == 0 {
            // The kernel finds the file first and sets its time then; moved aside and judged between the two, it is lost.
            return stat(place.string, &info) == 0
        }
        // What is not ours is never removed.
        return errno == EROFS || errno == EPERM || errno == EACCES
    }

    static func held(
        in root: FilePath, _ folder: UInt8, unusedSince time: Date
    ) throws(Fault) -> [ContentStore.Held] {
        let prefix = (folder < 16 ? "0" : "") + String(folder, radix: 16)
        let path = root.pushing("files/md5").appending(prefix)
        guard Files.isDirectory(path) else { return [] }
        return try Files.list(path).compactMap { name in
            guard let object = ObjectID(prefix + name),
                let bytes = unused(StoreFolder.location(of: object, in: root), since: time)
            else { return nil }
            return ContentStore.Held(object: object, bytes: bytes)
        }
    }

    static func remove(
        _ object: ObjectID, in root: FilePath, unusedSince time: Date
    ) throws(Fault) -> ContentStore.Held? {
        let place = StoreFolder.location(of: object, in: root)
        guard unused(place, since: time) != nil else { return nil }
        try Files.makeDirectory(aside(root))
        let aside = aside(root).appending(object.description)
        guard rename(place.string, aside.string) == 0 else {
            if errno == ENOENT { return nil }
            throw Files.systemFault("remove", place)
        }
        guard let bytes = unused(aside, since: time) else {
            try putBack(aside, to: place)
            return nil
        }
        guard unlink(aside.string) == 0 || errno == ENOENT else { throw Files.systemFault("remove", aside) }
        return ContentStore.Held(object: object, bytes: bytes)
    }

    /// What a process that was killed had moved aside: it goes back, and is looked at anew.
    static func putBack(in root: FilePath, unusedSince time: Date) throws(Fault) {
        guard Files.isDirectory(aside(root)) else { return }
        for name in try Files.list(aside(root)) {
            guard let object = ObjectID(name) else { continue }
            try putBack(aside(root).appending(name), to: StoreFolder.location(of: object, in: root))
        }
    }

    private static func putBack(_ aside: FilePath, to place: FilePath) throws(Fault) {
        // Somebody may have taken the same bytes in since: then theirs stay.
        guard link(aside.string, place.string) == 0 || errno == EEXIST || errno == ENOENT else {
            throw Files.systemFault("put back", place)
        }
        unlink(aside.string)
    }

    private static func aside(_ root: FilePath) -> FilePath { root.appending("aside") }

    /// Bytes of a file of ours that was not used since; nil: it was, or it is not there. What is somebody else's may be
    /// beyond our power to mark as used, and is never removed.
    private static func unused(_ place: FilePath, since: Date) -> Int64? {
        var info = stat()
        guard stat(place.string, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_uid == geteuid() else {
            return nil
        }
        return Double(info.st_mtim.tv_sec) < since.timeIntervalSince1970 ? Int64(info.st_size) : nil
    }
}
