import Domain
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// Values for tests, and a store in a folder of its own.
enum Samples {
    static let now = Date(timeIntervalSince1970: 1_764_000_000)

    static func later(_ seconds: Double) -> Date { now.addingTimeInterval(seconds) }

    static func digest(_ text: String) -> Digest { Digest.of(text) }

    static func object(_ text: String) throws -> ObjectID {
        try #require(ObjectID(String(Digest.of(text).hex.prefix(32)) + ".dir"))
    }

    static func commit(_ text: String = "commit") throws -> CommitID {
        try #require(CommitID(hex: String(Digest.of(text).hex.prefix(40))))
    }

    static func model(_ text: String = "flight-delay") throws -> ModelName { try #require(ModelName(text)) }
    static func person(_ text: String) throws -> PersonName { try #require(PersonName(text)) }
    static func stage(_ text: String) throws -> StageName { try #require(StageName(text)) }

    static func path(_ text: String) throws -> TreePath { try #require(TreePath(text)) }

    static let unit: StageName = {
        guard let name = StageName("test:unit") else { preconditionFailure("a valid name") }
        return name
    }()

    static let firstRun: RunID = {
        guard let id = RunID(1) else { preconditionFailure("a valid number") }
        return id
    }()

    static let repository = RepositoryID(path: "/srv/git/flights.git")

    static func plan(_ text: String = "commit", model: String = "flight-delay") throws -> Plan {
        let policy = Policy(
            model: try Samples.model(model),
            train: TrainPolicy(
                work: .command(commands: ["python train.py"], deps: [], params: [], outs: []),
                model: try path("model.pkl")))
        return Plan(
            repository: repository, commit: try commit(text), tree: "tree", commitAuthor: "Ann <ann@example.org>",
            commitSubject: "Add a feature", uncommitted: [], dirty: false, trigger: .manual, policy: policy,
            policyDigest: digest("policy"), snapshots: [], parameters: [:], environment: nil, champion: nil,
            stages: [
                Stage(name: try stage("test:unit"), kind: .unitTest, commands: ["pytest -q"]),
                Stage(name: try stage("train:fit"), kind: .train, commands: ["python train.py"]),
            ])
    }

    static func event(_ key: String) throws -> Event {
        Event(
            key: key, kind: .runCommand(commit: try commit()), repository: repository, at: now,
            by: try person("ann"))
    }

    static func artifact(_ text: String = "model") throws -> Artifact {
        Artifact(object: try object(text), digest: digest(text), bytes: 1234, files: 2)
    }

    static func inputs() throws -> StageInputs {
        StageInputs(
            name: try stage("train:fit"), commands: ["python train.py"], directory: nil,
            deps: ["train.py": try object("train.py")], params: [:], outs: [try path("model.pkl")], environment: nil,
            variables: [:])
    }

    static func evidence(_ text: String = "report") -> Evidence {
        Evidence(
            code: digest("code"), data: digest("data"), environment: digest("environment"),
            parameters: digest("parameters"), metrics: digest("metrics"), policy: digest("policy"),
            report: digest(text))
    }

    static func conclusion(_ verdict: Verdict = .passed) -> Store.Conclusion {
        Store.Conclusion(
            verdict: verdict,
            gates: [
                GateResult(
                    gate: Gate(metric: "auc", condition: .atLeast(0.7)), outcome: .passed, challenger: 0.71,
                    champion: nil)
            ],
            challenger: ["auc": 0.71, "lost": .infinity], champion: ["auc": 0.7], rows: 336_776,
            warnings: ["no sandbox"], evidence: evidence())
    }
}

/// A store on a new file.
func withStore<Value>(_ body: (Store, FilePath) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { folder in
        let path = folder.appending("state.db")
        return try await body(try await Store.open(at: path), path)
    }
}

extension Store {
    /// A queued run of a plan.
    func queued(_ plan: Plan, key: String) async throws -> Run {
        let event = try await record(try Samples.event(key))
        guard case .created(let run) = try await create(plan, for: event.id, at: Samples.now) else {
            throw Fault(.bug, "no run was created")
        }
        return run
    }

    /// A run that came to a verdict, with a registered model.
    func judged(_ text: String, _ verdict: Verdict = .passed, model: String = "flight-delay") async throws -> Run {
        var plan = try Samples.plan(text, model: model)
        plan.champion = try await holder(of: .champion, model: plan.policy.model)
        let run = try await queued(plan, key: "event of \(text)")
        for change in [RunState.Change.prepare, .start, .judge] {
            try await self.change(run.id, change, at: Samples.later(1))
        }
        _ = try await register(
            try Samples.artifact(text), model: run.model, run: run.id, at: Samples.later(2))
        return try await conclude(run.id, Samples.conclusion(verdict), at: Samples.later(3))
    }
}

/// The fault that `body` throws.
func fault<Value: Sendable>(of body: @Sendable () async throws -> Value) async throws -> Fault {
    let value: Value
    do {
        value = try await body()
    } catch let fault as Fault {
        return fault
    }
    throw NothingWasRefused(value: value)
}

/// Something was done that should have been refused.
private struct NothingWasRefused<Value: Sendable>: Error {
    let value: Value
}
