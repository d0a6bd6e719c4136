import Glibc
package import SystemPackage

extension Files {
    /// What changes whenever a file does: which file it is, how long, and when it was written.
    package struct Stamp: Equatable, Sendable {
        private let device: UInt64
        private let inode: UInt64
        private let size: Int64
        private let seconds: Int
        private let nanoseconds: Int

        fileprivate init(_ info: stat) {
            device = UInt64(info.st_dev)
            inode = UInt64(info.st_ino)
            size = Int64(info.st_size)
            seconds = info.st_mtim.tv_sec
            nanoseconds = info.st_mtim.tv_nsec
        }
    }

    /// The stamp of what a path leads to, links followed; nil if there is nothing. Blocks.
    package static func stamp(_ path: FilePath) -> Stamp? {
        var info = stat()
        return stat(path.string, &info) == 0 ? Stamp(info) : nil
    }
}
