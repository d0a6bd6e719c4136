import Domain
import Engine
import Forges
import Foundation
import Git
import Host
import Settings
import Storage
import SystemPackage
import Testing

@testable import Service

/// Whose policy gives the rules, and whose code runs as the project's own.
@Suite(.timeLimit(.minutes(20)))
struct WhoseRulesTests {
    private let strict = Toy.policy(
        "{ push: { branches: ['**'] }, pull_request: { forks: ask } }", "approval: { required: 1, by: [lea] }")
    private let lax = Toy.policy(
        "{ push: { branches: ['**'] }, pull_request: { forks: run } }",
        "approval: { required: 0, by: [mallory] }\npromotion: { deploy: ['touch /tmp/owned'] }")

    private func files(_ policy: String) -> [String: String] { ["sluice.yaml": policy, "params.yaml": "a: 1\n"] }

    /// A branch with a policy of its own; the remote stands on `main` again.
    private func branch(_ name: String, _ policy: String, _ bench: BotBench) async throws -> CommitID {
        try await bench.git("checkout", "-q", "-b", name)
        try bench.write(policy, to: "sluice.yaml")
        let head = try await bench.commit("A policy for \(name)")
        try await bench.git("checkout", "-q", "main")
        return head
    }

    private func plan(_ number: Int64, _ bench: BotBench) async throws -> Plan? {
        try await bench.bot.engine.store.plan(of: try #require(RunID(number)))
    }

    private func lea(_ bench: BotBench) -> User {
        User(name: .init(checkedLogin: "lea"), role: .approver, createdAt: bench.clock.now)
    }

    // MARK: The base of a pull request

    @Test func `a branch that somebody pushed gives no rules to a pull request into it`() async throws {
        try await withBot(onForge: true, files: files(strict)) { bench in
            let main = try #require(CommitID(hex: try await bench.git("rev-parse", "main")))
            _ = try await branch("evil", lax, bench)
            try await bench.git("checkout", "-q", "-b", "topic", "evil")
            let head = try await bench.commit("Change")
            try await bench.git("checkout", "-q", "main")
            var pull = PullRequest.seven(head)
            pull.base = try bench.branch("evil")
            let (told, base) = (pull, pull.base)
            bench.forge.change { $0.pulls[7] = told }
            let opened = try await bench.take(.pullRequest(told, .opened))
            let grouped = try await bench.take(.mergeGroup(head: head, base: base))

            try await bench.acting {
                try await bench.settled(opened.id)
                try await bench.settled(grouped.id)
            }

            let plans = [try await plan(1, bench), try await plan(2, bench)]
            for plan in plans.compactMap({ $0 }) {
                #expect(plan.rules?.branch == .main && plan.rules?.commit == main)
                #expect(plan.policy.approval.required == 1)
                #expect(plan.policy.approval.by.map(\.text) == ["lea"])
                #expect(plan.policy.promotion.deploy.isEmpty)
            }
            #expect(plans[0]?.trigger == .pullRequest(7, base: base))
        }
    }

    @Test func `a branch that the operator names gives the rules for what wants into it and for its own commits`()
        async throws
    {
        let release = Toy.policy("{ push: { branches: ['**'] }, pull_request: {} }", "approval: { required: 0 }")
        try await withBot(
            onForge: true, files: files(strict),
            change: { $0.projects[BotBench.project]?.rulesFrom = ["release/*"] }
        ) { bench in
            let base = try await branch("release/1", release, bench)
            try await bench.git("checkout", "-q", "-b", "topic", "release/1")
            try bench.write("a: 2\n", to: "params.yaml")
            let head = try await bench.commit("Change")
            try await bench.git("checkout", "-q", "main")
            var pull = PullRequest.seven(head)
            pull.base = try bench.branch("release/1")
            let told = pull
            bench.forge.change { $0.pulls[7] = told }
            let opened = try await bench.take(.pullRequest(told, .opened))
            try await bench.acting { try await bench.settled(opened.id) }
            let pushed = try await bench.told("release/1", base)
            try await bench.acting { try await bench.settled(pushed.id) }

            let (wanted, own) = (try await plan(1, bench), try await plan(2, bench))
            #expect(wanted?.rules?.branch.text == "release/1" && wanted?.rules?.commit == base)
            #expect(wanted?.policy.approval.required == 1, "nobody has merged it")
            #expect(own?.rules?.branch.text == "release/1" && own?.policy.approval.required == 0)
        }
    }

    // MARK: The default branch

    @Test func `a run of the default branch is not approved under rules that were replaced since`() async throws {
        try await withBot(files: files(strict)) { bench in
            let first = try #require(CommitID(hex: try await bench.git("rev-parse", "main")))
            _ = try await bench.told("main", first)
            try await bench.serving {
                let run = try await bench.judged(1)
                #expect(run.state == .judged(.passed))
            }
            let news = try await bench.bot.engine.store.conclusion(of: try #require(RunID(1)))?.details?.rules
            #expect(news == nil, "the rules are the commit's own, so there is nothing to tell")

            try bench.write(strict.replacing("by: [lea]", with: "by: [otto]"), to: "sluice.yaml")
            try await bench.commit("Another decides")
            let decided = try await bench.bot.decide(
                .approve, on: try #require(RunID(1)), by: lea(bench), token: nil, way: .page)

            #expect(decided == .refused(.rulesChanged(.main)))
        }
    }

    @Test func `an old commit that needed nobody's word needs what the newest one says`() async throws {
        try await withBot(files: files(Toy.policy("{ push: {} }", "approval: { required: 0 }"))) { bench in
            let old = try #require(CommitID(hex: try await bench.git("rev-parse", "main")))
            try bench.write(strict, to: "sluice.yaml")
            try await bench.commit("Somebody has to approve")
            let asked = try await bench.bot.ask(
                .init(commit: old, source: "test"), of: BotBench.project, by: nil, key: nil)

            try await bench.serving { _ = try await bench.judged(1) }

            let outcome = try await bench.outcome(of: asked.id)
            #expect(outcome == RunID(1).map { .started($0) })
            let run = try #require(RunID(1))
            let promotion = try await bench.bot.engine.store.promotion(ofRun: run)
            #expect(promotion == nil)
            let warnings = try await bench.bot.engine.store.conclusion(of: run)?.warnings ?? []
            #expect(warnings.contains { $0.hasPrefix("This is not the newest commit of `main`: its ") }, "\(warnings)")
            #expect(warnings.contains { $0.contains("approval") && $0.hasSuffix(", whose rules count.") })
        }
    }

    @Test func `a push to the default branch that needs nobody is promoted at once`() async throws {
        try await withBot(files: files(Toy.policy("{ push: {} }", "approval: { required: 0 }"))) { bench in
            let head = try await bench.commit("Two")
            _ = try await bench.told("main", head)
            try await bench.serving {
                _ = try await bench.judged(1)
                let promotion = try await bench.eventually {
                    let found = try await bench.bot.engine.store.promotion(ofRun: try #require(RunID(1)))
                    return found?.state.isFinal == true ? found : nil
                }
                #expect(promotion.state == .promoted)
            }
            let plan = try await plan(1, bench)
            #expect(plan?.rules?.commit == head && plan?.rules?.isMerged == true)
        }
    }

    // MARK: Whose code

    @Test func `a push that names a commit which is not on its branch runs nothing`() async throws {
        try await withBot(files: files(strict)) { bench in
            let tip = try #require(CommitID(hex: try await bench.git("rev-parse", "main")))
            let stray = try await branch("stray", lax, bench)
            let told = try await bench.told("main", stray)
            let nowhere = try await bench.told("nowhere", stray)

            try await bench.acting {
                try await bench.settled(told.id)
                try await bench.settled(nowhere.id)
            }

            let reason = try await bench.reason(told.id)
            #expect(reason == "'main' stands on commit \(tip.short), and commit \(stray.short) is not on it")
            let other = try await bench.reason(nowhere.id)
            #expect(other == "the repository has no branch 'nowhere'")
            let queue = try await bench.bot.engine.store.queue().count
            #expect(queue == 0)
        }
    }

    @Test func `a wish for a commit that is on no branch is refused, and names what to do`() async throws {
        try await withBot(onForge: true, files: files(strict)) { bench in
            let stray = try await branch("stray", lax, bench)
            try await bench.git("update-ref", "refs/pull/9/head", stray.hex)
            try await bench.git("branch", "-q", "-D", "stray")
            try await bench.git("config", "uploadpack.allowAnySHA1InWant", "true")
            let topic = try await branch("topic", strict, bench)
            bench.forge.change { $0.pulls[7] = .seven(topic) }
            try await bench.bot.engine.store.know(.seven(topic), of: BotBench.project, at: bench.clock.now)
            let asked = try await bench.bot.ask(
                .init(commit: stray, source: "test"), of: BotBench.project, by: nil, key: nil)
            let onPull = try await bench.bot.ask(
                .init(commit: stray, source: "test", pullRequest: 7), of: BotBench.project, by: nil, key: nil)

            try await bench.acting {
                try await bench.settled(asked.id)
                try await bench.settled(onPull.id)
            }

            let fault = Fault(
                .input, "commit \(stray.short) is on no branch of the repository",
                advice: "if it is a pull request's, say /retrain in a comment there")
            let outcomes = [try await bench.outcome(of: asked.id), try await bench.outcome(of: onPull.id)]
            #expect(outcomes == [.refused(fault), .refused(fault)])
        }
    }

    @Test func `a project makes only the models that the operator lets it make`() async throws {
        try await withBot(change: { $0.projects[BotBench.project]?.models = ["flight-*"] }) { bench in
            let head = try #require(CommitID(hex: try await bench.git("rev-parse", "main")))
            let told = try await bench.told("main", head)

            try await bench.acting { try await bench.settled(told.id) }

            let outcome = try await bench.outcome(of: told.id)
            let fault = Fault(
                .input, "the model 'toy' is not one that the server lets this project make (projects.NAME.models)",
                advice: "it lets it make flight-*")
            #expect(outcome == .refused(fault))
        }
    }

    // MARK: Secrets

    @Test(arguments: [[], ["OTHER"], ["TOKEN"]])
    func `a policy is given no secret that the operator does not list, and never one of the server's own`(
        _ listed: [String]
    ) async throws {
        let policy = Toy.policy(
            "{ push: {} }",
            "approval: { required: 1 }\nenvironment: { python: '3.11', lock: r.lock, secrets: [TOKEN] }")
        try await withBot(
            files: ["sluice.yaml": policy, "params.yaml": "a: 1\n", "r.lock": ""],
            change: { $0.projects[BotBench.project]?.secrets = listed }
        ) { bench in
            let head = try #require(CommitID(hex: try await bench.git("rev-parse", "main")))
            let told = try await bench.told("main", head)

            try await bench.acting { try await bench.settled(told.id) }

            guard case .refused(let fault) = try await bench.outcome(of: told.id) else {
                return #expect(Bool(false), "it was given")
            }
            #expect(
                fault.message
                    == "the secret 'TOKEN' (environment.secrets) is not one that the server gives to this project")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/bwrap"), "bubblewrap is not here"))
    func `no stage reads the files of the server's secrets, or its configuration`() async throws {
        // Not below /tmp, of which a stage has one of its own.
        let folder = FilePath("/var/tmp/sluice-secrets-\(UUID().uuidString)")
        try Files.makeDirectory(folder)
        defer { try? Files.removeTree(folder) }
        let names = ["token", "hook", "notify", "tls", "server.yaml"]
        for name in names + ["other"] { try Files.writeDurably(Data("<\(name)>".utf8), to: folder.appending(name)) }
        let policy = Toy.policy("{ push: {} }").replacing(
            "cp params.yaml model.json", with: "cat \(folder)/* > model.json || true")
        try await withBot(files: ["sluice.yaml": policy, "params.yaml": "a: 1\n"]) { bench in
            let before = bench.bot.configuration.now
            var settings = before.settings
            settings.listen.tls = .init(certificate: folder.appending("cert"), key: folder.appending("tls"))
            settings.forges[BotBench.forgeName]?.credentials = .token(.file(folder.appending("token")))
            settings.forges[BotBench.forgeName]?.webhookSecrets = [.file(folder.appending("hook"))]
            settings.notify["chat"] = NotifySettings(kind: .slack, url: .file(folder.appending("notify")))
            bench.bot.configuration.replace(
                with: Configuration.Live(
                    settings: settings, forges: before.forges, webhooks: before.webhooks, secrets: [],
                    file: folder.appending("server.yaml")))
            let head = try #require(CommitID(hex: try await bench.git("rev-parse", "main")))
            _ = try await bench.told("main", head)

            try await bench.serving {
                let run = try await bench.judged(1)
                #expect(run.state == .judged(.passed))
            }

            let found = try await bench.bot.engine.store.run(try #require(RunID(1)))
            let model = try #require(found?.challenger)
            #expect(model.bytes == Int64("<other>".utf8.count), "it reads one file, and none of the server's")
        }
    }
}
