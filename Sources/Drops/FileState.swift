import Glibc
import SystemPackage

/// What `lstat` or `fstat` says about one file.
struct FileState: Sendable, Equatable {
    struct Identity: Hashable, Sendable {
        let device: dev_t
        let inode: ino_t
    }

    let kind: mode_t
    let size: Int64
    let identity: Identity
    /// The time of the last change of its bytes, in nanoseconds.
    let written: Int64

    var inode: ino_t { identity.inode }

    /// Nil if nothing is there; a link is itself.
    init?(_ path: FilePath) { self.init(cPath: path.withPlatformString { Array(cString: $0) }) }

    /// As for a path; the bytes end with a zero.
    init?(cPath: [CChar]) {
        var info = stat()
        guard lstat(cPath, &info) == 0 else { return nil }
        self.init(info)
    }

    /// Nil if the descriptor is not open.
    init?(descriptor: Int32) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { return nil }
        self.init(info)
    }

    private init(_ info: stat) {
        kind = info.st_mode & S_IFMT
        size = Int64(info.st_size)
        identity = Identity(device: info.st_dev, inode: info.st_ino)
        let (seconds, overflows) = Int64(info.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        written = overflows ? (info.st_mtim.tv_sec < 0 ? .min : .max) : seconds &+ Int64(info.st_mtim.tv_nsec)
    }

    /// Changes whenever the bytes do.
    var stamp: String { "\(written)-\(inode)-\(size)" }

    /// Stands in a link's stamp between what it points at and the link itself.
    static let linkMark = ">"
}

extension [CChar] {
    /// The bytes of a C string, with the zero at their end.
    init(cString: UnsafePointer<CChar>) {
        self.init(UnsafeBufferPointer(start: cString, count: strlen(cString) + 1))
    }
}
