import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Runs that nobody's commit calls for: of a schedule and of data.
@Suite(.timeLimit(.minutes(20)))
struct ServiceTimeTests {
    /// Three o'clock UTC of the night after so many others.
    private static func night(_ number: Int) -> Date {
        let today = (Date().timeIntervalSince1970 / 86_400).rounded(.down)
        return Date(timeIntervalSince1970: (today + 1 + Double(number)) * 86_400 + 3 * 3600)
    }

    private static func scheduled(_ scene: Scene) async throws -> [JSONValue] {
        try await scene.bot.runs().filter { $0["trigger"]?.text == "schedule" && $0["state"]?.text == "judged" }
    }

    /// What is known of a time of the schedule.
    private static func why(_ night: Date, _ scene: Scene) async throws -> Project.Call {
        try await scene.project.sluice("why", String(night.formatted(.iso8601).prefix(16)))
    }

    @Test func `of the nights on which no server ran one is made up for, and once`() async throws {
        try await withScene(triggers: "{schedule: [{cron: '0 3 * * *', timezone: UTC}]}") { scene in
            let head = try await scene.project.git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
            _ = try await eventually(every: .milliseconds(300)) {
                let why = try await scene.project.sluice("why", head)
                return why.output.contains("starts no runs on pushes") ? true : nil
            }
            let (first, last) = (Self.night(0), Self.night(5))
            // Shortly before, so that the server has seen the schedule when the time comes.
            let before = first.timeIntervalSinceNow - 6
            try await scene.replaced(by: "2", clock: before) { scene in
                _ = try await eventually(every: .milliseconds(500)) { try await Self.scheduled(scene).first }
                try await scene.sees("waits for 1 approval", on: head)
                let newer = scene.forge.commit(
                    ["params.yaml": "slope: 0.9\n"], to: "main", of: Scene.path, by: "ada")

                try await scene.replaced(by: "3", clock: last.timeIntervalSinceNow + 3600) { scene in
                    try await scene.sees("waits for 1 approval", on: newer)
                    try await scene.replaced(by: "4") { scene in
                        try await scene.looks(2)

                        let runs = try await Self.scheduled(scene)
                        let commits = runs.map { $0["commit"]?.text }
                        #expect(commits == [newer, head])
                        let (made, missed) = (try await Self.why(last, scene), try await Self.why(Self.night(4), scene))
                        #expect(made.status == 0 && made.output.contains("run 2"), "\(made.output)\(made.errors)")
                        #expect(missed.status != 0, "\(missed.output)")
                        let open = scene.forge.pulls(of: Scene.path).filter { $0.state == "open" }
                        #expect(open.map(\.headBranch) == ["sluice/promote/toy"])
                    }
                }
            }
        }
    }

    @Test func `new data open a promotion pull request, and merging it after an approval promotes`() async throws {
        let line = "points: { mount: data/points, schema: schema.json, append: true }"
        let drop = "points: { mount: data/points, schema: schema.json, append: true, drop: DROPS, settle: 0.1s }"
        let policy = ToyProject.policy.replacing(line, with: drop)
            .replacing("required: 1", with: "required: 2")
        try await withScene(policy: policy, triggers: "{data: [points]}") { scene in
            let rows = (60..<90).map { "\($0),\($0 % 3 == 0 ? 1 : 0)" }
            let file = scene.project.folder.appending("drops/part-2.csv")
            try Files.writeDurably(Data((["x,label"] + rows).joined(separator: "\n").utf8), to: file)
            let proposal = try await eventually {
                scene.forge.pulls(of: Scene.path).first { $0.headBranch == "sluice/promote/toy" }
            }
            let pull = Scene.Pull(number: proposal.number, head: proposal.head, branch: proposal.headBranch)
            try await scene.tell()

            let first = try await scene.ask("/approve", on: pull, by: "bob")
            let before = scene.acts
            try await scene.merge(pull, by: "carol")
            try await scene.deploys(["deploy 1"])
            try await scene.looks(2)

            #expect(proposal.author == scene.forge.bot)
            #expect(proposal.title == "Promote toy version 1 (run 1)")
            #expect(proposal.body.contains("waits for 2 approvals") && proposal.body.contains("/approve"))
            #expect(first.contains("It still needs 1 approval"))
            #expect(before.isEmpty)
            let pointer = try await scene.file(".sluice/champions/toy.json")
            #expect(pointer.contains("\"version\" : 1"), "\(pointer)")
            #expect(try await scene.bot.runs().count == 1, "the merge itself starts none")
            #expect(scene.forge.pulls(of: Scene.path).count == 1)
        }
    }
}
