import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Going back and making runs again on a server, from another machine and in a browser, and deployments that take their
/// time meanwhile.
@Suite(.timeLimit(.minutes(15)))
struct ReturningStoryTests {
    /// Deploys once a file is there; fails for version 2.
    private static let policy =
        ToyProject.policy.replacing(
            #"deploy: echo "deploy $SLUICE_MODEL_VERSION" >> "$SLUICE_DEPLOY_DIR/acts""#,
            with: """
                deploy: |
                        until [ -e "$SLUICE_DEPLOY_DIR/go" ]; do sleep 0.1; done
                        echo "deploy $SLUICE_MODEL_VERSION" >> "$SLUICE_DEPLOY_DIR/acts"
                        test ! -e "$SLUICE_DEPLOY_DIR/broken"
                """) + "\ntriggers: {push: {}}\n"

    /// Pushes a commit, and waits for its run.
    private func push(_ subject: String, slope: String, _ bot: ServedBot) async throws -> Int64 {
        try bot.project.write("slope: \(slope)\n", to: "params.yaml")
        let commit = try await bot.project.commit(subject)
        try await bot.project.git("push", "-q", bot.project.folder.appending("toy.git").string, "main")
        let run = try await eventually(every: .milliseconds(200)) {
            try await bot.runs().first { $0["commit"]?.text == commit && $0["state"]?.text == "judged" }
        }
        return try #require(run["run"]?.int64)
    }

    @Test func `a version is put back and a run made again from another machine`() async throws {
        try await withBareBot { bot in
            _ = try await bot.finished(1)
            let second = try await push("Try another slope", slope: "0.9", bot)
            let admin = try await bot.admin()
            let far: [String: String?] = ["SLUICE_SERVER": bot.address, "SLUICE_TOKEN": admin]
            func sluice(_ words: String...) async throws -> Project.Call {
                try await bot.project.call(words, environment: far)
            }

            let first = try await sluice("approve", "1")
            let stale = try await sluice("approve", String(second))
            let third = try await push("Try a third slope", slope: "0.95", bot)
            let promoted = try await sluice("approve", String(third), "--json")
            let back = try await sluice("rollback", "toy", "--reason", "complaints")
            let none = try await sluice("rollback", "toys")
            #expect(first.output == "toy version 1 is champion now\n", "\(first.errors)")
            #expect(stale.status == 1, "it was compared with no champion")
            #expect(try promoted.json()["outcome"]?.text == "promoted", "\(promoted.output) \(promoted.errors)")
            #expect(back.status == 0 && back.output == "toy version 1 is champion now\n", "\(back.errors)")
            #expect(none.status == 2 && none.errors.contains("model 'toys' has no 'champion'"), "\(none.errors)")
            let acts = bot.project.acts().filter { $0.hasPrefix("deploy") }
            #expect(acts == ["deploy 1", "deploy \(third)", "deploy 1"])

            let again = try await sluice("reproduce", String(second))
            let json = try await sluice("reproduce", try commit(of: third, bot), "--json")
            let nobody = try await sluice("reproduce", "ffffffff")
            let kept = try await sluice("reproduce", "1", "--keep-tree")
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output.contains("reproduces run \(second): identical."), "\(again.output)")
            let told = try json.json()
            #expect(told["verdict"]?.text == "identical" && told["original"]?["run"]?.int64 == third)
            #expect(told["again"]?["reproduces"]?.int64 == third)
            #expect(nobody.status == 2 && nobody.errors.contains("no judged run of a commit"), "\(nobody.errors)")
            #expect(kept.status == 2 && kept.errors.contains("--keep-tree and --server do not go together"))
            let shown = try await sluice("show", "5", "--json")
            #expect(try shown.json()["reproduction"]?["verdict"]?.text == "identical", "\(shown.output)")
        }
    }

    private func commit(of run: Int64, _ bot: ServedBot) async throws -> String {
        let runs = try await bot.runs()
        return String(try #require(runs.first { $0["run"]?.int64 == run }?["commit"]?.text).prefix(12))
    }

    @Test func `runs are found by words and by state at home and on a server alike`() async throws {
        try await withBareBot { bot in
            _ = try await bot.finished(1)
            _ = try await push("Try another slope", slope: "0.9", bot)
            let far: [String: String?] = ["SLUICE_SERVER": bot.address, "SLUICE_TOKEN": try await bot.admin()]
            func numbers(_ words: [String], _ environment: [String: String?]) async throws -> [Int64] {
                let call = try await bot.project.call(["runs", "--json"] + words, environment: environment)
                guard case .array(let runs) = try call.json()["runs"] else { throw Fault(.bug, call.errors) }
                return runs.compactMap { $0["run"]?.int64 }
            }
            let asked: [([String], [Int64])] = [
                (["--text", "another slo"], [2]), (["--state", "judged"], [2, 1]), (["--state", "errored"], []),
                (["--text", "start", "--state", "judged"], [1]), (["--text", "start", "--model", "other"], []),
                (["--state", "judged", "--limit", "1"], [2]), (["--state", "judged", "--before", "2"], [1]),
            ]
            for (words, wanted) in asked {
                let home = try await numbers(words, [:])
                let served = try await numbers(words, far)
                #expect(home == wanted && served == wanted, "\(words): \(home) and \(served)")
            }
            let wrong = try await bot.project.sluice("runs", "--state", "waiting")
            #expect(wrong.status == 2 && wrong.errors.contains("'waiting' is not a state of runs"), "\(wrong.errors)")
        }
    }

    @Test func `the page answers at once and shows what is deployed, and what came of it`() async throws {
        #expect(Self.policy != ToyProject.policy + "\ntriggers: {push: {}}\n")
        try await withBareBot(files: ["sluice.yaml": Self.policy]) { bot in
            _ = try await bot.finished(1)
            let browser = try await Browser(bot)
            let run = try await browser.get("/runs/1")
            let evidence = try #require(run.firstMatch(of: /name="evidence" value="([0-9a-f]+)"/)).1
            let go = bot.project.home.appending("deploy/toy/go")

            let answer = try await browser.post("/runs/1/decide", "answer=approve&evidence=\(evidence)")
            #expect(answer == 303, "it waits for nothing: the deployment cannot end yet")
            let under = try await eventually(every: .milliseconds(200)) {
                let page = try await browser.get("/runs/1")
                return page.contains("it is being deployed") ? page : nil
            }
            #expect(!under.contains("value=\"approve\""))
            try Files.makeDirectory(go.removingLastComponent())
            try Files.writeDurably(Data(), to: go)
            _ = try await eventually(every: .milliseconds(200)) {
                try await browser.get("/runs/1").contains("It was promoted at") ? true : nil
            }

            let second = try await push("Try another slope", slope: "0.9", bot)
            let far: [String: String?] = ["SLUICE_SERVER": bot.address, "SLUICE_TOKEN": try await bot.admin()]
            let approved = try await bot.project.sluice("approve", String(second), environment: far)
            #expect(approved.output == "toy version 2 is champion now\n", "\(approved.errors)")

            let models = try await browser.get("/models")
            #expect(models.contains("Roll back to version 1"))
            let back = try await browser.post("/models/toy/rollback", "alias=champion&version=2&reason=worse")
            let twice = try await browser.post("/models/toy/rollback", "alias=champion&version=2&reason=worse")
            #expect(back == 303)
            #expect([303, 409, 503].contains(twice))
            _ = try await eventually(every: .milliseconds(200)) {
                try await browser.get("/models").contains("toy version 1 is champion now.") ? true : nil
            }
            let promoted = try await bot.project.sluice("promote", "toy", "2")
            #expect(promoted.status == 0, "\(promoted.errors)")

            try Files.writeDurably(Data(), to: bot.project.home.appending("deploy/toy/broken"))
            let failed = try await bot.project.sluice("rollback", "toy", environment: far)
            #expect(failed.status == 1 && failed.output.contains("is stuck and needs a person"), "\(failed.output)")
            let last = try await browser.get("/models")
            #expect(last.contains("is stuck and needs a person: deploy ended with status 1"), "\(last)")

            let again = try await browser.post("/runs/1/reproduce", "")
            #expect(again == 303)
            _ = try await eventually(every: .milliseconds(200)) {
                try await browser.get("/runs/3").contains("Run 3 reproduces run 1: identical.") ? true : nil
            }
        }
    }
}

/// Who is signed in at the pages of a server, with curl.
private struct Browser {
    let bot: ServedBot
    let jar: FilePath

    init(_ bot: ServedBot) async throws {
        self.bot = bot
        jar = bot.project.folder.appending("jar")
        _ = try await bot.project.sluice("user", "add", "lea", "--role", "approver")
        let made = try await bot.project.sluice("token", "create", "lea")
        let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let signed = try await bot.curl(
            "/sign-in", "-c", jar.string, "-H", "Origin: \(bot.address)", "-d", "token=\(token)")
        try #require(signed.status == 303)
    }

    func get(_ path: String) async throws -> String { try await bot.curl(path, "-b", jar.string).text }

    /// A form with the session's proof; the status of the answer.
    func post(_ path: String, _ form: String) async throws -> Int {
        let page = try await get("/projects") + get("/models") + get("/runs/1")
        let proof = try #require(page.firstMatch(of: /name="proof" value="([0-9a-f]{64})"/)).1
        return try await bot.curl(
            path, "-b", jar.string, "-H", "Origin: \(bot.address)", "-d", "proof=\(proof)&\(form)"
        ).status
    }
}
