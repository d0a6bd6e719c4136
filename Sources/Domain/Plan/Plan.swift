/// What one run will do: commit, policy, snapshots, parameters and environment, as a graph of stages.
package struct Plan: Codable, Equatable, Sendable {
    package var repository: RepositoryID
    package var commit: CommitID
    /// Git's object id of the commit's tree.
    package var tree: String
    package var commitAuthor: String
    package var commitSubject: String
    /// Paths with uncommitted changes, which the run does not use; with `dirty` they are in the commit.
    package var uncommitted: [String]
    package var dirty: Bool
    package var trigger: Trigger
    package var policy: Policy
    /// Digest of the policy file's bytes.
    package var policyDigest: Digest
    package var snapshots: [SnapshotRef]
    /// `params.yaml` and other parameter files at the commit: path to digest of the bytes.
    package var parameters: [String: Digest]
    package var environment: EnvironmentIdentity?
    package var champion: ModelRef?
    /// In an order in which they may run.
    package var stages: [Stage]
    /// The branch that the rules come from; nil: the commit's own count, whatever any branch says.
    package var rules: RulesSource?
    /// What the operator demanded when the plan was made; its gates and approvals are in `policy` already.
    package var floor: Floor?
    /// True: code that nobody of the project has taken in (a fork's). No secrets, no network, a sandbox required, and
    /// what it makes is reused by no other run.
    package var isForeign: Bool?
    /// Parameters that were changed for this run: `file:key` to a value in YAML.
    package var overrides: [String: String]?

    package init(
        repository: RepositoryID,
        commit: CommitID,
        tree: String,
        commitAuthor: String,
        commitSubject: String,
        uncommitted: [String],
        dirty: Bool,
        trigger: Trigger,
        policy: Policy,
        policyDigest: Digest,
        snapshots: [SnapshotRef],
        parameters: [String: Digest],
        environment: EnvironmentIdentity?,
        champion: ModelRef?,
        stages: [Stage],
        rules: RulesSource? = nil,
        floor: Floor? = nil,
        isForeign: Bool? = nil,
        overrides: [String: String]? = nil
    ) {
        self.repository = repository
        self.commit = commit
        self.tree = tree
        self.commitAuthor = commitAuthor
        self.commitSubject = commitSubject
        self.uncommitted = uncommitted
        self.dirty = dirty
        self.trigger = trigger
        self.policy = policy
        self.policyDigest = policyDigest
        self.snapshots = snapshots
        self.parameters = parameters
        self.environment = environment
        self.champion = champion
        self.stages = stages
        self.rules = rules
        self.floor = floor
        self.isForeign = isForeign
        self.overrides = overrides
    }

    /// Where `gates`, `approval`, `promotion`, `secrets` and `triggers` come from, so that a pull request cannot lower
    /// the bar that it has to clear.
    package struct RulesSource: Codable, Equatable, Sendable {
        package var branch: BranchName
        package var commit: CommitID
        /// Digest of the policy at that commit; of `no policy` if it has none.
        package var digest: Digest
        /// True: the base has no policy that can be read, so there are no rules yet and nothing can be promoted.
        package var isMissing: Bool?
        /// True: the commit was on that branch already when the plan was made. Nil: nobody has taken it in.
        package var isMerged: Bool?

        package init(
            branch: BranchName, commit: CommitID, digest: Digest, isMissing: Bool? = nil, isMerged: Bool? = nil
        ) {
            self.branch = branch
            self.commit = commit
            self.digest = digest
            self.isMissing = isMissing
            self.isMerged = isMerged
        }
    }

    /// Equal for two plans that would do the same: where the event came from and what lies uncommitted beside the
    /// commit do not count; a reproduction counts as different from the run that it repeats.
    package var fingerprint: Digest {
        Digest.of(canonical: FingerprintParts(self))
    }
}

private struct FingerprintParts: Encodable {
    let repository: RepositoryID
    let commit: CommitID
    let reproduces: RunID?
    let policyDigest: Digest
    let snapshots: [SnapshotRef]
    let parameters: [String: Digest]
    let environment: Digest?
    let champion: ModelRef?
    let stages: [Stage]
    let rules: Digest?
    let isMerged: Bool?
    let floor: Floor?
    let isForeign: Bool?
    let overrides: [String: String]?

    init(_ plan: Plan) {
        repository = plan.repository
        commit = plan.commit
        reproduces = plan.trigger.reproduced
        policyDigest = plan.policyDigest
        snapshots = plan.snapshots.sorted { $0.dataset < $1.dataset }
        parameters = plan.parameters
        environment = plan.environment?.digest
        champion = plan.champion
        stages = plan.stages
        // The base may move on without changing its policy: then the answer is still the answer.
        rules = plan.rules?.digest
        // The same commit may need nobody's word once it is merged.
        isMerged = plan.rules?.isMerged
        floor = plan.floor
        isForeign = plan.isForeign
        overrides = plan.overrides
    }
}

/// One immutable version of a dataset.
package struct SnapshotRef: Codable, Hashable, Sendable {
    package var dataset: DatasetName
    /// Counted per dataset from 1.
    package var number: Int
    /// Digest of the snapshot's listing: names, sizes and digests of its files.
    package var digest: Digest
    /// The directory manifest in the content store.
    package var object: ObjectID

    package init(dataset: DatasetName, number: Int, digest: Digest, object: ObjectID) {
        self.dataset = dataset
        self.number = number
        self.digest = digest
        self.object = object
    }
}

/// What a built Python environment is: same digest, same environment.
package struct EnvironmentIdentity: Codable, Equatable, Sendable {
    package var digest: Digest
    /// `3.11.7`
    package var python: String
    /// Digest of the lock file's bytes.
    package var lock: Digest
    /// `x86_64-linux-gnu`
    package var platform: String
    /// `0.13.9`
    package var uv: String

    package init(digest: Digest, python: String, lock: Digest, platform: String, uv: String) {
        self.digest = digest
        self.python = python
        self.lock = lock
        self.platform = platform
        self.uv = uv
    }
}

/// A registered model version.
package struct ModelRef: Codable, Hashable, Sendable {
    package var model: ModelName
    /// Counted per model from 1.
    package var version: Int
    package var run: RunID
    package var digest: Digest
    package var object: ObjectID
    /// Size of the model in bytes (a directory: of all its files).
    package var bytes: Int64

    package init(model: ModelName, version: Int, run: RunID, digest: Digest, object: ObjectID, bytes: Int64) {
        self.model = model
        self.version = version
        self.run = run
        self.digest = digest
        self.object = object
        self.bytes = bytes
    }
}
