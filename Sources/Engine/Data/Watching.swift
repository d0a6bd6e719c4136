import Domain
import Drops
import Git
import Host
import Storage

/// One process's watch over one repository.
struct Watching: Sendable {
    let engine: Engine
    let repository: GitRepository
    let request: WatchRequest
    let news: WatchHandler

    /// After this long, what failed for no fault of the policy is tried again.
    private static let pause = Duration.seconds(60)

    /// Everything that is complete now, then the runs that it calls for. What is wrong with one drop keeps nobody from
    /// looking at the others.
    func once() async throws(Fault) {
        try await resumeRuns()
        let commit = try await repository.commit("HEAD")
        let policy = try await engine.policy(in: repository, at: commit.id).policy
        var targets: [DropTarget] = []
        for dataset in try watched(policy) {
            await telling(dataset.name) { () throws(Fault) in
                targets.append(try await engine.dropTarget(dataset, of: policy, in: repository, at: commit.id))
            }
        }
        for target in DropTarget.resourcesFirst(targets) {
            await telling(target.dataset.name) { () throws(Fault) in
                let watch = try dropWatch(target)
                try await engine.finishMoves(of: target)
                let batch = try await watch.once()
                if !batch.isEmpty { try await take(batch, target, watch) }
            }
        }
        await telling { () throws(Fault) in
            if let report = try await engine.lookForDrift(in: repository, at: commit) { news(.drift(report)) }
        }
        try await act()
    }

    /// Until cancelled. Files are taken in while a run goes on; what depends on the policy starts anew when the commit
    /// changes.
    func forever() async throws(Fault) {
        var commit = try await repository.commit("HEAD")
        let bell = Bell()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await actWhenever(bell) }
            while !Task.isCancelled {
                await watchDrops(at: commit, bell)
                commit = (try? await repository.commit("HEAD")) ?? commit
            }
            group.cancelAll()
        }
    }

    // MARK: Drops

    /// Until the commit changes.
    private func watchDrops(at commit: GitRepository.Commit, _ bell: Bell) async {
        var (policy, datasets) = (Policy?.none, [DatasetPolicy]())
        await telling { () throws(Fault) in
            let read = try await engine.policy(in: repository, at: commit.id).policy
            (policy, datasets) = (read, try watched(read))
        }
        let (read, drops) = (policy, datasets)
        await withTaskGroup(of: Void.self) { group in
            if let read {
                for dataset in drops { group.addTask { await watchDrop(dataset, of: read, at: commit, bell) } }
                if let interval = read.triggers?.drift?.checkEvery {
                    group.addTask { await tick(every: interval, bell, at: commit) }
                }
            }
            await untilMoved(from: commit, atMost: read == nil ? Self.pause : nil, bell)
            group.cancelAll()
        }
    }

    private func watched(_ policy: Policy) throws(Fault) -> [DatasetPolicy] {
        let all = policy.datasets.filter { $0.drop != nil }
        guard let wanted = request.datasets else {
            guard all.isEmpty, request.once else { return all }
            // Data that is added by hand may start runs, and a served log may drift, without any drop.
            guard policy.triggers?.drift == nil, policy.triggers?.data.isEmpty ?? true else { return [] }
            throw Fault(
                .input, "no dataset of the policy has a drop, so there is nothing to watch",
                advice: "add 'drop: /srv/drops/NAME' below a dataset in sluice.yaml, and commit it")
        }
        if let missing = wanted.subtracting(all.map(\.name)).sorted(by: { $0.text < $1.text }).first {
            throw Fault(.input, "the policy has no dataset '\(missing)' with a drop")
        }
        return all.filter { wanted.contains($0.name) }
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

    private func watchDrop(
        _ dataset: DatasetPolicy, of policy: Policy, at commit: GitRepository.Commit, _ bell: Bell
    ) async {
        var said: Fault?
        while !Task.isCancelled {
            do throws(Fault) {
                let target = try await engine.dropTarget(dataset, of: policy, in: repository, at: commit.id)
                try await engine.finishMoves(of: target)
                try await watchDrop(target, bell)
            } catch {
                guard !Task.isCancelled else { return }
                if said != error { news(.trouble(dataset.name, error)) }
                said = error
                // Only another commit can help.
                if error.kind == .input { return }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private func watchDrop(_ target: DropTarget, _ bell: Bell) async throws(Fault) {
        let watch = try dropWatch(target)
        for await found in watch.batches() {
            switch found {
            case .success(let batch):
                // A change of the policy ends the watch, never a batch in the middle.
                await Task {
                    await telling(target.dataset.name) { () throws(Fault) in try await take(batch, target, watch) }
                }.value
                bell.ring()
            case .failure(let fault): news(.trouble(target.dataset.name, fault))
            }
        }
    }

    private func take(_ batch: DropBatch, _ target: DropTarget, _ watch: DropWatch) async throws(Fault) {
        let taken = try await engine.takeIn(batch, for: target, from: watch, by: nil) { news(.progress($0)) }
        for fault in taken.unread.prefix(20) { news(.trouble(target.dataset.name, fault)) }
        news(.took(target.dataset.name, taken))
    }

    // MARK: Runs

    private func actWhenever(_ bell: Bell) async {
        var (mayBeLeft, said) = (true, Fault?.none)
        for await _ in bell.rings() {
            do throws(Fault) {
                if mayBeLeft { try await resumeRuns() }
                mayBeLeft = false
                try await act()
                said = nil
            } catch {
                guard !Task.isCancelled else { return }
                if said != error { news(.trouble(nil, error)) }
                (mayBeLeft, said) = (true, error)
                try? await Task.sleep(for: Self.pause)
                bell.ring()
            }
        }
    }

    /// At the commit of now.
    private func act() async throws(Fault) {
        guard request.startsRuns else { return }
        let commit = try await repository.commit("HEAD")
        let calls = try await engine.actOnData(in: repository, at: commit) { news(.progress($0)) }
        for call in calls { news(.called(call)) }
    }

    /// Brings runs to their end that a watch started and did not finish. One that cannot go on is no reason not to
    /// watch.
    private func resumeRuns() async throws(Fault) {
        guard request.startsRuns else { return }
        for run in try await engine.unfinished().runs where run.repository == repository.id {
            switch run.trigger {
            case .data, .drift:
                await telling { () throws(Fault) in
                    news(.called(.run(try await engine.resume(run.id) { news(.progress($0)) })))
                }
            case .manual, .push, .pullRequest, .schedule, .reproduction: continue
            }
        }
    }

    private func tick(every seconds: Double, _ bell: Bell, at commit: GitRepository.Commit) async {
        while !Task.isCancelled {
            await telling { () throws(Fault) in
                if let report = try await engine.lookForDrift(in: repository, at: commit), !report.findings.isEmpty {
                    news(.drift(report))
                    bell.ring()
                }
            }
            try? await Task.sleep(for: .seconds(seconds))
        }
    }

    /// What fails is news, unless it was cancelled.
    private func telling(_ drop: DatasetName? = nil, _ work: () async throws(Fault) -> Void) async {
        do throws(Fault) {
            try await work()
        } catch {
            if !Task.isCancelled { news(.trouble(drop, error)) }
        }
    }

    /// Returns when the repository stands on another commit, the time is over, or the task is cancelled. Until then it
    /// rings for data that other processes added or released.
    private func untilMoved(from commit: GitRepository.Commit, atMost time: Duration?, _ bell: Bell) async {
        let end = time.map { ContinuousClock.now + $0 }
        var newest: Int64 = 0
        while !Task.isCancelled {
            if let end, .now >= end { return }
            // Nothing tells when somebody commits or adds data, and a look costs less than a millisecond.
            try? await Task.sleep(for: .seconds(5))
            if let now = try? await repository.commit("HEAD"), now.id != commit.id { return }
            // Once for each: what cannot be acted on is told once, not every five seconds.
            let pending = try? await engine.store.pendingTriggers(repository: repository.id, limit: 1000)
            guard let last = pending?.last?.id, last > newest else { continue }
            newest = last
            bell.ring()
        }
    }
}
