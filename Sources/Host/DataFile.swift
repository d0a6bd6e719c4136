package import Domain
package import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// How a file of data is written, told by the ending of its name.
package struct DataFormat: Sendable, Equatable {
    /// What the records look like.
    package enum Kind: Sendable { case csv, parquet, jsonLines }
    /// What the whole file is packed with.
    package enum Packing: String, Sendable { case none, gzip, zstd }

    package let kind: Kind
    package let packing: Packing

    /// The same records, once unpacked.
    package var unpacked: DataFormat { DataFormat(kind: kind, packing: .none) }

    private init(kind: Kind, packing: Packing) {
        self.kind = kind
        self.packing = packing
    }

    /// Nil for an ending that no room reads.
    package init?(fileName: String) {
        var name = fileName.lowercased()
        packing = name.hasSuffix(".gz") ? .gzip : name.hasSuffix(".zst") ? .zstd : .none
        if packing != .none { name = name.split(separator: ".").dropLast().joined(separator: ".") }
        if name.hasSuffix(".csv") || name.hasSuffix(".tsv") {
            kind = .csv
        } else if name.hasSuffix(".parquet"), packing == .none {
            kind = .parquet
        } else if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") {
            kind = .jsonLines
        } else {
            return nil
        }
    }

    /// The endings, for messages.
    package static let endings = ".csv, .tsv, .jsonl, .ndjson, each also with .gz or .zst, and .parquet"
}

/// A file of data in a folder where DuckDB runs.
package enum DataFile {
    /// The name of a link; no message of DuckDB holds it but as the file's name.
    package static let linkName = "sluice-input"

    /// Makes a link to the file under a name that is plain SQL, and returns that name; an older link is replaced.
    /// Blocks.
    package static func link(
        _ file: FilePath, in folder: FilePath, named name: String = linkName
    ) throws(Fault) -> FilePath {
        let target = try Files.canonical(file)
        let link = folder.appending(name)
        unlink(link.string)
        guard symlink(target.string, link.string) == 0 else { throw Files.systemFault("make the link", link) }
        return FilePath(name)
    }

    /// A message of DuckDB's with the file's own name in the place of the link's.
    package static func message(_ words: String, naming file: String) -> String {
        words.replacing("\"\(linkName)\"", with: "'\(linkName)'").replacing("'\(linkName)'", with: linkName)
            .replacing(linkName, with: "'\(file)'")
    }

    /// The first bytes of a file. Blocks.
    package static func head(_ file: FilePath, bytes: Int) throws(Fault) -> [UInt8] {
        let descriptor = open(file.string, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Files.systemFault("read", file) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: bytes)
        var filled = 0
        while filled < bytes {
            let count = buffer.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: filled), bytes - filled)
            }
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Files.systemFault("read", file)
            }
            filled += count
        }
        return Array(buffer[..<filled])
    }
}
