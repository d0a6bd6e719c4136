package import Domain
import Host
package import Storage
import SystemPackage

/// Data files that are measured together.
package enum DataFiles: Sendable, Equatable {
    /// All of a snapshot.
    case whole(Store.Snapshot)
    /// Some of one, or of several.
    case parts([Store.SnapshotFile])

    package var files: [Store.SnapshotFile] {
        switch self {
        case .whole(let snapshot): snapshot.files
        case .parts(let files): files
        }
    }

    /// Names the profile of the files, whatever order they come in.
    package var digest: Digest {
        switch self {
        case .whole(let snapshot): snapshot.ref.digest
        case .parts(let files): Digest.of(canonical: Set(files.map(\.key)).sorted())
        }
    }

    var keys: Set<String> { Set(files.map(\.key)) }

    /// The same files without those that the others have, by name and content.
    func without(_ others: DataFiles) -> [Store.SnapshotFile] {
        let known = others.keys
        return files.filter { !known.contains($0.key) }
    }
}

extension Store.SnapshotFile {
    /// Equal for files that are measured alike: the same bytes, and a name that is read in the same way.
    var key: String { "\(artifact.digest.hex) \(FilePath(name).lastComponent?.string ?? name)" }
}

extension [Store.SnapshotFile] {
    /// Each file once.
    var distinct: [Store.SnapshotFile] {
        var seen: Set<String> = []
        return filter { seen.insert($0.key).inserted }
    }
}
