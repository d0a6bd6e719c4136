package import Domain
import Foundation
import Host
package import Storage

/// What the drift rules of a dataset compare.
package enum DriftComparison: Sendable, Equatable {
    case sides(DriftSides)
    /// Why there is nothing to compare, to be read after `nothing to compare with: `.
    case nothing(String)
}

/// New data and what it is compared with.
package struct DriftSides: Sendable, Equatable {
    package struct Side: Sendable, Equatable {
        package let files: DataFiles
        /// What it is called: `flights_2024-02.csv`, `snapshot 3 of flights (7 files)`.
        package let words: String
    }

    /// The one that the new data comes from.
    package let snapshot: Store.Snapshot
    package let reference: Side
    package let current: Side
    /// Sets of files that may have been the reference before, the likeliest first: their edges may do for this one.
    package var earlier: [[Store.SnapshotFile]] = []
}

extension Engine {
    /// What a snapshot of a dataset is compared with by its drift rules.
    ///
    /// - Parameter champion: the model that the reference of that name is taken from.
    package func driftComparison(
        of snapshot: Store.Snapshot, rules: DriftRules, dataset: DatasetPolicy, policy: Policy, champion: ModelRef?
    ) async throws(Fault) -> DriftComparison {
        guard let source = rules.dataset.map({ policy.dataset($0) }) ?? dataset else {
            return .nothing("the policy has no dataset '\(rules.dataset?.text ?? "")'")
        }
        switch rules.reference {
        case .champion:
            guard let champion else { return .nothing("the model '\(policy.model)' has no champion yet") }
            let plan = try await store.plan(of: champion.run)
            guard let ref = plan?.snapshots.first(where: { $0.dataset == source.name }),
                let trained = try await store.snapshot(ref, model: policy.model)
            else {
                return .nothing(
                    "the champion, version \(champion.version), was not trained on the dataset '\(source.name)'")
            }
            let before = try await store.snapshots(
                of: dataset.name, model: snapshot.model, before: snapshot.ref.number, limit: 1)
            return DriftParts.against(
                champion: trained, snapshot, addedTo: before.first, appends: dataset.append)
        case .window(let count):
            let parts = try await parts(of: source, for: snapshot, dataset: dataset, atMost: count)
            return parts.window(count)
        case .season(let count):
            let parts = try await parts(of: source, for: snapshot, dataset: dataset, atMost: count)
            return parts.season(count)
        }
    }

    /// The parts that a window or a season is taken from, and which of them are new.
    private func parts(
        of source: DatasetPolicy, for snapshot: Store.Snapshot, dataset: DatasetPolicy, atMost count: Int
    ) async throws(Fault) -> DriftParts {
        let isSame = source.name == dataset.name
        let model = snapshot.model
        // More than the window itself: what it was before says which edges there are.
        let wanted = count + DriftParts.mostEarlier
        let before = try await store.snapshots(
            of: source.name, model: model, before: isSame ? snapshot.ref.number : nil,
            until: isSame ? nil : snapshot.createdAt, limit: source.append ? 1 : wanted)
        switch (isSame, source.append) {
        case (true, true): return DriftParts(snapshot, addedTo: before.first)
        case (true, false): return DriftParts(snapshot, replacing: before.reversed())
        case (false, true):
            return DriftParts(snapshot, of: dataset, comparedWith: source.name, files: before.first?.files ?? [])
        case (false, false):
            return DriftParts(snapshot, of: dataset, comparedWith: source.name, snapshots: before.reversed())
        }
    }
}
