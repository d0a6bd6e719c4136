import Domain
import Foundation
import Git
import Host
import Storage
import SystemPackage
import Testing

@testable import Engine

/// A pull request is judged by the rules of its base.
struct BaseRulesTests {
    static func policy(gates: String = "", approval: String = "approval: {required: 1}", rest: String = "") -> String {
        "version: 1\nmodel: toy\ntrain: { run: sh train.sh, deps: [train.sh], model: model.bin }\n"
            + "\(gates)\n\(approval)\n\(rest)\n"
    }

    private let strict = policy(
        gates: "gates: [{metric: model_bytes, max: 100 B}]", approval: "approval: {required: 2, by: [alice, bob]}")
    private let lax = policy(gates: "gates: []", approval: "approval: {required: 0}")

    @Test func `a pull request that lowers the bar is judged by the old one, and the report says so`() async throws {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": strict, "train.sh": "echo model > model.bin"], branch: "main")
            try await bench.commit(["sluice.yaml": lax], branch: "topic")

            let blueprint = try await bench.pullRequest("topic", into: "main")
            let run = try await bench.carried(blueprint)

            #expect(run.state == .judged(.passed))
            let plan = blueprint.plan
            #expect(plan.policy.gates.map(\.condition) == [.atMost(100)])
            #expect(plan.policy.approval.required == 2)
            let conclusion = try #require(try await bench.engine.store.conclusion(of: run.id))
            #expect(conclusion.details?.rules?.later == [.gates, .approval])
            let base = try #require(plan.rules?.commit.short)
            #expect(
                conclusion.warnings.contains(
                    "It changes gates and approval of the policy. That takes effect after the merge: here the rules of "
                        + "`main` at \(base) count."), "\(conclusion.warnings)")
            let carol = try #require(PersonName("carol"))
            let refused = try await bench.decide(.approve, run, "carol")
            #expect(refused == .refused(.notListed(carol, allowed: plan.policy.approval.by)))
        }
    }

    @Test func `what a change measures by is its own, and the report says that too`() async throws {
        let measured = BaseRulesTests.policy(rest: "tests: {unit: 'true'}")
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": strict, "train.sh": "echo model > model.bin"], branch: "main")
            try await bench.commit(["sluice.yaml": measured], branch: "topic")

            let news = try await bench.engine.ruleNews(of: bench.pullRequest("topic", into: "main").plan)

            #expect(news?.measures == [.tests])
        }
    }

    @Test func `an approval under rules that have changed since is refused, one that they do not touch is not`()
        async throws
    {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": strict, "train.sh": "echo model > model.bin"], branch: "main")
            try await bench.commit(["notes": "x"], branch: "topic")
            let run = try await bench.carried(try await bench.pullRequest("topic", into: "main"))
            let main = try #require(BranchName("main"))

            try await bench.commit(["sluice.yaml": strict + "limits: {time: 1h}\n"], branch: "main")
            #expect(try await bench.decide(.approve, run, "alice") == .waiting(missing: 1))

            try await bench.commit(["sluice.yaml": lax], branch: "main")
            #expect(try await bench.decide(.approve, run, "bob") == .refused(.rulesChanged(main)))
            #expect(try await bench.decide(.reject(reason: "no"), run, "bob") == .rejected)
        }
    }

    @Test func `a clone that is made anew says nothing about the rules`() async throws {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": strict, "train.sh": "echo model > model.bin"], branch: "main")
            try await bench.commit(["notes": "x"], branch: "topic")
            let run = try await bench.carried(try await bench.pullRequest("topic", into: "main"))
            try Files.removeTree(bench.repository.appending(".git"))
            _ = try await bench.git("init", "-q", "-b", "main")

            var fault: Fault?
            do { _ = try await bench.decide(.approve, run, "alice") } catch let error as Fault { fault = error }
            #expect(fault?.kind == .environment)
            #expect(fault?.message.contains("has no branch 'main' yet") == true, "\(String(describing: fault))")
        }
    }

    @Test func `a floor that has changed since is refused`() async throws {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": strict, "train.sh": "echo model > model.bin"], branch: "main")
            let floor = Floor(gates: [Gate(metric: "model_bytes", condition: .atMost(50))], required: 1)
            let run = try await bench.carried(try await bench.push("main", floor: floor))

            let gates = try #require(try await bench.engine.store.conclusion(of: run.id)).gates
            #expect(gates.map(\.gate.isFloor) == [nil, true])
            #expect(try await bench.decide(.approve, run, "alice", floor: Floor()) == .refused(.floorChanged))
            #expect(try await bench.decide(.approve, run, "alice", floor: floor) == .waiting(missing: 1))
            #expect(try await bench.decide(.approve, run, "bob") != .refused(.floorChanged), "it is not known here")
        }
    }

    @Test(arguments: ["", "version: 1\nmodel: [\n"])
    func `where the base has no rules a pull request is reported and nothing promoted`(_ base: String) async throws {
        try await withBench { bench in
            let files = base.isEmpty ? ["README": "x"] : ["sluice.yaml": base]
            try await bench.commit(files, branch: "main")
            try await bench.commit(
                ["sluice.yaml": lax, "train.sh": "echo model > model.bin"], branch: "topic")

            let run = try await bench.carried(try await bench.pullRequest("topic", into: "main"))

            let main = try #require(BranchName("main"))
            #expect(run.state == .judged(.passed))
            #expect(try await bench.engine.store.promotion(ofRun: run.id) == nil)
            #expect(try await bench.decide(.approve, run, "alice") == .refused(.noRules(main)))
            let warnings = try #require(try await bench.engine.store.conclusion(of: run.id)).warnings
            #expect(warnings.contains { $0.hasPrefix("`main` has no policy to judge by (") }, "\(warnings)")
        }
    }

    @Test func `a pull request that removes the policy is told to bring it back`() async throws {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": strict, "train.sh": "echo model > model.bin"], branch: "main")
            try await bench.git("checkout", "-q", "-B", "topic")
            try await bench.git("rm", "-q", "sluice.yaml")
            try await bench.git("commit", "-q", "-m", "Remove")

            let fault = await #expect(throws: Fault.self) { try await bench.pullRequest("topic", into: "main") }

            #expect(fault?.message.hasSuffix("has no sluice.yaml, and its base 'main' has one") == true)
            #expect(fault?.advice == "put it back, or bring the branch up to 'main'")
        }
    }

    @Test func `a push is judged by its own rules, and one that needs nobody is promoted`() async throws {
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": lax, "train.sh": "echo model > model.bin"], branch: "main")

            let run = try await bench.carried(try await bench.push("main"))

            #expect(try await bench.engine.store.promotion(ofRun: run.id)?.state == .promoted)
        }
    }

    @Test func `a policy asks only for secrets that the server gives`() async throws {
        let policy = BaseRulesTests.policy(
            rest: "environment: {python: '3.11', lock: r.lock, secrets: [TOKEN]}")
        try await withBench { bench in
            try await bench.commit(["sluice.yaml": policy, "train.sh": "", "r.lock": ""], branch: "main")
            let repository = try await GitRepository.discover(from: bench.repository)
            let commit = try await repository.commit("main")

            let fault = await #expect(throws: Fault.self) {
                try await bench.engine.plan(
                    repository, PlanRequest(commit: commit, trigger: .manual, allowedSecrets: ["OTHER"]))
            }

            #expect(
                fault?.message
                    == "the secret 'TOKEN' (environment.secrets) is not one that the server gives to this project")
            #expect(fault?.advice == "it gives OTHER")
        }
    }
}

extension Bench {
    /// Writes files and commits them on a branch, which is made from where the repository stands if it is missing.
    func commit(_ files: [String: String], branch: String) async throws {
        let isThere = (try? await git("rev-parse", "--verify", "-q", "refs/heads/\(branch)")) != nil
        let isFirst = (try? await git("rev-parse", "--verify", "-q", "HEAD")) == nil
        if !isFirst { try await git("checkout", "-q", isThere ? branch : "-b", isThere ? "--" : branch) }
        try write(files)
        try await git("add", "-A")
        try await git("commit", "-q", "-m", "Change \(files.keys.sorted().joined(separator: " "))")
    }

    func push(_ branch: String, floor: Floor? = nil, overrides: [String: String] = [:]) async throws -> Blueprint {
        let opened = try await GitRepository.discover(from: repository)
        return try await engine.plan(
            opened,
            PlanRequest(
                commit: opened.commit(branch), trigger: .push(try #require(BranchName(branch))), floor: floor,
                overrides: overrides))
    }

    func pullRequest(_ branch: String, into base: String, isForeign: Bool = false) async throws -> Blueprint {
        let opened = try await GitRepository.discover(from: repository)
        let name = try #require(BranchName(base))
        return try await engine.plan(
            opened,
            PlanRequest(
                commit: opened.commit(branch), trigger: .pullRequest(12, base: name),
                rules: (branch: name, commit: opened.commit(base).id), isForeign: isForeign))
    }

    /// Queues the plan's run as a server does, and brings it to its end.
    func carried(_ blueprint: Blueprint) async throws -> Run {
        try await engine.carry(try await queued(blueprint).id) { _ in }
    }

    func queued(_ blueprint: Blueprint, again: Bool = false, supersedes: Bool = false) async throws -> Run {
        let enqueued = try await enqueue(blueprint, again: again, supersedes: supersedes)
        guard case .queued(let run, _) = enqueued else { throw Fault(.bug, "it is known: \(enqueued)") }
        return run
    }

    func enqueue(_ blueprint: Blueprint, again: Bool = false, supersedes: Bool = false) async throws -> Engine.Enqueued
    {
        let project = ProjectName(checked: "toys")
        let event = try await engine.store.record(
            Event(
                key: UUID().uuidString, kind: .runCommand(commit: blueprint.plan.commit),
                repository: blueprint.plan.repository, at: Bench.now, by: nil, project: project))
        let lane: Ticket.Lane =
            switch blueprint.plan.trigger {
            case .pullRequest(let number, _): .pullRequest(number)
            case .push(let branch): .branch(branch)
            default: .manual
            }
        return try await engine.enqueue(
            blueprint, for: [event.id], ticket: .init(project: project, lane: lane, event: event.id),
            supersedes: supersedes, again: again)
    }

    func decide(
        _ answer: Decision.Answer, _ run: Run, _ person: String, floor: Floor? = nil
    ) async throws -> Engine.Decided {
        let name = try #require(PersonName(person))
        return try await engine.decide(
            answer, on: run.id, voice: Voice(person: name, way: .page),
            standpoint: Standpoint(listedAs: [person], isAuthor: false), floor: floor
        ) { _ in }
    }
}
