import Domain
import Foundation
import Testing

func runID(_ number: Int64) throws -> RunID { try #require(RunID(number)) }
func stageName(_ text: String) throws -> StageName { try #require(StageName(text)) }
func person(_ text: String) throws -> PersonName { try #require(PersonName(text)) }
func path(_ text: String) throws -> TreePath { try #require(TreePath(text)) }

let noon = Date(timeIntervalSince1970: 1_795_000_000)

func decision(_ name: String, _ answer: Decision.Answer, run: Int64 = 12) throws -> Decision {
    Decision(
        run: try runID(run), answer: answer, by: try person(name), at: noon, model: .of("model"),
        evidence: .of("evidence"))
}

func samplePlan() throws -> Plan {
    let train = Stage(name: try stageName("train"), kind: .train, commands: ["python train.py"])
    return Plan(
        repository: RepositoryID(path: "/srv/flights.git"),
        commit: try #require(CommitID(hex: String(repeating: "a1", count: 20))), tree: "b2",
        commitAuthor: "Alice <alice@example.org>", commitSubject: "Start", uncommitted: [], dirty: false,
        trigger: .manual,
        policy: Policy(
            model: try #require(ModelName("flight-delay")),
            train: TrainPolicy(work: .pipeline(try path("dvc.yaml")), model: try path("model.pkl"))),
        policyDigest: .of("policy"), snapshots: [try snapshot("flights", 1), try snapshot("weather", 2)],
        parameters: ["params.yaml": .of("params")],
        environment: EnvironmentIdentity(
            digest: .of("environment"), python: "3.11.7", lock: .of("lock"), platform: "x86_64", uv: "0.13.9"),
        champion: nil, stages: [train])
}

func snapshot(_ name: String, _ number: Int) throws -> SnapshotRef {
    SnapshotRef(
        dataset: try #require(DatasetName(name)), number: number, digest: .of("\(name) \(number)"),
        object: try #require(ObjectID(String(repeating: "c", count: 32) + ".dir")))
}

func stageRun(_ name: String, _ kind: Stage.Kind, _ state: StageState) throws -> StageRun {
    StageRun(run: try runID(12), ordinal: 0, name: try stageName(name), kind: kind, state: state)
}

func stageRun(_ name: String, _ state: StageState) throws -> StageRun { try stageRun(name, .train, state) }
