import Domain
import Engine
import Foundation
import Host
import TestSupport
import Testing

/// A server that is killed at one of its arrows, before or after what it does there is written down, and started again:
/// everything happens once.
@Suite(.timeLimit(.minutes(15)))
struct ServiceCrashTests {
    /// Each with the number of the time at which it is passed: the first is about the default branch's run, later ones
    /// about the pull request, its comment and what is said of them.
    static let points = [
        "delivery_recorded:2", "run_created:2", "event_settled", "event_obeyed", "decision_recorded",
        "promotion_intended", "alias_moved", "deployed", "verified", "posts_written:6", "post_sending:3", "post_sent",
        "post_sent:3",
        "post_sent:5", "post_sent:8", "post_recorded:4",
    ]

    @Test(arguments: points)
    func `a pull request is run, reported, approved and deployed once, wherever its server is killed`(
        _ point: String
    ) async throws {
        try await withMortalServer { server, forge in
            let story = MortalStory(server: server, forge: forge)
            try await server.start(killAt: point)
            let (number, head) = try await story.open("2.5")
            try await story.status(of: head, is: "passed; waits for ")
            try await story.say("/approve", on: number)
            try await story.status(of: head, is: "promoted: ")

            let end = try await story.calm()

            #expect(await server.starts == 2, "the hook did not fire")
            try await end.expectSound()
            end.expectSettled(await server.acknowledged)
            try await end.expectRunsOnce()
            end.expectPromotedOnce()
            end.expectStatuses()
            end.expectSaidOnce()
            #expect(end.rows["promotions"].count == 1)
            #expect(try answer(to: "/approve", on: number, forge).contains("`champion`"))
        }
    }

    @Test(arguments: ["event_obeyed:3", "promotion_intended:3", "alias_moved:3"])
    func `a rollback goes back one step, wherever its server is killed`(_ point: String) async throws {
        try await withMortalServer { server, forge in
            let story = MortalStory(server: server, forge: forge)
            try await server.start(killAt: point)
            let (number, first) = try await story.open("2.5")
            try await story.status(of: first, is: "passed; waits for ")
            try await story.say("/approve", on: number)
            try await story.status(of: first, is: "promoted: ")
            let second = try await story.push("3.5", to: number)
            try await story.status(of: second, is: "passed; waits for ")
            try await story.say("/approve", on: number)
            try await story.status(of: second, is: "promoted: ")

            try await story.say("/rollback", on: number)
            let end = try await story.calm()

            #expect(await server.starts == 2, "the hook did not fire")
            let versions = end.rows["promotions"].compactMap { $0["challenger"]?.int64 }
            #expect(versions.count == 3 && versions.first == versions.last, "\(versions)")
            #expect(server.project.acts() == versions.flatMap { ["deploy \($0)", "verify \($0)"] })
            #expect(end.rows["aliases"].first?["version"]?.int64 == versions.first)
            try await end.expectSound()
            end.expectSettled(await server.acknowledged)
            end.expectSaidOnce()
        }
    }

    @Test func `a cancel whose server is killed says what it cancelled`() async throws {
        try await withMortalServer(train: "echo training; sleep 60") { server, forge in
            let story = MortalStory(server: server, forge: forge)
            try await server.start(killAt: "event_obeyed")
            let (number, head) = try await story.open("2.5")
            try await story.status(of: head, is: "running train")

            try await story.say("/cancel", on: number)
            try await story.status(of: head, is: "cancelled by bob: /cancel")
            for run in ["1", "2"] { try await server.project.sluice("cancel", run) }
            let end = try await story.calm()
            let ticket = try #require(end.rows["tickets"].first { $0["pull_request"]?.int64 == number })
            let run = try #require(ticket["run"]?.int64)

            #expect(await server.starts == 2, "the hook did not fire")
            #expect(try answer(to: "/cancel", on: number, forge).contains("Cancelled: run \(run)."))
            try await end.expectSound()
            end.expectStatuses()
            end.expectSaidOnce()
        }
    }

    /// What the bot answered to the newest comment of these words.
    private func answer(to text: String, on number: Int64, _ forge: FakeForge) throws -> String {
        let comments = forge.comments(on: number, of: "acme/toy")
        let asked = try #require(comments.last { $0.body == text })
        let answer = try #require(comments.first { $0.body.contains("reply:\(asked.id) ") })
        return answer.body
    }
}
