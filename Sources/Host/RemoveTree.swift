package import Domain
import Foundation
package import SystemPackage

extension Files {
    /// Removes a file or a whole tree, whatever its names, modes and depth; never follows a link below the path's own
    /// folder. Absent is fine.
    package static func removeTree(_ path: FilePath) throws(Fault) {
        guard let name = path.lastComponent else { throw Fault(.bug, "asked to remove '\(path)'") }
        let parent = path.removingLastComponent()
        let folder = open(parent.isEmpty ? "." : parent.string, openPath | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            if errno == ENOENT { return }
            throw systemFault("remove", path)
        }
        defer { close(folder) }
        let bytes = name.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1)) }
        do throws(TreeRemoval.Failure) {
            try TreeRemoval().remove(bytes, in: folder)
        } catch {
            throw systemFault("remove", path, code: error.code)
        }
    }
}

/// `O_PATH`, which the C library's module leaves out.
private let openPath: Int32 = 0o10_000_000

/// Works on open directories, so that no name is read as a path and no link is ever followed.
private struct TreeRemoval {
    struct Failure: Error {
        let code: Int32
    }

    /// Below this a directory is first moved up, so that a tree of any depth takes a bounded number of descriptors.
    private static let deepest = 64
    private static let batch = 1000

    func remove(_ name: [CChar], in folder: Int32) throws(Failure) {
        if try unlinked(name, in: folder) { return }
        let top = try opened(name, in: folder)
        defer { close(top) }
        try empty(top, top: top, depth: 0)
        try require(unlinkat(folder, name, AT_REMOVEDIR))
    }

    private func empty(_ folder: Int32, top: Int32, depth: Int) throws(Failure) {
        // Again until nothing is left: a directory may hold more than one batch, or get more from below.
        while true {
            let names = try names(in: folder)
            if names.isEmpty { return }
            for name in names where try !unlinked(name, in: folder) {
                if depth >= Self.deepest {
                    try moveUp(name, from: folder, to: top)
                    continue
                }
                let below = try opened(name, in: folder)
                defer { close(below) }
                try empty(below, top: top, depth: depth + 1)
                try require(unlinkat(folder, name, AT_REMOVEDIR))
            }
        }
    }

    private func moveUp(_ name: [CChar], from folder: Int32, to top: Int32) throws(Failure) {
        // A directory that moves is written to, because its '..' changes.
        close(try opened(name, in: folder))
        let fresh = "removed-\(UInt64.random(in: 0 ... .max))"
        try require(renameat(folder, name, top, fresh))
    }

    /// True if it is gone now; false for a directory.
    private func unlinked(_ name: [CChar], in folder: Int32) throws(Failure) -> Bool {
        if unlinkat(folder, name, 0) == 0 || errno == ENOENT { return true }
        let code = errno
        var info = stat()
        if fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0, info.st_mode & S_IFMT == S_IFDIR { return false }
        throw Failure(code: code)
    }

    /// A directory, open and with the owner's rights that emptying it takes.
    private func opened(_ name: [CChar], in folder: Int32) throws(Failure) -> Int32 {
        let place = openat(folder, name, openPath | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard place >= 0 else { throw Failure(code: errno) }
        defer { close(place) }
        var info = stat()
        try require(fstat(place, &info))
        // A descriptor of this kind takes no fchmod, but it has a name that leads to it alone.
        if info.st_mode & 0o700 != 0o700 { chmod("/proc/self/fd/\(place)", 0o700) }
        let directory = openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw Failure(code: errno) }
        return directory
    }

    /// The first names of a directory, at most a batch.
    private func names(in folder: Int32) throws(Failure) -> [[CChar]] {
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw Failure(code: errno) }
        guard let stream = fdopendir(copy) else {
            let code = errno
            close(copy)
            throw Failure(code: code)
        }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while names.count < Self.batch {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw Failure(code: errno) }
                break
            }
            let name = Files.entryName(entry)
            if name != [0x2E, 0], name != [0x2E, 0x2E, 0] { names.append(name) }
        }
        return names
    }

    private func require(_ result: Int32) throws(Failure) {
        guard result == 0 || errno == ENOENT else { throw Failure(code: errno) }
    }
}
