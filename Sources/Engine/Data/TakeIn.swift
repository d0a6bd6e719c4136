import Content
package import Domain
package import Drops
import Foundation
import Host
package import Storage
import SystemPackage

/// What a batch of dropped files came to.
package struct TakenIn: Sendable, Equatable {
    /// Names that were taken in, and whether a file of that name with other bytes was there before.
    package var accepted: [(name: String, replaced: Bool)] = []
    package var refused: [Refusal] = []
    /// The same bytes under the same name again.
    package var unchanged: [String] = []
    /// Good, but of a batch that would have replaced the dataset and held a refused file.
    package var heldBack: [String] = []
    /// The one that the files are in; nil: none was taken in.
    package var snapshot: Store.Snapshot?

    package static func == (left: TakenIn, right: TakenIn) -> Bool {
        left.accepted.map(\.name) == right.accepted.map(\.name) && left.refused == right.refused
            && left.unchanged == right.unchanged && left.heldBack == right.heldBack
            && left.snapshot == right.snapshot
    }
}

extension Engine {
    /// Takes a batch of complete files into the dataset: bytes into the store, the event recorded, every file asked,
    /// then good and bad parted in one transaction, and the bad ones moved to quarantine.
    ///
    /// Killed at any instant and asked again with the same files, it comes to the same end. A file that changes while
    /// it is read is left out; the watch gives it again.
    package func takeIn(
        _ batch: DropBatch, for target: DropTarget, from watch: DropWatch, by: PersonName?,
        progress: @escaping ProgressHandler
    ) async throws(Fault) -> TakenIn {
        let files = try await (batch.files + heldBack(for: target, beside: batch)).sorted {
            $0.name.text < $1.name.text
        }
        let read = try await readIn(files, from: watch, progress)
        let newest = try await store.newestSnapshot(of: target.dataset.name, model: target.policy.model)
        let before = Dictionary(
            (newest?.files ?? []).map { ($0.name, $0.artifact) }, uniquingKeysWith: { _, new in new })
        let known = read.filter { before[$0.name] == $0.artifact }
        let fresh = read.filter { before[$0.name] != $0.artifact }
        if let newest, !known.isEmpty {
            try await store.note(
                known.map { $0.arrival(.unchanged(snapshot: newest.ref.number), target, now()) },
                dataset: target.dataset.name, model: target.policy.model)
        }
        var taken = TakenIn(unchanged: known.map(\.name))
        guard !fresh.isEmpty || !batch.refusals.isEmpty else { return taken }

        let contents = Digest.of(canonical: fresh.map(\.identity) + batch.refusals.map { "\($0.name) \($0.stamp)" })
        let event = try await accept(
            .filesDropped(target.dataset.name, contents: contents, count: fresh.count + batch.refusals.count),
            target.repository, by: by, key: eventKey(contents, target, after: newest))
        let answers = try await ask(fresh, target, against: newest, progress)
        let sorting = try await sorting(fresh, batch.refusals, answers, target, known: known, newest: newest, by: by)
        let sorted = try await store.sort(sorting, event: event.id)
        hooks.reached(.filesSorted)
        taken.snapshot = sorted.snapshot
        let isHeldBack = sorting.snapshot == nil
        let good = fresh.filter { answers.findings[$0.name]?.isEmpty ?? true }
        taken.accepted = isHeldBack ? [] : good.map { ($0.name, before[$0.name] != nil) }
        taken.heldBack = isHeldBack ? good.map(\.name) : []
        taken.refused = try await quarantine(sorted.refusals, of: target)
        return taken
    }

    // A file that comes back to what it was is a new event, because another snapshot lies between.
    private func eventKey(_ contents: Digest, _ target: DropTarget, after newest: Store.Snapshot?) -> String {
        let number = newest?.ref.number ?? 0
        return "drop:\(target.policy.model):\(target.dataset.name):\(number):\(target.question.short):\(contents.hex)"
    }

    /// Files of an earlier batch that still wait for the rest of it.
    private func heldBack(
        for target: DropTarget, beside batch: DropBatch
    ) async throws(Fault) -> [DropFile] {
        if target.dataset.append { return [] }
        let waiting = try await store.arrivals(heldBackIn: target.dataset.name, model: target.policy.model)
        let named = Set(batch.files.map(\.name.text))
        return waiting.filter { !named.contains($0.name) }.compactMap { arrival in
            guard let name = TreePath(arrival.name) else { return nil }
            let location: DropLocation =
                switch target.drop.location {
                case .directory(let path): .path(FilePath(path).pushing(FilePath(name.text)))
                case .bucket(_, let prefix): .key(prefix + name.text)
                }
            return DropFile(name: name, location: location, size: arrival.bytes, stamp: arrival.stamp)
        }
    }

    private func readIn(
        _ files: [DropFile], from watch: DropWatch, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> [ReadFile] {
        let scratch = home.temporary
        return try await content.gather { gathering throws(Fault) in
            var read: [ReadFile] = []
            for file in files {
                if files.count > 100, read.count.isMultiple(of: 1000) {
                    progress(.note("taking in \(read.count) of \(files.count) files"))
                }
                do throws(Fault) {
                    let artifact = try await watch.reading(file, scratch: scratch) { path throws(Fault) in
                        try await gathering.take(path)
                    }
                    read.append(ReadFile(file: file, artifact: artifact))
                } catch {
                    guard error.kind == .input else { throw error }
                    progress(.note("'\(file.name)' is left for later: \(error.message)"))
                }
            }
            return read
        }
    }

    private func sorting(
        _ fresh: [ReadFile], _ impossible: [DropRefusal], _ answers: Answers, _ target: DropTarget,
        known: [ReadFile], newest: Store.Snapshot?, by: PersonName?
    ) async throws(Fault) -> Store.Sorting {
        let good = fresh.filter { answers.findings[$0.name]?.isEmpty ?? true }
        let isWhole = good.count == fresh.count && impossible.isEmpty
        let mayAdd = !good.isEmpty && (target.dataset.append || isWhole)
        var snapshot: Store.NewSnapshot?
        if mayAdd {
            let kept = target.dataset.append ? newest?.files ?? [] : known.map(\.stored)
            snapshot = try await assemble(good.map(\.stored), over: kept, after: newest?.ref.number)
        }
        let before = Set((newest?.files ?? []).map(\.name))
        let time = now()
        var arrivals = good.map { file in
            file.arrival(
                mayAdd ? .accepted(snapshot: 0, replaced: before.contains(file.name)) : .heldBack, target, time)
        }
        var refusals: [Store.NewRefusal] = []
        for file in fresh {
            guard let findings = answers.findings[file.name], !findings.isEmpty else { continue }
            arrivals.append(file.arrival(.refused(0), target, time))
            refusals.append(
                Store.NewRefusal(
                    name: file.name, artifact: file.artifact, findings: findings,
                    place: place(of: file.file.location, stamp: file.file.stamp, target)))
        }
        for thing in impossible {
            arrivals.append(
                Arrival(
                    name: thing.name, stamp: thing.stamp, bytes: 0, digest: nil, question: target.question,
                    outcome: .refused(0), at: time))
            let finding = DataFinding(check: "file-format", file: thing.name, message: "the file \(thing.reason)")
            refusals.append(
                Store.NewRefusal(
                    name: thing.name, artifact: nil, findings: [finding],
                    place: place(of: thing.location, stamp: thing.stamp, target)))
        }
        return Store.Sorting(
            model: target.policy.model, dataset: target.dataset.name, arrivals: arrivals, refusals: refusals,
            snapshot: snapshot, at: time, by: by)
    }

    private func place(of location: DropLocation, stamp: String, _ target: DropTarget) -> Refusal.Place {
        switch (location, target.drop.location) {
        case (.path(let path), _):
            target.drop.refused == .quarantine
                ? .awaitsMove(path.string, stamp: stamp) : .left(path.string, because: nil)
        case (.key(let key), .bucket(let name, _)): .left("s3://\(name)/\(key)", because: nil)
        case (.key(let key), .directory): .left(key, because: nil)
        }
    }

    /// The snapshot that files make over those of another one.
    func assemble(
        _ files: [Store.SnapshotFile], over others: [Store.SnapshotFile], after: Int?
    ) async throws(Fault) -> Store.NewSnapshot {
        var byName = Dictionary(others.map { ($0.name, $0.artifact) }, uniquingKeysWith: { _, new in new })
        for file in files { byName[file.name] = file.artifact }
        var tree: [TreePath: Artifact] = [:]
        for (name, artifact) in byName {
            guard let path = TreePath(name) else { throw Fault(.input, "'\(name)' cannot be a file name of a dataset") }
            tree[path] = artifact
        }
        let whole = try await content.assemble(tree)
        let all = byName.sorted { $0.key < $1.key }.map { Store.SnapshotFile(name: $0.key, artifact: $0.value) }
        return Store.NewSnapshot(digest: whole.digest, object: whole.object, files: all, after: after)
    }
}

/// A dropped file whose bytes are in the store.
struct ReadFile: Sendable {
    let file: DropFile
    let artifact: Artifact

    var name: String { file.name.text }
    var identity: String { "\(name) \(artifact.digest.hex)" }
    var stored: Store.SnapshotFile { Store.SnapshotFile(name: name, artifact: artifact) }

    func arrival(_ outcome: Arrival.Outcome, _ target: DropTarget, _ time: Date) -> Arrival {
        Arrival(
            name: name, stamp: file.stamp, bytes: file.size, digest: artifact.digest, question: target.question,
            outcome: outcome, at: time)
    }
}
