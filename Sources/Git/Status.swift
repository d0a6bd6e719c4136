import CLibgit2
import Domain
import Glibc

/// What differs from HEAD.
enum Status {
    /// Paths as bytes (names need not be UTF-8), relative to the work tree, sorted. A repository of its own inside the
    /// work tree ends with `/`.
    static func changed(in repository: OpaquePointer) throws(Fault) -> [[UInt8]] {
        var options = git_status_options()
        try Libgit.check(git_status_options_init(&options, UInt32(GIT_STATUS_OPTIONS_VERSION)), "prepare the status")
        options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR
        // Without UPDATE_INDEX: the user's index is not ours to write.
        options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS.rawValue
        let list = try Libgit.make("find what is uncommitted") { git_status_list_new($0, repository, &options) }
        defer { git_status_list_free(list) }
        let index = try Libgit.make("read the index") { git_repository_index($0, repository) }
        defer { git_index_free(index) }
        var paths: Set<[UInt8]> = []
        for number in 0..<git_status_list_entrycount(list) {
            guard let entry = git_status_byindex(list, number), !isLeftOut(entry.pointee, index) else { continue }
            for delta in [entry.pointee.head_to_index, entry.pointee.index_to_workdir] {
                guard let delta else { continue }
                for name in [delta.pointee.old_file.path, delta.pointee.new_file.path] {
                    if let name { paths.insert(bytes(of: name)) }
                }
            }
        }
        return paths.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// A file that a sparse checkout leaves out is not a deleted one; libgit2 does not tell them apart.
    private static func isLeftOut(_ entry: git_status_entry, _ index: OpaquePointer) -> Bool {
        guard entry.status == GIT_STATUS_WT_DELETED, let path = entry.index_to_workdir?.pointee.old_file.path,
            let known = git_index_get_bypath(index, path, 0)
        else { return false }
        return UInt32(known.pointee.flags_extended) & GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue != 0
    }

    private static func bytes(of name: UnsafePointer<CChar>) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
    }
}
