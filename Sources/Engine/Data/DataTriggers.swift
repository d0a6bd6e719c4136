import DataChecks
package import Domain
import Foundation
package import Git
import Storage

/// What a new snapshot, or a look at the drift, called for.
package enum DataCall: Sendable, Equatable {
    /// The run that it started or that answers it.
    case run(Run)
    case nothing(DatasetName, reason: String)
    /// No run could be planned.
    case refused(Trigger, Fault)
}

extension Engine {
    /// Acts on every recorded snapshot and alarm of a repository that was not acted on: starts one run for all that call
    /// for one, and brings it to its end.
    ///
    /// The policy is that of the commit. Several snapshots that came in the meantime are answered by one run of the
    /// newest.
    package func actOnData(
        in repository: GitRepository, at commit: GitRepository.Commit, progress: @escaping ProgressHandler
    ) async throws(Fault) -> [DataCall] {
        let (calls, calling) = try await sortData(in: repository, at: commit)
        guard let last = calling.last else { return calls }
        return calls + [try await start(calling.map(\.event), last.trigger, repository, commit, progress)]
    }

    /// What the recorded snapshots and alarms of a repository call for that were not acted on: at most one run, for all of
    /// them. Settles those that call for nothing; starts no run.
    ///
    /// The policy is that of the commit.
    package func dataCalls(
        in repository: GitRepository, at commit: GitRepository.Commit
    ) async throws(Fault) -> [(events: [Int64], trigger: Trigger)] {
        let (_, calling) = try await sortData(in: repository, at: commit)
        return calling.last.map { [(events: calling.map(\.event), trigger: $0.trigger)] } ?? []
    }

    private typealias Calling = [(event: Int64, trigger: Trigger)]

    private func sortData(
        in repository: GitRepository, at commit: GitRepository.Commit
    ) async throws(Fault) -> (settled: [DataCall], calling: Calling) {
        let pending = try await store.pendingTriggers(repository: repository.id, limit: 1000)
        if pending.isEmpty { return ([], []) }
        let policy = try await policy(in: repository, at: commit.id).policy
        var calls: [DataCall] = []
        var calling: Calling = []
        for stored in pending {
            switch try await call(of: stored.event, policy, repository, at: commit.id) {
            case .run(let trigger): calling.append((stored.id, trigger))
            case .nothing(let dataset, let reason):
                try await store.settle(event: stored.id, as: .ignored(reason: reason), at: now())
                calls.append(.nothing(dataset, reason: reason))
            case .alarm(let dataset, let event, let trigger, let reason):
                try await store.settle(event: stored.id, as: .ignored(reason: reason), at: now())
                calls.append(.nothing(dataset, reason: reason))
                calling.append((event, trigger))
            }
        }
        // An alarm that was known already stands in both lists.
        var seen: Set<Int64> = []
        return (calls, calling.filter { seen.insert($0.event).inserted })
    }

    /// Looks whether the dataset of `triggers.drift` has drifted, and records an alarm if so. The same snapshot raises
    /// it once for each reference. Nil: the policy watches nothing, or there is nothing to compare.
    package func lookForDrift(
        in repository: GitRepository, at commit: GitRepository.Commit
    ) async throws(Fault) -> DriftReport? {
        let policy = try await policy(in: repository, at: commit.id).policy
        guard let watched = policy.triggers?.drift.flatMap({ policy.dataset($0.dataset) }),
            let snapshot = try await store.newestSnapshot(of: watched.name, model: policy.model),
            let report = try await driftReport(
                of: snapshot, dataset: watched, policy: policy,
                sensitive: sensitiveColumns(of: watched, in: repository, at: commit.id))
        else { return nil }
        if !report.findings.isEmpty { _ = try await alarm(report, snapshot, policy, repository.id) }
        return report
    }

    private enum Call {
        case run(Trigger)
        case alarm(DatasetName, event: Int64, Trigger, reason: String)
        case nothing(DatasetName, reason: String)
    }

    private func call(
        of event: Event, _ policy: Policy, _ repository: GitRepository, at commit: CommitID
    ) async throws(Fault) -> Call {
        switch event.kind {
        case .driftAlarm(let name, let digest):
            guard let number = try await store.number(ofSnapshot: digest, of: name, model: policy.model) else {
                return .nothing(name, reason: "the model '\(policy.model)' of the policy has no such snapshot")
            }
            return .run(.drift(name, snapshot: number))
        case .dataAdded(let name, let digest):
            guard let dataset = policy.dataset(name) else {
                return .nothing(name, reason: "the policy has no dataset '\(name)' any more")
            }
            guard let number = try await store.number(ofSnapshot: digest, of: name, model: policy.model) else {
                return .nothing(name, reason: "the model '\(policy.model)' of the policy has no such snapshot")
            }
            if policy.triggers?.data.contains(name) ?? false { return .run(.data(name, snapshot: number)) }
            guard policy.triggers?.drift?.dataset == name else {
                return .nothing(name, reason: "the policy starts no run on new data of '\(name)'")
            }
            return try await drifted(dataset, snapshot: number, policy, repository, at: commit)
        case .runCommand, .reproduceCommand, .filesDropped, .fileReleased, .forge, .branchMoved, .tick, .asked:
            throw Fault(.bug, "event '\(event.key)' is no trigger of data")
        }
    }

    private func drifted(
        _ dataset: DatasetPolicy, snapshot number: Int, _ policy: Policy, _ repository: GitRepository,
        at commit: CommitID
    ) async throws(Fault) -> Call {
        let name = dataset.name
        guard let snapshot = try await store.snapshot(number: number, of: name, model: policy.model),
            let report = try await driftReport(
                of: snapshot, dataset: dataset, policy: policy,
                sensitive: sensitiveColumns(of: dataset, in: repository, at: commit))
        else {
            return .nothing(
                name, reason: "there is nothing to compare snapshot \(number) with, so it has not drifted")
        }
        if report.findings.isEmpty {
            return .nothing(name, reason: "snapshot \(number) has not drifted: no limit is passed")
        }
        let event = try await alarm(report, snapshot, policy, repository.id)
        let columns = Set(report.findings.compactMap { $0.column }).sorted().prefix(5).joined(separator: ", ")
        return .alarm(
            name, event: event, .drift(name, snapshot: number),
            reason: "snapshot \(number) has drifted (\(columns)): an alarm was raised")
    }

    private func sensitiveColumns(
        of dataset: DatasetPolicy, in repository: GitRepository, at commit: CommitID
    ) async throws(Fault) -> Set<String> {
        try await schema(of: dataset, in: repository, at: commit)?.schema.sensitiveColumns ?? []
    }

    private func alarm(
        _ report: DriftReport, _ snapshot: Store.Snapshot, _ policy: Policy, _ repository: RepositoryID
    ) async throws(Fault) -> Int64 {
        let name = snapshot.ref.dataset
        let reference = Digest.of(report.reference).short
        let event = try await accept(
            .driftAlarm(name, snapshot: snapshot.ref.digest), repository, by: nil,
            key: "drift:\(policy.model):\(name):\(snapshot.ref.number):\(reference)")
        return event.id
    }

    private func start(
        _ events: [Int64], _ trigger: Trigger, _ repository: GitRepository, _ commit: GitRepository.Commit,
        _ progress: @escaping ProgressHandler
    ) async throws(Fault) -> DataCall {
        let blueprint: Blueprint
        do throws(Fault) {
            blueprint = try await plan(repository, PlanRequest(commit: commit, trigger: trigger))
        } catch {
            // What is no fault of the repository or its data may be over when it is tried again.
            guard error.kind == .input else { throw error }
            for event in events { try await store.settle(event: event, as: .refused(error), at: now()) }
            return .refused(trigger, error)
        }
        if let known = try await store.answer(to: blueprint.plan.fingerprint), isAnswer(known) {
            for event in events { try await store.settle(event: event, as: .sameAs(known.id), at: now()) }
            return .run(known)
        }
        let run = try await begin(blueprint.plan, for: events, progress)
        return .run(try await carry(run.id, blueprint, progress: progress))
    }
}
