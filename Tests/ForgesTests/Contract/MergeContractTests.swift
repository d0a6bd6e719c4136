import Domain
import Forges
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct MergeContractTests {
    /// A pull request of the bot's that moves the pointer; its number and its newest commit.
    private func proposed(_ at: Counter) async throws -> (Int64, CommitID) {
        let branch = try #require(BranchName("sluice/promote/flight-delay"))
        at.fake.branch(branch.text, of: at.path)
        let head = at.fake.commit(
            [".sluice/champions/flight-delay.json": "{}\n"], to: branch.text, of: at.path, by: "sluice-bot")
        let number = try await at.forge.openPullRequest(
            from: branch, into: try #require(BranchName("main")), title: "Promote", body: "Run 7", in: at.repository)
        return (number, try #require(CommitID(hex: head)))
    }

    private func pointer(_ at: Counter) -> String? {
        at.fake.file(".sluice/champions/flight-delay.json", on: "main", of: at.path)
    }

    @Test(arguments: contractKinds)
    func `a pull request stands on what the bot pushed to its branch last, and that is merged`(
        kind: ForgeKind
    ) async throws {
        try await withCounter(kind) { at in
            let (number, first) = try await proposed(at)
            let pushed = at.fake.commit(
                [".sluice/champions/flight-delay.json": "[]\n"], to: "sluice/promote/flight-delay", of: at.path,
                by: "sluice-bot")
            let next = try #require(CommitID(hex: pushed))

            let known = try await at.forge.pullRequest(number, in: at.repository)
            let merged = try await at.forge.merge(pullRequest: number, head: next, in: at.repository)

            #expect(known.head == next && next != first)
            #expect(merged == .merged)
            #expect(pointer(at) == "[]")
        }
    }

    @Test(arguments: contractKinds)
    func `the bot merges its own pull request once, also when the answer was lost`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let (number, head) = try await proposed(at)

            at.fake.trouble { $0.lostAnswers = 1 }
            let lost = try await at.refusal {
                try await at.forge.merge(pullRequest: number, head: head, in: at.repository)
            }
            let merged = try await at.forge.merge(pullRequest: number, head: head, in: at.repository)
            let writes = at.fake.writes.count
            let again = try await at.forge.merge(pullRequest: number, head: head, in: at.repository)

            #expect(lost != nil)
            #expect(merged == .merged && again == .merged)
            #expect(at.fake.writes.count == writes)
            #expect(pointer(at) == "{}")
            #expect(at.fake.pull(number, of: at.path)?.mergedBy?.id == at.fake.bot.id)
            let told = try await at.forge.pullRequest(number, in: at.repository)
            let me = try await at.forge.whoAmI()
            #expect(told.state == .merged && told.mergedBy == me)
        }
    }

    @Test(arguments: contractKinds)
    func `what the rules of the branch do not allow is told, and nothing is merged`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let (number, head) = try await proposed(at)
            at.fake.protect(at.path) { $0.reviews = 1 }

            let refused = try await at.forge.merge(pullRequest: number, head: head, in: at.repository)

            if case .notYet(let said) = refused {
                #expect(!said.isEmpty)
            } else {
                Issue.record("\(refused)")
            }
            #expect(pointer(at) == nil)
            #expect(at.fake.pull(number, of: at.path)?.state == "open")

            at.fake.protect(at.path) { $0.reviews = 0 }
            let later = try await at.forge.merge(pullRequest: number, head: head, in: at.repository)
            #expect(later == .merged)
        }
    }

    @Test(arguments: contractKinds)
    func `a bot that may not merge stays unlocked and says so`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let (number, head) = try await proposed(at)
            at.fake.setRole(at.fake.bot.login, .write, in: at.path)
            at.fake.protect(at.path) { $0.least = .admin }

            let answer = try await at.forge.merge(pullRequest: number, head: head, in: at.repository)

            switch answer {
            case .refused(let said), .notYet(let said): #expect(!said.isEmpty)
            case .merged: Issue.record("it was merged")
            }
            #expect(pointer(at) == nil)
        }
    }

    @Test(arguments: contractKinds)
    func `another newest commit, somebody else's and a closed one are not merged`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let (number, _) = try await proposed(at)

            let moved = try await at.refusal {
                try await at.forge.merge(pullRequest: number, head: at.head, in: at.repository)
            }
            let foreign = try await at.refusal {
                try await at.forge.merge(pullRequest: at.number, head: at.head, in: at.repository)
            }
            try await at.forge.close(pullRequest: number, in: at.repository)
            let closed = try await at.forge.merge(pullRequest: number, head: at.head, in: at.repository)

            #expect(moved == .conflict("the newest commit is another one"))
            #expect(foreign == .refused("the pull request is somebody else's"))
            if case .refused = closed {} else { Issue.record("\(closed)") }
            #expect(pointer(at) == nil)
            #expect(at.fake.pull(at.number, of: at.path)?.state == "open")
        }
    }

    @Test(arguments: [ForgeKind.github, .gitea, .forgejo])
    func `a repository that allows no merge commits is merged into by squashing`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let (number, head) = try await proposed(at)
            at.fake.protect(at.path) { $0.ways = ["rebase"] }

            let merged = try await at.forge.merge(pullRequest: number, head: head, in: at.repository)

            #expect(merged == .merged)
            #expect(pointer(at) == "{}")
        }
    }
}
