import Domain
import Host

/// Everything that is complete now: looks until nothing settles any more, without being told of changes.
struct DropOnce {
    private let watch: DropWatch

    init(_ watch: DropWatch) { self.watch = watch }

    func run() async throws(Fault) -> DropBatch {
        if case .directory(let directory) = watch.place {
            guard await Blocking.run({ Files.isDirectory(directory) }) else {
                throw Fault(
                    .input, "\(directory) is not a directory",
                    advice: "Make it, or correct the drop of the dataset in the policy.")
            }
        }
        var looking = watch
        looking.sight = .polling
        let eye = looking.eye()
        let filter = KnownFilter(known: watch.known, lifetime: .bounded(watch.rules.rescan))
        var settling = Settling(rules: watch.rules)
        let end = ContinuousClock.now + settling.patience
        while !Task.isCancelled {
            let before = ContinuousClock.now
            let findings = try await eye.all() ?? DropScan.Findings()
            let sightings = try await filter.unknown(among: findings.sightings)
            settling.see(all: sightings, findings.markers, at: .now)
            // Before this look, not now: what has settled has been seen twice.
            let ripe = settling.ripe(at: before)
            if let ripe, before >= end || !settling.isSettling(at: before) { return DropBatch(of: ripe) }
            guard let next = settling.nextLook, before < end else { break }
            // Ends early only by cancellation.
            try? await Task.sleep(until: next)
        }
        if Task.isCancelled { throw Fault(.environment, "looking at the drop was cancelled") }
        return DropBatch(files: [], refusals: [])
    }
}
