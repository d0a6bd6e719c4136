import Domain
import Engine
import Foundation
import Reports
import Storage
import Testing

@testable import Service

extension BoardBench {
    /// The forge tells of a pull request; it is acted on.
    @discardableResult
    func tell(_ pull: PullRequest, _ change: PullRequestChange) async throws -> EventOutcome? {
        board.change { $0.pulls[pull.number] = pull }
        return try await told(
            .forge(BoardBench.forge, .pullRequest(pull, change)), "\(pull.number) \(change) \(pull.updatedAt)")
    }

    /// Somebody pushed to a branch; it is acted on.
    @discardableResult
    func push(_ branch: String, _ commit: CommitID) async throws -> EventOutcome? {
        let name = try #require(BranchName(branch))
        return try await told(.branchMoved(name, before: nil, after: commit), "push \(branch) \(commit)")
    }

    @discardableResult
    fileprivate func told(_ kind: Event.Kind, _ key: String) async throws -> EventOutcome? {
        move(by: 1)
        let event = try await record(kind, key: key)
        try await Acts(bot: bot, project: try await served(), parked: Parked()).act(on: event)
        return try await store.event(event.id)?.outcome
    }

    /// A pull request of `ada` with the branch `topic`.
    func pull(_ number: Int64, _ head: CommitID, at time: Int = 1) throws -> PullRequest {
        var pull = try open(head)
        board.change { $0.pulls[7] = nil }
        (pull.number, pull.updatedAt) = (number, "\(time)")
        return pull
    }

    func state(_ run: RunID) async throws -> String? { try await store.run(run)?.state.word }
}

/// One run that several ask for: each of them is told of it, and can decide on it.
@Suite(.timeLimit(.minutes(20)))
struct SharedRunTests {
    private static let triggers = "triggers: { push: { branches: ['**'] }, pull_request: {} }"

    private func topic(_ bench: BoardBench, _ value: Int = 2) async throws -> CommitID {
        if value == 2 { try await bench.git("checkout", "-q", "-b", "topic") }
        return try await bench.commit(["params.yaml": "a: \(value)\n"])
    }

    private let first = RunID(1)
    private let second = RunID(2)

    @Test func `a pull request that is closed and opened anew as another one has the report and can be approved`()
        async throws
    {
        try await withBoard(more: Self.triggers) { bench in
            let bob = bench.person("bob", id: "6")
            let run = try #require(first)
            let head = try await topic(bench)
            var seven = try bench.pull(7, head)
            #expect(try await bench.tell(seven, .opened) == .started(run))
            _ = try await bench.bot.engine.carry(run) { _ in }
            (seven.state, seven.updatedAt) = (.closed, "2")
            try await bench.tell(seven, .closed)

            let outcome = try await bench.tell(try bench.pull(8, head, at: 3), .opened)
            try await bench.settle()

            #expect(outcome == .sameAs(run))
            #expect(
                bench.comments(on: 8).count == 1
                    && bench.comments(on: 8).first?.contains("waits for 1 approval") == true)
            let told = try await bench.say("/approve", by: bob, on: 8, id: "c1")
            try await bench.settle()
            #expect(told == .handled("promotion 1 is promoted"))
            #expect(bench.status(of: head)?.state == .success)
            #expect(bench.comments(on: 8).first?.contains("promoted: version 1 of toy") == true)
        }
    }

    @Test func `a pull request of a commit that a push brought before has the report and can be approved`() async throws
    {
        try await withBoard(more: Self.triggers) { bench in
            let bob = bench.person("bob", id: "6")
            let run = try #require(first)
            let head = try await topic(bench)
            #expect(try await bench.push("topic", head) == .started(run))
            _ = try await bench.bot.engine.carry(run) { _ in }
            try await bench.settle()
            let proposed = bench.board.now.pulls.values.filter { bench.bot.isOwn($0) && $0.state == .open }
            #expect(proposed.count == 1, "nobody else asks about it")

            let outcome = try await bench.tell(try bench.pull(8, head, at: 3), .opened)
            try await bench.settle()

            #expect(outcome == .sameAs(run))
            #expect(
                bench.comments(on: 8).count == 1
                    && bench.comments(on: 8).first?.contains("waits for 1 approval") == true)
            let left = bench.board.now.pulls.values.filter { bench.bot.isOwn($0) && $0.state == .open }
            #expect(left.isEmpty, "it is decided on in its own pull request")
            let told = try await bench.say("/approve", by: bob, on: 8, id: "c1")
            #expect(told == .handled("promotion 1 is promoted"))
        }
    }

    @Test func `a pull request that goes back to an earlier commit shows that one's run, and it can be approved`()
        async throws
    {
        try await withBoard(more: Self.triggers) { bench in
            let bob = bench.person("bob", id: "6")
            let (one, two) = (try #require(first), try #require(second))
            let old = try await topic(bench)
            try await bench.tell(try bench.pull(8, old), .opened)
            _ = try await bench.bot.engine.carry(one) { _ in }
            let new = try await topic(bench, 3)
            #expect(try await bench.tell(try bench.pull(8, new, at: 2), .synchronized) == .started(two))
            try await bench.settle()
            #expect(bench.comments(on: 8).count == 1)

            let outcome = try await bench.tell(try bench.pull(8, old, at: 3), .synchronized)
            try await bench.settle()

            #expect(outcome == .sameAs(one))
            #expect(try await bench.state(two) == "cancelled", "nobody waits for it any more")
            let report = bench.comments(on: 8)
            #expect(report.count == 1 && report.first?.contains("/approve \(old)") == true, "\(report)")
            let told = try await bench.say("/approve", by: bob, on: 8, id: "c1")
            #expect(told == .handled("promotion 1 is promoted"))
        }
    }

    @Test func `of two pull requests of one commit each has the report, and closing one leaves the other its run`()
        async throws
    {
        try await withBoard(more: Self.triggers) { bench in
            let bob = bench.person("bob", id: "6")
            let run = try #require(first)
            let head = try await topic(bench)
            var eight = try bench.pull(8, head)
            try await bench.tell(eight, .opened)
            let nine = try bench.pull(9, head)
            #expect(try await bench.tell(nine, .opened) == .sameAs(run))
            (eight.state, eight.updatedAt) = (.closed, "2")
            try await bench.tell(eight, .closed)
            #expect(try await bench.state(run) == "queued")
            (eight.state, eight.updatedAt) = (.open, "3")
            try await bench.tell(eight, .reopened)

            _ = try await bench.bot.engine.carry(run) { _ in }
            try await bench.settle()
            for number in [Int64(8), 9] {
                #expect(bench.comments(on: number).count == 1)
                #expect(bench.comments(on: number).first?.contains("waits for 1 approval") == true)
            }
            let told = try await bench.say("/approve", by: bob, on: 9, id: "c1")
            try await bench.settle()
            #expect(told == .handled("promotion 1 is promoted"))
            #expect(bench.comments(on: 8).first?.contains("promoted: version 1 of toy") == true)

            var closed = nine
            (closed.state, closed.updatedAt) = (.closed, "4")
            try await bench.tell(closed, .closed)
            #expect(try await bench.state(run) == "judged")
        }
    }

    @Test func `pull requests into two branches share a run, and one that is moved to another has a new one`()
        async throws
    {
        try await withBoard(approval: "{ required: 2 }", more: Self.triggers) { bench in
            let (bob, carol) = (bench.person("bob", id: "6"), bench.person("carol", id: "8"))
            let (one, two) = (try #require(first), try #require(second))
            try await bench.git("branch", "dev")
            let dev = try #require(BranchName("dev"))
            let head = try await topic(bench)
            try await bench.tell(try bench.pull(8, head), .opened)
            var nine = try bench.pull(9, head)
            nine.base = dev
            #expect(try await bench.tell(nine, .opened) == .sameAs(one))
            _ = try await bench.bot.engine.carry(one) { _ in }
            let said = try await bench.say("/approve", by: bob, on: 9, id: "c1")
            #expect(said == .handled(Outside.summary(.approved(one, missing: 1))))

            var eight = try bench.pull(8, head, at: 2)
            eight.base = dev
            #expect(try await bench.tell(eight, .edited) == .started(two))
            _ = try await bench.bot.engine.carry(two) { _ in }
            let moved = try await bench.say("/approve", by: carol, on: 8, id: "c2")
            #expect(
                moved == .handled(Outside.summary(.approved(two, missing: 1))), "what bob said counts in the other one")
        }
    }

    @Test func `what passed for one pull request does not let another one of the same commit through`() async throws {
        try await withBoard(more: Self.triggers) { bench in
            let bob = bench.person("bob", id: "6")
            let (one, two) = (try #require(first), try #require(second))
            let head = try await topic(bench)
            for number in [Int64(8), 9] { try await bench.tell(try bench.pull(number, head), .opened) }
            _ = try await bench.bot.engine.carry(one) { _ in }
            let wish = Event.Ask(again: true, parameters: ["a": "3"], source: "/retrain", pullRequest: 9)
            #expect(try await bench.told(.asked(wish), "retrain") == .started(two))
            _ = try await bench.bot.engine.carry(two) { _ in }
            let told = try await bench.say("/approve", by: bob, on: 9, id: "c1")
            try await bench.settle()

            #expect(told == .handled("promotion 1 is promoted"))
            let said = bench.comments(on: 9)
            #expect(said.contains { $0.contains("promoted: version 2 of toy") }, "\(said)")
            #expect(bench.status(of: head)?.state == .pending, "pull request 8 has another run, which nobody approved")
        }
    }

    @Test func `a run that two lanes asked for is superseded when both moved on`() async throws {
        try await withBoard(more: Self.triggers) { bench in
            let (one, two) = (try #require(first), try #require(second))
            let old = try await topic(bench)
            try await bench.push("topic", old)
            try await bench.tell(try bench.pull(8, old), .opened)
            let new = try await topic(bench, 3)
            try await bench.push("topic", new)
            #expect(try await bench.state(one) == "queued", "the pull request stands on it")

            try await bench.tell(try bench.pull(8, new, at: 2), .synchronized)

            #expect(try await bench.state(one) == "cancelled")
            #expect(try await bench.store.queue().map(\.run.id) == [two])
            #expect(try await bench.store.queue().first?.ticket.lane == .pullRequest(8), "people wait for it")
        }
    }

    @Test func `a close that is told after the reopening cancels nothing`() async throws {
        try await withBoard(more: Self.triggers) { bench in
            let run = try #require(first)
            let head = try await topic(bench)
            var pull = try bench.pull(8, head, at: 3)
            try await bench.tell(pull, .opened)
            bench.move(by: -60)
            (pull.state, pull.updatedAt) = (.closed, "2")
            try await bench.tell(pull, .closed)
            #expect(try await bench.state(run) == "queued")
        }
    }
}
