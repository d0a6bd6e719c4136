package import Domain
import Drops
import Foundation
package import Git
import Host
import Storage
import Synchronization
import SystemPackage

/// What a watch tells whoever follows it.
package enum WatchNews: Sendable {
    /// A sentence about a drop: it is not there yet, it is polled, it cannot be read.
    case notice(DatasetName, String)
    case took(DatasetName, TakenIn)
    case called(DataCall)
    case drift(DriftReport)
    case progress(RunProgress)
    /// What went wrong; the watch goes on.
    case trouble(Fault)
}

/// Receives news; must return at once.
package typealias WatchHandler = @Sendable (WatchNews) -> Void

/// How long to watch, and what.
package struct WatchRequest: Sendable {
    /// Nil: every dataset with a drop.
    package var datasets: Set<DatasetName>?
    /// True: deal with everything that is complete now, and end.
    package var once: Bool

    package init(datasets: Set<DatasetName>? = nil, once: Bool = false) {
        self.datasets = datasets
        self.once = once
    }
}

extension Engine {
    /// Watches the drops of a repository's policy and acts on what arrives: files in, snapshots, drift, runs.
    ///
    /// The policy is that of the commit that is checked out (a bare repository: of its default branch), read again
    /// when that changes. One process a repository. Ends when the task is cancelled, or with `once` when all is done.
    /// What fails is news and is tried again; thrown is what makes watching impossible.
    package func watch(
        _ repository: GitRepository, _ request: WatchRequest, news: @escaping WatchHandler
    ) async throws(Fault) {
        let lock = try await watchLock(of: repository.id)
        defer { withExtendedLifetime(lock) {} }
        let watching = Watching(engine: self, repository: repository, request: request, news: news)
        if request.once { return try await watching.once() }
        try await watching.forever()
    }

    private func watchLock(of repository: RepositoryID) async throws(Fault) -> FileLock {
        let path = home.watchLock(of: repository)
        let lock = try await Blocking.run { () throws(Fault) -> FileLock? in
            try Files.makeDirectory(path.removingLastComponent(), mode: 0o700)
            return try FileLock.take(path)
        }
        guard let lock else {
            throw Fault(
                .environment, "another process watches the drops of \(repository) already",
                advice: "one is enough: it takes in everything that arrives")
        }
        return lock
    }
}

/// One process's watch over one repository.
struct Watching: Sendable {
    let engine: Engine
    let repository: GitRepository
    let request: WatchRequest
    let news: WatchHandler

    /// Everything that is complete now, then the runs that it calls for.
    func once() async throws(Fault) {
        try await engine.resumeDataRuns(of: repository.id) { news(.progress($0)) }
        let commit = try await repository.commit("HEAD")
        for target in try await targets(at: commit) {
            let watch = try dropWatch(target)
            try await finishMoves(target)
            let batch = try await watch.once()
            if !batch.isEmpty { try await take(batch, target, watch) }
        }
        if let report = try await engine.lookForDrift(in: repository, at: commit) { news(.drift(report)) }
        try await act(at: commit)
    }

    /// Until cancelled. Every part starts anew when the commit changes.
    func forever() async throws(Fault) {
        let bell = Bell()
        try await engine.resumeDataRuns(of: repository.id) { news(.progress($0)) }
        while !Task.isCancelled {
            let commit = try await repository.commit("HEAD")
            let targets: [DropTarget]
            do throws(Fault) {
                targets = try await self.targets(at: commit)
            } catch {
                news(.trouble(error))
                targets = []
            }
            let interval = try? await engine.policy(in: repository, at: commit.id).policy.triggers?.drift?.checkEvery
            await withTaskGroup(of: Void.self) { group in
                for target in targets { group.addTask { await watchDrop(target, bell) } }
                group.addTask { await actWhenever(bell, at: commit) }
                if let interval { group.addTask { await tick(every: interval, bell, at: commit) } }
                await untilMoved(from: commit)
                group.cancelAll()
                await group.waitForAll()
            }
        }
    }

    // MARK: Parts

    private func targets(at commit: GitRepository.Commit) async throws(Fault) -> [DropTarget] {
        let all = try await engine.dropTargets(in: repository, at: commit.id)
        guard let wanted = request.datasets else {
            guard all.isEmpty, request.once else { return all }
            throw Fault(
                .input, "no dataset of the policy has a drop, so there is nothing to watch",
                advice: "add 'drop: /srv/drops/NAME' below a dataset in sluice.yaml, and commit it")
        }
        if let missing = wanted.subtracting(all.map(\.dataset.name)).sorted(by: { $0.text < $1.text }).first {
            throw Fault(.input, "the policy has no dataset '\(missing)' with a drop")
        }
        return all.filter { wanted.contains($0.dataset.name) }
    }

    private func dropWatch(_ target: DropTarget) throws(Fault) -> DropWatch {
        var storage: ObjectStorage?
        if case .bucket = target.drop.location { storage = try ObjectStorage() }
        let (engine, news, name) = (engine, news, target.dataset.name)
        return DropWatch(
            place: target.drop.place, rules: target.drop.rules, storage: storage,
            known: { keys throws(Fault) in try await engine.dealtWith(keys, target) },
            notice: { news(.notice(name, $0)) })
    }

    private func watchDrop(_ target: DropTarget, _ bell: Bell) async {
        do throws(Fault) {
            try await finishMoves(target)
            let watch = try dropWatch(target)
            for await found in watch.batches() {
                switch found {
                case .success(let batch):
                    // A change of the policy ends the watch, never a batch in the middle.
                    await Task { await takeOrTell(batch, target, watch) }.value
                    bell.ring()
                case .failure(let fault): news(.trouble(fault))
                }
            }
        } catch {
            news(.trouble(error))
        }
    }

    private func takeOrTell(_ batch: DropBatch, _ target: DropTarget, _ watch: DropWatch) async {
        do throws(Fault) {
            try await take(batch, target, watch)
        } catch {
            news(.trouble(error))
        }
    }

    private func take(_ batch: DropBatch, _ target: DropTarget, _ watch: DropWatch) async throws(Fault) {
        let taken = try await engine.takeIn(batch, for: target, from: watch, by: nil) { news(.progress($0)) }
        news(.took(target.dataset.name, taken))
    }

    /// Refused files that a killed process had not moved yet.
    private func finishMoves(_ target: DropTarget) async throws(Fault) {
        let left = try await engine.store.refusals(
            awaitingMoveIn: target.dataset.name, model: target.policy.model)
        _ = try await engine.quarantine(left, of: target)
    }

    private func actWhenever(_ bell: Bell, at commit: GitRepository.Commit) async {
        for await _ in bell.rings() {
            do throws(Fault) {
                // As for batches: a run that was begun is brought to its end.
                let outcome = await Task { () -> Result<Void, Fault> in
                    do throws(Fault) { return .success(try await act(at: commit)) } catch { return .failure(error) }
                }.value
                try outcome.get()
            } catch {
                news(.trouble(error))
            }
        }
    }

    private func act(at commit: GitRepository.Commit) async throws(Fault) {
        let calls = try await engine.actOnData(in: repository, at: commit) { news(.progress($0)) }
        for call in calls { news(.called(call)) }
    }

    private func tick(every seconds: Double, _ bell: Bell, at commit: GitRepository.Commit) async {
        while !Task.isCancelled {
            do throws(Fault) {
                if let report = try await engine.lookForDrift(in: repository, at: commit), !report.findings.isEmpty {
                    news(.drift(report))
                    bell.ring()
                }
            } catch {
                news(.trouble(error))
            }
            try? await Task.sleep(for: .seconds(seconds))
        }
    }

    /// Returns when the repository stands on another commit, or the task is cancelled.
    private func untilMoved(from commit: GitRepository.Commit) async {
        while !Task.isCancelled {
            // Nothing tells when somebody commits, and a look costs less than a millisecond.
            try? await Task.sleep(for: .seconds(5))
            if let now = try? await repository.commit("HEAD"), now.id != commit.id { return }
        }
    }
}

/// Tells one listener that there may be work; many rings before it listens are one.
final class Bell: Sendable {
    private let listener = Mutex<AsyncStream<Void>.Continuation?>(nil)

    func ring() { listener.withLock { _ = $0?.yield() } }

    /// Rings at once, because nobody knows what was missed; ends when the listening task is cancelled.
    func rings() -> AsyncStream<Void> {
        let (stream, source) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        source.yield()
        listener.withLock { $0 = source }
        return stream
    }
}
