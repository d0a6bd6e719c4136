import Content
package import Domain
import Drops
import Foundation
import Host
package import Storage
import SystemPackage

/// What a batch of dropped files came to.
package struct TakenIn: Sendable, Equatable {
    /// A name that was taken in.
    package struct Accepted: Sendable, Equatable {
        package let name: String
        /// True if a file of that name with other bytes was there before.
        package let replaced: Bool
    }

    package var accepted: [Accepted] = []
    package var refused: [Refusal] = []
    /// The same bytes under the same name again.
    package var unchanged: [String] = []
    /// Good, but of a batch that would have replaced the dataset and held a file that is not.
    package var heldBack: [String] = []
    /// Why files could not be read at all; the watch gives them again.
    package var unread: [Fault] = []
    /// The one that the files are in; nil: none was taken in.
    package var snapshot: Store.Snapshot?
}

extension Engine {
    /// Bytes into the store, the event recorded, every file asked, then good and bad parted in one transaction, and the
    /// bad ones moved to quarantine.
    func takeInNow(
        _ batch: DropBatch, for target: DropTarget, from watch: DropWatch, by: PersonName?,
        progress: @escaping ProgressHandler
    ) async throws(Fault) -> TakenIn {
        // A link on the way may lead elsewhere than when the watch began.
        try await target.ground?.check()
        let waiting = try await heldBack(for: target, beside: batch, in: watch)
        let files = (batch.files + waiting.files).sorted { $0.name < $1.name }
        let read = try await readIn(files, from: watch, progress)
        let isWhole = read.files.count == files.count && waiting.areAllThere && batch.refusals.isEmpty
        for _ in 1..<Self.mostTries {
            let newest = try await store.newestSnapshot(of: target.dataset.name, model: target.policy.model)
            do throws(Fault) {
                return try await sortIn(read, batch.refusals, isWhole, target, over: newest, by: by, progress)
            } catch {
                // Somebody added to the dataset meanwhile: the files join what is there now.
                let now = try await store.newestSnapshot(of: target.dataset.name, model: target.policy.model)
                guard error.kind == .environment, now?.ref != newest?.ref else { throw error }
            }
        }
        let newest = try await store.newestSnapshot(of: target.dataset.name, model: target.policy.model)
        return try await sortIn(read, batch.refusals, isWhole, target, over: newest, by: by, progress)
    }

    private static let mostTries = 5

    private func sortIn(
        _ read: Reading, _ impossible: [DropRefusal], _ isWhole: Bool, _ target: DropTarget,
        over newest: Store.Snapshot?, by: PersonName?, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> TakenIn {
        let before = Self.byPath(newest?.files ?? [])
        let known = read.files.filter { before[$0.path] == $0.artifact }
        let fresh = read.files.filter { before[$0.path] != $0.artifact }
        if let newest, !known.isEmpty {
            try await store.note(
                known.map { $0.arrival(.unchanged(snapshot: newest.ref.number), target, now()) },
                dataset: target.dataset.name, model: target.policy.model)
        }
        var taken = TakenIn(unchanged: known.map(\.name), unread: read.failures)
        guard !fresh.isEmpty || !impossible.isEmpty else { return taken }

        let event = try await dropEvent(fresh, impossible, target, by: by)
        let answers = try await ask(fresh, target, against: newest, progress)
        let good = fresh.filter(answers.isGood)
        let mayAdd = !good.isEmpty && (target.dataset.append || (isWhole && good.count == fresh.count))
        var snapshot: Store.NewSnapshot?
        if mayAdd {
            let kept = target.dataset.append ? newest?.files ?? [] : known.map(\.stored)
            snapshot = try await assemble(good.map(\.stored), over: kept, after: newest?.ref.number)
        }
        var sorting = Store.Sorting(
            model: target.policy.model, dataset: target.dataset.name, arrivals: [], refusals: [], snapshot: snapshot,
            at: now(), by: by)
        for file in good {
            let outcome: Arrival.Outcome =
                mayAdd ? .accepted(snapshot: 0, replaced: before[file.path] != nil) : .heldBack
            sorting.arrivals.append(file.arrival(outcome, target, sorting.at))
        }
        refuse(fresh, answers, target, &sorting)
        refuse(impossible, target, &sorting)
        let sorted = try await store.sort(sorting, event: event.id)
        hooks.reached(.filesSorted)
        try await store.settle(dropsBefore: event, in: target.dataset.name, at: now())
        taken.snapshot = sorted.snapshot
        if mayAdd {
            taken.accepted = good.map { TakenIn.Accepted(name: $0.name, replaced: before[$0.path] != nil) }
        } else {
            taken.heldBack = good.map(\.name)
        }
        taken.refused = try await quarantine(sorted.refusals, of: target)
        // Known anyway, so that nobody counts them again.
        if let snapshot = sorted.snapshot { try await keep(rows: answers.rows, of: snapshot) }
        return taken
    }

    /// The event of these files. After a crash it is the same one; once they were sorted, the same files under the same
    /// names are another: the word on their names is another then.
    private func dropEvent(
        _ fresh: [ReadFile], _ impossible: [DropRefusal], _ target: DropTarget, by: PersonName?
    ) async throws(Fault) -> Store.StoredEvent {
        let contents =
            fresh.map { "\($0.name) \($0.artifact.digest.hex)" } + impossible.map { "\($0.name) \($0.stamp)" }
        let before = try await store.arrivals(
            of: fresh.map(\.name) + impossible.map(\.name), dataset: target.dataset.name, model: target.policy.model)
        let identity = DropIdentity(
            contents: contents, stamps: fresh.map(\.file.stamp), before: before, question: target.question)
        return try await accept(
            .filesDropped(target.dataset.name, contents: Digest.of(canonical: contents), count: contents.count),
            target.repository, by: by,
            key: "drop:\(target.policy.model):\(target.dataset.name):\(Digest.of(canonical: identity).hex)")
    }

    /// Files of an earlier batch that still wait for the rest of it.
    private func heldBack(
        for target: DropTarget, beside batch: DropBatch, in watch: DropWatch
    ) async throws(Fault) -> (files: [DropFile], areAllThere: Bool) {
        if target.dataset.append { return ([], true) }
        let named = Set(batch.files.map(\.name))
        let arrivals = try await store.arrivals(heldBackIn: target.dataset.name, model: target.policy.model)
        var stamps: [TreePath: String] = [:]
        for arrival in arrivals {
            if let path = TreePath(arrival.name), !named.contains(path) { stamps[path] = arrival.stamp }
        }
        if stamps.isEmpty { return ([], true) }
        // One that was taken away is not waited for; one that is being written again is.
        let files = try await watch.now(stamps.keys.sorted())
        let same = files.filter { stamps[$0.name] == $0.stamp }
        return (same, same.count == files.count)
    }

    private func readIn(
        _ files: [DropFile], from watch: DropWatch, _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> Reading {
        let scratch = home.temporary
        return try await content.gather { gathering throws(Fault) in
            var read = Reading()
            for file in files {
                if files.count > 100, read.files.count.isMultiple(of: 1000) {
                    progress(.note("taking in \(read.files.count) of \(files.count) files"))
                }
                do throws(Fault) {
                    let artifact = try await watch.reading(file, scratch: scratch) { path throws(Fault) in
                        try await gathering.take(path)
                    }
                    read.files.append(ReadFile(file: file, artifact: artifact))
                } catch {
                    guard error.kind == .input else { throw error }
                    if try await watch.stable(file) {
                        read.failures.append(error)
                    } else {
                        progress(.note("'\(file.name)' is left for later: \(error.message)"))
                    }
                }
            }
            return read
        }
    }

    private func refuse(_ fresh: [ReadFile], _ answers: Answers, _ target: DropTarget, _ sorting: inout Store.Sorting) {
        for file in fresh {
            let findings = answers.findings(on: file)
            if findings.isEmpty { continue }
            sorting.arrivals.append(file.arrival(.refused(0), target, sorting.at))
            sorting.refusals.append(
                Store.NewRefusal(
                    name: file.name, artifact: file.artifact, findings: findings,
                    place: place(of: file.file.location, stamp: file.file.stamp, target)))
        }
    }

    private func refuse(_ impossible: [DropRefusal], _ target: DropTarget, _ sorting: inout Store.Sorting) {
        for thing in impossible {
            sorting.arrivals.append(
                Arrival(
                    name: thing.name, stamp: thing.stamp, bytes: 0, digest: nil, question: target.question,
                    outcome: .refused(0), at: sorting.at))
            let finding = DataFinding(check: "file-format", file: thing.name, message: "the file \(thing.reason)")
            sorting.refusals.append(
                Store.NewRefusal(
                    name: thing.name, artifact: nil, findings: [finding],
                    place: place(of: thing.location, stamp: thing.stamp, target)))
        }
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
}

/// What tells one batch from all others.
private struct DropIdentity: Encodable {
    let contents: [String]
    let stamps: [String]
    /// The word on the names before.
    let before: [Arrival?]
    let question: Digest
}

/// Dropped files whose bytes are in the store.
private struct Reading: Sendable {
    var files: [ReadFile] = []
    /// Why others could not be read.
    var failures: [Fault] = []
}

/// A dropped file whose bytes are in the store.
struct ReadFile: Sendable {
    let file: DropFile
    let artifact: Artifact

    var path: TreePath { file.name }
    var name: String { file.name.text }
    var stored: Store.SnapshotFile { Store.SnapshotFile(name: name, artifact: artifact) }

    func arrival(_ outcome: Arrival.Outcome, _ target: DropTarget, _ time: Date) -> Arrival {
        Arrival(
            name: name, stamp: file.stamp, bytes: file.size, digest: artifact.digest, question: target.question,
            outcome: outcome, at: time)
    }
}
