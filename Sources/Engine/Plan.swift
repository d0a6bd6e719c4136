import DataChecks
package import Domain
import Environments
import Foundation
package import Git
import Host
import Pipelines
import Policies
import Storage
import SystemPackage

/// Everything that a plan is made from, read once.
package struct Blueprint: Sendable {
    package let plan: Plan
    /// What `Environments.prepare` needs; nil without a locked environment.
    let environment: Environments.Request?
}

/// What a plan is asked for.
package struct PlanRequest: Sendable {
    package var commit: GitRepository.Commit
    package var trigger: Trigger
    /// The branch whose rules count, and its newest commit; nil: the commit's own do.
    package var rules: (branch: BranchName, commit: CommitID)?
    /// True: the commit is on that branch.
    package var isMerged: Bool
    /// What the operator demands.
    package var floor: Floor?
    /// True: code that nobody of the project has taken in.
    package var isForeign: Bool
    /// Parameters to change for this run: `file:key`, or `key` of `params.yaml`, to a value in YAML.
    package var overrides: [String: String]
    /// Secrets that the policy may ask for; nil: any.
    package var allowedSecrets: [String]?
    /// Paths with changes that the run does not use.
    package var uncommitted: [String]
    package var dirty: Bool
    /// Whose run it is; nil: the repository's that is read from.
    package var identity: RepositoryID?

    package init(
        commit: GitRepository.Commit, trigger: Trigger, rules: (branch: BranchName, commit: CommitID)? = nil,
        isMerged: Bool = false, floor: Floor? = nil, isForeign: Bool = false, overrides: [String: String] = [:],
        allowedSecrets: [String]? = nil, uncommitted: [String] = [], dirty: Bool = false, identity: RepositoryID? = nil
    ) {
        self.commit = commit
        self.trigger = trigger
        self.rules = rules
        self.isMerged = isMerged
        self.floor = floor
        self.isForeign = isForeign
        self.overrides = overrides
        self.allowedSecrets = allowedSecrets
        self.uncommitted = uncommitted
        self.dirty = dirty
        self.identity = identity
    }
}

extension Engine {
    /// Makes the plan for a commit: reads policy, pipeline, schema and parameters at that commit and the rules at the
    /// base, takes the newest snapshots, identifies the environment and the champion. Changes nothing.
    ///
    /// - Throws: `.input` for what is wrong with the commit or its base, told to whoever asked.
    package func plan(_ repository: GitRepository, _ request: PlanRequest) async throws(Fault) -> Blueprint {
        let commit = request.commit
        if case .pullRequest = request.trigger, request.rules == nil {
            throw Fault(.bug, "a pull request at \(commit.id.short) was to be planned under its own rules")
        }
        let floor = request.floor.flatMap { $0.isEmpty ? nil : $0 }
        let ruled = try await ruled(
            in: repository, at: commit.id, by: request.rules, isMerged: request.isMerged, floor: floor,
            isForeign: request.isForeign)
        let policy = ruled.policy
        try checkSecrets(of: policy, allowed: request.allowedSecrets)
        let snapshots = try await newestSnapshots(for: policy)
        let champion = try await store.holder(of: policy.promotion.alias, model: policy.model)
        let environmentRequest = try await environmentRequest(policy, repository, commit.id)
        let environment: EnvironmentIdentity? =
            if let environmentRequest { try await environments().identify(environmentRequest) } else { nil }
        try await checkTemplates(of: policy, in: repository, at: ruled.templates)
        let stages = try await stages(of: policy, in: repository, at: commit.id, champion: champion)
        let overrides = try await overrides(request.overrides, of: stages, in: repository, at: commit.id)
        let plan = Plan(
            repository: request.identity ?? repository.id,
            commit: commit.id,
            tree: commit.tree,
            commitAuthor: commit.author,
            commitSubject: commit.subject,
            uncommitted: request.uncommitted,
            dirty: request.dirty,
            trigger: request.trigger,
            policy: policy,
            policyDigest: ruled.digest,
            snapshots: snapshots,
            parameters: try await parameters(of: stages, in: repository, at: commit.id, overrides),
            environment: environment,
            champion: champion,
            stages: stages,
            rules: ruled.source,
            floor: floor,
            isForeign: request.isForeign ? true : nil,
            overrides: overrides.plan
        )
        return Blueprint(plan: plan, environment: environmentRequest)
    }

    private func checkSecrets(of policy: Policy, allowed: [String]?) throws(Fault) {
        guard let allowed, let name = (policy.environment?.secrets ?? []).first(where: { !allowed.contains($0) }) else {
            return
        }
        throw Fault(
            .input, "the secret '\(name)' (environment.secrets) is not one that the server gives to this project",
            advice: allowed.isEmpty
                ? "it gives none; whoever runs it lists those that it gives in projects.NAME.secrets"
                : "it gives \(allowed.sorted().joined(separator: ", "))")
    }

    /// The plan of a past run again: same commit, snapshots and stages, without the champion, from our own copy of
    /// the commit. The environment is identified anew; a plan that cannot be made is a fault.
    package func replan(_ original: Plan, as run: RunID) async throws(Fault) -> Blueprint {
        let mirror = try await GitRepository.Mirror(path: home.mirror(of: original.repository))
        let repository = try await mirror.repository()
        let request = try await environmentRequest(original.policy, repository, original.commit)
        var plan = original
        plan.trigger = .reproduction(of: run)
        plan.uncommitted = []
        plan.champion = nil
        plan.stages.removeAll { !$0.kind.isReproduced }
        if let request { plan.environment = try await environments().identify(request) }
        return Blueprint(plan: plan, environment: request)
    }

    /// What a recorded plan needs to prepare its environment again, read from our own copy of the commit.
    func blueprint(for plan: Plan) async throws(Fault) -> Blueprint {
        guard plan.policy.environment != nil else { return Blueprint(plan: plan, environment: nil) }
        let repository = try await source(of: plan)
        return Blueprint(
            plan: plan, environment: try await environmentRequest(plan.policy, repository, plan.commit))
    }

    /// Our own copy if it holds the commit, else the user's repository.
    func source(of plan: Plan) async throws(Fault) -> GitRepository {
        let mirror = try await GitRepository.Mirror(path: home.mirror(of: plan.repository))
        if try await !mirror.holds(plan.commit), let user = try await userRepository(of: plan) { return user }
        return try await mirror.repository()
    }

    /// A policy as a commit has it.
    package struct CommittedPolicy: Sendable {
        package let policy: Policy
        /// Of the bytes of its file and of the blocks that it uses.
        package let digest: Digest
        let usesShippedBlocks: Bool
    }

    /// Reads the policy at a commit, with the blocks that it uses.
    package func policy(
        in repository: GitRepository, at commit: CommitID
    ) async throws(Fault) -> CommittedPolicy {
        guard let path = TreePath(PolicyFile.name),
            let bytes = try await repository.file(path, at: commit, limit: 1 << 20)
        else {
            throw Fault(
                .input, "commit \(commit.short) has no \(PolicyFile.name) at its root",
                advice: "'sluice init' writes a first one; commit it, then run again")
        }
        let paths: [TreePath]
        do throws(Complaints) {
            paths = try PolicyFile.blocks(bytes)
        } catch {
            throw error.fault
        }
        var blocks: [TreePath: Data] = [:]
        for path in paths { blocks[path] = try await repository.file(path, at: commit, limit: 1 << 20) }
        do throws(Complaints) {
            return CommittedPolicy(
                policy: try PolicyFile.read(bytes, blocks: blocks),
                digest: try PolicyFile.digest(bytes, blocks: blocks),
                usesShippedBlocks: try PolicyFile.usesShippedBlocks(bytes))
        } catch {
            throw error.fault
        }
    }

    private func newestSnapshots(for policy: Policy) async throws(Fault) -> [SnapshotRef] {
        var found: [SnapshotRef] = []
        for (dataset, _) in policy.mounted {
            guard let snapshot = try await store.newestSnapshot(of: dataset.name, model: policy.model) else {
                throw Fault(
                    .input, "dataset '\(dataset.name)' has no snapshot yet",
                    advice: "'sluice data add \(dataset.name) FILE…' takes files in")
            }
            found.append(snapshot.ref)
        }
        return found
    }

    private func environmentRequest(
        _ policy: Policy, _ repository: GitRepository, _ commit: CommitID
    ) async throws(Fault) -> Environments.Request? {
        guard let wanted = policy.environment else { return nil }
        let lock = try await required(wanted.lock, "environment.lock", repository, commit)
        var pyproject: Data?
        if wanted.lock.text.hasSuffix("uv.lock"), let path = TreePath(wanted.lock.text.dropLast(7) + "pyproject.toml") {
            pyproject = try await required(path, "the project of \(wanted.lock)", repository, commit)
        }
        return Environments.Request(python: wanted.python, lockName: wanted.lock, lock: lock, pyproject: pyproject)
    }

    private func parameters(
        of stages: [Stage], in repository: GitRepository, at commit: CommitID, _ overrides: Overrides
    ) async throws(Fault) -> [String: Digest] {
        var digests: [String: Digest] = [:]
        for reference in stages.flatMap(\.params) where digests[reference.file.text] == nil {
            let committed = try await required(reference.file, "a file of parameters", repository, commit)
            let bytes = try overrides.applied(to: committed, of: reference.file)
            do throws(Complaints) {
                _ = try Pipeline.values(of: reference, in: bytes)
            } catch {
                throw error.fault
            }
            digests[reference.file.text] = Digest.of(bytes)
        }
        for file in overrides.files.keys where digests[file.text] == nil {
            let committed = try await required(file, "a file of parameters", repository, commit)
            digests[file.text] = Digest.of(try overrides.applied(to: committed, of: file))
        }
        return digests
    }

    /// A file that the policy names: its absence is the user's mistake, with the key that names it.
    func required(
        _ path: TreePath, _ role: String, _ repository: GitRepository, _ commit: CommitID
    ) async throws(Fault) -> Data {
        guard let bytes = try await repository.file(path, at: commit, limit: 16 << 20) else {
            throw Fault(
                .input, "commit \(commit.short) has no file '\(path)' (\(role))",
                advice: "commit the file, or correct \(PolicyFile.name)")
        }
        return bytes
    }
}
