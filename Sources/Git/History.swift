import CLibgit2
import Domain
import Foundation

/// How two commits stand to one another.
enum History {
    static func between(
        _ old: CommitID, and new: CommitID, limit: Int, in repository: OpaquePointer
    ) throws(Fault) -> GitRepository.Distance {
        var (before, now) = (try Libgit.oid(old), try Libgit.oid(new))
        for commit in [old, new] { git_commit_free(try Libgit.lookUp(commit, in: repository)) }
        var (ahead, behind) = (0, 0)
        try Libgit.check(
            git_graph_ahead_behind(&ahead, &behind, repository, &now, &before),
            "compare \(new.short) with \(old.short)")
        return GitRepository.Distance(
            added: try newest(from: &now, without: &before, limit: limit, in: repository), addedCount: ahead,
            missing: behind, isCut: git_repository_is_shallow(repository) == 1)
    }

    /// Children before their parents, else the newest first.
    private static func newest(
        from new: inout git_oid, without old: inout git_oid, limit: Int, in repository: OpaquePointer
    ) throws(Fault) -> [GitRepository.Commit] {
        let walk = try Libgit.make("walk the history") { git_revwalk_new($0, repository) }
        defer { git_revwalk_free(walk) }
        git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_TIME.rawValue)
        try Libgit.check(git_revwalk_push(walk, &new), "walk the history")
        try Libgit.check(git_revwalk_hide(walk, &old), "walk the history")
        var commits: [GitRepository.Commit] = []
        var id = git_oid()
        while commits.count < limit {
            let code = git_revwalk_next(&id, walk)
            if code == GIT_ITEROVER.rawValue { break }
            try Libgit.check(code, "walk the history")
            let handle = try Libgit.make("read the commit \(Libgit.hex(&id))") {
                git_commit_lookup($0, repository, &id)
            }
            defer { git_commit_free(handle) }
            commits.append(try Revision.describe(handle))
        }
        return commits
    }

    static func isAncestor(
        _ commit: CommitID, of other: CommitID, in repository: OpaquePointer
    ) throws(Fault) -> Bool {
        if commit == other { return true }
        var (old, new) = (try Libgit.oid(commit), try Libgit.oid(other))
        let answer = git_graph_descendant_of(repository, &new, &old)
        guard answer >= 0 else { throw Libgit.fault("compare \(other.short) with \(commit.short)") }
        return answer == 1
    }

    static func isAncestor(
        _ commit: CommitID, ofAnyOf others: [CommitID], in repository: OpaquePointer
    ) throws(Fault) -> Bool {
        if others.contains(commit) { return true }
        if others.isEmpty { return false }
        var old = try Libgit.oid(commit)
        var new: [git_oid] = []
        for other in others { new.append(try Libgit.oid(other)) }
        let answer = git_graph_reachable_from_any(repository, &old, new, new.count)
        guard answer >= 0 else { throw Libgit.fault("look for \(commit.short) on \(others.count) branches") }
        return answer == 1
    }

    static func changedPaths(
        from old: CommitID, to new: CommitID, limit: Int, in repository: OpaquePointer
    ) throws(Fault) -> [String] {
        let before = try Libgit.tree(of: old, in: repository)
        defer { git_tree_free(before) }
        let after = try Libgit.tree(of: new, in: repository)
        defer { git_tree_free(after) }
        var options = git_diff_options()
        try Libgit.check(git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION)), "prepare a comparison")
        options.flags = GIT_DIFF_SKIP_BINARY_CHECK.rawValue
        let diff = try Libgit.make("compare \(new.short) with \(old.short)") {
            git_diff_tree_to_tree($0, repository, before, after, &options)
        }
        defer { git_diff_free(diff) }
        var paths: [String] = []
        for index in 0..<min(git_diff_num_deltas(diff), limit) {
            guard let delta = git_diff_get_delta(diff, index) else { continue }
            let name = delta.pointee.new_file.path ?? delta.pointee.old_file.path
            if let name { paths.append(String(cString: name)) }
        }
        return paths
    }
}
