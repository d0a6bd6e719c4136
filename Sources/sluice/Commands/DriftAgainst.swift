import DataChecks
import Domain
import Engine
import Host
import Storage

/// What `sluice data drift DATASET` compares the newest snapshot with.
enum DriftAgainst: Equatable {
    case champion
    case snapshot(Int)
    case window(Int)
    case season(Int)

    /// `champion`, `3`, `window:3`, `season:12`.
    init(_ text: String) throws(Fault) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let number = parts.last.flatMap { Int($0) }.flatMap { (1...1_000_000).contains($0) ? $0 : nil }
        switch (parts.first ?? "", parts.count, number) {
        case ("champion", 1, _): self = .champion
        case (_, 1, let number?): self = .snapshot(number)
        case ("window", 2, let number?) where number <= 1000: self = .window(number)
        case ("season", 2, let number?) where number <= 1000: self = .season(number)
        default:
            throw Fault(
                .input, "'\(text.shown())' is nothing to compare with",
                advice: "give a snapshot's number, 'champion', 'window:3' or 'season:12'")
        }
    }
}

/// A drift with what its sides are called, and the limits that the policy sets on it.
struct ComparedData {
    let drift: Drift
    let names: DataDriftCommand.Names
    var limits = DriftLimits.none
}

/// The newest snapshot of a dataset and what it may be compared with.
struct DriftQuestion {
    let engine: Engine
    let policy: Policy
    let dataset: DatasetPolicy
    let newest: Store.Snapshot

    private var rules: DriftRules? { dataset.rules?.drift }

    /// - Parameter against: nil: what the policy says; without such rules, the champion's snapshot.
    func compare(_ against: DriftAgainst?, addedOnly: Bool) async throws(Fault) -> ComparedData {
        var compared: ComparedData
        switch against {
        case nil where rules != nil && !addedOnly:
            compared = try await compare(by: rules ?? DriftRules(limits: .none))
        case .window(let count): compared = try await compare(by: .window(count), addedOnly: addedOnly)
        case .season(let count): compared = try await compare(by: .season(count), addedOnly: addedOnly)
        case .snapshot(let number):
            let found = try await engine.store.snapshots(
                of: dataset.name, model: policy.model, before: number + 1, limit: 1
            ).first
            guard let found, found.ref.number == number else {
                throw Fault(
                    .input, "dataset '\(dataset.name)' has no snapshot '\(number)'",
                    advice: "'sluice data ls' lists them")
            }
            compared = try await compare(with: found, addedOnly: addedOnly)
        case .champion, nil: compared = try await compare(with: try await championSnapshot(), addedOnly: addedOnly)
        }
        compared.limits = rules?.limits ?? .none
        return compared
    }

    private func compare(with base: Store.Snapshot, addedOnly: Bool) async throws(Fault) -> ComparedData {
        let drift = try await engine.drift(of: newest, from: base, addedOnly: addedOnly)
        return ComparedData(
            drift: drift,
            names: DataDriftCommand.Names(
                reference: "\(dataset.name), snapshot \(base.ref.number)",
                current: "\(dataset.name), snapshot \(newest.ref.number)\(addedOnly ? " (added files)" : "")"))
    }

    private func compare(by reference: DriftRules.Reference, addedOnly: Bool) async throws(Fault) -> ComparedData {
        guard !addedOnly else {
            throw Fault(
                .input, "'--added' is for a snapshot: a window and a season are compared with what is new anyway")
        }
        return try await compare(by: DriftRules(limits: .none, reference: reference, dataset: rules?.dataset))
    }

    private func compare(by rules: DriftRules) async throws(Fault) -> ComparedData {
        let champion = try await engine.store.holder(of: policy.promotion.alias, model: policy.model)
        let comparison = try await engine.driftComparison(
            of: newest, rules: rules, dataset: dataset, policy: policy, champion: champion)
        switch comparison {
        case .nothing(let why):
            throw Fault(
                .input, "nothing to compare with: \(why)", advice: "'--against' takes a snapshot's number, for one")
        case .sides(let sides):
            return ComparedData(
                drift: try await engine.drift(sides),
                names: DataDriftCommand.Names(reference: sides.reference.words, current: sides.current.words))
        }
    }

    private func championSnapshot() async throws(Fault) -> Store.Snapshot {
        let advice = "give a snapshot's number with '--against'"
        guard let champion = try await engine.store.holder(of: policy.promotion.alias, model: policy.model) else {
            throw Fault(.input, "the model '\(policy.model)' has no champion yet", advice: advice)
        }
        let plan = try await engine.store.plan(of: champion.run)
        guard let ref = plan?.snapshots.first(where: { $0.dataset == dataset.name }),
            let snapshot = try await engine.store.snapshot(ref, model: policy.model)
        else {
            throw Fault(
                .input, "the champion (version \(champion.version)) was not trained on the dataset '\(dataset.name)'",
                advice: advice)
        }
        return snapshot
    }
}
