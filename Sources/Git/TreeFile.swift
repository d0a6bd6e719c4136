import CLibgit2
import Domain
import Foundation

/// One file at a commit.
enum TreeFile {
    static func bytes(
        of path: TreePath, at commit: CommitID, _ limit: Int, in repository: OpaquePointer
    ) throws(Fault) -> Data? {
        let tree = try Libgit.tree(of: commit, in: repository)
        defer { git_tree_free(tree) }
        var entry: OpaquePointer?
        let code = git_tree_entry_bypath(&entry, tree, path.text)
        if code == GIT_ENOTFOUND.rawValue { return nil }
        guard code == 0, let entry else { throw Libgit.fault("find \(path) at \(commit.short)") }
        defer { git_tree_entry_free(entry) }
        try requireFile(entry, path, commit)
        guard let found = git_tree_entry_id(entry) else { throw Fault(.bug, "a tree entry without an id") }
        var id = found.pointee
        try requireSize(of: &id, path, commit, limit, in: repository)
        let blob = try Libgit.make("read \(path) at \(commit.short)") { git_blob_lookup($0, repository, &id) }
        defer { git_blob_free(blob) }
        guard let bytes = git_blob_rawcontent(blob) else { return Data() }
        return Data(bytes: bytes, count: Int(git_blob_rawsize(blob)))
    }

    private static func requireFile(_ entry: OpaquePointer, _ path: TreePath, _ commit: CommitID) throws(Fault) {
        let what: String
        switch git_tree_entry_filemode(entry) {
        case GIT_FILEMODE_BLOB, GIT_FILEMODE_BLOB_EXECUTABLE: return
        case GIT_FILEMODE_LINK: what = "a symbolic link"
        case GIT_FILEMODE_TREE: what = "a directory"
        case GIT_FILEMODE_COMMIT: what = "a submodule"
        default: what = "of an unknown kind"
        }
        throw Fault(.input, "\(path) at commit \(commit.short) is \(what), not a file")
    }

    /// Asks for the size before the bytes are loaded.
    private static func requireSize(
        of id: inout git_oid, _ path: TreePath, _ commit: CommitID, _ limit: Int, in repository: OpaquePointer
    ) throws(Fault) {
        let database = try Libgit.make("open the objects") { git_repository_odb($0, repository) }
        defer { git_odb_free(database) }
        var length = 0
        var kind = GIT_OBJECT_INVALID
        try Libgit.check(
            git_odb_read_header(&length, &kind, database, &id), "read \(path) at \(commit.short)")
        guard length <= limit else {
            throw Fault(
                .input, "\(path) at commit \(commit.short) has \(length) bytes, over the \(limit) that it may have")
        }
    }
}
