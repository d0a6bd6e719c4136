import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Going back and making runs again on a server, from another machine.
@Suite(.timeLimit(.minutes(15)))
struct ReturningStoryTests {
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
}
