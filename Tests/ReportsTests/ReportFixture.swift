import Domain
import Foundation
import Testing

@testable import Reports

/// A report of run 12 of flight-delay that passed without a champion; each test changes what it is about.
func sampleReport() throws -> Report {
    let plan = try samplePlan()
    let run = Run(
        id: try #require(RunID(12)), fingerprint: Digest.of("plan"), repository: plan.repository,
        model: plan.policy.model, commit: plan.commit, trigger: .manual, state: .judging,
        createdAt: Date(timeIntervalSince1970: 1_795_000_000))
    let gate = plan.policy.gates[0]
    return Report(
        run: run, plan: plan, verdict: .passed,
        stages: [
            try stage("test:unit", .unitTest, .succeeded(result(wall: 72.4, cpu: 61, memory: 212_300_000))),
            try stage(
                "schema:flights", .schemaTest(try #require(DatasetName("flights"))),
                .succeeded(StageResult(outs: [:], rows: 27_004))),
            try stage("train", .train, .reused(try trained(), from: try #require(RunID(9)))),
        ],
        gates: [GateResult(gate: gate, outcome: .passed, challenger: 0.7213, champion: nil)],
        challenger: ["auc": 0.7213, "model_bytes": 1_234_567, "epochs": 20], champion: nil, rows: nil, warnings: [])
}

func samplePlan() throws -> Plan {
    let policy = Policy(
        model: try #require(ModelName("flight-delay")),
        train: TrainPolicy(
            work: .pipeline(try #require(TreePath("dvc.yaml"))), model: try #require(TreePath("models/model.pkl"))),
        gates: [Gate(metric: "auc", condition: .atLeast(0.7))])
    return Plan(
        repository: RepositoryID(path: "/srv/flights.git"),
        commit: try #require(CommitID(hex: String(repeating: "a1", count: 20))),
        tree: String(repeating: "b2", count: 20), commitAuthor: "Alice <alice@example.org>",
        commitSubject: "Use the scheduled hour", uncommitted: [], dirty: false, trigger: .manual, policy: policy,
        policyDigest: Digest.of("policy"),
        snapshots: [
            SnapshotRef(
                dataset: try #require(DatasetName("flights")), number: 3, digest: Digest.of("snapshot"),
                object: try #require(ObjectID(String(repeating: "c3", count: 16) + ".dir")))
        ],
        parameters: ["params.yaml": Digest.of("params")],
        environment: EnvironmentIdentity(
            digest: Digest.of("environment"), python: "3.11.7", lock: Digest.of("lock"),
            platform: "x86_64-linux-gnu", uv: "0.13.9"),
        champion: nil, stages: [])
}

func withChampion(_ report: Report, _ metrics: [String: Double]?) throws -> Report {
    var report = report
    report.champion = metrics
    report.plan.champion = ModelRef(
        model: report.run.model, version: 2, run: try #require(RunID(9)), digest: Digest.of("champion"),
        object: try #require(ObjectID(String(repeating: "d4", count: 16))), bytes: 1_200_000)
    return report
}

func stage(_ name: String, _ kind: Stage.Kind, _ state: StageState) throws -> StageRun {
    StageRun(run: try #require(RunID(12)), ordinal: 0, name: try #require(StageName(name)), kind: kind, state: state)
}

func result(wall: Double, cpu: Double, memory: Int64) -> StageResult {
    StageResult(outs: [:], usage: Usage(wall: wall, cpu: cpu, peakMemory: memory))
}

private func trained() throws -> StageResult {
    StageResult(outs: [
        "models/model.pkl": Artifact(
            object: try #require(ObjectID(String(repeating: "e5", count: 16))), digest: Digest.of("model"),
            bytes: 1_234_567)
    ])
}

/// The champion's auc was better, and the bound is missed too.
func worseReport() throws -> Report {
    var report = try withChampion(try sampleReport(), ["auc": 0.705, "model_bytes": 1_234_001])
    report.rows = 54_861
    report.challenger["auc"] = 0.671
    report.plan.uncommitted = ["train.py", "notes/a b.txt"]
    report.plan.policy.gates.append(Gate(metric: "auc", condition: .maxDrop(0.005)))
    report.gates = report.plan.policy.gates.map {
        Judge.decide($0, challenger: report.challenger, champion: report.champion)
    }
    report.verdict = .fold(
        report.gates.map { Finding(.no, source: "gate:auc", message: ReportRenderer.sentence($0)) })
    return report
}

func brokenSchemaReport() throws -> Report {
    var report = try sampleReport()
    let failure = StageFailure.findings([
        DataFinding(
            check: "enum", file: "flights_2013-03.csv", column: "carrier", record: 1204, count: 17, value: "Z|9",
            message: "'Z|9' is not one of the 16 allowed values")
    ])
    report.stages[1].state = .failed(failure, nil)
    report.stages[2].state = .skipped(because: report.stages[1].name)
    report.challenger = [:]
    report.gates = []
    let message = ReportRenderer.sentence(failure)
    report.verdict = .failed([Finding(.no, source: "schema:flights", message: message)])
    return report
}

func erroredChampionReport() throws -> Report {
    var report = try withChampion(try sampleReport(), nil)
    let fault = Fault(.environment, "no column 'dep_hour'\nin evaluate.py", advice: "look at its log")
    let usage = Usage(wall: 3.2, cpu: 2.91, peakMemory: 99_000_000)
    report.stages.append(try stage("evaluate:champion", .evaluate(.champion), .errored(fault, usage)))
    report.plan.policy.gates = [Gate(metric: "auc", condition: .maxDrop(0.005))]
    report.gates = report.plan.policy.gates.map {
        Judge.decide($0, challenger: report.challenger, champion: nil, championFault: fault.message)
    }
    report.verdict = .undecided([
        Finding(
            .couldNotTell, source: "gate:auc",
            message: "the champion could not be evaluated: no column 'dep_hour'\nin evaluate.py")
    ])
    report.warnings = ["no sandbox: bubblewrap is not there", "the lock file pins no hashes"]
    return report
}

/// A drift test of flights that passed a limit: a column of numbers, one of categories, and one without limits.
func driftedReport(name: String = "dep_hour", category: String = "UA", action: DriftRules.Action = .retrain) throws
    -> DriftReport
{
    func column(
        _ name: String, _ measures: [DriftReport.Value], _ picture: [(String, Double, Double)], nulls: Double,
        hasDrifted: Bool, new: [String] = []
    ) -> DriftReport.Column {
        DriftReport.Column(
            name: name, measures: measures,
            picture: picture.map { DriftReport.Bin(label: $0.0, reference: $0.1, current: $0.2) }, referenceNulls: 0,
            currentNulls: nulls, newCategories: new, vanishedCategories: hasDrifted ? [] : ["HP"],
            hasDrifted: hasDrifted)
    }
    let hours = [("up to 8", 0.5, 0.1), ("over 8 up to 16", 0.4, 0.3), ("over 16", 0.1, 0.6)]
    let finding = DataFinding(
        check: "drift", file: "feb.csv", column: name, count: 20, value: "0.5",
        message: "the column '\(name)' has drifted: ks is 0.5, above the limit of 0.3")
    return DriftReport(
        dataset: try #require(DatasetName("flights")),
        reference: "snapshot 2 of flights (7 files), which the champion was trained on", current: "feb.csv",
        referenceRows: 27_004, currentRows: 1,
        columns: [
            column(
                name,
                [
                    DriftReport.Value(measure: .psi, value: 0.1234567, limit: 0.2),
                    DriftReport.Value(measure: .ks, value: 0.5, limit: 0.3),
                    DriftReport.Value(measure: .js, value: 0.1, limit: nil),
                ], hours, nulls: 0.125, hasDrifted: true),
            column(
                "carrier", [DriftReport.Value(measure: .linf, value: 0.01, limit: 0.05)],
                [(category, 0.75, 0.75), ("DL", 0.25, 0)], nulls: 0, hasDrifted: false, new: [category]),
            column(
                "far", [DriftReport.Value(measure: .psi, value: 0.31, limit: nil)], [("up to 1", 1, 0)], nulls: 0,
                hasDrifted: false),
            column(
                "near", [DriftReport.Value(measure: .psi, value: 0.01, limit: nil)], [("up to 1", 1, 1)], nulls: 0,
                hasDrifted: false),
        ], findings: [finding], unanswered: ["the reference has no column 'tail'"], action: action, compared: 12,
        drifted: 1, nullFractionDelta: 0.02)
}

/// The sample report with a drift test that ended in some way.
func withDrift(_ report: DriftReport, fails: Bool = false) throws -> Report {
    var whole = try sampleReport()
    let state: StageState =
        fails ? .failed(.drift(report), nil) : .succeeded(StageResult(outs: [:], drift: report))
    whole.stages.insert(try stage("drift:flights", .driftTest(report.dataset), state), at: 2)
    let note = StageResult(outs: [:], notes: ["nothing to compare with: the model 'm' has no champion yet"])
    let served = try #require(DatasetName("served"))
    whole.stages.insert(try stage("drift:served", .driftTest(served), .succeeded(note)), at: 3)
    return whole
}
