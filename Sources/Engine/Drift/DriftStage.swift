import DataChecks
package import Domain
import Foundation
import Host
package import Storage

extension Engine {
    /// What the drift rules of a dataset come to for one of its snapshots, against the champion of now; nil: it has no
    /// such rules, or there is nothing to compare it with.
    ///
    /// Outside of a run: the reference's profile and the counts of the new data are kept, and the run finds them there.
    ///
    /// - Parameter sensitive: columns of which no value is shown, as `TableSchema.sensitiveColumns` has them.
    package func driftReport(
        of snapshot: Store.Snapshot, dataset: DatasetPolicy, policy: Policy, sensitive: Set<String> = []
    ) async throws(Fault) -> DriftReport? {
        guard let rules = dataset.rules?.drift else { return nil }
        let champion = try await store.holder(of: policy.promotion.alias, model: policy.model)
        let comparison = try await driftComparison(
            of: snapshot, rules: rules, dataset: dataset, policy: policy, champion: champion)
        switch comparison {
        case .nothing: return nil
        case .sides(let sides):
            return try await driftReport(sides, rules: rules, dataset: dataset.name, hiding: sensitive)
        }
    }

    func driftReport(
        _ sides: DriftSides, rules: DriftRules, dataset: DatasetName, hiding sensitive: Set<String>
    ) async throws(Fault) -> DriftReport {
        let drift = try await drift(sides).hiding(sensitive)
        let verdict = DriftVerdict(drift, limits: rules.limits, file: sides.current.words)
        return DriftReport(
            drift, verdict, rules: rules, dataset: dataset, reference: sides.reference.words,
            current: sides.current.words)
    }

    // MARK: The stage

    /// The stage of a dataset with drift rules. It asks after the schema test: cells that cannot be read have no
    /// distribution.
    static func driftStage(of dataset: DatasetPolicy, after schema: StageName?) -> Stage? {
        guard let mount = dataset.mount, dataset.rules?.drift != nil else { return nil }
        return Stage(
            name: StageName(checked: "drift:\(dataset.name)"), kind: .driftTest(dataset.name), commands: [],
            deps: [mount], after: schema.map { [$0] } ?? [])
    }

    /// What decides the stage's answer beyond the data that lies there.
    func driftParameters(of dataset: DatasetName, _ plan: Plan) async throws(Fault) -> [String: String] {
        let (rules, comparison) = try await comparison(of: dataset, plan)
        var values = ["sluice.yaml:datasets.\(dataset).drift": Canonical.text(of: rules)]
        values["drift:sensitive"] = Canonical.text(of: try await sensitiveColumns(of: dataset, plan).sorted())
        switch comparison {
        case .nothing(let why): values["drift:nothing"] = why
        case .sides(let sides):
            values["drift:reference"] = "\(sides.reference.files.digest.hex) \(sides.reference.words)"
            values["drift:current"] = "\(sides.current.files.digest.hex) \(sides.current.words)"
        }
        return values
    }

    /// Compares, and says what the policy makes of it.
    func testDrift(of dataset: DatasetName, _ plan: Plan) async throws(Fault) -> StageState.Change {
        let (rules, comparison) = try await comparison(of: dataset, plan)
        switch comparison {
        case .nothing(let why):
            return .succeed(StageResult(outs: [:], notes: ["nothing to compare with: \(why)"]))
        case .sides(let sides):
            do throws(Fault) {
                let sensitive = try await sensitiveColumns(of: dataset, plan)
                return Self.outcome(
                    of: try await driftReport(sides, rules: rules, dataset: dataset, hiding: sensitive))
            } catch {
                return .error(error, nil)
            }
        }
    }

    /// By the schema at the commit.
    private func sensitiveColumns(of dataset: DatasetName, _ plan: Plan) async throws(Fault) -> Set<String> {
        guard plan.policy.dataset(dataset)?.schema != nil else { return [] }
        let (path, bytes) = try await schema(of: dataset, plan)
        do throws(Complaints) {
            return try TableSchema.read(bytes, file: path.text).sensitiveColumns
        } catch {
            throw error.fault
        }
    }

    /// A limit that was passed is an answer; one that could not be asked is none. Both stop the run only where the
    /// policy refuses drifted data.
    private static func outcome(of report: DriftReport) -> StageState.Change {
        switch report.action {
        case .quarantine where !report.findings.isEmpty: return .fail(.drift(report), nil)
        case .quarantine where !report.unanswered.isEmpty:
            return .error(
                Fault(
                    .input,
                    "a limit of drift could not be asked: \(report.unanswered.prefix(3).joined(separator: "; "))",
                    advice: "correct 'datasets.\(report.dataset).drift', or the data"), nil)
        case .quarantine, .retrain, .warn:
            return .succeed(StageResult(outs: [:], rows: report.currentRows, drift: report))
        }
    }

    private func comparison(
        of name: DatasetName, _ plan: Plan
    ) async throws(Fault) -> (rules: DriftRules, DriftComparison) {
        guard let dataset = plan.policy.dataset(name), let rules = dataset.rules?.drift,
            let ref = plan.snapshots.first(where: { $0.dataset == name }),
            let snapshot = try await store.snapshot(ref, model: plan.policy.model)
        else { throw Fault(.bug, "the plan compares '\(name)' and does not hold it, or has no rules for it") }
        let comparison = try await driftComparison(
            of: snapshot, rules: rules, dataset: dataset, policy: plan.policy,
            champion: try await comparedChampion(of: plan))
        guard rules.action == .quarantine else { return (rules, comparison) }
        return (rules, try await withoutReleased(comparison, name, plan))
    }

    /// A file that a person let through is not asked again whether it has drifted.
    private func withoutReleased(
        _ comparison: DriftComparison, _ name: DatasetName, _ plan: Plan
    ) async throws(Fault) -> DriftComparison {
        guard case .sides(let sides) = comparison else { return comparison }
        let released = try await store.released(dataset: name, model: plan.policy.model)
        let asked = sides.current.files.files.filter { released[$0.artifact.digest] == nil }
        if asked.count == sides.current.files.files.count { return comparison }
        guard let first = asked.first else { return .nothing("a person let all of the new data through") }
        let words = asked.count == 1 ? first.name : "\(asked.count) files that nobody has let through"
        return .sides(
            DriftSides(
                snapshot: sides.snapshot, reference: sides.reference,
                current: .init(files: .parts(asked), words: words), earlier: sides.earlier))
    }

    /// The champion of the plan. A reproduction has none to be judged against, and still compares its data with that of
    /// the run which it repeats.
    private func comparedChampion(of plan: Plan) async throws(Fault) -> ModelRef? {
        switch plan.trigger {
        case .manual, .push, .pullRequest, .schedule, .data, .drift: plan.champion
        case .reproduction(let run): try await store.plan(of: run)?.champion
        }
    }
}
