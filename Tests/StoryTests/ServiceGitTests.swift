import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// No forge at all: a bare repository, found by asking and told by its hook.
@Suite(.timeLimit(.minutes(15)))
struct ServiceGitTests {
    @Test func `a push to a bare repository is found by asking, and its run waits for a person`() async throws {
        try await withBareBot { bot in
            let bare = bot.project.folder.appending("toy.git")
            try bot.project.write("slope: 0.9\n", to: "params.yaml")
            let commit = try await bot.project.commit("Try another slope")
            try await bot.project.git("push", "-q", bare.string, "main")

            let run = try await eventually {
                try await bot.runs().first { $0["commit"]?.text == commit && $0["state"]?.text == "judged" }
            }

            #expect(run["trigger"]?.text == "push")
            #expect(run["status"]?.text == "waiting")
        }
    }

    @Test func `the hook tells the server, keeps the hook that was there, and never fails a push`() async throws {
        try await withBareBot { bot in
            let bare = bot.project.folder.appending("toy.git")
            let old = bare.appending("hooks/post-receive")
            try Files.writeDurably(Data("#!/bin/sh\ncat > \(bare)/seen\nexit 3\n".utf8), to: old, mode: 0o755)
            try await bot.project.sluice("user", "add", "git", "--role", "operator")
            let token = try await bot.project.sluice("token", "create", "git")
            try Files.writeDurably(Data(token.output.utf8), to: bare.appending("sluice-token"), mode: 0o600)

            let installed = try await bot.project.sluice(
                "hook", "install", bare.string, "--server", bot.address, "--project", "toy")
            let again = try await bot.project.sluice(
                "hook", "install", bare.string, "--server", bot.address, "--project", "toy")
            let commit = try await bot.project.commit("Push with a hook")
            let pushed = try await Tool.find("git", advice: "").run(
                ["push", "-q", bare.string, "main"], in: bot.project.repository)
            await bot.end()
            let alone = try await bot.project.commit("Push without a server")
            let lonely = try await Tool.find("git", advice: "").run(
                ["push", "-q", bare.string, "main"], in: bot.project.repository)

            #expect(installed.status == 0 && again.status == 0, "\(installed.errors) \(again.errors)")
            #expect(pushed.status == 0)
            #expect(pushed.errors.contains("told \(bot.address) of a branch"), "\(pushed.errors)")
            #expect(lonely.status == 0)
            #expect(lonely.errors.contains("it will find the push by itself"))
            let seen = String(decoding: try Files.readSmall(bare.appending("seen")), as: UTF8.self)
            #expect(seen.contains(alone) && seen.contains("refs/heads/main") && commit != alone)
        }
    }

    @Test func `a backup of a home that is used is a home in which the model can be promoted`() async throws {
        try await withBareBot { bot in
            let bare = bot.project.folder.appending("toy.git")
            let commit = try await bot.project.commit("Something new")
            try await bot.project.git("push", "-q", bare.string, "main")
            let run = try await eventually {
                try await bot.runs().first { $0["commit"]?.text == commit && $0["state"]?.text == "judged" }
            }
            let id = try #require(run["run"]?.int64)
            let folder = bot.project.folder.appending("backup")

            let first = try await bot.project.sluice("backup", folder.string)
            let second = try await bot.project.sluice("backup", folder.string)
            let check = try await bot.project.sluice("backup", folder.string, "--verify", "--json")
            let third = try await bot.project.sluice("backup", folder.string)
            await bot.end()
            try Files.removeTree(bot.project.home)
            try FileManager.default.moveItem(atPath: folder.string, toPath: bot.project.home.string)
            let audit = try await bot.project.sluice("audit", "verify")
            let early = try await bot.project.sluice("approve", String(id))
            let settings = ServedBot.settings(nil).replacing("BARE", with: bare.string)
            let restored = try await ServedBot.start(bot.project, settings: settings, name: "2")
            let approved = try await eventually {
                let answer = try await bot.project.sluice("approve", String(id))
                return answer.status == 0 ? answer : nil
            }
            await restored.end()

            #expect(first.status == 0 && second.status == 0 && third.status == 0, "\(first.errors) \(third.errors)")
            #expect(try check.json()["is_intact"] == .bool(true), "\(check.output)")
            #expect(audit.status == 0, "\(audit.errors)")
            #expect(early.status != 0 && early.errors.contains("when it starts: try again then"), "\(early.errors)")
            #expect(approved.output == "toy version \(id) is champion now\n", "\(approved.errors)")
        }
    }
}
