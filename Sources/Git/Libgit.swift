import CLibgit2
import Domain
import SystemPackage

/// The one place where libgit2 is set up, its handles are opened and its errors become faults.
///
/// Raw handles never leave the closure or the function that made them, and everything here blocks.
enum Libgit {
    /// Set up once for the process; a global's initialiser runs once, whichever thread comes first.
    private static let ready: Int32 = {
        let count = git_libgit2_init()
        // A bot often runs as another user than the one who owns the repository. libgit2 runs no hook and no program
        // that a repository's configuration names, and the path was given to us on purpose, so the owner does not
        // matter.
        _ = cgit2_set_owner_validation(0)
        _ = cgit2_allow_extensions()
        // Only mirrors are written through libgit2, and a run's commit must survive a power cut.
        _ = cgit2_set_fsync(1)
        _ = cgit2_set_cache_max(16 << 20)
        return count
    }()

    /// To be called before the first libgit2 call that is not `open`.
    static func setUp() throws(Fault) {
        guard ready > 0 else { throw Fault(.environment, "libgit2 could not be set up") }
    }

    /// Opens a git directory, without searching, for the time of a call.
    static func withRepository<Value>(
        _ path: FilePath, _ body: (OpaquePointer) throws(Fault) -> Value
    ) throws(Fault) -> Value {
        let handle = try open(path, flags: GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue)
        defer { git_repository_free(handle) }
        return try body(handle)
    }

    /// Opens the repository at a path; the caller frees it. `.input` if there is none or it cannot be used.
    static func open(_ path: FilePath, flags: UInt32) throws(Fault) -> OpaquePointer {
        try setUp()
        var handle: OpaquePointer?
        let code = git_repository_open_ext(&handle, path.string, flags, nil)
        if code == 0, let handle { return handle }
        if code == GIT_ENOTFOUND.rawValue {
            throw Fault(
                .input, "there is no git repository at \(path) or above it",
                advice: "Make one with 'git init' and commit to it, or name another path.")
        }
        let said = lastError()
        if said.contains("objectformat") {
            throw Fault(.input, "the repository at \(path) uses SHA-256 object ids, which Sluice cannot read yet")
        }
        throw Fault(.input, "the git repository at \(path) cannot be opened: \(said)")
    }

    /// Makes a handle, which the caller frees.
    static func make(
        _ act: String, _ call: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) throws(Fault) -> OpaquePointer {
        var handle: OpaquePointer?
        let code = call(&handle)
        guard code == 0, let handle else { throw fault(act) }
        return handle
    }

    /// Throws unless a call succeeded.
    static func check(_ code: Int32, _ act: String) throws(Fault) {
        guard code == 0 else { throw fault(act) }
    }

    /// The fault for the call just made on this thread.
    static func fault(_ act: String, kind: Fault.Kind = .environment) -> Fault {
        Fault(kind, "git could not \(act): \(lastError())")
    }

    /// What libgit2 said last on this thread; gone after the next call or a change of threads.
    static func lastError() -> String {
        guard let error = git_error_last(), let text = error.pointee.message else { return "no reason given" }
        return String(cString: text)
    }

    /// The hexadecimal text of an object id.
    static func hex(_ id: UnsafePointer<git_oid>) -> String {
        guard let text = git_oid_tostr_s(id) else { return "" }
        return String(cString: text)
    }

    /// The object id of a commit. `.input` for a SHA-256 one, which this libgit2 does not have.
    static func oid(_ commit: CommitID) throws(Fault) -> git_oid {
        var id = git_oid()
        guard commit.hex.utf8.count == Int(GIT_OID_HEXSZ), git_oid_fromstr(&id, commit.hex) == 0 else {
            throw Fault(.input, "\(commit) is not a SHA-1 commit id, the only kind that Sluice can read")
        }
        return id
    }

    /// Looks a commit up; the caller frees it. `.input` if the repository does not have it.
    static func lookUp(_ commit: CommitID, in repository: OpaquePointer) throws(Fault) -> OpaquePointer {
        var id = try oid(commit)
        var handle: OpaquePointer?
        let code = git_commit_lookup(&handle, repository, &id)
        if code == 0, let handle { return handle }
        if code == GIT_ENOTFOUND.rawValue {
            throw Fault(.input, "there is no commit \(commit.hex) in \(path(of: repository))")
        }
        throw fault("read the commit \(commit.hex)")
    }

    /// A commit's tree; the caller frees it.
    static func tree(of commit: CommitID, in repository: OpaquePointer) throws(Fault) -> OpaquePointer {
        let handle = try lookUp(commit, in: repository)
        defer { git_commit_free(handle) }
        return try make("read the tree of \(commit.hex)") { git_commit_tree($0, handle) }
    }

    /// For messages: the git directory.
    static func path(of repository: OpaquePointer) -> String {
        git_repository_path(repository).map { FilePath(String(cString: $0)).string } ?? "the repository"
    }
}
