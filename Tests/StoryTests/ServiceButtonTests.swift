import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A GitHub App: its checks, and tokens that nobody keeps.
@Suite(.timeLimit(.minutes(15)))
struct ServiceButtonTests {
    private let path = "acme/toy"

    /// A pull request by ada with another slope, told to the bot; its number and head.
    private func open(_ forge: FakeForge, _ bot: ServedBot, _ slope: String, on branch: String) async throws -> (
        number: Int64, head: String
    ) {
        forge.branch(branch, of: path)
        let head = forge.commit(["params.yaml": "slope: \(slope)\n"], to: branch, of: path, by: "ada")
        let number = forge.openPullRequest(path, from: branch, head: head, by: "ada")
        try await forge.deliver(to: bot.hook)
        return (number, head)
    }

    private func waiting(_ forge: FakeForge, _ head: String) async throws -> FakeCheck {
        try await eventually {
            forge.checks(of: head, in: path).first { $0.conclusion == "action_required" && $0.status == "completed" }
        }
    }

    private func said(_ forge: FakeForge, _ number: Int64, _ text: String) async throws {
        _ = try await eventually {
            forge.comments(on: number, of: path).contains { $0.body.contains(text) } ? true : nil
        }
    }

    @Test func `tokens are minted for one repository and one kind of work, and stand in no log`() async throws {
        try await withServedApp { bot, forge in
            let (_, head) = try await open(forge, bot, "0.9", on: "topic")
            _ = try await waiting(forge, head)

            let tokens = forge.installationTokens
            let widest: Set<String> = ["checks", "contents", "metadata", "pull_requests", "statuses", "members"]
            #expect(!tokens.isEmpty)
            for token in tokens {
                #expect(token.repositories == ["toy"] || token.permissions == ["metadata": "read"])
                #expect(widest.isSuperset(of: token.permissions.keys))
                // What fetches and pushes may say nothing, and what says something may not push.
                #expect(token.permissions["contents"] != "write" || token.permissions["statuses"] == nil)
            }
            let log = String(decoding: try Files.readSmall(bot.log), as: UTF8.self)
            let key = try Files.readSmall(bot.project.folder.appending("app.pem"))
            let line = String(decoding: key, as: UTF8.self).split(separator: "\n").dropFirst().first.map(String.init)
            #expect(log.contains("request"))
            for secret in ["ghs_", "eyJ", "Bearer", "PRIVATE KEY", try #require(line)] {
                #expect(!log.contains(secret))
            }
            let home = try await Tool.find("grep", advice: "").run(
                ["-r", "-l", "-a", "-e", "ghs_", "-e", "PRIVATE KEY", bot.project.home.string])
            #expect(home.output.isEmpty)
        }
    }

    @Test func `a model is approved with the button of its newest check, by who may at that time`() async throws {
        try await withServedApp { bot, forge in
            let (number, first) = try await open(forge, bot, "0.9", on: "topic")
            let old = try await waiting(forge, first)
            #expect(old.actions == ["approve", "reject"])
            #expect(old.externalID == "1" && old.title == "passed; waits for 1 approval")

            // Asked of the forge when the button is pressed, whatever it was before.
            forge.setRole("bob", .read, in: path)
            forge.press("approve", of: old, in: path, by: "bob")
            try await forge.deliver(to: bot.hook)
            try await said(forge, number, "bob has the permission")
            forge.setRole("bob", .write, in: path)
            forge.setRole("carol", .write, in: path)

            let second = forge.commit(["params.yaml": "slope: 0.8\n"], to: "topic", of: path, by: "ada")
            forge.push(to: number, of: path, head: second, by: "ada")
            try await forge.deliver(to: bot.hook)
            let new = try await waiting(forge, second)
            forge.press("approve", of: old, in: path, by: "carol")
            try await forge.deliver(to: bot.hook)
            let newest = try #require(CommitID(hex: second)).short
            try await said(forge, number, "the pull request stands on \(newest) now")
            #expect(bot.project.acts().isEmpty)

            forge.press("approve", of: new, in: path, by: "bob")
            try await forge.deliver(to: bot.hook)
            let done = try await eventually {
                forge.checks(of: second, in: path).first { $0.conclusion == "success" }
            }
            #expect(done.actions.isEmpty && done.title.hasPrefix("promoted: version"), "\(done.title)")
            #expect(done.summary.contains("approved by bob"), "\(done.summary)")
            #expect(bot.project.acts().count == 2)
            #expect(forge.checks(of: second, in: path).count == 1)
        }
    }

    @Test func `a model is rejected with the button`() async throws {
        try await withServedApp { bot, forge in
            let (_, head) = try await open(forge, bot, "0.7", on: "other")
            forge.press("reject", of: try await waiting(forge, head), in: path, by: "bob")
            try await forge.deliver(to: bot.hook)
            let refused = try await eventually {
                forge.checks(of: head, in: path).first { $0.conclusion == "failure" }
            }
            #expect(refused.title == "rejected by bob: rejected with the button", "\(refused.title)")
            #expect(refused.actions.isEmpty)
            #expect(bot.project.acts().isEmpty)
        }
    }

    @Test func `a fork's pull request says how to let it run, and runs after exactly that`() async throws {
        try await withServedApp { bot, forge in
            forge.branch("mallory", of: path)
            let head = forge.commit(["params.yaml": "slope: 0.9\n"], to: "mallory", of: path, by: "mallory")
            let number = forge.openPullRequest(
                path, from: "main", head: head, by: "mallory", fork: "mallory/toy")
            try await forge.deliver(to: bot.hook)
            try await said(forge, number, "can let this one commit be run, without secrets and without network")
            let told = try #require(
                forge.comments(on: number, of: path).first { $0.body.contains("sluice:report:toy") })
            let command = try #require(told.body.firstMatch(of: /`(\/ok-to-run [0-9a-f]{40})`/)).output.1
            #expect(command.hasSuffix(head))
            #expect(forge.statuses(of: head, in: path).last?.state == "pending")

            let why = try await bot.project.sluice("why", "pr", "\(number)")
            #expect(why.output.contains("waits for somebody with write access who says '\(command)'"), "\(why.errors)")

            forge.comment(on: number, of: path, by: "bob", String(command))
            try await forge.deliver(to: bot.hook)
            let run = try await bot.finished(1)
            #expect(run["commit"]?.text == head)
        }
    }
}

/// A server that is a GitHub App.
func withServedApp(_ body: (ServedBot, FakeForge) async throws -> Void) async throws {
    try await withProject([
        "sluice.yaml": ToyProject.policy + "\ntriggers: {pull_request: {}}\n"
    ]) { project in
        try await project.addData()
        let key = project.folder.appending("app.pem")
        _ = try await Tool.find("openssl", advice: "").output(["genrsa", "-out", key.string, "2048"])
        let forge = try await FakeForge.start(.github, in: project.folder, app: "4711")
        forge.addRepository("acme/toy", from: project.repository.string)
        for (login, role) in [("ada", FakeRole.write), ("bob", .write)] { forge.setRole(login, role, in: "acme/toy") }
        let settings = ServedBot.settings(forge, token: project.token).replacing(
            "token: {file: \(project.token)}", with: "app: {id: 4711, key: {file: \(key.string)}}")
        let bot = try await ServedBot.start(project, forge: forge, settings: settings)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(bot, forge)) } catch { outcome = .failure(error) }
        await bot.end()
        await forge.stop()
        if case .failure = outcome {
            print(String(decoding: (try? Files.readSmall(bot.log)) ?? Data(), as: UTF8.self))
        }
        try outcome.get()
    }
}
