import Domain
import SystemPackage

/// What one file is. Made by reading all of it.
struct FileFacts: Sendable {
    let object: ObjectID
    let digest: Digest
    let bytes: Int64
    let executable: Bool

    var artifact: Artifact { Artifact(object: object, digest: digest, bytes: bytes, executable: executable) }

    /// Blocks.
    static func of(_ path: FilePath) throws(Fault) -> FileFacts { try of(try Source(path)) }

    /// Reads an open file to its end. Blocks.
    static func of(
        _ source: borrowing Source, also: (UnsafeRawBufferPointer) throws(Fault) -> Void = { _ in }
    ) throws(Fault) -> FileFacts {
        var hasher = ContentHasher()
        try source.forEachPiece { piece throws(Fault) in
            hasher.update(piece)
            try also(piece)
        }
        try source.requireUnchanged(read: hasher.count)
        let (object, digest) = hasher.finish()
        return FileFacts(object: object, digest: digest, bytes: hasher.count, executable: source.isExecutable)
    }
}
