import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// The server as an operator meets it: started, told to reload, stopped.
@Suite(.timeLimit(.minutes(15)))
struct ServiceTests {
    @Test func `a broken configuration is named line by line, and nothing is started`() async throws {
        try await withProject { project in
            let file = project.folder.appending("server.yaml")
            let text = "version: 1\nforges: {github: {token: {env: NOPE}, webhook_secrets: []}}\nprojcts: {}\n"
            try Files.writeDurably(Data(text.utf8), to: file)

            let call = try await project.sluice("serve", "--config", file.string, "--check")

            #expect(call.status == 2)
            #expect(
                call.errors.contains("server.yaml:2:56: 'forges.github.webhook_secrets': expected a list of 1 to 2"))
            #expect(call.errors.contains("server.yaml:3:1: unknown key 'projcts'; did you mean 'projects'?"))
        }
    }

    @Test func `a floor's gates are read as a policy's are`() async throws {
        try await withProject { project in
            let file = project.folder.appending("server.yaml")
            let text =
                "version: 1\nprojects:\n  toy:\n    git: /srv/x.git\n    floor: {gates: [{metric: auc, mn: 0.5}]}\n"
            try Files.writeDurably(Data(text.utf8), to: file)

            let call = try await project.sluice("serve", "--config", file.string, "--check")

            #expect(
                call.errors.contains(
                    "server.yaml:5:35: unknown key 'mn' in 'projects.toy.floor.gates'; did you mean 'min'?"))
        }
    }

    @Test func `the server listens, keeps its configuration when the new one is broken, and ends as told`() async throws
    {
        try await withBareBot { bot in
            let file = bot.project.folder.appending("server.yaml")
            let good = try Files.readSmall(file)

            try Files.writeDurably(Data("version: 1\nprojects: {x: {}}\n".utf8), to: file)
            bot.signal(SIGHUP)
            try await bot.says("is broken, and the configuration of before is kept")
            try Files.writeDurably(good, to: file)
            bot.signal(SIGHUP)
            try await bot.says("anew")

            #expect(await bot.end() == 0)
            #expect(bot.lines.last?["message"]?.text == "ended")
        }
    }

    @Test func `a second server on the home is refused`() async throws {
        try await withBareBot { bot in
            let file = bot.project.folder.appending("server.yaml")

            let call = try await bot.project.sluice("serve", "--config", file.string)

            #expect(call.status == 2)
            #expect(call.errors.contains("another server works on the home"))
        }
    }

    @Test func `a user's token opens the server from elsewhere, and is shown once`() async throws {
        try await withBareBot { bot in
            try await bot.project.sluice("user", "add", "alice", "--role", "operator")
            let made = try await bot.project.sluice("token", "create", "alice", "--note", "laptop")
            let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let far: [String: String?] = ["SLUICE_SERVER": bot.address, "SLUICE_TOKEN": token]

            let runs = try await bot.project.sluice("runs", environment: far)
            let asked = try await bot.project.sluice("trigger", "toy", environment: far)
            let listed = try await bot.project.sluice("token", "list")
            try await bot.project.sluice("token", "revoke", "1")
            let after = try await bot.project.sluice("runs", environment: far)

            #expect(runs.status == 0, "\(runs.errors)")
            let told = try #require(
                asked.output.wholeMatch(of: /asked for as (event \d+); 'sluice why (event \d+)[^']*' tells .*\n/))
            #expect(told.1 == told.2)
            #expect(listed.output.contains("laptop") && !listed.output.contains(token))
            #expect(after.status == 2 && after.errors.contains("valid token"))
        }
    }
}

/// A server that follows a bare repository beside the project.
func withBareBot(
    triggers: String = "triggers: {push: {}}", more: String = "", files: [String: String] = [:],
    _ body: (ServedBot) async throws -> Void
) async throws {
    let policy = ["sluice.yaml": ToyProject.policy + "\n" + triggers + "\n"]
    try await withProject(policy.merging(files) { _, new in new }) { project in
        try await project.addData()
        let bare = project.folder.appending("toy.git")
        try await project.git("clone", "-q", "--bare", ".", bare.string)
        let settings = ServedBot.settings(nil, more: more).replacing("BARE", with: bare.string)
        let bot = try await ServedBot.start(project, settings: settings)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(bot)) } catch { outcome = .failure(error) }
        await bot.end()
        if case .failure = outcome {
            print(String(decoding: (try? Files.readSmall(bot.log)) ?? Data(), as: UTF8.self))
        }
        try outcome.get()
    }
}
