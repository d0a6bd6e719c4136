import Domain
import Host
import SystemPackage

/// Reads what is in the store again: an object that somebody wrote to is found here.
struct Verification: Sendable {
    let store: ContentStore

    func verify(_ artifact: Artifact) async throws(Fault) {
        let object = artifact.object
        guard object.isDirectory else {
            let facts = try await facts(of: [object])
            guard facts.first?.digest == artifact.digest else { throw Manifest.changed(object) }
            return
        }
        let files = try await store.listing(of: object)
        let facts = try await facts(of: files.map(\.object))
        let digest = Manifest.digest(of: zip(files, facts).lazy.map { ($0.path, $1.digest) })
        guard digest == artifact.digest else { throw Manifest.changed(object) }
    }

    /// Throws for an object that is missing or no longer has its address.
    private func facts(of objects: [ObjectID]) async throws(Fault) -> [FileFacts] {
        let store = store
        return try await Crowd.map(objects) { object throws(Fault) in
            let place = store.location(of: object)
            guard Files.exists(place) else { throw Manifest.missing(object) }
            let facts = try FileFacts.of(place)
            guard facts.object == object else { throw Manifest.changed(object) }
            return facts
        }
    }
}
