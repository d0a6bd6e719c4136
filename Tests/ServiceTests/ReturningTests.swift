import Domain
import Engine
import Forges
import Foundation
import Storage
import SystemPackage
import Testing

@testable import Service

/// What users of the server ask for on its pages and by its API: the way back, another run of a run, and what is deployed
/// because of it.
@Suite(.timeLimit(.minutes(20)))
struct ReturningTests {
    private func user(_ name: String, _ role: Role, _ bench: BoardBench) -> User {
        User(name: PersonName.of(name), role: role, createdAt: bench.bot.engine.now())
    }

    /// Two versions, one after the other the champion.
    private func twice(_ bench: BoardBench, by person: User) async throws -> (first: Run, second: Run) {
        var runs: [Run] = []
        for parameter in 1...2 {
            let run = try await bench.run(try await bench.commit(["params.yaml": "a: 1\(parameter)\n"]))
            let decided = try await bench.bot.decide(.approve, on: run.id, by: person, token: nil, way: .page)
            guard case .promoted = decided else { throw Fault(.bug, "\(decided)") }
            runs.append(run)
        }
        return (runs[0], runs[1])
    }

    @Test func `a user goes back one step, however often it is said`() async throws {
        try await withBoard { bench in
            let lea = user("lea", .approver, bench)
            let (first, second) = try await twice(bench, by: lea)
            let holder = try await bench.store.holder(of: .champion, model: BoardBench.model)
            #expect(holder?.run == second.id)

            let back = try await bench.bot.rollBack(
                BoardBench.model, alias: .champion, from: 2, by: lea, token: nil, reason: "worse")
            let again = await #expect(throws: Fault.self) {
                _ = try await bench.bot.rollBack(
                    BoardBench.model, alias: .champion, from: 2, by: lea, token: nil, reason: "worse")
            }

            guard case .begun(let promotion) = back else { throw Fault(.bug, "\(back)") }
            #expect(promotion.state == .promoted && promotion.challenger.run == first.id)
            #expect(promotion.why == .command(by: lea.name, reason: "worse"))
            #expect(again?.kind == .input)
            #expect(again?.message == "version 1 holds 'champion' of 'toy', and not version 2")
            let promotions = try await bench.store.promotions(of: BoardBench.model, limit: 10)
            #expect(promotions.count == 3)
        }
    }

    @Test func `only approvers whom the policy and the operator name go back`() async throws {
        let (lea, mia) = (PersonName.of("lea"), PersonName.of("mia"))
        try await withBoard(approval: "{ required: 1, by: [lea, mia] }", floor: Floor(by: [lea])) { bench in
            let lead = user("lea", .approver, bench)
            _ = try await twice(bench, by: lead)
            func goBack(_ user: User) async throws -> Bot.Returned {
                try await bench.bot.rollBack(
                    BoardBench.model, alias: .champion, from: nil, by: user, token: nil, reason: "worse")
            }

            let low = try await goBack(user("lea", .operator, bench))
            let outside = try await goBack(user("noa", .admin, bench))
            let notByFloor = try await goBack(user("mia", .approver, bench))
            let good = try await goBack(user("Lea", .approver, bench))

            #expect(low == .refused(.roleTooLow(lea, has: .operator, needs: .approver)))
            #expect(outside == .refused(.notListed(PersonName.of("noa"), allowed: [lea, mia])))
            #expect(notByFloor == .refused(.notListed(mia, allowed: [lea])))
            if case .refused(let why) = good { Issue.record("\(why)") }
        }
    }

    @Test func `a member of a team that is named goes back, and not while nobody can say whether they are one`()
        async throws
    {
        try await withBoard(approval: "{ required: 1, by: [lea, \"@acme/leads\"] }") { bench in
            _ = try await twice(bench, by: user("lea", .approver, bench))
            _ = bench.person("octo-mia", id: "5")
            bench.board.change { $0.teams["acme/leads"] = ["5"] }
            var mia = user("octo-mia", .approver, bench)
            func goBack() async throws -> Bot.Returned {
                try await bench.bot.rollBack(
                    BoardBench.model, alias: .champion, from: 2, by: mia, token: nil, reason: "worse")
            }
            let allowed = [PersonName.of("lea"), PersonName.of("@acme/leads")]
            let down = ForgeError.unreachable("down", mayHaveActed: false)

            let namesake = try await goBack()
            mia.login = PersonName.of("octo-mia")
            bench.board.change { $0.isDown = down }
            let unknown = try await goBack()
            bench.board.change { $0.isDown = nil }
            let good = try await goBack()

            #expect(namesake == .refused(.notListed(mia.name, allowed: allowed)))
            #expect(unknown == .refused(.couldNotAsk(down.fault)))
            if case .refused(let why) = good { Issue.record("\(why)") }
        }
    }

    @Test func `an approval answers before anything is deployed, and so does a rollback`() async throws {
        let more = "promotion: { deploy: 'echo \"$SLUICE_MODEL_VERSION\" >> \"$SLUICE_DEPLOY_DIR/acts\"' }"
        try await withBoard(more: more) { bench in
            let lea = user("lea", .approver, bench)
            let acts = bench.bot.engine.home.root.appending("deploy/toy/acts")
            let run = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))

            let decided = try await bench.bot.decide(.approve, on: run.id, by: lea, token: nil, way: .page)

            guard case .promoted(let begun) = decided else { throw Fault(.bug, "\(decided)") }
            #expect(begun.state == .intended)
            #expect(!FileManager.default.fileExists(atPath: acts.string))
            let held = try await bench.store.holder(of: .champion, model: BoardBench.model)
            #expect(held == nil)
            let over = try await bench.bot.engine.finish(begun.id) { _ in }
            #expect(over.state == .promoted)

            let next = try await bench.run(try await bench.commit(["params.yaml": "a: 3\n"]))
            guard
                case .promoted(let second) = try await bench.bot.decide(
                    .approve, on: next.id, by: lea, token: nil, way: .page)
            else { throw Fault(.bug, "it was not promoted") }
            _ = try await bench.bot.engine.finish(second.id) { _ in }
            let back = try await bench.bot.rollBack(
                BoardBench.model, alias: .champion, from: 2, by: lea, token: nil, reason: "worse")
            guard case .begun(let returning) = back else { throw Fault(.bug, "\(back)") }
            #expect(returning.state == .intended)
            let unfinished = try await bench.bot.engine.unfinishedPromotions().map(\.id)
            #expect(unfinished == [returning.id], "the queue finds it")
            #expect(String(decoding: try Data(contentsOf: URL(filePath: acts.string)), as: UTF8.self) == "1\n2\n")
        }
    }

    @Test func `a run is queued again as a wish, once while it waits, and compared when it is over`() async throws {
        try await withBoard { bench in
            let otto = user("otto", .operator, bench)
            let run = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))

            let again = try await bench.bot.reproduce(run, by: otto)
            let same = try await bench.bot.reproduce(run, by: otto)

            #expect(again.id == same.id && again.trigger.reproduced == run.id)
            let ticket = try #require(try await bench.store.ticket(of: again.id))
            #expect(ticket.project == BoardBench.project && ticket.priority == 3)
            let before = try await bench.bot.engine.comparison(of: again)
            #expect(before == nil)
            let done = try await bench.bot.engine.work(on: again.id, progress: { _ in })
            let verdict = try await bench.bot.engine.comparison(of: done)
            #expect(verdict == .identical)
            let refused = await #expect(throws: Fault.self) { _ = try await bench.bot.reproduce(done, by: otto) }
            #expect(refused?.message == "run \(done.id) is itself a reproduction")
        }
    }
}
