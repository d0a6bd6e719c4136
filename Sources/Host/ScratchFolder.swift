package import Domain
package import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A folder that exists for one piece of work.
package enum ScratchFolder {
    /// Makes a folder of the work's own below `parent` and removes it afterwards, however the work ends.
    ///
    /// Throws what the work throws; else what making or removing the folder came to.
    package static func use<Value>(
        below parent: FilePath, named prefix: String, _ work: (FilePath) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let folder = parent.appending("\(prefix)-\(UInt64.random(in: 0 ... .max))")
        let lock = try await Blocking.run { () throws(Fault) in
            try Files.makeDirectory(folder, mode: 0o700)
            return try FolderLock(folder)
        }
        defer { withExtendedLifetime(lock) {} }
        let outcome: Result<Value, Fault>
        do throws(Fault) {
            outcome = .success(try await work(folder))
        } catch {
            outcome = .failure(error)
        }
        try await Blocking.run { () throws(Fault) in try Files.removeTree(folder) }
        return try outcome.get()
    }

    /// Removes what killed processes left below `parent`: folders of this kind that no living process uses. Young ones
    /// stay, because their maker may not have said yet that it lives, or may have left a program that still runs.
    ///
    /// What cannot be removed is left for the next time.
    package static func sweep(below parent: FilePath, olderThan age: Duration = .seconds(3600)) async {
        await Blocking.run {
            for name in (try? Files.list(parent)) ?? [] {
                let parts = name.split(separator: "-")
                guard parts.count > 1, let number = parts.last, UInt64(number) != nil else { continue }
                let folder = parent.appending(name)
                guard FolderLock.isFree(folder, untouchedFor: age) else { continue }
                try? Files.removeTree(folder)
            }
        }
    }
}

/// Says for as long as it lives, and not longer than its process, that somebody uses a folder.
private final class FolderLock: Sendable {
    private let descriptor: Int32

    init(_ folder: FilePath) throws(Fault) {
        descriptor = open(folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.systemFault("open", folder) }
        // Where a file system knows no locks, nothing is swept either: see below.
        _ = flock(descriptor, LOCK_SH | LOCK_NB)
    }

    deinit { close(descriptor) }

    static func isFree(_ folder: FilePath, untouchedFor age: Duration) -> Bool {
        let descriptor = open(folder.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { return false }
        let untouched = time(nil) - info.st_mtim.tv_sec
        return untouched >= age.components.seconds && flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }
}
