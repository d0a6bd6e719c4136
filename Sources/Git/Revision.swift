import CLibgit2
import Domain
import Foundation

/// From what a person typed to a commit.
enum Revision {
    static func commit(_ revision: String, in repository: OpaquePointer) throws(Fault) -> GitRepository.Commit {
        guard !revision.isEmpty, revision.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Fault(.input, "an empty text, or one with control characters, does not name a commit")
        }
        let object = try resolve(revision, in: repository)
        defer { git_object_free(object) }
        var commit: OpaquePointer?
        guard git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0, let commit else {
            let kind = git_object_type2string(git_object_type(object)).map { String(cString: $0) } ?? "object"
            throw Fault(.input, "'\(revision)' names a \(kind), not a commit")
        }
        defer { git_object_free(commit) }
        return try describe(commit)
    }

    /// The object that a name means; the caller frees it.
    private static func resolve(_ revision: String, in repository: OpaquePointer) throws(Fault) -> OpaquePointer {
        var object: OpaquePointer?
        let code = git_revparse_single(&object, repository, revision)
        if code == 0, let object { return object }
        switch code {
        case GIT_EAMBIGUOUS.rawValue where revision.utf8.count >= 4:
            return try disambiguate(revision, in: repository)
        case GIT_ENOTFOUND.rawValue, GIT_EINVALIDSPEC.rawValue, GIT_EAMBIGUOUS.rawValue:
            throw unknown(revision, in: repository)
        default:
            throw Libgit.fault("resolve '\(revision)'", kind: .input)
        }
    }

    /// As git does, a short id that fits several objects still names a commit if only one of them is a commit.
    private static func disambiguate(_ prefix: String, in repository: OpaquePointer) throws(Fault) -> OpaquePointer {
        let database = try Libgit.make("open the objects") { git_repository_odb($0, repository) }
        defer { git_odb_free(database) }
        var search = PrefixSearch(prefix: prefix.lowercased())
        let code = withUnsafeMutablePointer(to: &search) { search in
            git_odb_foreach(
                database,
                { id, payload in
                    guard let id, let payload else { return 0 }
                    let search = payload.assumingMemoryBound(to: PrefixSearch.self)
                    let hex = Libgit.hex(id)
                    if hex.hasPrefix(search.pointee.prefix) { search.pointee.found.insert(hex) }
                    return 0
                }, search)
        }
        try Libgit.check(code, "list the objects")
        var commits: [(hex: String, id: git_oid)] = []
        for hex in search.found.sorted() {
            var id = git_oid()
            var length = 0
            var kind = GIT_OBJECT_INVALID
            if git_oid_fromstr(&id, hex) == 0, git_odb_read_header(&length, &kind, database, &id) == 0,
                kind == GIT_OBJECT_COMMIT
            {
                commits.append((hex, id))
            }
        }
        guard commits.count == 1, var id = commits.first?.id else {
            let names = commits.prefix(5).map { String($0.hex.prefix(12)) }.joined(separator: ", ")
            throw Fault(
                .input, "'\(prefix)' is ambiguous: more than one object begins with it",
                advice: names.isEmpty ? "Give more digits." : "Give more digits; the commits are \(names).")
        }
        return try Libgit.make("read the commit \(prefix)") {
            git_object_lookup($0, repository, &id, GIT_OBJECT_COMMIT)
        }
    }

    /// Says why a name means nothing here, and what was probably meant.
    private static func unknown(_ revision: String, in repository: OpaquePointer) -> Fault {
        let names = names(in: repository)
        if git_repository_head_unborn(repository) == 1, revision == "HEAD" || names.isEmpty {
            return Fault(
                .input, "the repository \(Libgit.path(of: repository)) has no commit yet",
                advice: "Commit something first: 'git add' the files, then 'git commit'.")
        }
        let remote = names.first { $0.hasSuffix("/\(revision)") }
        let meant = remote ?? Spelling.nearest(to: revision, in: names)
        return Fault(
            .input, "there is no branch, tag or commit '\(revision)' in \(Libgit.path(of: repository))",
            advice: meant.map { "Did you mean '\($0)'?" })
    }

    /// Branches and tags as people type them.
    private static func names(in repository: OpaquePointer) -> [String] {
        var list = git_strarray()
        guard git_reference_list(&list, repository) == 0 else { return [] }
        defer { git_strarray_dispose(&list) }
        return (0..<list.count).compactMap { index in
            guard let text = list.strings[index] else { return nil }
            let name = String(cString: text)
            for prefix in ["refs/heads/", "refs/tags/", "refs/remotes/"] where name.hasPrefix(prefix) {
                return String(name.dropFirst(prefix.count))
            }
            return nil
        }
    }

    static func describe(_ commit: OpaquePointer) throws(Fault) -> GitRepository.Commit {
        guard let id = git_commit_id(commit).flatMap({ CommitID(hex: Libgit.hex($0)) }),
            let tree = git_commit_tree_id(commit), let author = git_commit_author(commit)
        else { throw Fault(.bug, "libgit2 gave a commit without an id, a tree or an author") }
        let name = author.pointee.name.map { String(cString: $0) } ?? ""
        let mail = author.pointee.email.map { String(cString: $0) } ?? ""
        return GitRepository.Commit(
            id: id,
            tree: Libgit.hex(tree),
            author: printable("\(name) <\(mail)>"),
            subject: printable(git_commit_summary(commit).map { String(cString: $0) } ?? ""),
            date: Date(timeIntervalSince1970: TimeInterval(git_commit_time(commit))))
    }

    /// A stranger's text as it may stand in a terminal: no control characters, and not without end.
    private static func printable(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(500) {
            scalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return String(scalars)
    }
}

private struct PrefixSearch {
    let prefix: String
    /// A set, because an object may lie both loose and in a pack.
    var found: Set<String> = []
}
