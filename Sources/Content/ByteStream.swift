import Domain
import Glibc
import Host
import SystemPackage

/// An open file that is read once from its start to its end. Everything here blocks.
struct Source: ~Copyable {
    let descriptor: Int32
    let path: FilePath
    private let before: stat

    /// Opens a regular file; `.input` for anything else.
    init(_ path: FilePath) throws(Fault) {
        // NONBLOCK, so that a FIFO cannot make us wait for a writer.
        descriptor = open(path.string, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        self.path = path
        guard descriptor >= 0 else { throw Files.systemFault("read", path) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Fault(.input, "\(path) is not a regular file")
        }
        before = info
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit { close(descriptor) }

    var bytes: Int64 { Int64(before.st_size) }
    /// Its owner's execute bit.
    var isExecutable: Bool { before.st_mode & S_IXUSR != 0 }

    /// Makes the bytes durable, whoever wrote them.
    func sync() throws(Fault) {
        guard fsync(descriptor) == 0 else { throw Files.systemFault("sync", path) }
    }

    /// Hands out all bytes in pieces.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) throws(Fault) -> Void) throws(Fault) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw Files.systemFault("read", path)
            }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Throws if somebody wrote to the file since it was opened: what was read is then neither the old nor the new.
    func requireUnchanged(read count: Int64) throws(Fault) {
        var now = stat()
        guard fstat(descriptor, &now) == 0, now.st_size == before.st_size, Int64(now.st_size) == count,
            now.st_mtim.tv_sec == before.st_mtim.tv_sec, now.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        else {
            throw Fault(.input, "\(path) was written to while it was read", advice: "Try again when it is complete.")
        }
    }

    private var pieceSize: Int { min(1 << 20, max(4096, Int(before.st_size) + 1)) }
}

/// A file that is written once. Everything here blocks.
struct Sink: ~Copyable {
    let descriptor: Int32
    let path: FilePath

    /// Makes a file that must not exist.
    init(_ path: FilePath, mode: UInt32) throws(Fault) {
        descriptor = open(path.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        self.path = path
        guard descriptor >= 0 else { throw Files.systemFault("write", path) }
        // Not through open: the mode is exact, whatever the umask. Everything is set, so `deinit` closes what was opened.
        guard fchmod(descriptor, mode_t(mode)) == 0 else { throw Files.systemFault("write", path) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Files.systemFault("write", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func write(_ bytes: [UInt8]) throws(Fault) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Files.systemFault("write", path)
            }
            offset += count
        }
    }

    func sync() throws(Fault) {
        guard fsync(descriptor) == 0 else { throw Files.systemFault("write", path) }
    }

    /// Shares the source's blocks, where the file system can (btrfs, XFS); false where it cannot.
    func reflink(_ source: borrowing Source) -> Bool {
        ioctl(descriptor, ficlone, source.descriptor) == 0
    }

    /// Copies without hashing; shares the blocks where the file system can.
    func copy(_ source: borrowing Source) throws(Fault) {
        if reflink(source) { return }
        while true {
            let count = sendfile(descriptor, source.descriptor, nil, 1 << 30)
            if count == 0 { return }
            if count > 0 || errno == EINTR { continue }
            // Some file systems have no sendfile; what was copied so far counts, both offsets have moved.
            guard [EINVAL, ENOSYS, EOPNOTSUPP].contains(errno) else { throw Files.systemFault("write", path) }
            return try source.forEachPiece { piece throws(Fault) in try write(piece) }
        }
    }
}

/// `_IOW(0x94, 9, int)` of linux/fs.h, which Swift's Glibc does not have.
private let ficlone: UInt = 0x4004_9409
