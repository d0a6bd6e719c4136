package import Domain
package import Foundation
package import SystemPackage

/// The durable state of a home: one SQLite file. Every method is one transaction and returns after its fsync.
///
/// Transitions are guarded (`UPDATE … WHERE state = <old>`), appended to the journal in the same transaction, and
/// refused with a `Fault` if they are illegal; a lost race is re-read once. What must not go in here: deciding what
/// should happen next. Two processes may hold the same home open.
package struct Store: Sendable {
    /// Opens the database; makes and migrates it. `.environment` if it cannot be opened, or was written by a newer
    /// version.
    package static func open(at path: FilePath) async throws(Fault) -> Store { throw unbuilt }

    // MARK: Inbox

    /// An event as stored.
    package struct StoredEvent: Sendable, Equatable {
        package let id: Int64
        package let event: Event
        /// Nil while it is not acted on.
        package let outcome: EventOutcome?
    }

    /// Records an event; one with the same key is returned as it was recorded the first time.
    package func record(_ event: Event) async throws(Fault) -> StoredEvent { throw unbuilt }

    /// Says what became of an event that started no run. An event that has an outcome keeps it.
    package func settle(event id: Int64, as outcome: EventOutcome, at: Date) async throws(Fault) { throw unbuilt }

    /// Newest first.
    package func events(limit: Int) async throws(Fault) -> [StoredEvent] { throw unbuilt }

    // MARK: Runs

    /// What `create` came to.
    package enum Creation: Sendable, Equatable {
        case created(Run)
        /// An equal plan has a run that is not final: the event was settled as `.sameAs` it.
        case live(Run)
    }

    /// In one transaction: the plan, the run (`queued`), its stages (`pending`) and the event's outcome
    /// (`started`). At most one run of a fingerprint is not final at any time (partial unique index).
    package func create(_ plan: Plan, for event: Int64, at: Date) async throws(Fault) -> Creation { throw unbuilt }

    package func run(_ id: RunID) async throws(Fault) -> Run? { throw unbuilt }
    package func plan(of run: RunID) async throws(Fault) -> Plan? { throw unbuilt }
    package func stages(of run: RunID) async throws(Fault) -> [StageRun] { throw unbuilt }

    /// The newest judged run of an equal plan.
    package func answer(to fingerprint: Digest) async throws(Fault) -> Run? { throw unbuilt }

    /// Newest first. `commit` matches a prefix of the id.
    package func runs(
        model: ModelName? = nil, commit: String? = nil, unfinishedOnly: Bool = false, before: RunID? = nil, limit: Int
    ) async throws(Fault) -> [Run] { throw unbuilt }

    /// Applies a change to a run and returns it as it is then.
    @discardableResult
    package func change(_ run: RunID, _ change: RunState.Change, at: Date) async throws(Fault) -> Run { throw unbuilt }

    /// Applies a change to a stage. `inputs` is stored with its key when given. A `.succeed` of a stage with a key is
    /// also remembered for reuse if `remember` is true.
    @discardableResult
    package func change(
        _ stage: StageName, of run: RunID, _ change: StageState.Change, inputs: StageInputs? = nil,
        remember: Bool = false, at: Date
    ) async throws(Fault) -> StageRun { throw unbuilt }

    /// What a stage with this key made the last time, and in which run.
    package func reusable(_ key: Digest) async throws(Fault) -> (result: StageResult, run: RunID)? { throw unbuilt }

    /// What the judging of a run came to.
    package struct Conclusion: Sendable, Equatable {
        package var verdict: Verdict
        package var gates: [GateResult]
        package var challenger: [String: Double]
        package var champion: [String: Double]?
        package var rows: Int64?
        package var warnings: [String]
        package var evidence: Evidence
        package init(
            verdict: Verdict, gates: [GateResult], challenger: [String: Double], champion: [String: Double]?,
            rows: Int64?, warnings: [String], evidence: Evidence
        ) {
            self.verdict = verdict
            self.gates = gates
            self.challenger = challenger
            self.champion = champion
            self.rows = rows
            self.warnings = warnings
            self.evidence = evidence
        }
    }

    /// `judging` to `judged`, with metrics, gates and evidence, in one transaction.
    @discardableResult
    package func conclude(_ run: RunID, _ conclusion: Conclusion, at: Date) async throws(Fault) -> Run { throw unbuilt }

    /// Nil until the run is judged.
    package func conclusion(of run: RunID) async throws(Fault) -> Conclusion? { throw unbuilt }

    // MARK: Data

    /// A file of a snapshot.
    package struct SnapshotFile: Sendable, Codable, Equatable {
        package var name: String
        package var artifact: Artifact
        package init(name: String, artifact: Artifact) {
            self.name = name
            self.artifact = artifact
        }
    }

    /// A snapshot as stored.
    package struct Snapshot: Sendable, Equatable {
        package let ref: SnapshotRef
        package let model: ModelName
        package let files: [SnapshotFile]
        package let createdAt: Date
        package let by: PersonName?
    }

    /// Adds a snapshot after the newest, which must still be `after` (nil: there was none); throws `.environment`
    /// "somebody else added" otherwise. Equal content to the newest adds nothing and returns the newest.
    package func addSnapshot(
        of dataset: DatasetName, model: ModelName, digest: Digest, object: ObjectID, files: [SnapshotFile],
        after: Int?, by: PersonName?, at: Date
    ) async throws(Fault) -> Snapshot { throw unbuilt }

    package func newestSnapshot(of dataset: DatasetName, model: ModelName) async throws(Fault) -> Snapshot? {
        throw unbuilt
    }
    package func snapshot(_ ref: SnapshotRef, model: ModelName) async throws(Fault) -> Snapshot? { throw unbuilt }
    /// Newest first.
    package func snapshots(model: ModelName?, limit: Int) async throws(Fault) -> [Snapshot] { throw unbuilt }

    // MARK: Registry

    /// Registers the run's model as the next version, and as the run's challenger. A run has one; calling again
    /// returns it.
    package func register(
        _ artifact: Artifact, model: ModelName, run: RunID, at: Date
    ) async throws(Fault) -> ModelRef { throw unbuilt }

    /// A version, with the aliases that point at it.
    package struct Version: Sendable, Equatable {
        package let ref: ModelRef
        package let aliases: [AliasName]
        package let createdAt: Date
    }

    /// Newest first.
    package func versions(of model: ModelName?, limit: Int) async throws(Fault) -> [Version] { throw unbuilt }
    package func version(_ number: Int, of model: ModelName) async throws(Fault) -> Version? { throw unbuilt }
    package func holder(of alias: AliasName, model: ModelName) async throws(Fault) -> ModelRef? { throw unbuilt }

    // MARK: Decisions and promotions

    /// Records a decision if `policy` (checked inside the transaction against the decisions so far) allows it.
    package func record(
        _ decision: Decision, under policy: ApprovalPolicy, author: String
    ) async throws(Fault) -> Result<Standing, DecisionRefusal> { throw unbuilt }

    package func decisions(of run: RunID) async throws(Fault) -> [Decision] { throw unbuilt }

    /// What `beginPromotion` came to.
    package enum Beginning: Sendable, Equatable {
        case begun(Promotion)
        /// Another promotion of that alias is under way.
        case busy(Promotion)
        /// This run's decision was already acted on.
        case done(Promotion)
    }

    /// Records the intent (`intended`). `previous` is read in the same transaction. One live promotion for each
    /// model and alias; one promotion for each decided run.
    package func beginPromotion(
        of challenger: ModelRef, alias: AliasName, repository: RepositoryID, why: Promotion.Why, at: Date
    ) async throws(Fault) -> Beginning { throw unbuilt }

    /// Applies a change. `.moveAlias` points the alias at the challenger, `.restore` back at the model before (or
    /// removes it if there was none), in the same transaction; both only if the alias still is where they expect it.
    @discardableResult
    package func change(_ promotion: Int64, _ change: Promotion.State.Change, at: Date) async throws(Fault) -> Promotion
    {
        throw unbuilt
    }

    package func promotion(ofRun run: RunID) async throws(Fault) -> Promotion? { throw unbuilt }
    package func promotion(_ id: Int64) async throws(Fault) -> Promotion? { throw unbuilt }
    /// Newest first.
    package func promotions(
        of model: ModelName?, alias: AliasName? = nil, unfinishedOnly: Bool = false, limit: Int
    ) async throws(Fault) -> [Promotion] { throw unbuilt }

    // MARK: Journal

    /// An entry of the append-only, hash-chained journal.
    package struct JournalEntry: Sendable, Equatable {
        package let sequence: Int64
        package let at: Date
        /// `run 12`, `stage 12 train:fit`, `promotion 3`, `event 7`, `decision 12`, `model flight-delay 4`.
        package let subject: String
        /// Canonical JSON: what happened, from, to.
        package let body: String
        package let hash: Digest
    }

    /// Oldest first; `subject` matches exactly.
    package func journal(subject: String? = nil, limit: Int) async throws(Fault) -> [JournalEntry] { throw unbuilt }

    /// What recomputing the chain came to.
    package enum JournalCheck: Sendable, Equatable {
        case intact(entries: Int64)
        /// The first entry whose hash does not follow from it and the one before.
        case broken(sequence: Int64)
    }

    package func verifyJournal() async throws(Fault) -> JournalCheck { throw unbuilt }
}

private let unbuilt = Fault(.bug, "not built")
