import Content
import Domain
import Foundation
import Git
import Host
import Storage

extension Engine {
    /// The evidence of a judged run as the store's records give it.
    func evidence(_ plan: Plan, _ conclusion: Store.Conclusion?, report: Digest) -> Evidence {
        Evidence(
            code: Digest.of("\(plan.commit.hex) \(plan.tree)"),
            data: Digest.of(canonical: plan.snapshots),
            environment: plan.environment?.digest ?? Digest.of("no locked environment"),
            parameters: Digest.of(canonical: plan.parameters),
            metrics: Digest.of(
                canonical: Numbers(
                    challenger: conclusion?.challenger, champion: conclusion?.champion, gates: conclusion?.gates,
                    rows: conclusion?.rows, measurements: conclusion?.measurements, details: conclusion?.details)),
            policy: plan.rulesDigest(plan.policyDigest, plan.rules),
            report: report
        )
    }

    /// The evidence as it is now, read again from where it lies: commit and files in our own copy, data in the
    /// content store byte by byte, the report on disk.
    private func evidenceNow(of run: Run) async throws(Fault) -> Evidence {
        let plan = try await requiredPlan(of: run.id)
        guard let conclusion = try await store.conclusion(of: run.id) else {
            throw Fault(.input, "run \(run.id) is \(run.state.word): there is nothing to decide on yet")
        }
        var evidence = evidence(plan, conclusion, report: try await reportDigest(of: run.id))
        let source = try await self.source(of: plan)
        evidence.code = Digest.of("\(plan.commit.hex) \(try await source.commit(plan.commit.hex).tree)")
        evidence.policy = try await policyNow(of: plan, in: source)
        var parameters: [String: Digest] = [:]
        let overrides = Overrides(plan.overrides)
        for file in plan.parameters.keys {
            if let path = TreePath(file), let bytes = try await source.file(path, at: plan.commit, limit: 16 << 20) {
                parameters[file] = Digest.of(try overrides.applied(to: bytes, of: path))
            }
        }
        evidence.parameters = Digest.of(canonical: parameters)
        if let wanted = plan.policy.environment, let recorded = plan.environment {
            let bytes = try await source.file(wanted.lock, at: plan.commit, limit: 16 << 20)
            if bytes.map({ Digest.of($0) }) != recorded.lock { evidence.environment = Digest.of("another lock") }
        }
        if try await !dataIsIntact(plan) { evidence.data = Digest.of("other data") }
        return evidence
    }

    /// A report that is gone is another one; a report that cannot be read is a fault.
    private func reportDigest(of run: RunID) async throws(Fault) -> Digest {
        let path = home.directory(of: run).report
        return try await Blocking.run { () throws(Fault) in
            Files.exists(path) ? Digest.of(try Files.readSmall(path)) : Digest.of("no report")
        }
    }

    /// The evidence's parts that are not what they were when the run was judged.
    func changedEvidence(of run: Run) async throws(Fault) -> [Evidence.Part] {
        guard let evidence = run.evidence else {
            throw Fault(.input, "run \(run.id) is \(run.state.word): there is nothing to decide on yet")
        }
        return try await evidenceNow(of: run).differences(from: evidence)
    }

    /// The policy as the commits give it, its own and the one of the rules; another digest if the one that was recorded
    /// with the run, which says who must approve and what is deployed, is not the same.
    private func policyNow(of plan: Plan, in source: GitRepository) async throws(Fault) -> Digest {
        let now = try await ruled(plan, in: source)
        return now.policy == plan.policy ? plan.rulesDigest(now.digest, now.source) : Digest.of("another policy")
    }

    /// Throws `.input` if a run's recorded policy is not that of its commits: its commands must not be run.
    ///
    /// Blocks that come with Sluice may be others after an update, and a model from before it must still be put back.
    /// No block can say what a promotion does, so those parts have to be the commit's own and the rest need not.
    func requirePolicy(of plan: Plan) async throws(Fault) {
        let now = try await ruled(plan, in: try await source(of: plan))
        let isSame = now.policy == plan.policy && now.digest == plan.policyDigest && now.source == plan.rules
        let promotesAlike =
            now.policy.model == plan.policy.model && now.policy.promotion == plan.policy.promotion
            && now.policy.environment == plan.policy.environment
        guard isSame || (now.usesShippedBlocks && promotesAlike) else {
            throw Fault(
                .input, "the policy recorded with the run of commit \(plan.commit.short) is not the commit's own",
                advice: "somebody changed this home; 'sluice audit verify' says more")
        }
        guard !(plan.isForeign ?? false) else {
            throw Fault(.bug, "the commands of foreign code at \(plan.commit.short) must not put a model in place")
        }
    }

    private func dataIsIntact(_ plan: Plan) async throws(Fault) -> Bool {
        for reference in plan.snapshots {
            guard let snapshot = try await store.snapshot(reference, model: plan.policy.model) else { return false }
            do throws(Fault) {
                try await content.verify(snapshot.artifact)
            } catch {
                return false
            }
        }
        return true
    }
}

extension Plan {
    /// What a decision is bound to of the policy: the commit's own, the base's and the operator's floor. A plan without
    /// the last two has the digest that plans had before there were any.
    fileprivate func rulesDigest(_ own: Digest, _ rules: RulesSource?) -> Digest {
        if rules == nil, floor == nil { return own }
        return Digest.of(canonical: [own, rules?.digest, floor.map { Digest.of(canonical: $0) }])
    }
}

/// What is nil is left out, so that what was judged before there were measurements and details keeps its digest.
private struct Numbers: Encodable {
    let challenger: [String: Double]?
    let champion: [String: Double]?
    let gates: [GateResult]?
    let rows: Int64?
    let measurements: Measurements?
    let details: ReportDetails?
}
