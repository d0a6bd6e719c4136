import Domain
import Forges
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct PullRequestContractTests {
    @Test(arguments: contractKinds)
    func `a pull request is told with its full head, its author and where it comes from`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let pull = try await at.forge.pullRequest(at.number, in: at.repository)

            #expect(pull.number == at.number)
            #expect(pull.state == .open)
            #expect(pull.head == at.head)
            #expect(pull.headBranch.text == "better")
            #expect(pull.base.text == "main")
            let alice = try at.user("alice")
            #expect(pull.author == alice)
            #expect(!pull.isFork)
            #expect(!pull.isDraft)
        }
    }

    @Test(arguments: contractKinds)
    func `a fork is told as one, and a draft, and a merge with who made it`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let fork = at.fake.openPullRequest(
                at.path, from: "main", head: String(repeating: "1", count: 40), by: "mallory", isDraft: true,
                fork: "mallory/flights")
            at.fake.merge(at.number, of: at.path, commit: at.head.hex, by: "carol")

            let open = try await at.forge.openPullRequests(in: at.repository)
            let merged = try await at.forge.pullRequest(at.number, in: at.repository)

            #expect(open.map(\.number) == [fork])
            #expect(open.first?.isFork == true)
            #expect(open.first?.isDraft == true)
            #expect(open.first?.headRepository?.path == "mallory/flights")
            #expect(merged.state == .merged)
            let carol = try at.user("carol")
            #expect(merged.mergedBy == carol)
            #expect(merged.mergeCommit == at.head)
        }
    }

    @Test(arguments: contractKinds)
    func `all open pull requests are told, whatever their number`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            for number in 0..<119 {
                let digits = String(number, radix: 16)
                let head =
                    String(repeating: "a", count: 40 - 12) + String(repeating: "0", count: 12 - digits.count) + digits
                at.fake.openPullRequest(at.path, from: "b\(number)", head: String(head.reversed()), by: "bob")
            }

            let all = try await at.forge.openPullRequests(in: at.repository)

            #expect(all.count == 120)
        }
    }

    @Test(arguments: contractKinds)
    func `the bot opens one pull request for a branch, changes it and closes it`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let branch = try #require(BranchName("sluice/promote/flight-delay"))
            let base = try #require(BranchName("main"))
            at.fake.branch(branch.text, of: at.path)
            at.fake.commit(
                [".sluice/champions/flight-delay.json": "{}\n"], to: branch.text, of: at.path, by: "sluice-bot")

            at.fake.trouble { $0.lostAnswers = 1 }
            let lost = try await at.refusal {
                try await at.forge.openPullRequest(
                    from: branch, into: base, title: "Promote", body: "Run 7", in: at.repository)
            }
            let first = try await at.forge.openPullRequest(
                from: branch, into: base, title: "Promote", body: "Run 7", in: at.repository)
            let second = try await at.forge.openPullRequest(
                from: branch, into: base, title: "Promote", body: "Run 8", in: at.repository)
            try await at.forge.close(pullRequest: first, in: at.repository)
            try await at.forge.close(pullRequest: first, in: at.repository)

            #expect(lost != nil)
            #expect(first == second)
            #expect(at.fake.pulls(of: at.path).filter { $0.headBranch == branch.text }.map(\.body) == ["Run 8"])
            #expect(at.fake.pull(first, of: at.path)?.state == "closed")
        }
    }

    @Test(arguments: contractKinds)
    func `the bot does not close somebody else's pull request`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let refusal = try await at.refusal { try await at.forge.close(pullRequest: at.number, in: at.repository) }

            #expect(refusal == .refused("the pull request is somebody else's"))
            #expect(at.fake.pull(at.number, of: at.path)?.state == "open")
        }
    }

    @Test(arguments: contractKinds)
    func `a repository is cloned from the configured place, and a path needs no header`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let access = try await at.forge.cloneAccess(to: at.repository)

            #expect(access == CloneAccess(url: "\(at.fake.clone)/acme/flights.git", header: nil))
        }
    }
}
