import Domain
import Engine
import Forges
import Foundation
import Settings
import Storage
import Testing

@testable import Service

/// Who counts as the author of a change, whichever way a decision comes, and what makes a word void.
@Suite(.timeLimit(.minutes(20)))
struct WhoDecidesTests {
    private let nobodysOwn = "{ required: 1, not_by_author: true }"

    private func user(_ name: String, login: String? = nil, _ bench: BoardBench) -> User {
        User(
            name: PersonName.of(name), role: .approver, createdAt: bench.bot.engine.now(),
            login: login.map { PersonName.of($0) })
    }

    private func decide(_ user: User, _ run: Run, _ bench: BoardBench) async throws -> Engine.Decided {
        try await bench.bot.decide(.approve, on: run.id, by: user, token: nil, way: .page)
    }

    private func refuses(_ decided: Engine.Decided) -> Bool {
        if case .refused(.ownChange) = decided { true } else { false }
    }

    @Test func `who pushed to a pull request does not approve it on a page either, by whatever name they are there`()
        async throws
    {
        try await withBoard(approval: nobodysOwn) { bench in
            let head = try await bench.commit(["params.yaml": "a: 2\n"])
            let pull = try bench.open(head)
            let run = try await bench.run(head, pull: pull)
            var authors = ForgeAuthors()
            authors.insert(id: "5", login: "ada")
            authors.insert(id: "6", login: "Bob")
            let known = authors
            bench.board.change { $0.authors[7] = known }

            let opener = try await decide(user("ada", bench), run, bench)
            let pusher = try await decide(user("bob", bench), run, bench)
            let alias = try await decide(user("robert", login: "bob", bench), run, bench)
            let other = try await decide(user("lea", bench), run, bench)

            for own in [opener, pusher, alias] { #expect(refuses(own), "\(own)") }
            if case .promoted = other {} else { Issue.record("\(other)") }
        }
    }

    @Test func `who pushed a commit does not approve its run, whatever asked for the run`() async throws {
        try await withBoard(approval: nobodysOwn) { bench in
            let head = try await bench.commit(["params.yaml": "a: 2\n"])
            let bob = bench.person("bob", id: "6")
            _ = try await bench.record(
                .forge(
                    BoardBench.forge,
                    .push(branch: try #require(BoardBench.main), before: nil, after: head, by: bob)), key: "push")
            // What asks for it is a wish.
            let run = try await bench.run(head)

            let pusher = try await decide(user("bob", bench), run, bench)
            let other = try await decide(user("lea", bench), run, bench)

            #expect(refuses(pusher), "\(pusher)")
            if case .promoted = other {} else { Issue.record("\(other)") }
        }
    }

    @Test func `a user counts for approval.by as the one that they are on the forge, and once`() async throws {
        try await withBoard(approval: "{ required: 2, by: [octo-ada, bob] }") { bench in
            let head = try await bench.commit(["params.yaml": "a: 2\n"])
            let run = try await bench.run(head)
            let ada = user("ada", login: "octo-ada", bench)

            let first = try await decide(ada, run, bench)
            let twice = try await decide(user("octo-ada", bench), run, bench)
            let stranger = try await decide(user("carl", login: "octo-carl", bench), run, bench)

            #expect(first == .waiting(missing: 1))
            #expect(twice == .refused(.alreadyDecided(PersonName.of("octo-ada"))))
            if case .refused(.notListed) = stranger {} else { Issue.record("\(stranger)") }
        }
    }

    private let leads = "{ required: 2, by: [\"@acme/leads\", carl] }"

    @Test func `a member of a team counts on a page as the one whose login was set, and nobody without one`()
        async throws
    {
        try await withBoard(approval: leads) { bench in
            let run = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))
            _ = (bench.person("Octo-Ada", id: "5"), bench.person("bob", id: "6"), bench.person("dora", id: "8"))
            bench.board.change { $0.teams["acme/leads"] = ["5", "6"] }
            let allowed = [PersonName.of("@acme/leads"), PersonName.of("carl")]
            func refusal(_ name: String) -> Engine.Decided {
                .refused(.notListed(PersonName.of(name), allowed: allowed))
            }

            let namesake = try await decide(user("bob", bench), run, bench)
            #expect(bench.board.now.askedFor.isEmpty, "a name of the server's was asked for on the forge")
            let outside = try await decide(user("dora", login: "dora", bench), run, bench)
            let unknown = try await decide(user("emil", login: "octo-emil", bench), run, bench)
            let member = try await decide(user("ada", login: "octo-ada", bench), run, bench)
            let rejected = try await bench.bot.decide(
                .reject(reason: "no"), on: run.id, by: user("bob", bench), token: nil, way: .token(3))
            let token = try await bench.bot.decide(
                .approve, on: run.id, by: user("robert", login: "bob", bench), token: nil, way: .token(3))

            #expect(namesake == refusal("bob") && rejected == refusal("bob"))
            #expect(outside == refusal("dora") && unknown == refusal("octo-emil"))
            #expect(member == .waiting(missing: 1))
            if case .promoted = token {} else { Issue.record("\(token)") }
            let decisions = try await bench.store.decisions(of: run.id)
            #expect(decisions.map(\.by.text) == ["octo-ada", "bob"])
            #expect(decisions.map { $0.standpoint?.listedAs } == [["@acme/leads"], ["@acme/leads"]])
        }
    }

    @Test func `a team is asked for once, and not where a login of the list is enough`() async throws {
        let floor = Floor(by: [PersonName.of("@acme/leads")])
        let by = "{ required: 2, by: [carl, \"@acme/leads\", \"@acme/none\"] }"
        try await withBoard(approval: by, floor: floor) { bench in
            let run = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))
            _ = (bench.person("carl", id: "7"), bench.person("ada", id: "5"))
            bench.board.change { $0.teams["acme/leads"] = ["5", "7"] }

            let carl = try await decide(user("carl", login: "carl", bench), run, bench)
            #expect(carl == .waiting(missing: 1))
            #expect(bench.board.now.askedFor == ["carl", "acme/leads"], "for the floor")
            bench.board.change { $0.askedFor = [] }
            let ada = try await decide(user("ada", login: "ada", bench), run, bench)

            if case .promoted = ada {} else { Issue.record("\(ada)") }
            #expect(bench.board.now.askedFor == ["ada", "acme/leads"])
        }
        try await withBoard(approval: "{ required: 1, by: [carl, \"@acme/leads\"] }") { bench in
            let run = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))
            bench.board.change { $0.isDown = .unreachable("down", mayHaveActed: false) }

            _ = await #expect(throws: Never.self) { try await decide(user("carl", login: "carl", bench), run, bench) }

            #expect(bench.board.now.askedFor.isEmpty)
        }
    }

    @Test func `a forge that cannot be asked about a team decides nothing`() async throws {
        try await withBoard(approval: leads) { bench in
            let run = try await bench.run(try await bench.commit(["params.yaml": "a: 2\n"]))
            _ = bench.person("ada", id: "5")
            bench.board.change { $0.teams["acme/leads"] = ["5"] }
            let ada = user("ada", login: "ada", bench)
            let troubles: [ForgeError] = [
                .unreachable("down", mayHaveActed: false), .unauthorized("401"), .forbidden("not for you"),
                .unreadable("'id' is missing"),
            ]

            for trouble in troubles {
                bench.board.change { $0.isDown = trouble }
                let decided = try await decide(ada, run, bench)
                #expect(decided == .refused(.couldNotAsk(trouble.fault)))
            }
            let before = try await bench.store.decisions(of: run.id)
            bench.board.change { $0.isDown = nil }
            let decided = try await decide(ada, run, bench)

            #expect(before.isEmpty)
            #expect(decided == .waiting(missing: 1))
        }
    }

    @Test func `a pull request that wants into another branch than its run judged is not approved`() async throws {
        try await withBoard { bench in
            let head = try await bench.commit(["params.yaml": "a: 2\n"])
            var pull = try bench.open(head)
            let run = try await bench.run(head, pull: pull)
            let main = try #require(BoardBench.main)
            let dev = try #require(BranchName("dev"))
            pull.base = dev
            let moved = pull
            bench.board.change { $0.pulls[7] = moved }
            let bob = bench.person("bob", id: "6")

            let said = try await bench.say("/approve", by: bob, id: "c1")
            let clicked = try await decide(user("lea", bench), run, bench)

            #expect(clicked == .refused(.baseChanged(of: main, now: dev)))
            guard case .handled(let why) = said else { return #expect(Bool(false), "\(said)") }
            #expect(why.contains("the pull request wants into `dev` now"), "\(why)")
            let decisions = try await bench.store.decisions(of: run.id)
            #expect(decisions.isEmpty)
        }
    }

    @Test func `a word for a fork means the commit that this pull request stood on when it was said`() async throws {
        try await withBoard { bench in
            let bob = bench.person("bob", id: "6")
            let shown = try await bench.commit(["params.yaml": "a: 5\n"])
            let hidden = try await bench.commit(["params.yaml": "a: 6\n"])
            // The other commit was seen in another pull request, and in this one some other day.
            var elsewhere = try bench.open(hidden, isFork: true)
            try await bench.store.know(elsewhere, of: BoardBench.project, at: bench.bot.engine.now())
            elsewhere = PullRequest(
                number: 8, state: .open, isDraft: false, title: "Other", author: elsewhere.author, head: hidden,
                headBranch: elsewhere.headBranch, headRepository: elsewhere.headRepository, base: elsewhere.base,
                isFork: true, updatedAt: "1")
            try await bench.store.know(elsewhere, of: BoardBench.project, at: bench.bot.engine.now())
            bench.move(by: 60)
            let pull = try bench.open(shown, isFork: true)
            try await bench.store.know(pull, of: BoardBench.project, at: bench.bot.engine.now())
            bench.move(by: 60)
            // Said while it stood on the one, acted on when it stands on the other.
            let now = try bench.open(hidden, isFork: true)

            let late = try await bench.say("/ok-to-run", by: bob, id: "c1")
            #expect(late == .handled("the newest commit may be younger than the comment"))
            let isPermitted = try await bench.store.isPermitted(hidden, of: BoardBench.project)
            #expect(!isPermitted)

            try await bench.store.know(now, of: BoardBench.project, at: bench.bot.engine.now())
            let again = try await bench.say("/ok-to-run", by: bob, id: "c2")
            #expect(again == .handled("commit \(hidden.short) may run"))
        }
    }
}
