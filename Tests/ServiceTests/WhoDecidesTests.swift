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
