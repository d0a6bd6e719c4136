import CLibgit2
import Domain
import Glibc
import Host
import SystemPackage

/// A commit's tree as files.
enum Export {
    /// - Parameter used: an older export of the same user's, which is gone afterwards.
    static func write(
        _ commit: CommitID, to path: FilePath, outOf used: FilePath? = nil, in repository: OpaquePointer
    ) throws(Fault) {
        guard let name = path.lastComponent, !Files.exists(path) else {
            throw Fault(.environment, "cannot export to \(path): something is there already")
        }
        // The repository's own configuration must not decide what is written (core.symlinks, core.autocrlf).
        let nothing = try Libgit.make("make a configuration") { git_config_new($0) }
        defer { git_config_free(nothing) }
        try Libgit.check(git_repository_set_config(repository, nothing), "set a configuration")
        let tree = try Libgit.tree(of: commit, in: repository)
        defer { git_tree_free(tree) }
        var check = TreeCheck(repository: repository)
        try check.run(tree)

        let parent = path.removingLastComponent()
        if !parent.isEmpty { try Files.makeDirectory(parent) }
        // libgit2 needs an absolute path that exists.
        let folder = try Files.canonical(parent.isEmpty ? "." : parent)
        let unfinished = folder.appending(".\(name.string).\(getpid()).\(UInt32.random(in: 0 ... .max))")
        do throws(Fault) {
            if let used {
                try renew(used, as: tree, at: unfinished, in: repository)
            } else {
                try Files.makeDirectory(unfinished)
                try checkOut(tree, to: unfinished, in: repository)
            }
            guard rename(unfinished.string, folder.appending(name).string) == 0 else {
                throw Files.systemFault("export to", path)
            }
        } catch {
            try? Files.removeTree(unfinished)
            throw error
        }
    }

    /// Brings a used export to the tree; what cannot be used is made anew.
    private static func renew(
        _ used: FilePath, as tree: OpaquePointer, at folder: FilePath, in repository: OpaquePointer
    ) throws(Fault) {
        do throws(Fault) {
            try Files.move(used, to: folder)
            let missing = try UsedExport(at: folder, in: repository).keepWhatIs(in: tree)
            if !missing.isEmpty { try checkOut(tree, only: missing, to: folder, in: repository) }
        } catch {
            try? Files.removeTree(used)
            try Files.removeTree(folder)
            try Files.makeDirectory(folder)
            try checkOut(tree, to: folder, in: repository)
        }
    }

    /// - Parameter only: files, and directories with all that is below them; nil: everything.
    private static func checkOut(
        _ tree: OpaquePointer, only paths: [FilePath]? = nil, to folder: FilePath, in repository: OpaquePointer
    ) throws(Fault) {
        let empty = try Libgit.make("make an index") { git_index_new($0) }
        defer { git_index_free(empty) }
        var options = git_checkout_options()
        try Libgit.check(
            git_checkout_options_init(&options, UInt32(GIT_CHECKOUT_OPTIONS_VERSION)), "prepare the export")
        options.checkout_strategy =
            GIT_CHECKOUT_FORCE.rawValue | GIT_CHECKOUT_RECREATE_MISSING.rawValue
            | GIT_CHECKOUT_DONT_UPDATE_INDEX.rawValue | GIT_CHECKOUT_DONT_WRITE_INDEX.rawValue
            | GIT_CHECKOUT_NO_REFRESH.rawValue
        options.disable_filters = 1
        // Everything is new, whatever HEAD is.
        options.baseline_index = empty
        let words = (paths ?? []).map { $0.withPlatformString { strdup($0) } }
        defer { for word in words { free(word) } }
        if paths != nil { options.checkout_strategy |= GIT_CHECKOUT_DISABLE_PATHSPEC_MATCH.rawValue }
        var list = words
        let code = list.withUnsafeMutableBufferPointer { list in
            options.paths = git_strarray(strings: list.baseAddress, count: paths == nil ? 0 : list.count)
            return folder.withPlatformString { path in
                options.target_directory = path
                return git_checkout_tree(repository, tree, &options)
            }
        }
        try Libgit.check(code, "write the files to \(folder.removingLastComponent())")
    }
}

/// Looks through a tree before anything of it is written: it comes from a stranger.
struct TreeCheck {
    let repository: OpaquePointer
    private var submodules: [String] = []
    /// What is known of trees that were looked through, so that one that is used twice costs nothing.
    private var known: [String: Extent] = [:]

    private struct Extent {
        var entries = 0
        var levels = 1
    }

    /// More than any real repository has; a few kilobytes of nested trees can otherwise name billions of files.
    private static let mostEntries = 2_000_000
    static let mostLevels = 200

    init(repository: OpaquePointer) { self.repository = repository }

    /// Throws `.input` for submodules, names that leave the tree or mean git's own files, a name given twice, and
    /// trees too large to be meant.
    mutating func run(_ tree: OpaquePointer) throws(Fault) {
        _ = try visit(tree, prefix: "", level: 0)
        guard submodules.isEmpty else {
            let more = submodules.count > 5 ? " and \(submodules.count - 5) more" : ""
            throw Fault(
                .input,
                "the commit has submodules, which Sluice does not check out: "
                    + submodules.prefix(5).joined(separator: ", ") + more,
                advice: "Put the files into the repository itself, or install them as a package of the lock file.")
        }
    }

    private mutating func visit(_ tree: OpaquePointer, prefix: String, level: Int) throws(Fault) -> Extent {
        var extent = Extent()
        var names: Set<[UInt8]> = []
        for index in 0..<git_tree_entrycount(tree) {
            guard let entry = git_tree_entry_byindex(tree, index), let bytes = git_tree_entry_name(entry) else {
                throw Fault(.bug, "libgit2 gave a tree entry without a name")
            }
            let name = String(cString: bytes)
            // Compared as bytes: Swift's texts are equal where only the Unicode normal form differs, files are not.
            let isNew = names.insert(Array(UnsafeRawBufferPointer(start: bytes, count: strlen(bytes)))).inserted
            guard isNew, Self.isHarmless(name) else {
                throw Fault(.input, "the commit holds the unsafe path '\(prefix)\(name)' and is not exported")
            }
            extent.entries += 1
            switch git_tree_entry_type(entry) {
            case GIT_OBJECT_COMMIT: submodules.append(prefix + name)
            case GIT_OBJECT_TREE:
                let below = try self.extent(of: entry, path: prefix + name, level: level + 1)
                extent.entries += below.entries
                extent.levels = max(extent.levels, below.levels + 1)
            default: break
            }
            guard extent.entries <= Self.mostEntries else {
                throw Fault(.input, "the commit has more than \(Self.mostEntries) files")
            }
        }
        return extent
    }

    private mutating func extent(of entry: OpaquePointer, path: String, level: Int) throws(Fault) -> Extent {
        guard let id = git_tree_entry_id(entry) else { throw Fault(.bug, "libgit2 gave a tree entry without an id") }
        let hex = Libgit.hex(id)
        let found: Extent
        if let seen = known[hex] {
            found = seen
        } else if level < Self.mostLevels {
            let tree = try Libgit.make("read the tree \(path)") { git_tree_lookup($0, repository, id) }
            defer { git_tree_free(tree) }
            found = try visit(tree, prefix: "\(path)/", level: level)
            known[hex] = found
        } else {
            found = Extent(levels: Self.mostLevels)
        }
        guard level + found.levels <= Self.mostLevels else {
            throw Fault(.input, "the commit's directories are nested more than \(Self.mostLevels) deep")
        }
        return found
    }

    /// As strict as on the file systems that take `.GIT`, `git~1` and `.git::$DATA` for `.git`: a checkout may end up
    /// on one.
    private static func isHarmless(_ name: String) -> Bool {
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/") else { return false }
        let stem = name.lowercased().prefix { $0 != ":" }
        let trimmed = stem.reversed().drop { $0 == "." || $0 == " " }.reversed()
        return String(trimmed) != ".git" && String(trimmed) != "git~1"
    }
}
