import Domain
import Foundation
import Host
import TestSupport
import Testing

/// A forge that is down, wants less, or knows the bot no more; and a server that is killed.
@Suite(.timeLimit(.minutes(20)))
struct ServiceTroubleTests {
    /// Requests that were not granted, but for looks at the list of pull requests.
    private static func refusals(_ scene: Scene, _ statuses: Set<Int>) -> Int {
        scene.forge.requests.count { statuses.contains($0.status) && !$0.path.hasSuffix("/pulls") }
    }

    @Test func `a pull request that is opened while the forge's API is down is reported on when it is back`()
        async throws
    {
        try await withScene(clock: 0) { scene in
            scene.forge.trouble { $0.isUnavailable = true }
            let pull = try await scene.propose()
            _ = try await eventually { Self.refusals(scene, [503]) > 2 ? true : nil }

            scene.forge.trouble { $0.isUnavailable = false }
            try scene.project.setClock(ahead: 3600)
            try await scene.sees("waits for 1 approval", on: pull.head)
            _ = try await scene.report(on: pull, with: "waits for 1 approval")

            #expect(scene.forge.comments(on: pull.number, of: Scene.path).count == 1)
            #expect(try await scene.runs(of: pull.head).count == 1)
        }
    }

    @Test(arguments: [(ForgeKind.github, false), (.github, true), (.gitlab, false)])
    func `a forge that wants less gets less, and hears everything once`(kind: ForgeKind, isSecond: Bool) async throws {
        try await withScene(kind, isPaced: true) { scene in
            let pull = try await scene.waiting()
            let until = Date().addingTimeInterval(3)
            scene.forge.trouble { ($0.limitedUntil, $0.isSecondLimit) = (until, isSecond) }

            let reply = try await scene.ask(kind == .gitlab ? "/sluice approve" : "/approve", on: pull)
            try await scene.sees("promoted: version 1 of toy", on: pull.head)

            #expect(reply.contains("is `champion` now"))
            #expect(scene.replies(on: pull).count == 1)
            #expect(Self.refusals(scene, [403, 429]) <= 6, "\(Self.refusals(scene, [403, 429]))")
            #expect(scene.forge.mostWritesInASecond <= 2)
            try await scene.deploys(["deploy 1"])
        }
    }

    @Test func `an answer of the forge that gets lost doubles nothing`() async throws {
        try await withScene { scene in
            let pull = try await scene.waiting()
            scene.forge.trouble { ($0.lostAnswers, $0.badGateways) = (2, 1) }

            _ = try await scene.ask("/approve", on: pull)
            try await scene.sees("promoted: version 1 of toy", on: pull.head)

            #expect(scene.replies(on: pull).count == 1)
            #expect(scene.reports(on: pull).count == 1)
            try await scene.deploys(["deploy 1"])
        }
    }

    @Test func `with a token that was revoked all is held and told, and said with the next one`() async throws {
        try await withScene { scene in
            try await scene.project.sluice("user", "add", "watcher", "--role", "viewer")
            let made = try await scene.project.sluice("token", "create", "watcher")
            let viewer = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let pull = try await scene.propose()
            _ = try await eventually { scene.status(of: pull.head) }
            let next = scene.forge.renewToken()
            try await scene.bot.says("sending to forge: the forge does not accept the token")
            _ = try await eventually(every: .milliseconds(300)) {
                try await scene.runs(of: pull.head).first { $0["state"]?.text == "judged" }
            }
            let held = try await scene.metrics(viewer)
            let silence = scene.status(of: pull.head)

            try Files.writeDurably(Data(next.utf8), to: scene.project.token, mode: 0o600)
            try await scene.bot.reload()
            try await scene.sees("waits for 1 approval", on: pull.head)
            _ = try await scene.report(on: pull, with: "waits for 1 approval")
            let after = try await scene.metrics(viewer)
            _ = try await scene.ask("/approve", on: pull)

            #expect(silence?.description.contains("waits for") == false)
            #expect(held.contains("sluice_troubles{what=\"sending to forge\"} 1"), "\(held)")
            #expect(!held.contains("sluice_posts{state=\"waiting\"} 0\n") && held.contains("sluice_posts{state"))
            #expect(held.contains("sluice_posts{state=\"abandoned\"} 0\n"))
            #expect(!after.contains("sluice_troubles{what=\"sending to forge\"}"))
            #expect(scene.reports(on: pull).count == 1)
            let said = scene.bot.lines.map { "\($0)" }.joined()
            #expect(!said.contains(next), "no secret is in the log")
            try await scene.deploys(["deploy 1"])
        }
    }

    @Test func `a command that is given while the forge is down for a day is obeyed when it is back`() async throws {
        try await withScene(clock: 0) { scene in
            let pull = try await scene.waiting()
            scene.forge.trouble { $0.isUnavailable = true }
            let approval = try await scene.say("/approve", on: pull, by: "bob")
            for turn in 1...10 {
                let before = Self.refusals(scene, [503])
                try scene.project.setClock(ahead: Double(turn) * 9000)
                // Is no command, and lets the bot look at what it has to do.
                try await scene.say("still down, \(turn)", on: pull, by: "ada")
                _ = try await eventually { Self.refusals(scene, [503]) > before ? true : nil }
            }
            let silence = scene.replies(on: pull)
            try await scene.bot.says("the forge cannot be reached")

            scene.forge.trouble { $0.isUnavailable = false }
            try scene.project.setClock(ahead: 100_000)
            try await scene.say("up again", on: pull, by: "ada")
            let reply = try await scene.reply(to: approval, on: pull)
            try await scene.sees("promoted: version 1 of toy", on: pull.head)

            #expect(silence.isEmpty)
            #expect(reply.contains("Version 1 of `toy` is `champion` now."))
            #expect(scene.replies(on: pull).count == 1)
            #expect(scene.reports(on: pull).count == 1)
            try await scene.deploys(["deploy 1"])
        }
    }

    @Test func `a server that is killed goes on where it was, and says everything once`() async throws {
        try await withScene { scene in
            let pull = try await scene.propose()
            _ = try await eventually { scene.status(of: pull.head) }
            try await scene.replaced(by: "2", after: SIGKILL) { scene in
                try await scene.sees("waits for 1 approval", on: pull.head)
                let id = try await scene.say("/approve", on: pull)
                try await scene.replaced(by: "3", after: SIGKILL) { scene in
                    _ = try await scene.reply(to: id, on: pull)
                    try await scene.sees("promoted: version 1 of toy", on: pull.head)

                    #expect(try await scene.runs(of: pull.head).count == 1)
                }
            }

            #expect(scene.reports(on: pull).count == 1)
            #expect(scene.replies(on: pull).count == 1)
            try await scene.deploys(["deploy 1"])
        }
    }
}
