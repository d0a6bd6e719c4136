import Domain
import Foundation
import Host
import SystemPackage

/// Copies trees of files into a folder in which an earlier backup may lie. Everything here blocks.
struct TreeCopy {
    enum Way {
        /// Files that nobody changes: one that is there already is the same.
        case link
        /// Files that may have changed.
        case copy
        /// Files of a repository that may have changed.
        case mirror
    }

    let from: FilePath
    let to: FilePath
    var outcome = Engine.BackedUp()

    init(from: FilePath, to: FilePath) {
        self.from = from
        self.to = to
    }

    /// What lies in a folder, if there is one.
    func folders(_ path: FilePath) throws(Fault) -> [FilePath] {
        let source = from.pushing(path)
        return Files.isDirectory(source) ? try Files.entries(source).map { path.appending($0) } : []
    }

    /// Everything below a folder, if there is one; what vanishes meanwhile is passed over, and nothing else is. The folder
    /// itself may be a link to where there is more room; links below it stay links.
    mutating func take(_ path: FilePath, _ way: Way, without left: Set<String> = []) throws(Fault) {
        let source = from.pushing(path)
        guard Files.isDirectory(source) else { return }
        // The backup's own folders may be links too.
        if path.components.count > 1 { try makeWay(for: path, S_IFDIR) }
        try Files.makeDirectory(to.pushing(path), mode: 0o700)
        for name in try names(in: source) where !left.contains(name.string) {
            let below = path.appending(name)
            var info = stat()
            guard lstat(from.pushing(below).string, &info) == 0 else {
                if errno == ENOENT { continue }
                throw Files.systemFault("look at", from.pushing(below))
            }
            switch info.st_mode & S_IFMT {
            case S_IFDIR: try take(below, way, without: left)
            case S_IFLNK: try symbolicLink(below)
            case S_IFREG where isKept(name.string, way): try file(below, way, info)
            default: continue
            }
        }
    }

    /// Git's locks, and files that are not whole yet, are nobody's. Whatever else a model, a run or a deployment has may be
    /// called as it likes: `uv.lock` is not a lock.
    private func isKept(_ name: String, _ way: Way) -> Bool {
        switch way {
        case .link: !name.hasPrefix(".") && !name.hasSuffix(".lock")
        case .mirror: !name.hasPrefix(".partial-") && !name.hasSuffix(".lock")
        case .copy: !name.hasPrefix(".partial-")
        }
    }

    private func names(in source: FilePath) throws(Fault) -> [FilePath.Component] {
        do throws(Fault) {
            return try Files.entries(source)
        } catch {
            guard Files.exists(source) else { return [] }
            throw error
        }
    }

    /// Takes away what an earlier backup left in the place of something of another kind: through a link that was one then
    /// this one would write elsewhere.
    private func makeWay(for path: FilePath, _ kind: mode_t) throws(Fault) {
        let target = to.pushing(path)
        var there = stat()
        guard lstat(target.string, &there) == 0, there.st_mode & S_IFMT != kind else { return }
        try Files.removeTree(target)
    }

    /// A link as it is, wherever it points.
    private mutating func symbolicLink(_ path: FilePath) throws(Fault) {
        let target = to.pushing(path)
        guard let place = Self.place(of: from.pushing(path)) else { return }
        try makeWay(for: path, S_IFLNK)
        if Self.place(of: target) == place {
            outcome.known += 1
            return
        }
        let partial = target.removingLastComponent().appending(".partial-\(UInt64.random(in: 0 ... .max))")
        guard symlink(place, partial.string) == 0, rename(partial.string, target.string) == 0 else {
            throw Files.systemFault("link", target)
        }
        outcome.copied += 1
    }

    /// What a link points at, byte for byte; nil: there is none.
    private static func place(of link: FilePath) -> [CChar]? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink(link.string, &buffer, Int(PATH_MAX))
        return count > 0 ? Array(buffer[..<count]) + [0] : nil
    }

    private mutating func file(_ path: FilePath, _ way: Way, _ info: stat) throws(Fault) {
        let (source, target) = (from.pushing(path), to.pushing(path))
        try makeWay(for: path, S_IFREG)
        var there = stat()
        if lstat(target.string, &there) == 0 {
            let isSame =
                there.st_size == info.st_size
                && (way == .link
                    || (there.st_mtim.tv_sec, there.st_mtim.tv_nsec) == (info.st_mtim.tv_sec, info.st_mtim.tv_nsec))
            if isSame {
                outcome.known += 1
                return
            }
        } else if way == .link, link(source.string, target.string) == 0 {
            outcome.linked += 1
            return
        }
        guard let size = try copyDurably(source, target, info) else { return }
        outcome.copied += 1
        outcome.bytes += size
    }

    /// The bytes that were copied; nil: the file vanished.
    private func copyDurably(_ source: FilePath, _ target: FilePath, _ info: stat) throws(Fault) -> Int64? {
        let input = open(source.string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard input >= 0 else {
            if errno == ENOENT { return nil }
            throw Files.systemFault("read", source)
        }
        defer { close(input) }
        let partial = target.removingLastComponent().appending(".partial-\(UInt64.random(in: 0 ... .max))")
        let output = open(partial.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, info.st_mode & 0o700)
        guard output >= 0 else { throw Files.systemFault("write", target) }
        var isDone = false
        defer {
            close(output)
            if !isDone { unlink(partial.string) }
        }
        var total: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Files.systemFault("read", source) }
            if count == 0 { break }
            guard writeAll(buffer[..<count], to: output) else { throw Files.systemFault("copy to", target) }
            total += Int64(count)
        }
        var times = [info.st_atim, info.st_mtim]
        guard futimens(output, &times) == 0, fsync(output) == 0, rename(partial.string, target.string) == 0 else {
            throw Files.systemFault("write", target)
        }
        isDone = true
        return total
    }
}

private func writeAll(_ bytes: ArraySlice<UInt8>, to file: Int32) -> Bool {
    var left = bytes
    while !left.isEmpty {
        let count = left.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        left = left.dropFirst(count)
    }
    return true
}
