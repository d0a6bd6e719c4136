import Domain
import Engine
import Forges
import Foundation
import Storage
import Testing
import Wire

@testable import Service

/// Nothing is lost, nothing stands twice, and a forge is not hammered.
@Suite(.timeLimit(.minutes(15)))
struct SendingTests {
    private static let none = Wire { _ throws(WireError) in throw .notPublic }

    private func reply(_ number: Int) throws -> Post {
        let repository = try #require(ForgeRepository("acme/toy"))
        let marker = "<!-- sluice:reply:\(number) -->"
        return Post(
            key: "reply \(number)", target: .forge(BoardBench.forge, repository),
            message: .reply(pullRequest: 7, marker: marker, body: "\(marker)\nanswer \(number)\n"))
    }

    private func opened(_ bench: BoardBench) throws {
        try bench.open(try #require(CommitID(hex: String(repeating: "a", count: 40))))
    }

    @Test func `one write a second goes to a forge, in the order in which it was said`() async throws {
        try await withBoard { bench in
            try opened(bench)
            try await bench.store.put([try reply(1), try reply(2), try reply(3)], at: bench.bot.engine.now())
            let sending = Sending(bot: bench.bot, wire: Self.none)

            var sent: [Int] = []
            for _ in 0..<5 {
                sent.append(try await sending.pass())
                bench.move(by: 0.5)
            }

            #expect(sent == [1, 0, 1, 0, 1])
            #expect(bench.comments().map { $0.split(separator: "\n").last } == ["answer 1", "answer 2", "answer 3"])
        }
    }

    @Test func `an open breaker and what it holds are told`() async throws {
        try await withBoard { bench in
            try opened(bench)
            bench.board.change { $0.isDown = .unreachable("down", mayHaveActed: false) }
            try await bench.store.put([try reply(1), try reply(2)], at: bench.bot.engine.now())
            let sending = Sending(bot: bench.bot, wire: Self.none, lanes: bench.bot.lanes, jitter: { 0 })
            for _ in 0..<10 {
                try await sending.pass()
                bench.move(by: 130)
            }
            let shut = try await bench.bot.backlogs()
            bench.board.change { $0.isDown = nil }
            bench.move(by: 700)
            for _ in 0..<3 {
                try await sending.pass()
                bench.move(by: 2)
            }
            let open = try await bench.bot.backlogs()

            #expect(shut.map(\.target) == ["forge:hub"])
            #expect(shut.first?.isBroken == true && shut.first?.waiting == 2 && shut.first?.held == 2)
            #expect(shut.first?.oldest == Date(timeIntervalSince1970: 1_790_000_000))
            #expect(open.first == Backlog(target: "forge:hub", isBroken: false, waiting: 0, held: 0, oldest: nil))
        }
    }

    @Test func `a lost answer is looked up, and no comment stands twice`() async throws {
        try await withBoard { bench in
            try opened(bench)
            bench.board.change { $0.swallowed = 2 }
            try await bench.store.put([try reply(1)], at: bench.bot.engine.now())

            for _ in 0..<40 {
                try await Sending(bot: bench.bot, wire: Self.none).pass()
                bench.move(by: 5)
            }

            #expect(bench.board.now.writes == 3)
            #expect(bench.comments().count == 1)
        }
    }

    @Test(arguments: [EngineHooks.Moment.postSent, .postRecorded])
    func `a process that is killed around a message sends it once`(_ moment: EngineHooks.Moment) async throws {
        let reached = Mutexed<[EngineHooks.Moment]>([])
        try await withBoard(hooks: EngineHooks { at in reached.change { $0.append(at) } }) { bench in
            try opened(bench)
            let post = try reply(1)
            try await bench.store.put([post], at: bench.bot.engine.now())
            try await Sending(bot: bench.bot, wire: Self.none).pass()
            #expect(reached.value.contains(moment))
            if moment == .postSent {
                // As it is if the process ends before it is written down: the message changes back and forth.
                try await bench.store.put([try reply(1).saying("newer")], at: bench.bot.engine.now())
                try await bench.store.put([post], at: bench.bot.engine.now())
            }

            bench.move(by: 2)
            try await Sending(bot: bench.bot, wire: Self.none).pass()

            #expect(bench.comments().count == 1)
            #expect(try await bench.store.duePosts(now: bench.bot.engine.now(), limit: 10).isEmpty)
        }
    }

    @Test func `a whole forge is left alone as long as it says`() async throws {
        try await withBoard { bench in
            try opened(bench)
            let until = bench.bot.engine.now().addingTimeInterval(90)
            bench.board.change { $0.troubles = [.rateLimited(until: until)] }
            try await bench.store.put([try reply(1), try reply(2)], at: bench.bot.engine.now())
            let sending = Sending(bot: bench.bot, wire: Self.none)

            try await sending.pass()
            bench.move(by: 80)
            #expect(try await sending.pass() == 0)
            bench.move(by: 11)
            #expect(try await sending.pass() == 1)
            #expect(bench.comments().count == 1)
        }
    }

    @Test func `a forge that is down for an hour is asked now and then, and then everything is said`() async throws {
        try await withBoard { bench in
            try opened(bench)
            bench.board.change { $0.isDown = .unreachable("down", mayHaveActed: false) }
            try await bench.store.put(try (1...5).map(reply), at: bench.bot.engine.now())
            let sending = Sending(bot: bench.bot, wire: Self.none, jitter: { 1 })
            var tries = 0
            for _ in 0..<3600 {
                tries += try await sending.pass()
                bench.move(by: 1)
            }
            let isOpen = sending.lanes.isOpen(.forge(BoardBench.forge))
            #expect(isOpen)
            #expect(tries > 5 && tries < 30, "asked \(tries) times in an hour")

            bench.board.change { $0.isDown = nil }
            bench.move(by: 601)
            for _ in 0..<200 {
                try await sending.pass()
                bench.move(by: 2)
            }
            #expect(bench.comments().count == 5)
            let closed = !sending.lanes.isOpen(.forge(BoardBench.forge))
            #expect(closed)
        }
    }

    @Test func `a token that is revoked stops the forge until the configuration changes`() async throws {
        try await withBoard { bench in
            try opened(bench)
            bench.board.change { $0.isDown = .unauthorized("bad credentials") }
            try await bench.store.put([try reply(1), try reply(2)], at: bench.bot.engine.now())
            let sending = Sending(bot: bench.bot, wire: Self.none)
            #expect(try await sending.pass() == 1)
            bench.move(by: 300)
            #expect(try await sending.pass() == 0)

            bench.board.change { $0.isDown = nil }
            let live = bench.bot.configuration.now
            bench.bot.configuration.replace(
                with: Configuration.Live(
                    settings: live.settings, forges: live.forges, webhooks: live.webhooks, secrets: ["another-token"]))
            #expect(try await sending.pass() == 1)
            #expect(bench.comments().count == 1)
        }
    }

    @Test func `what can never be said is given up, with the reason, and a newer text is tried again`() async throws {
        try await withBoard { bench in
            try opened(bench)
            bench.board.change { $0.isDown = .refused("body is too long") }
            try await bench.store.put([try reply(1)], at: bench.bot.engine.now())
            let sending = Sending(bot: bench.bot, wire: Self.none)
            try await sending.pass()
            let given = try #require(try await bench.store.post(key: "reply 1"))
            #expect(given.isAbandoned)
            #expect(given.trouble == "the forge refuses the request: body is too long")

            bench.board.change { $0.isDown = nil }
            bench.move(by: 2)
            try await bench.store.put([try reply(1).saying("newer")], at: bench.bot.engine.now())
            try await sending.pass()
            #expect(bench.comments().first?.contains("newer") == true)
        }
    }

    @Test func `what the forge does not have is said once it does, and given up after days`() async throws {
        try await withBoard { bench in
            try await bench.store.put([try reply(1), try reply(2).on(9)], at: bench.bot.engine.now())
            let sending = Sending(bot: bench.bot, wire: Self.none, jitter: { 1 })
            // A night in which the token sees nothing of the repository.
            for _ in 0..<48 {
                try await sending.pass()
                bench.move(by: 901)
            }
            let known = try #require(try await bench.store.post(key: "reply 1"))
            #expect(!known.isAbandoned)
            #expect(known.trouble == "the forge does not have it: pull request 7")
            try opened(bench)
            for _ in 0..<400 {
                try await sending.pass()
                bench.move(by: 901)
            }

            #expect(bench.comments() == ["<!-- sluice:reply:1 -->\nanswer 1\n"])
            let lost = try #require(try await bench.store.post(key: "reply 2"))
            #expect(lost.isAbandoned && lost.trouble == "the forge does not have it: pull request 9")
        }
    }

    @Test func `the pause before another try doubles, is never long, and differs`() {
        #expect(Pace.backoff(after: 0, jitter: 1) == 5)
        #expect(Pace.backoff(after: 3, jitter: 1) == 40)
        #expect(Pace.backoff(after: 3, jitter: 0) == 20)
        #expect(Pace.backoff(after: .max, jitter: 1) == 900)
        #expect(Pace.backoff(after: -5, jitter: 7) == 5)
    }
}

extension Post {
    fileprivate func on(_ pull: Int64) -> Post {
        var copy = self
        if case .reply(_, let marker, let body) = message {
            copy.message = .reply(pullRequest: pull, marker: marker, body: body)
        }
        return copy
    }

    fileprivate func saying(_ text: String) -> Post {
        var copy = self
        if case .reply(let pull, let marker, _) = message {
            copy.message = .reply(pullRequest: pull, marker: marker, body: "\(marker)\n\(text)\n")
        }
        return copy
    }
}
