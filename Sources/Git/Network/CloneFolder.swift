import CLibgit2
import Domain
import Foundation
import Host
import SystemPackage

/// A clone on disk.
enum CloneFolder {
    /// Takes a clone that cannot be used out of the way, and removes it. A process that is killed in between leaves a
    /// folder beside it that the next one removes.
    static func discard(_ path: FilePath) throws(Fault) {
        let parent = path.removingLastComponent()
        let name = path.lastComponent?.string ?? "clone"
        for entry in try Files.list(parent) where entry.hasPrefix(".\(name).") {
            try Files.removeTree(parent.appending(entry))
        }
        let aside = parent.appending(".\(name).\(UInt64.random(in: 0 ... .max))")
        try Files.move(path, to: aside)
        try Files.removeTree(aside)
    }

    static func heads(in path: FilePath) throws(Fault) -> Remote.Heads {
        try Libgit.withRepository(path) { handle throws(Fault) in
            var branches: [BranchName: CommitID] = [:]
            let iterator = try Libgit.make("list the branches") {
                git_reference_iterator_glob_new($0, handle, "refs/heads/*")
            }
            defer { git_reference_iterator_free(iterator) }
            var reference: OpaquePointer?
            while git_reference_next(&reference, iterator) == 0, let found = reference {
                defer { git_reference_free(found) }
                guard let text = git_reference_name(found), let id = git_reference_target(found) else { continue }
                let name = String(cString: text)
                if let branch = BranchName(String(name.dropFirst(11))), let commit = CommitID(hex: Libgit.hex(id)) {
                    branches[branch] = commit
                }
            }
            let head = headBranch(handle)
            return Remote.Heads(head: head.flatMap { branches[$0] == nil ? nil : $0 }, branches: branches)
        }
    }

    private static func headBranch(_ handle: OpaquePointer) -> BranchName? {
        var head: OpaquePointer?
        guard git_reference_lookup(&head, handle, "HEAD") == 0, let head else { return nil }
        defer { git_reference_free(head) }
        guard let target = git_reference_symbolic_target(head) else { return nil }
        let name = String(cString: target)
        return name.hasPrefix("refs/heads/") ? BranchName(String(name.dropFirst(11))) : nil
    }

    static func setHead(_ branch: BranchName, in path: FilePath) throws(Fault) {
        try Libgit.withRepository(path) { handle throws(Fault) in
            try Libgit.check(git_repository_set_head(handle, "refs/heads/\(branch)"), "set HEAD to \(branch)")
        }
    }

    /// True if a commit, its tree and its parents' entries are here; one that a killed fetch left alone is not.
    static func has(_ commit: CommitID, in path: FilePath) throws(Fault) -> Bool {
        try Libgit.withRepository(path) { handle throws(Fault) in
            var id = try Libgit.oid(commit)
            var object: OpaquePointer?
            guard git_commit_lookup(&object, handle, &id) == 0, let object else { return false }
            defer { git_commit_free(object) }
            var tree: OpaquePointer?
            guard git_commit_tree(&tree, object) == 0, let tree else { return false }
            git_tree_free(tree)
            for number in 0..<git_commit_parentcount(object) {
                guard let parent = git_commit_parent_id(object, number) else { return false }
                var database: OpaquePointer?
                guard git_repository_odb(&database, handle) == 0, let database else { return false }
                defer { git_odb_free(database) }
                guard git_odb_exists(database, parent) == 1 else { return git_repository_is_shallow(handle) == 1 }
            }
            return true
        }
    }

    /// Removes what a git that was killed left locked. Call it with the clone's lock held.
    static func removeLocks(in path: FilePath) throws(Fault) {
        try MirrorFolder.removeLocks(in: path)
        try removeLocks(below: path.appending("refs"), depth: 12)
    }

    private static func removeLocks(below folder: FilePath, depth: Int) throws(Fault) {
        guard depth > 0, Files.isDirectory(folder) else { return }
        for name in try Files.list(folder) {
            let path = folder.appending(name)
            if Files.isDirectory(path) {
                try removeLocks(below: path, depth: depth - 1)
            } else if name.hasSuffix(".lock") {
                try Files.removeTree(path)
            }
        }
    }

    /// A full name that can stand in a refspec: no option, no pattern, no second colon.
    static func isReference(_ text: String) -> Bool {
        guard text.hasPrefix("refs/") else { return false }
        return BranchName(String(text.dropFirst(5))) != nil
    }

    /// True if git said that the remote has no such reference or commit, and not that it could not be asked.
    static func isAbsence(_ said: String) -> Bool {
        let words = [
            "couldn't find remote ref", "not our ref", "unadvertised object", "no such remote ref",
            "does not allow request for",
        ]
        return words.contains { said.contains($0) }
    }

    static func soundsDamaged(_ said: String) -> Bool {
        let words = [
            "corrupt", "bad object", "not a git repository", "unable to read", "is empty", "missing",
            "does not point to a valid object", "invalid sha1 pointer", "did not send all necessary objects",
            "bad tree", "unable to parse", "unresolved deltas", "bad revision", "Could not read", "inflate",
        ]
        return words.contains { said.contains($0) }
    }
}
