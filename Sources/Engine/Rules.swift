import Domain
import Git
import Policies

/// A commit's policy as it counts for a run: under the rules of a base, with the operator's floor, and held down if the
/// code is foreign.
struct RuledPolicy: Sendable {
    let policy: Policy
    /// Of the commit's own policy.
    let digest: Digest
    let usesShippedBlocks: Bool
    let source: Plan.RulesSource?
    /// The commit's own, before the rules were laid over it.
    let head: Policy
    /// The base's; nil: there is no base, or it has none that can be read.
    let base: Policy?
    /// What is wrong with the base's policy.
    let baseFault: Fault?
    /// Where the report's templates are read.
    let templates: CommitID
}

extension Engine {
    /// Reads a commit's policy and lays over it what counts more.
    ///
    /// A base without a policy, or with one that cannot be read, has no rules: the commit's own policy then says what is
    /// run and shown, and nothing is promoted.
    func ruled(
        in repository: GitRepository, at commit: CommitID, by rules: (branch: BranchName, commit: CommitID)?,
        isMerged: Bool, floor: Floor?, isForeign: Bool
    ) async throws(Fault) -> RuledPolicy {
        let head = try await headPolicy(in: repository, at: commit, under: rules)
        var policy = head.policy
        var (source, base, fault): (Plan.RulesSource?, CommittedPolicy?, Fault?) = (nil, nil, nil)
        if let rules {
            do throws(Fault) {
                base = try await self.policy(in: repository, at: rules.commit)
            } catch {
                guard error.kind == .input else { throw error }
                fault = error
            }
            policy = policy.under(base?.policy, isMerged: isMerged)
            source = Plan.RulesSource(
                branch: rules.branch, commit: rules.commit, digest: base?.digest ?? Digest.of("no policy"),
                isMissing: base == nil ? true : nil, isMerged: isMerged ? true : nil)
        }
        if let floor { policy = policy.raised(to: floor) }
        if isForeign { policy = policy.forForeignCode(under: base?.policy) }
        return RuledPolicy(
            policy: policy, digest: head.digest, usesShippedBlocks: head.usesShippedBlocks, source: source,
            head: head.policy, base: base?.policy, baseFault: fault,
            templates: base == nil ? commit : rules?.commit ?? commit)
    }

    /// The policy of a recorded plan as its commits give it now.
    func ruled(_ plan: Plan, in repository: GitRepository) async throws(Fault) -> RuledPolicy {
        try await ruled(
            in: repository, at: plan.commit, by: plan.rules.map { ($0.branch, $0.commit) },
            isMerged: plan.rules?.isMerged ?? false, floor: plan.floor, isForeign: plan.isForeign ?? false)
    }

    private func headPolicy(
        in repository: GitRepository, at commit: CommitID, under rules: (branch: BranchName, commit: CommitID)?
    ) async throws(Fault) -> CommittedPolicy {
        if let rules, let path = TreePath(PolicyFile.name),
            try await repository.file(path, at: commit, limit: 1 << 20) == nil,
            try await repository.file(path, at: rules.commit, limit: 1 << 20) != nil
        {
            throw Fault(
                .input, "commit \(commit.short) has no \(PolicyFile.name), and its base '\(rules.branch)' has one",
                advice: "put it back, or bring the branch up to '\(rules.branch)'")
        }
        return try await policy(in: repository, at: commit)
    }

    /// Why a run's model must not be promoted whatever anybody says, or under rules of another day; nil: nothing stands
    /// against it.
    ///
    /// - Parameter floor: the operator's of now; nil: it is not known here.
    func refusal(of plan: Plan, floor: Floor?) async throws(Fault) -> DecisionRefusal? {
        if plan.isForeign ?? false { return .foreignCode(plan.commit) }
        if let floor, floor != (plan.floor ?? Floor()) { return .floorChanged }
        guard let rules = plan.rules else { return nil }
        if rules.isMissing ?? false { return .noRules(rules.branch) }
        return try await rulesStand(of: plan, rules) ? nil : .rulesChanged(rules.branch)
    }

    /// True if the base's newest commit gives the rules that the run was judged by. What starts runs does not count.
    private func rulesStand(of plan: Plan, _ rules: Plan.RulesSource) async throws(Fault) -> Bool {
        guard let user = try await repository(of: plan) else {
            throw Fault(
                .environment,
                "the repository \(plan.repository) is not there, so nobody knows the rules of its "
                    + "branch '\(rules.branch)'",
                advice: "a server makes its clones anew when it starts: try again then")
        }
        let tip: GitRepository.Commit
        do throws(Fault) {
            tip = try await user.commit("refs/heads/\(rules.branch)")
        } catch {
            guard error.kind == .input else { throw error }
            // A server's clone that is made anew has nothing in it at first, which says nothing about the rules.
            guard (try? await user.commit(rules.commit.hex)) != nil else {
                throw Fault(
                    .environment, "the repository \(plan.repository) has no branch '\(rules.branch)' yet",
                    advice: "a server fetches it when it starts: try again then")
            }
            return false
        }
        if tip.id == rules.commit { return true }
        let base: CommittedPolicy
        do throws(Fault) {
            base = try await policy(in: user, at: tip.id)
        } catch {
            guard error.kind == .input else { throw error }
            return false
        }
        if base.digest == rules.digest { return true }
        let head = try await policy(in: try await source(of: plan), at: plan.commit)
        var now = head.policy.under(base.policy, isMerged: rules.isMerged ?? false)
        if let floor = plan.floor { now = now.raised(to: floor) }
        var then = plan.policy
        (now.triggers, then.triggers) = (nil, nil)
        return now == then
    }
}

extension Plan {
    /// Where the report's templates are read: they are part of the rules.
    var templatesCommit: CommitID {
        guard let rules, !(rules.isMissing ?? false) else { return commit }
        return rules.commit
    }
}
