import Domain
import Foundation
import Host
import SystemPackage

/// A directory as DVC 3 writes it down: the JSON of Python's `json.dumps(list, sort_keys=True)`.
enum Manifest {
    struct Entry: Equatable, Sendable {
        let path: TreePath
        let object: ObjectID
    }

    /// No manifest of a real directory is longer: this is about two million files.
    static let mostBytes = 256 << 20

    /// The bytes of a manifest. The entries must be sorted.
    static func bytes(of entries: some Sequence<Entry>) -> Data {
        var text = Data("[".utf8)
        var isFirst = true
        for entry in entries {
            text.append(contentsOf: "\(isFirst ? "" : ", "){\"md5\": \"\(entry.object.md5)\", \"relpath\": \"".utf8)
            appendEscaped(entry.path.text, to: &text)
            text.append(contentsOf: "\"}".utf8)
            isFirst = false
        }
        text.append(contentsOf: "]".utf8)
        return text
    }

    /// SHA-256 over the canonical listing: a line `<sha256 of the file> <path>` for each file, sorted by path.
    ///
    /// Execute bits are not in it: a manifest does not hold them, so they are not what a directory is.
    static func digest(of files: some Sequence<(path: TreePath, digest: Digest)>) -> Digest {
        var hasher = ContentHasher()
        for file in files {
            Array("\(file.digest.hex) \(file.path.text)\n".utf8).withUnsafeBytes { hasher.update($0) }
        }
        return hasher.finish().digest
    }

    /// Reads a manifest that may be anybody's: its bytes must have their address, and no path may leave the directory
    /// or be there twice. Blocks.
    static func read(_ object: ObjectID, at place: FilePath) throws(Fault) -> [Entry] {
        guard object.isDirectory else { throw Fault(.bug, "\(object) is not a directory") }
        guard Files.exists(place) else { throw missing(object) }
        let data = try Files.readSmall(place, limit: mostBytes)
        var hasher = ContentHasher()
        data.withUnsafeBytes { hasher.update($0) }
        guard hasher.finish(isDirectory: true).object == object else { throw changed(object) }
        return try parse(data, object)
    }

    /// The entries of a manifest's bytes, sorted.
    static func parse(_ data: Data, _ object: ObjectID) throws(Fault) -> [Entry] {
        struct Line: Decodable {
            let md5: String
            let relpath: String
        }
        let lines: [Line]
        do {
            lines = try JSONDecoder().decode([Line].self, from: data)
        } catch {
            throw malformed(object, "it is not a list of md5 and relpath")
        }
        var entries: [Entry] = []
        for line in lines {
            guard let path = TreePath(line.relpath), path.text.utf8.elementsEqual(line.relpath.utf8) else {
                throw malformed(object, "it holds the path \(line.relpath.prefix(200).debugDescription)")
            }
            guard let file = ObjectID(line.md5), !file.isDirectory else {
                throw malformed(object, "it holds the address \(line.md5.prefix(200).debugDescription)")
            }
            entries.append(Entry(path: path, object: file))
        }
        entries.sort { $0.path.precedes($1.path) }
        if let path = clash(in: entries.map(\.path)) { throw malformed(object, "'\(path)' is in it twice") }
        return entries
    }

    /// A path that is given twice, or that is a file and a directory at once. The paths must be sorted.
    static func clash(in paths: [TreePath]) -> TreePath? {
        let all = Set(paths.map { Array($0.text.utf8) })
        if all.count < paths.count {
            return zip(paths, paths.dropFirst()).first { $0.0.text.utf8.elementsEqual($0.1.text.utf8) }?.0
        }
        return paths.first { path in
            let bytes = Array(path.text.utf8)
            return bytes.indices.contains { bytes[$0] == 0x2F && all.contains(Array(bytes[..<$0])) }
        }
    }

    static func missing(_ object: ObjectID) -> Fault {
        Fault(.environment, "the object \(object) is not in the store")
    }

    static func changed(_ object: ObjectID) -> Fault {
        Fault(
            .environment, "the object \(object) in the store is damaged: its bytes are not what they were",
            advice: "Take the original in again; that mends it.")
    }

    private static func malformed(_ object: ObjectID, _ reason: String) -> Fault {
        Fault(.environment, "the directory \(object) cannot be used: \(reason)")
    }

    /// Python's `ensure_ascii`: everything outside of ASCII as UTF-16 in `\uXXXX`.
    private static func appendEscaped(_ text: String, to bytes: inout Data) {
        for unit in text.utf16 {
            switch unit {
            case 0x22: bytes.append(contentsOf: "\\\"".utf8)
            case 0x5C: bytes.append(contentsOf: "\\\\".utf8)
            case 0x20..<0x7F: bytes.append(UInt8(unit))
            default:
                let hex = String(unit, radix: 16)
                bytes.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - hex.count))\(hex)".utf8)
            }
        }
    }
}
