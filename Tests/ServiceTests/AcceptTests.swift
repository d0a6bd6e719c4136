import Domain
import Engine
import Forges
import Foundation
import Git
import Service
import Settings
import Storage
import Testing

/// From a delivery to a durable event.
@Suite(.timeLimit(.minutes(15)))
struct AcceptTests {
    private let one = CommitID(hex: String(repeating: "1", count: 40))
    private let two = CommitID(hex: String(repeating: "2", count: 40))

    private func delivery(
        _ event: ForgeEvent, id: String?, of repository: String = "acme/toy"
    ) -> ForgeDelivery {
        ForgeDelivery(id: id, name: "push", repository: ForgeRepository(repository), event: event)
    }

    @Test func `a delivery counts once, by its id, its bytes and its meaning`() async throws {
        try await withBot(onForge: true) { bench in
            let push = ForgeEvent.push(branch: .main, before: one, after: two, by: nil)
            let first = try await bench.bot.take(
                delivery(push, id: "a"), body: Digest.of("1"), from: BotBench.forgeName)
            let again = try await bench.bot.take(
                delivery(push, id: "a"), body: Digest.of("1"), from: BotBench.forgeName)
            // Letters of another case are the same repository.
            let other = try await bench.bot.take(
                delivery(push, id: "b", of: "Acme/TOY"), body: Digest.of("2"), from: BotBench.forgeName)
            let hook = try await bench.bot.tell(.main, before: one, after: two, of: BotBench.project)

            #expect(first.isNew && !again.isNew && !other.isNew)
            #expect([again.event.id, other.event.id, hook.id] == [first.event.id, first.event.id, first.event.id])
            #expect(first.event.event.project == BotBench.project)
            let pending = try await bench.bot.engine.store.pendingEvents(limit: 10)
            #expect(pending.map(\.id) == [first.event.id])
            let served = try await bench.served()
            #expect(first.event.event.repository == served.repository.id)
        }
    }

    @Test func `a delivery that tells of several branches is several events, all or none new`() async throws {
        try await withBot(onForge: true) { bench in
            let (topic, odd) = (try bench.branch("topic"), ForgeEvent.nothing("branch name '-x' is not allowed here"))
            var many = delivery(.push(branch: .main, before: one, after: two, by: nil), id: "a")
            many.more = [odd, .push(branch: topic, before: nil, after: two, by: nil)]
            let first = try await bench.bot.take(many, body: Digest.of("1"), from: BotBench.forgeName)
            let again = try await bench.bot.take(many, body: Digest.of("1"), from: BotBench.forgeName)

            #expect(first.isNew && !again.isNew)
            #expect(first.event.event.kind == .forge(BotBench.forgeName, many.event))
            let store = bench.bot.engine.store
            let pending = try await store.pendingEvents(limit: 10)
            #expect(
                pending.map(\.event.kind) == [
                    .forge(BotBench.forgeName, many.event), .forge(BotBench.forgeName, many.more[1]),
                ])
            let all = try await store.events(delivery: "a")
            #expect(all.count == 3)
            #expect(all[1].outcome == .ignored(reason: "branch name '-x' is not allowed here"))
            // Told once more under another name, with one branch that is new.
            many.id = "b"
            many.more.append(.push(branch: try bench.branch("other"), before: nil, after: one, by: nil))
            let more = try await bench.bot.take(many, body: Digest.of("2"), from: BotBench.forgeName)
            #expect(more.isNew && more.event.id == first.event.id)
            let pendingNow = try await store.pendingEvents(limit: 10)
            #expect(pendingNow.count == 3)
        }
    }

    @Test func `what no project claims, and what calls for nothing, is kept with the reason`() async throws {
        try await withBot(onForge: true) { bench in
            let push = ForgeEvent.push(branch: .main, before: one, after: two, by: nil)
            let stranger = try await bench.bot.take(
                delivery(push, id: "a", of: "acme/other"), body: Digest.of("1"), from: BotBench.forgeName)
            let ping = try await bench.bot.take(
                delivery(.nothing("ping"), id: "b"), body: Digest.of("2"), from: BotBench.forgeName)

            #expect(stranger.event.event.project == nil)
            #expect(stranger.event.outcome == .ignored(reason: "no project of this server is acme/other on hub"))
            #expect(ping.event.outcome == .ignored(reason: "ping"))
            let kept = try await bench.bot.engine.store.event(ping.event.id)
            #expect(kept?.outcome == .ignored(reason: "ping"))
        }
    }

    @Test func `deliveries that come at the same time are all durable, each once`() async throws {
        try await withBot(onForge: true) { bench in
            let pushes = (0..<200).map { number in
                let name = BranchName("b\(number % 100)") ?? .main
                return delivery(.push(branch: name, before: nil, after: one, by: nil), id: "d\(number)")
            }
            let recorded = try await withThrowingTaskGroup(of: Store.Recorded.self) { group in
                for (number, push) in pushes.enumerated() {
                    group.addTask {
                        try await bench.bot.take(push, body: Digest.of("\(number)"), from: BotBench.forgeName)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(recorded.count == 200)
            #expect(recorded.filter(\.isNew).count == 100)
            let pending = try await bench.bot.engine.store.pendingEvents(limit: 1000)
            #expect(pending.count == 100)
        }
    }

    @Test func `a wish with a key is one wish, and one for a project that is not there is refused`() async throws {
        try await withBot { bench in
            let person = PersonName("ada")
            let wish = Event.Ask(source: "sluice trigger")
            let first = try await bench.bot.ask(wish, of: BotBench.project, by: person, key: "k")
            let again = try await bench.bot.ask(wish, of: BotBench.project, by: person, key: "k")
            let another = try await bench.bot.ask(wish, of: BotBench.project, by: person, key: nil)
            let refused = await #expect(throws: Fault.self) {
                try await bench.bot.ask(wish, of: ProjectName(checked: "nowhere"), by: person, key: nil)
            }

            #expect(first.id == again.id && another.id != first.id)
            #expect(refused?.message == "this server has no project 'nowhere'")
        }
    }
}
