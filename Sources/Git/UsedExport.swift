import CLibgit2
import CLinux
import Domain
import Glibc
import Host
import SystemPackage

/// An export that a run has worked in, of which the next one can use whatever it left as it was.
///
/// Nothing is believed of it: every file is hashed again, and stays only if a new export would have written the very
/// same: bytes, mode, owner, one name, no attributes. What that saves is the making of files, which costs a file system
/// many times what reading them does.
struct UsedExport {
    private let folder: FilePath
    private let repository: OpaquePointer

    init(at folder: FilePath, in repository: OpaquePointer) {
        self.folder = folder
        self.repository = repository
    }

    /// Removes everything that is not as the tree has it. Returns the paths that have to be written now: files, and
    /// directories with all that is below them.
    func keepWhatIs(in tree: OpaquePointer) throws(Fault) -> [FilePath] {
        let masked = try mask()
        guard chmod(folder.string, 0o755 & ~masked) == 0 else { throw Files.systemFault("use", folder) }
        var objects: OpaquePointer?
        try Libgit.check(git_repository_odb(&objects, repository), "open the objects")
        defer { git_odb_free(objects) }
        let check = EqualityCheck(masked: masked, objects: objects)
        var missing: [FilePath] = []
        try visit(tree, at: "", level: 0) { (path, entry) throws(Fault) in
            if check.isEqual(folder.pushing(path), to: entry) { return true }
            missing.append(path)
            return false
        }
        return missing
    }

    /// Removes what the commit does not have, whatever is in what it has. Returns the bytes of the files that stay.
    func strip(to commit: CommitID) throws(Fault) -> Int64 {
        let tree = try Libgit.tree(of: commit, in: repository)
        defer { git_tree_free(tree) }
        var bytes: Int64 = 0
        try visit(tree, at: "", level: 0) { (path, entry) throws(Fault) in
            var info = stat()
            let isDirectory = git_tree_entry_type(entry) == GIT_OBJECT_TREE
            guard lstat(folder.pushing(path).string, &info) == 0, (info.st_mode & S_IFMT == S_IFDIR) == isDirectory
            else { return false }
            bytes += Int64(info.st_size)
            return true
        }
        return bytes
    }

    /// Asks of everything in the tree whether it stays; what does not, and what the tree does not have, is removed. A
    /// directory that stays is looked into, and must be one.
    private func visit(
        _ tree: OpaquePointer, at place: FilePath, level: Int,
        _ stays: (FilePath, OpaquePointer) throws(Fault) -> Bool
    ) throws(Fault) {
        guard level < TreeCheck.mostLevels else {
            throw Fault(.input, "the directories of the tree are nested too deep")
        }
        var left = Set(try Files.entries(folder.pushing(place)))
        for index in 0..<git_tree_entrycount(tree) {
            guard let entry = git_tree_entry_byindex(tree, index), let bytes = git_tree_entry_name(entry),
                let name = FilePath.Component(platformString: bytes), let id = git_tree_entry_id(entry)
            else { throw Fault(.bug, "libgit2 gave a tree entry without a name") }
            let path = place.appending(name)
            guard try stays(path, entry), left.remove(name) != nil else { continue }
            guard git_tree_entry_type(entry) == GIT_OBJECT_TREE else { continue }
            let below = try Libgit.make("read the tree \(path)") { git_tree_lookup($0, repository, id) }
            defer { git_tree_free(below) }
            try visit(below, at: path, level: level + 1, stays)
        }
        for name in left { try Files.removeTree(folder.pushing(place).appending(name)) }
    }

    /// What this process takes from the mode of whatever it makes. `umask` itself tells it only by changing it.
    private func mask() throws(Fault) -> mode_t {
        let status = String(decoding: try Files.readSmall("/proc/self/status"), as: UTF8.self)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Umask:") }),
            let mask = mode_t(line.dropFirst(6).filter { !$0.isWhitespace }, radix: 8)
        else { throw Fault(.environment, "the system does not tell this process's umask") }
        return mask
    }
}

/// Whether a file, a link or a directory is what an export makes of an entry of a tree.
private struct EqualityCheck {
    /// The umask.
    let masked: mode_t
    let objects: OpaquePointer?

    func isEqual(_ path: FilePath, to entry: OpaquePointer) -> Bool {
        var info = stat()
        guard lstat(path.string, &info) == 0, info.st_uid == geteuid(), clinux_has_attributes(path.string) == 0 else {
            return false
        }
        let mode = info.st_mode & 0o7777
        switch (git_tree_entry_filemode(entry), info.st_mode & S_IFMT) {
        case (GIT_FILEMODE_TREE, S_IFDIR): return mode == 0o777 & ~masked
        case (GIT_FILEMODE_BLOB, S_IFREG):
            return mode == 0o644 & ~masked && info.st_nlink == 1 && isSame(path, info.st_size, as: entry)
        case (GIT_FILEMODE_BLOB_EXECUTABLE, S_IFREG):
            return mode == 0o755 & ~masked && info.st_nlink == 1 && isSame(path, info.st_size, as: entry)
        case (GIT_FILEMODE_LINK, S_IFLNK): return info.st_nlink == 1 && isSameLink(path, as: entry)
        default: return false
        }
    }

    private func isSame(_ path: FilePath, _ size: Int, as entry: OpaquePointer) -> Bool {
        guard let id = git_tree_entry_id(entry) else { return false }
        var (length, kind, found) = (0, GIT_OBJECT_INVALID, git_oid())
        return git_odb_read_header(&length, &kind, objects, id) == 0 && length == size
            && git_odb_hashfile(&found, path.string, GIT_OBJECT_BLOB) == 0 && git_oid_equal(&found, id) == 1
    }

    private func isSameLink(_ path: FilePath, as entry: OpaquePointer) -> Bool {
        guard let id = git_tree_entry_id(entry) else { return false }
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(path.string, &target, target.count)
        var found = git_oid()
        return length >= 0 && git_odb_hash(&found, target, length, GIT_OBJECT_BLOB) == 0
            && git_oid_equal(&found, id) == 1
    }
}
