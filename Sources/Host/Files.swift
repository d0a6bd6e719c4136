package import Domain
package import Foundation
import Glibc
package import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The few file operations that all rooms share. Everything here blocks: call it inside `Blocking.run`.
///
/// Every error is a `Fault` of kind `.environment` that names the path and what the system said.
package enum Files {
    /// Makes a directory and its parents; an existing one is fine.
    package static func makeDirectory(_ path: FilePath, mode: UInt32 = 0o755) throws(Fault) {
        if mkdir(path.string, mode_t(mode)) == 0 || (errno == EEXIST && isDirectory(path)) { return }
        if errno == ENOENT, path.components.count > 1 {
            try makeDirectory(path.removingLastComponent(), mode: mode)
            if mkdir(path.string, mode_t(mode)) == 0 || errno == EEXIST { return }
        }
        throw systemFault("make the directory", path)
    }

    /// True if something is there; symbolic links are followed.
    package static func exists(_ path: FilePath) -> Bool {
        access(path.string, F_OK) == 0
    }

    package static func isDirectory(_ path: FilePath) -> Bool {
        var info = stat()
        return stat(path.string, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// True for a symbolic link, whatever it points at.
    package static func isLink(_ path: FilePath) -> Bool {
        var info = stat()
        return lstat(path.string, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
    }

    /// Tells one file or directory from all others for as long as it exists.
    package struct Identity: Hashable, Sendable {
        fileprivate let device: dev_t
        fileprivate let number: ino_t
    }

    /// Nil if nothing is there; a link is itself.
    package static func identity(_ path: FilePath) -> Identity? {
        var info = stat()
        guard lstat(path.string, &info) == 0 else { return nil }
        return Identity(device: info.st_dev, number: info.st_ino)
    }

    /// Size in bytes of a regular file; nil if there is none.
    package static func size(_ path: FilePath) -> Int64? {
        var info = stat()
        guard stat(path.string, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(info.st_size)
    }

    /// Writes a file so that after a crash it holds the old bytes or the new ones: temporary name, fsync, rename,
    /// fsync of the directory.
    package static func writeDurably(_ bytes: Data, to path: FilePath, mode: UInt32 = 0o644) throws(Fault) {
        let folder = path.removingLastComponent()
        let temporary = folder.appending(
            ".\(path.lastComponent?.string ?? "file").\(getpid()).\(UInt32.random(in: 0 ... .max))")
        let file = open(temporary.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard file >= 0 else { throw systemFault("write", path) }
        var done = false
        defer { if !done { unlink(temporary.string) } }
        let written = writeAll(bytes, to: file) && fsync(file) == 0
        let failure = errno
        close(file)
        guard written else { throw systemFault("write", path, code: failure) }
        guard rename(temporary.string, path.string) == 0 else { throw systemFault("write", path) }
        done = true
        try syncDirectory(folder)
    }

    /// Makes a directory's entries durable.
    package static func syncDirectory(_ path: FilePath) throws(Fault) {
        let folder = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw systemFault("open", path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw systemFault("sync", path) }
    }

    /// Reads a file that should be small. A longer one is a fault of kind `.input`.
    package static func readSmall(_ path: FilePath, limit: Int = 16 << 20) throws(Fault) -> Data {
        let file = open(path.string, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw systemFault("read", path) }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            throw Fault(.input, "\(path) is not a regular file")
        }
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return data }
            if count < 0 {
                if errno == EINTR { continue }
                throw systemFault("read", path)
            }
            data.append(contentsOf: buffer[..<count])
            guard data.count <= limit else {
                throw Fault(.input, "\(path) is over \(limit) bytes, the most that is read of such a file")
            }
        }
    }

    /// The last bytes of a file, all of a shorter one.
    package static func tail(_ path: FilePath, bytes limit: Int) throws(Fault) -> Data {
        let file = open(path.string, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw systemFault("read", path) }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            throw Fault(.input, "\(path) is not a regular file")
        }
        var buffer = [UInt8](repeating: 0, count: max(1, limit))
        let count = pread(file, &buffer, buffer.count, max(0, info.st_size - off_t(buffer.count)))
        guard count >= 0 else { throw systemFault("read", path) }
        return Data(buffer[..<count])
    }

    /// Bytes of a file from an offset on; fewer at its end, none behind it.
    package static func read(_ path: FilePath, from offset: Int64, count: Int) throws(Fault) -> Data {
        let file = open(path.string, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw systemFault("read", path) }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: max(0, count))
        let length = pread(file, &buffer, buffer.count, off_t(max(0, offset)))
        guard length >= 0 else { throw systemFault("read", path) }
        return Data(buffer[..<length])
    }

    /// Moves a file or a directory within a file system; an existing file is replaced at once, an existing directory
    /// that is not empty is left and what was to be moved is removed: somebody else was first.
    package static func move(_ path: FilePath, to target: FilePath) throws(Fault) {
        if rename(path.string, target.string) == 0 { return }
        let code = errno
        guard code == EEXIST || code == ENOTEMPTY else { throw systemFault("move \(path) to", target, code: code) }
        try removeTree(path)
    }

    /// Names in a directory as texts, sorted by bytes, without `.` and `..`. A name that is not UTF-8 is mended, and
    /// so finds nothing: where strangers give the names, use `entries`.
    package static func list(_ path: FilePath) throws(Fault) -> [String] {
        try entries(path).map(\.string)
    }

    /// Names in a directory as they are, sorted by bytes, without `.` and `..`.
    package static func entries(_ path: FilePath) throws(Fault) -> [FilePath.Component] {
        guard let folder = opendir(path.string) else { throw systemFault("list", path) }
        defer { closedir(folder) }
        var names: [[CChar]] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                if errno != 0 { throw systemFault("list", path) }
                break
            }
            names.append(entryName(entry))
        }
        names.sort { left, right in
            left.lexicographicallyPrecedes(right) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
        }
        return names.compactMap { FilePath.Component(platformString: $0) }.filter { $0.kind == .regular }
    }

    /// The bytes of an entry's name, with the zero at their end.
    static func entryName(_ entry: UnsafeMutablePointer<dirent>) -> [CChar] {
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            Array(bytes.bindMemory(to: CChar.self).prefix { $0 != 0 }) + [0]
        }
    }

    /// Bytes that the file system of a path has free for us.
    package static func freeBytes(at path: FilePath) throws(Fault) -> Int64 {
        var info = statvfs()
        guard statvfs(path.string, &info) == 0 else { throw systemFault("measure the free space at", path) }
        return Int64(info.f_bavail) * Int64(info.f_frsize)
    }

    /// The absolute path without links. Throws if it does not exist.
    package static func canonical(_ path: FilePath) throws(Fault) -> FilePath {
        guard let resolved = realpath(path.string, nil) else { throw systemFault("find", path) }
        defer { free(resolved) }
        return FilePath(String(cString: resolved))
    }

    /// The fault for the system error of the call just made.
    package static func systemFault(_ act: String, _ path: FilePath, code: Int32 = errno) -> Fault {
        Fault(.environment, "could not \(act) \(path): \(String(cString: strerror(code)))")
    }

    private static func writeAll(_ bytes: Data, to file: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = write(file, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if count < 0 {
                    if errno == EINTR { continue }
                    return false
                }
                offset += count
            }
            return true
        }
    }
}
