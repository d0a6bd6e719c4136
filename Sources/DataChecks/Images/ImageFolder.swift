import Domain
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The files of a folder as it lies there, by their names below it. Nothing outside of it is ever opened.
///
/// As when data is taken in: what starts with a dot is passed over, and so is a link to a folder.
struct ImageFolder: Sendable {
    private let root: FilePath
    private(set) var files: [(name: String, path: FilePath)] = []
    private(set) var faults = ImageFaults()

    /// Blocks.
    init(_ folder: FilePath) throws(Fault) {
        root = try Files.canonical(folder)
        try visit(root, prefix: "")
    }

    private mutating func visit(_ folder: FilePath, prefix: String) throws(Fault) {
        for component in try Files.entries(folder) {
            let path = folder.appending(component)
            let (name, isSound) = ImageFolder.text(of: component)
            if name.hasPrefix(".") { continue }
            guard isSound, prefix.utf8.count + name.utf8.count < 4096 else {
                faults.add(.name, prefix + name)
                continue
            }
            var info = stat()
            guard path.withPlatformString({ lstat($0, &info) }) == 0 else { throw Files.systemFault("read", path) }
            switch info.st_mode & S_IFMT {
            case S_IFREG: files.append((prefix + name, path))
            case S_IFDIR: try visit(path, prefix: prefix + name + "/")
            case S_IFLNK: follow(path, prefix + name)
            default: faults.add(.irregular, prefix + name)
            }
        }
    }

    private mutating func follow(_ path: FilePath, _ name: String) {
        guard let target = try? Files.canonical(path) else { return faults.add(.irregular, name) }
        guard target.starts(with: root) else { return faults.add(.outside, name) }
        if !Files.isDirectory(target) { files.append((name, target)) }
    }

    /// The name, mended if it is not UTF-8, and whether a dataset can hold it.
    private static func text(of component: FilePath.Component) -> (String, Bool) {
        let bytes = component.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
        let name = String(decoding: bytes.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let isSound =
            name.utf8.elementsEqual(bytes.map(UInt8.init(bitPattern:)))
            && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        return (name, isSound)
    }
}
