import Domain
import Foundation
import Host
import SystemPackage

/// What a path is, without storing it.
enum Identify {
    static func run(_ path: FilePath) async throws(Fault) -> Artifact {
        guard await Blocking.run({ Files.isDirectory(path) }) else {
            return try await Blocking.run { () throws(Fault) in try FileFacts.of(path).artifact }
        }
        let entries = try await Blocking.run { () throws(Fault) in try DirectoryWalk.entries(of: path) }
        let facts = try await Crowd.map(entries) { entry throws(Fault) in try FileFacts.of(entry.file) }
        var hasher = ContentHasher()
        Manifest.bytes(of: zip(entries, facts).lazy.map { .init(path: $0.path, object: $1.object) })
            .withUnsafeBytes { hasher.update($0) }
        return Artifact(
            object: hasher.finish(isDirectory: true).object,
            digest: Manifest.digest(of: zip(entries, facts).lazy.map { ($0.path, $1.digest) }),
            bytes: facts.reduce(0) { $0 + $1.bytes },
            files: facts.count)
    }
}
