import Domain
import Foundation
import Git
import Host
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Engine

/// An engine on a home of its own, and a repository to plan from.
struct Bench: Sendable {
    let engine: Engine
    let repository: FilePath

    static let now = Date(timeIntervalSince1970: 1_795_000_000)

    func write(_ files: [String: String]) throws {
        for (path, text) in files {
            let file = repository.pushing(FilePath(path))
            try Files.makeDirectory(file.removingLastComponent())
            try Files.writeDurably(Data(text.utf8), to: file)
        }
    }

    @discardableResult
    func git(_ arguments: String...) async throws -> String {
        try await Tool.find("git", advice: "").output(
            ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"] + arguments, in: repository,
            environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"])
    }

    /// The plan of the files as a commit, or the fault that there is none.
    func plan(_ files: [String: String]) async throws -> Plan {
        try write(files)
        try await git("add", "-A")
        try await git("commit", "-q", "-m", "Start")
        let opened = try await GitRepository.discover(from: repository)
        return try await engine.plan(opened, PlanRequest(commit: opened.commit("HEAD"), trigger: .manual)).plan
    }

    /// A run of a plan that came to a verdict.
    func judged(_ plan: Plan, key: String) async throws -> Run {
        let event = try await engine.store.record(
            Event(
                key: key, kind: .runCommand(commit: plan.commit), repository: plan.repository, at: Bench.now, by: nil))
        guard case .created(let run) = try await engine.store.create(plan, for: event.id, at: Bench.now) else {
            throw Fault(.bug, "no run was created")
        }
        for change in [RunState.Change.prepare, .start, .judge] {
            try await engine.store.change(run.id, change, at: Bench.now)
        }
        let evidence = engine.evidence(plan, nil, report: .of("report"))
        return try await engine.store.conclude(
            run.id,
            Store.Conclusion(
                verdict: .passed, gates: [], challenger: [:], champion: nil, rows: nil, warnings: [],
                evidence: evidence), at: Bench.now)
    }
}

func withBench<Value>(_ body: (Bench) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { folder in
        let engine = try await Engine.open(Home(root: folder.appending("home")), now: { Bench.now })
        let bench = Bench(engine: engine, repository: folder.appending("repository"))
        try Files.makeDirectory(bench.repository)
        try await bench.git("init", "-q", "-b", "main")
        return try await body(bench)
    }
}

/// A plan made by hand; `commit` is repeated to the length of an id.
func samplePlan(commit: String = "a1", environment: EnvironmentIdentity? = nil) throws -> Plan {
    let id = String(String(repeating: commit, count: 40).prefix(40))
    return Plan(
        repository: RepositoryID(path: "/srv/toy.git"), commit: try #require(CommitID(hex: id)), tree: "tree",
        commitAuthor: "Ada <ada@example.org>", commitSubject: "Start", uncommitted: [], dirty: false, trigger: .manual,
        policy: Policy(
            model: try #require(ModelName("toy")),
            train: TrainPolicy(
                work: .pipeline(try #require(TreePath("dvc.yaml"))), model: try #require(TreePath("model.json")))),
        policyDigest: .of("policy"), snapshots: [], parameters: [:], environment: environment, champion: nil,
        stages: [])
}
