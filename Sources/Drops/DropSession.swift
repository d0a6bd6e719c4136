import Domain

/// One iteration over the batches of a drop.
actor DropSession {
    private typealias Moment = Settling.Moment

    private let eye: any DropEye
    private let filter: KnownFilter
    private var settling: Settling
    private var lookAtAllFrom: Moment = .now
    /// After a failure nothing is tried before.
    private var pausedUntil: Moment?
    private let pause: Duration
    private var failure: Fault?

    init(_ watch: DropWatch) {
        eye = watch.eye()
        filter = KnownFilter(known: watch.known, lifetime: .bounded(watch.rules.rescan))
        settling = Settling(rules: watch.rules)
        pause = .bounded(watch.rules.pollEvery)
    }

    /// Nil when the task is cancelled.
    func next() async -> Result<DropBatch, Fault>? {
        while !Task.isCancelled {
            do throws(Fault) {
                if let batch = try await step() { return .success(batch) }
            } catch {
                guard !Task.isCancelled else { return nil }
                lookAtAllFrom = .now
                pausedUntil = .now + pause
                if failure != error {
                    failure = error
                    return .failure(error)
                }
            }
        }
        return nil
    }

    private func step() async throws(Fault) -> DropBatch? {
        if let until = pausedUntil {
            await sleep(until: until)
            if Task.isCancelled { return nil }
            pausedUntil = nil
        }
        if .now >= lookAtAllFrom {
            try await lookAtAll()
        } else if let changes = try await eye.changes() {
            apply(changes)
        } else {
            lookAtAllFrom = .now
            return nil
        }
        switch try await give() {
        case .batch(let batch): return batch
        case .changed: return nil
        case .nothing: break
        }
        await eye.wait(atMost: min(settling.nextLook ?? lookAtAllFrom, lookAtAllFrom) - .now)
        return nil
    }

    private func lookAtAll() async throws(Fault) {
        let findings = try await eye.all() ?? DropScan.Findings()
        let sightings = try await filter.unknown(among: findings.sightings)
        settling.see(all: sightings, findings.markers, at: .now)
        lookAtAllFrom = .now + eye.period
        failure = nil
    }

    private func apply(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .seen(let sighting): settling.see(sighting, at: .now)
            case .marked(let marker): settling.see(marker)
            case .gone(let name): settling.lose(name)
            case .directoryGone(let folder): settling.lose(below: folder)
            }
        }
    }

    private enum Given {
        case batch(DropBatch)
        /// Nothing, but what is ripe is no longer what it was.
        case changed
        case nothing
    }

    private func give() async throws(Fault) -> Given {
        guard let ripe = settling.ripe(at: .now) else { return .nothing }
        apply(try await eye.look(again: ripe))
        guard let sure = settling.ripe(at: .now) else { return .nothing }
        let looked = Set(ripe.map(\.name))
        // What became complete in this moment was not looked at again.
        guard sure.allSatisfy({ looked.contains($0.name) }) else { return .changed }
        let batch = DropBatch(of: try await filter.unknown(among: sure))
        settling.take(sure)
        return batch.isEmpty ? .changed : .batch(batch)
    }

    private func sleep(until moment: Moment) async {
        // Ends early only by cancellation, which the caller sees.
        try? await Task.sleep(until: moment)
    }
}

extension DropBatch {
    init(of sightings: [Sighting]) {
        var (files, refusals): ([DropFile], [DropRefusal]) = ([], [])
        for sighting in sightings {
            switch sighting.thing {
            case .file(let file): files.append(file)
            case .refusal(let refusal): refusals.append(refusal)
            }
        }
        self.init(
            files: files.sorted { $0.name < $1.name },
            refusals: refusals.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    }
}
