import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Other processes on the home of a server that works.
@Suite(.timeLimit(.minutes(15)))
struct BesideServerTests {
    @Test func `a second server is refused in a sentence, and the first one goes on`() async throws {
        try await withMortalServer { server, forge in
            let story = MortalStory(server: server, forge: forge)
            let project = server.project
            try await server.start()
            let (number, head) = try await story.open("2.5")

            let second = try await project.sluice(
                "serve", "--config", project.folder.appending("server.yaml").string,
                environment: ["FORGE_SECRET": forge.webhookSecret])
            try await story.status(of: head, is: "passed; waits for ")
            try await story.say("/approve", on: number)
            try await story.status(of: head, is: "promoted: ")
            let end = try await story.calm()

            #expect(second.status == 2)
            #expect(second.errors.contains("another server works on the home \(project.home)"), "\(second.errors)")
            #expect(second.errors.contains("stop it first"), "it says what to do")
            #expect(await server.starts == 1, "the first one was not disturbed")
            try await end.expectSound()
            try await end.expectRunsOnce()
            end.expectPromotedOnce()
            end.expectStatuses()
            end.expectSaidOnce()
        }
    }

    @Test func `what is said on the command line beside a server counts, and the server tells the forge`() async throws
    {
        try await withMortalServer { server, forge in
            let story = MortalStory(server: server, forge: forge)
            let project = server.project
            try await server.start()
            let (one, first) = try await story.open("2.5")
            let (_, second) = try await story.open("3.5", branch: "other")
            try await story.status(of: first, is: "passed; waits for ")
            try await story.status(of: second, is: "passed; waits for ")
            let runs = try await HomeRows.read(project)["runs"]
            let run = try #require(runs.first { $0["commit_id"]?.text == first }?["id"]?.int64)
            let other = try #require(runs.first { $0["commit_id"]?.text == second }?["id"]?.int64)

            let rejected = try await project.sluice("reject", "\(other)", "--as", "bob", "--reason", "too slow")
            let approved = try await project.sluice("approve", "\(run)", "--as", "bob")
            try await story.status(of: second, is: "rejected by bob: too slow")
            try await story.status(of: first, is: "promoted: ")
            // A run of the same machine that the server knows nothing of.
            let own = try await project.sluice("run", "--json")
            let again = try await project.sluice("approve", "\(run)", "--as", "bob")
            try await story.say("/approve", on: one)
            let end = try await story.calm()

            #expect(rejected.status == 0 && approved.status == 0, "\(rejected.errors) \(approved.errors)")
            #expect(own.status == 0, "\(own.errors)")
            #expect(again.status == 1 && again.errors.contains("promoted"), "\(again.errors)")
            #expect(project.acts().count == 2, "\(project.acts())")
            try await end.expectSound()
            end.expectPromotedOnce()
            end.expectStatuses()
            end.expectSaidOnce()
        }
    }

    @Test func `resuming, collecting and copying beside a server disturb nothing`() async throws {
        try await withMortalServer(train: "echo training; sleep 6") { server, forge in
            let story = MortalStory(server: server, forge: forge)
            let project = server.project
            try await server.start()
            let (_, head) = try await story.open("2.5")
            // One more than work at the same time: it waits for its turn.
            _ = try await story.open("3.5", branch: "two")
            _ = try await story.open("4.5", branch: "three")
            try await story.status(of: head, is: "running train")

            let resumed = try await project.sluice("resume")
            let collected = try await project.sluice("gc", "--logs", "90d", "--outputs", "30d")
            let copied = try await project.sluice("backup", project.folder.appending("copy").string)
            try await story.status(of: head, is: "passed; waits for ")
            let end = try await story.calm()

            #expect(resumed.status == 0 && collected.status == 0, "\(resumed.errors) \(collected.errors)")
            #expect(resumed.output == "nothing was interrupted\n", "what a server has begun or queued is its own")
            #expect(copied.status == 0, "\(copied.errors)")
            try await end.expectSound()
            try await end.expectRunsOnce()
            end.expectStatuses()
            end.expectSaidOnce()
        }
    }
}
