import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// What people ask a server from elsewhere, and what they would have been told on its machine.
@Suite(.timeLimit(.minutes(15)))
struct ServiceWhyTests {
    private func far(_ bot: ServedBot, _ role: String) async throws -> [String: String?] {
        try await bot.project.sluice("user", "add", "alice-\(role)", "--role", role)
        let made = try await bot.project.sluice("token", "create", "alice-\(role)")
        let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        return ["SLUICE_TOKEN": token]
    }

    @Test func `the command that trigger prints tells what came of it, word for word`() async throws {
        try await withBareBot { bot in
            _ = try await bot.finished(1)
            let token = try await far(bot, "operator")
            let asked = try await bot.project.sluice(
                "trigger", "toy", "--again", "--server", bot.address, environment: token)
            let hint = try #require(asked.output.firstMatch(of: /'sluice (why [^']+)'/)?.output.1)
            let words = hint.split(separator: " ").map(String.init)

            let why = try await bot.project.call(words, environment: token)

            #expect(why.status == 0, "\(hint): \(why.errors)")
            #expect(why.output.contains("the API asked for a run by alice-operator"), "\(why.output)")
            let settled = try await eventually(every: .seconds(1)) { () -> String? in
                let why = try await bot.project.call(words, environment: token).output
                return why.contains("not acted on yet") ? nil : why
            }
            #expect(settled.contains("started run"), "\(settled)")
            #expect(settled.contains("run 2 was made"), "\(settled)")
        }
    }

    @Test func `show and why say from elsewhere what they say at home`() async throws {
        try await withBareBot { bot in
            _ = try await bot.finished(1)
            let token = try await far(bot, "viewer")
            for words in [["show", "1"], ["show", "1", "--markdown"], ["why", "1"], ["why", "part-1.csv"]] {
                let here = try await bot.project.call(words)
                let there = try await bot.project.call(words + ["--server", bot.address], environment: token)
                #expect(there.status == here.status, "\(words): \(there.errors)")
                #expect(there.output == here.output, "\(words)")
            }
            for words in [["show", "1", "--json"], ["why", "1", "--json"]] {
                let here = try await bot.project.call(words).json()
                let there = try await bot.project.call(words + ["--server", bot.address], environment: token).json()
                #expect(here == there, "\(words)")
            }
            let told = try await bot.project.sluice("why", "1").output
            for sentence in [
                "run 1 was made", "run 1 waits in the queue of 'toy'", "run 1 is being prepared", "run 1 passed",
            ] {
                #expect(told.contains(sentence))
            }
            #expect(!told.contains("→") && !told.contains("{"))
        }
    }

    @Test func `a run that works is shown from elsewhere stage by stage`() async throws {
        let sleeper = "import time\ntime.sleep(600)\n"
        try await withProject(["sluice.yaml": ToyProject.policy + "\ntriggers: {push: {}}\n", "train.py": sleeper]) {
            project in
            try await project.addData()
            let bare = project.folder.appending("toy.git")
            try await project.git("clone", "-q", "--bare", ".", bare.string)
            let settings = ServedBot.settings(nil).replacing("BARE", with: bare.string)
            let bot = try await ServedBot.start(project, settings: settings)
            let outcome: Result<Void, any Error>
            do {
                let token = try await far(bot, "operator")
                let there = try await eventually(every: .seconds(1)) { () -> String? in
                    let shown = try await project.sluice("show", "1", "--server", bot.address, environment: token)
                    let lines = shown.output.split(separator: "\n")
                    let trains = lines.contains { $0.hasPrefix("train") && $0.contains("running") }
                    return trains ? shown.output : nil
                }
                let here = try await project.sluice("show", "1").output
                #expect(here == there)
                #expect(there.contains("run 1 is running"), "\(there)")
                // Another one has to wait, and says for what.
                try await project.sluice(
                    "trigger", "toy", "--set", "slope=0.5", "--server", bot.address, environment: token)
                let waits = try await eventually(every: .seconds(1)) { () -> String? in
                    let why = try await project.sluice("why", "2", "--server", bot.address, environment: token).output
                    return why.contains("run 2 waits for") ? why : nil
                }
                #expect(waits.contains("run 2 waits for a place: 1 run"), "\(waits)")
                let local = try await project.sluice("why", "2").output
                #expect(local.contains("run 2 waits for its turn: no run is before it, 1 at work"), "\(local)")
                // The one that waits first, or it would begin and outlive the server.
                for run in ["2", "1"] { try await project.sluice("cancel", run) }
                outcome = .success(())
            } catch { outcome = .failure(error) }
            await bot.end()
            try outcome.get()
        }
    }
}
