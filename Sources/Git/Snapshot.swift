import CLibgit2
import Domain
import Foundation
import Glibc
import Host
import SystemPackage

/// The user's work tree, as it is now, as a commit in the mirror.
///
/// What differs from HEAD is laid over HEAD's tree in an index that exists only in memory, so what goes in is exactly
/// what `uncommitted` names, and nothing of the user's is written.
enum Snapshot {
    /// The mirror must hold HEAD, and its lock must be held.
    static func commit(
        of repository: GitRepository, head: GitRepository.Commit, by author: String, into mirror: FilePath
    ) throws(Fault) -> CommitID {
        guard let workTree = repository.workTree else {
            throw Fault(.input, "\(repository.id) is a bare repository: it has no work tree to take a snapshot of")
        }
        let changed = try Libgit.withRepository(repository.gitDirectory) { handle throws(Fault) in
            try Status.changed(in: handle)
        }
        return try Libgit.withRepository(mirror) { handle throws(Fault) in
            let parent = try Libgit.lookUp(head.id, in: handle)
            defer { git_commit_free(parent) }
            var tree = try write(changed, of: workTree, over: parent, in: handle)
            if Libgit.hex(&tree) == head.tree { return head.id }
            return try commit(&tree, on: parent, head, author, in: handle)
        }
    }

    /// The object id of HEAD's tree with the changed files in it.
    private static func write(
        _ changed: [[UInt8]], of workTree: FilePath, over parent: OpaquePointer, in mirror: OpaquePointer
    ) throws(Fault) -> git_oid {
        let index = try Libgit.make("make an index") { git_index_new($0) }
        defer { git_index_free(index) }
        let before = try Libgit.make("read the tree of HEAD") { git_commit_tree($0, parent) }
        defer { git_tree_free(before) }
        try Libgit.check(git_index_read_tree(index, before), "read the tree of HEAD")
        for path in changed { try take(path, of: workTree, into: index, mirror) }
        var tree = git_oid()
        try Libgit.check(git_index_write_tree_to(&tree, index, mirror), "write the tree of the snapshot")
        return tree
    }

    /// Puts one path into the index as the work tree has it.
    private static func take(
        _ path: [UInt8], of workTree: FilePath, into index: OpaquePointer, _ mirror: OpaquePointer
    ) throws(Fault) {
        let name = path.map { CChar(bitPattern: $0) } + [0]
        let full = Array(workTree.string.utf8).map { CChar(bitPattern: $0) } + [0x2F] + name
        var info = stat()
        var entry = git_index_entry()
        if lstat(full, &info) != 0 {
            // Gone from the work tree; absent from the index is what is wanted.
            guard errno == ENOENT || errno == ENOTDIR else {
                throw unreadable(path, String(cString: strerror(errno)))
            }
            git_index_remove(index, name, 0)
            return
        }
        switch info.st_mode & S_IFMT {
        case S_IFREG:
            entry.mode = UInt32((info.st_mode & 0o100 != 0 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB).rawValue)
            guard git_blob_create_from_disk(&entry.id, mirror, full) == 0 else {
                throw unreadable(path, Libgit.lastError())
            }
        case S_IFLNK:
            entry.mode = UInt32(GIT_FILEMODE_LINK.rawValue)
            var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            let length = readlink(full, &target, target.count)
            guard length >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
            guard git_blob_create_from_buffer(&entry.id, mirror, target, length) == 0 else {
                throw unreadable(path, Libgit.lastError())
            }
        case S_IFDIR: return try skipDirectory(path, name, index)
        default: return
        }
        let code = name.withUnsafeBufferPointer { name in
            entry.path = name.baseAddress
            return git_index_add(index, &entry)
        }
        try Libgit.check(code, "take '\(String(decoding: path, as: UTF8.self))' into the snapshot")
    }

    /// A directory stands where a file was (the files in it are named themselves), or it is another repository.
    private static func skipDirectory(_ path: [UInt8], _ name: [CChar], _ index: OpaquePointer) throws(Fault) {
        guard path.last != 0x2F else {
            throw Fault(
                .input, "'\(String(decoding: path, as: UTF8.self))' is a git repository inside the work tree",
                advice: "Add it to .gitignore, or remove the '.git' in it.")
        }
        let found = git_index_get_bypath(index, name, 0)
        if let found, found.pointee.mode != UInt32(GIT_FILEMODE_COMMIT.rawValue) { git_index_remove(index, name, 0) }
    }

    /// The commit's bytes depend on nothing but HEAD, the content and the author.
    private static func commit(
        _ tree: inout git_oid, on parent: OpaquePointer, _ head: GitRepository.Commit, _ author: String,
        in mirror: OpaquePointer
    ) throws(Fault) -> CommitID {
        let written = try Libgit.make("read the tree of the snapshot") { git_tree_lookup($0, mirror, &tree) }
        defer { git_tree_free(written) }
        let name = author.filter { $0 != "<" && $0 != ">" && !$0.isNewline }
        var signature: UnsafeMutablePointer<git_signature>?
        try Libgit.check(
            git_signature_new(
                &signature, name.isEmpty ? "sluice" : name, "sluice@localhost",
                git_time_t(head.date.timeIntervalSince1970), 0),
            "sign the snapshot as '\(author)'")
        defer { git_signature_free(signature) }
        var id = git_oid()
        var parents: [OpaquePointer?] = [parent]
        try Libgit.check(
            git_commit_create(
                &id, mirror, nil, signature, signature, nil, "Uncommitted changes on \(head.id.short)\n", written, 1,
                &parents),
            "commit the snapshot")
        guard let commit = CommitID(hex: Libgit.hex(&id)) else { throw Fault(.bug, "libgit2 gave no commit id") }
        var reference: OpaquePointer?
        try Libgit.check(
            git_reference_create(&reference, mirror, MirrorFolder.reference(commit), &id, 1, nil), "keep the snapshot")
        git_reference_free(reference)
        return commit
    }

    private static func unreadable(_ path: [UInt8], _ said: String) -> Fault {
        Fault(.input, "'\(String(decoding: path, as: UTF8.self))' cannot be read from the work tree: \(said)")
    }
}
