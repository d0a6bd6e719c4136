import Domain
import Engine
import Forges
import Foundation
import Storage
import Testing
import Wire

@testable import Service

/// A machine's clock is put back an hour, or was a month ahead and is put right.
@Suite(.timeLimit(.minutes(10)))
struct ClockTests {
    private static let none = Wire { _ throws(WireError) in throw .notPublic }
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    private func reply(_ number: Int) throws -> Post {
        let marker = "<!-- sluice:reply:\(number) -->"
        return Post(
            key: "reply \(number)", target: .forge(BoardBench.forge, try #require(ForgeRepository("acme/toy"))),
            message: .reply(pullRequest: 7, marker: marker, body: "\(marker)\nanswer \(number)\n"))
    }

    @Test func `what waits to be said is said, and not an hour later`() async throws {
        try await withBoard { bench in
            try bench.open(try #require(CommitID(hex: String(repeating: "a", count: 40))))
            bench.move(by: 30 * 86_400)
            let sending = Sending(bot: bench.bot, wire: Self.none, jitter: { 0 })
            // One is sent, which paces the lane; one waits for its turn; one failed, and the breaker is open.
            try await bench.store.put([try reply(1)], at: bench.bot.engine.now())
            try await sending.pass()
            bench.board.change { $0.isDown = .unreachable("down", mayHaveActed: false) }
            try await bench.store.put([try reply(2), try reply(3)], at: bench.bot.engine.now())
            for _ in 0..<12 {
                try await sending.pass()
                bench.move(by: 130)
            }
            bench.board.change { $0.isDown = nil }
            let before = bench.comments().count

            bench.move(by: -30 * 86_400)
            for pause in [Pace.longest, Pace.interval, 0] {
                try await sending.pass()
                bench.move(by: pause)
            }

            #expect(before == 1)
            #expect(
                bench.comments().map { $0.split(separator: "\n").last }.sorted { "\($0 ?? "")" < "\($1 ?? "")" } == [
                    "answer 1", "answer 2", "answer 3",
                ])
        }
    }

    @Test func `a schedule goes on, and no time of it comes twice`() async throws {
        let line = "*/30 * * * *"
        let policy = Toy.policy("{ schedule: [{ cron: '\(line)', timezone: UTC }] }")
        try await withBot(files: ["sluice.yaml": policy, "params.yaml": "a: 1\n"]) { bench in
            bench.clock.move(to: try #require(Timestamp.parse("2026-03-10T10:10:00.000Z")))
            let ticking = Ticking(bot: bench.bot)
            let entry = TriggersPolicy.ScheduleTrigger(cron: line, timezone: "UTC")
            /// Looks as the loop does until a time.
            func pass(until end: String) async throws {
                let end = try #require(Timestamp.parse("2026-03-10T\(end):00.000Z"))
                while bench.clock.now < end {
                    _ = try await ticking.look(at: entry, of: BotBench.project)
                    bench.clock.move(by: 20)
                }
            }
            try await pass(until: "11:10")
            bench.clock.move(by: -3600)
            try await pass(until: "11:40")
            // For a moment it shows another month.
            bench.clock.move(by: 30 * 86_400)
            _ = try await ticking.look(at: entry, of: BotBench.project)
            bench.clock.move(by: -30 * 86_400)
            try await pass(until: "12:10")

            let times = try await bench.bot.engine.store.pendingEvents(limit: 100).compactMap { stored -> String? in
                guard case .tick(_, _, let due) = stored.event.kind else { return nil }
                return String(Timestamp.text(due).prefix(16))
            }
            #expect(
                times == [
                    "2026-03-10T10:30", "2026-03-10T11:00", "2026-03-10T11:30", "2026-04-09T11:30", "2026-03-10T12:00",
                ])
        }
    }

    @Test func `what failed or waits for a time is looked at again`() {
        let retries = Retries(jitter: { 1 })
        let work = Retries.Work.project(ProjectName(checked: "toy"))
        for _ in 0..<8 { retries.failed(work, Fault(.environment, "down"), now: now) }
        #expect(!retries.isDue(work, now: now.addingTimeInterval(1)))
        #expect(retries.isDue(work, now: now.addingTimeInterval(-3600)))
        let parked = Parked()
        parked.park(1, until: now.addingTimeInterval(300), now: now)
        #expect(parked.isParked(1, now: now.addingTimeInterval(1)))
        #expect(!parked.isParked(1, now: now.addingTimeInterval(-3600)))
    }

    @Test func `a run that ended in the future cools nothing down`() {
        #expect(Admission.coolDown(600, since: now, now: now) == now.addingTimeInterval(600))
        #expect(Admission.coolDown(600, since: now.addingTimeInterval(86_400), now: now) == nil)
    }
}
