import Domain
import Glibc
import Host
import SystemPackage

/// The files of a directory by DVC's rules, with ours on top: nothing from outside the directory, no device, no name
/// that a manifest cannot hold. Everything here blocks.
struct DirectoryWalk {
    struct Entry: Sendable {
        let path: TreePath
        /// Where the bytes are, without links.
        let file: FilePath
    }

    private let root: FilePath
    private var entries: [Entry] = []

    private init(root: FilePath) { self.root = root }

    /// Sorted by the paths' code points, as DVC sorts.
    static func entries(of folder: FilePath) throws(Fault) -> [Entry] {
        var walk = DirectoryWalk(root: try Files.canonical(folder))
        try walk.visit(walk.root, prefix: "")
        return walk.entries.sorted { $0.path.precedes($1.path) }
    }

    private mutating func visit(_ folder: FilePath, prefix: String) throws(Fault) {
        for name in try names(in: folder, prefix) {
            let file = folder.appending(name)
            var info = stat()
            guard lstat(file.string, &info) == 0 else { throw Files.systemFault("read", file) }
            switch info.st_mode & S_IFMT {
            case S_IFREG: try add(prefix + name, file)
            case S_IFDIR:
                guard prefix.utf8.count + name.utf8.count < 4096 else {
                    throw Fault(.input, "the directories in \(root) are nested too deep")
                }
                try visit(file, prefix: prefix + name + "/")
            case S_IFLNK: try follow(prefix + name, file)
            default: throw Fault(.input, "\(file) is neither a file nor a directory and cannot be stored")
            }
        }
    }

    private mutating func add(_ relative: String, _ file: FilePath) throws(Fault) {
        guard let path = TreePath(relative), path.text.utf8.elementsEqual(relative.utf8) else {
            throw Fault(
                .input, "'\(relative.debugDescription)' in \(root) has a name that cannot be stored",
                advice: "Names in a directory may not hold control characters or be '.git'.")
        }
        entries.append(Entry(path: path, file: file))
    }

    private mutating func follow(_ relative: String, _ file: FilePath) throws(Fault) {
        var info = stat()
        guard stat(file.string, &info) == 0 else {
            throw Fault(.input, "the link \(file) leads nowhere", advice: "Remove it, or make what it points at.")
        }
        // A link to a directory is not entered and not recorded.
        if info.st_mode & S_IFMT == S_IFDIR { return }
        let target = try Files.canonical(file)
        guard target.starts(with: root) else {
            throw Fault(
                .input, "the link \(file) leads out of the directory, to \(target)",
                advice: "Put the file itself there, or a link to a file inside.")
        }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw Fault(.input, "\(file) is neither a file nor a directory and cannot be stored")
        }
        try add(relative, target)
    }

    /// Names as they are; `Files.list` would mend those that are not UTF-8.
    private func names(in path: FilePath, _ prefix: String) throws(Fault) -> [String] {
        guard let folder = opendir(path.string) else { throw Files.systemFault("list", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                if errno != 0 { throw Files.systemFault("list", path) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            guard let name else {
                throw Fault(.input, "a file in \(path) has a name that is not UTF-8 and cannot be stored")
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }
}

extension TreePath {
    /// By code points, which UTF-8 bytes are ordered as. Swift's own order of texts ignores Unicode normal forms.
    func precedes(_ other: TreePath) -> Bool { text.utf8.lexicographicallyPrecedes(other.text.utf8) }
}
