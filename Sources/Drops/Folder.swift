import CLinux
import Domain
import Foundation
import Glibc
import Host
import SystemPackage

/// An open directory, from which names are found without following links, whatever is renamed meanwhile. Everything here
/// blocks.
final class Folder {
    private let descriptor: Int32
    /// For messages.
    private let path: FilePath

    /// The directory itself may be reached by links.
    init(_ path: FilePath) throws(Fault) {
        self.path = path
        descriptor = Glibc.open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.systemFault("open", path) }
    }

    private init(_ descriptor: Int32, _ path: FilePath) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// The directory below this one, made where it is missing if asked. Throws `.environment` if a link or a file is in
    /// the way.
    func enter(_ names: [[UInt8]], making: Bool = false) throws(Fault) -> Folder {
        var folder = self
        for name in names {
            if making, mkdirat(folder.descriptor, cString(name), 0o755) != 0, errno != EEXIST {
                throw folder.fault("make the directory", name)
            }
            let inner = openat(folder.descriptor, cString(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard inner >= 0 else { throw folder.fault("enter", name) }
            folder = Folder(inner, folder.place(name))
        }
        return folder
    }

    /// A descriptor of a file, never of what a link points at; does not wait for the writer of a pipe.
    func open(_ name: [UInt8]) throws(Fault) -> Int32 {
        let file = openat(descriptor, cString(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw fault("read", name) }
        return file
    }

    func has(_ name: [UInt8]) -> Bool {
        var info = stat()
        return fstatat(descriptor, cString(name), &info, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// True if a file of this name holds just these bytes.
    func holds(_ bytes: Data, as name: [UInt8]) -> Bool {
        guard let file = try? open(name) else { return false }
        defer { close(file) }
        guard let state = FileState(descriptor: file), state.kind == S_IFREG, state.size == bytes.count else {
            return false
        }
        var buffer = [UInt8](repeating: 0, count: bytes.count + 1)
        var count = 0
        while count < buffer.count {
            let more = buffer.withUnsafeMutableBytes {
                read(file, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { break }
            count += more
        }
        return buffer[..<count].elementsEqual(bytes)
    }

    /// Makes a new file whose bytes are durable under its name, or leaves none. False if the name is taken.
    func write(_ bytes: Data, as name: [UInt8]) throws(Fault) -> Bool {
        let temporary = Array(".reason-\(getpid())-\(UInt64.random(in: 0 ... .max))".utf8)
        let file = openat(
            descriptor, cString(temporary), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(0o644))
        guard file >= 0 else { throw fault("write", name) }
        var isNamed = false
        defer {
            close(file)
            if !isNamed { unlinkat(descriptor, cString(temporary), 0) }
        }
        guard writeAll(bytes, to: file) else { throw fault("write", name) }
        guard fsync(file) == 0 else { throw fault("write", name) }
        isNamed = try rename(temporary, to: name, in: self)
        try sync()
        return isNamed
    }

    /// Renames without replacing anything. False if the new name is taken.
    func rename(_ name: [UInt8], to newName: [UInt8], in folder: Folder) throws(Fault) -> Bool {
        if clinux_rename_new(descriptor, cString(name), folder.descriptor, cString(newName)) == 0 { return true }
        if errno == EEXIST { return false }
        throw fault("move to \(folder.place(newName))", name)
    }

    /// Removes a file, if it is there and may be removed.
    func remove(_ name: [UInt8]) { unlinkat(descriptor, cString(name), 0) }

    func sync() throws(Fault) {
        guard fsync(descriptor) == 0 else { throw Files.systemFault("sync", path) }
    }

    func place(_ name: [UInt8]) -> FilePath { RawName(bytes: name).path(below: path) }

    private func writeAll(_ bytes: Data, to file: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = Glibc.write(file, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                offset += count
            }
            return true
        }
    }

    private func fault(_ act: String, _ name: [UInt8]) -> Fault {
        let code = errno
        return Fault(
            .environment,
            "could not \(act) \(path)/\(RawName(bytes: name).shown): \(String(cString: strerror(code)))")
    }

    private func cString(_ name: [UInt8]) -> [CChar] { name.map { CChar(bitPattern: $0) } + [0] }
}
