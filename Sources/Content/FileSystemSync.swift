import Domain
import Glibc
import Host
import SystemPackage

/// Waits until all that was written to a file system is on its disk: one wait instead of one for each file.
enum FileSystemSync {
    /// Blocks.
    static func run(_ path: FilePath) throws(Fault) {
        let folder = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Files.systemFault("open", path) }
        defer { close(folder) }
        guard let syncfs else { return sync() }
        guard syncfs(folder) == 0 else { throw Files.systemFault("sync", path) }
    }

    /// The C library has `syncfs` since 2.14, but Swift's Glibc does not show it. `sync` does the same for all file
    /// systems of the machine.
    private static let syncfs: (@convention(c) (Int32) -> Int32)? = dlsym(nil, "syncfs").map {
        unsafeBitCast($0, to: (@convention(c) (Int32) -> Int32).self)
    }
}
