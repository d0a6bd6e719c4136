import Domain

/// Looks at a bucket by listing it.
final class BucketEye: DropEye {
    private let bucket: String
    private let prefix: String
    private let storage: Result<ObjectStorage, Fault>
    let period: Duration

    init(bucket: String, prefix: String, storage: Result<ObjectStorage, Fault>, every: Double) {
        self.bucket = bucket
        self.prefix = prefix
        self.storage = storage
        period = .bounded(every)
    }

    func all() async throws(Fault) -> DropScan.Findings? {
        try await storage.get().findings(bucket: bucket, prefix: prefix)
    }

    func changes() async throws(Fault) -> [Change]? { [] }

    func look(again sightings: [Sighting]) async throws(Fault) -> [Change] {
        let names = Set(sightings.map(\.name))
        let findings = try await storage.get().findings(bucket: bucket, prefix: prefix)
        let found = findings.sightings.filter { names.contains($0.name) }
        return found.map(Change.seen) + names.subtracting(found.map(\.name)).map(Change.gone)
    }

    func wait(atMost time: Duration) async {
        // Ends early only by cancellation.
        try? await Task.sleep(for: time)
    }
}
