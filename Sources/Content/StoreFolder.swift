import Domain
import Glibc
import Host
import SystemPackage

/// The store on disk. Everything here blocks.
enum StoreFolder {
    /// Makes the directories, removes what killed processes left half written, and returns the canonical path.
    static func prepare(_ root: FilePath) throws(Fault) -> FilePath {
        try Files.makeDirectory(root.pushing("files/md5"))
        try Files.makeDirectory(root.appending("tmp"))
        let root = try Files.canonical(root)
        try Session.removeAbandoned(in: root)
        return root
    }

    static func location(of object: ObjectID, in root: FilePath) -> FilePath {
        // One text and one parse: this is asked for every file of every directory.
        FilePath("\(root.string)/files/md5/\(object.md5.prefix(2))/\(object.md5.dropFirst(2))\(suffix(object))")
    }

    static func folder(of object: ObjectID, in root: FilePath) -> FilePath {
        FilePath("\(root.string)/files/md5/\(object.md5.prefix(2))")
    }

    private static func suffix(_ object: ObjectID) -> String { object.isDirectory ? ".dir" : "" }

    /// Gives a finished file its place. An object that is there already stays: others may have links to it.
    static func publish(_ temporary: FilePath, as object: ObjectID, in root: FilePath) throws(Fault) {
        let place = location(of: object, in: root)
        let folder = folder(of: object, in: root)
        if !Files.isDirectory(folder) {
            try Files.makeDirectory(folder)
            try Files.syncDirectory(folder.removingLastComponent())
        }
        if link(temporary.string, place.string) == 0 || (errno == EEXIST && Sweeping.use(place)) { return }
        // A file system without hard links; the bytes are the same as those that may be replaced.
        guard rename(temporary.string, place.string) == 0 else { throw Files.systemFault("store", place) }
    }

    /// Puts sound bytes where damaged ones are.
    static func replace(_ temporary: FilePath, as object: ObjectID, in root: FilePath) throws(Fault) {
        let place = location(of: object, in: root)
        guard rename(temporary.string, place.string) == 0 else { throw Files.systemFault("store", place) }
    }
}

/// A folder for half-written files, held by a lock as long as the process that fills it lives.
final class Session: Sendable {
    let folder: FilePath
    private let lockPath: FilePath
    private let lock: FileLock

    /// Blocks.
    init(in root: FilePath) throws(Fault) {
        let name = String(UInt64.random(in: 0 ... .max), radix: 36)
        folder = root.appending("tmp").appending(name)
        lockPath = root.appending("tmp").appending("\(name).lock")
        guard let lock = try FileLock.take(lockPath) else {
            throw Fault(.environment, "somebody else holds \(lockPath)")
        }
        self.lock = lock
        try Files.makeDirectory(folder, mode: 0o700)
    }

    func newPath() -> FilePath { folder.appending(String(UInt64.random(in: 0 ... .max), radix: 36)) }

    /// Removes the folder and what is left in it. Blocks.
    func end() {
        try? Files.removeTree(folder)
        unlink(lockPath.string)
    }

    /// Removes the folders of processes that died. Blocks.
    static func removeAbandoned(in root: FilePath) throws(Fault) {
        let place = root.appending("tmp")
        for name in try Files.list(place) where name.hasSuffix(".lock") {
            let path = place.appending(name)
            // A session that begins right now has its file but not yet its lock.
            guard age(of: path) > 60, let lock = try FileLock.take(path) else { continue }
            try Files.removeTree(place.appending(String(name.dropLast(5))))
            unlink(path.string)
            withExtendedLifetime(lock) {}
        }
    }

    private static func age(of path: FilePath) -> Int {
        var info = stat()
        guard stat(path.string, &info) == 0 else { return 0 }
        return time(nil) - info.st_mtim.tv_sec
    }
}
