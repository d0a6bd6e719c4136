import Domain
import Foundation
import Testing

struct MatchingTests {
    private let main = BranchName("main")

    @Test(
        arguments: [
            ("main", "main", true), ("main", "maintenance", false), ("release/*", "release/1", true),
            ("release/*", "release/1/fix", false), ("release/**", "release/1/fix", true), ("**", "any/thing", true),
            ("*", "any/thing", false), ("*-x", "a-x", true), ("a*b*c", "aXbYc", true), ("a*b*c", "ab", false),
            ("src/**/a.py", "src/a.py", true), ("src/**/a.py", "src/x/y/a.py", true), ("**/a.py", "a.py", true),
            ("**/a.py", "ba.py", false), ("", "", true), ("", "a", false),
        ])
    func `a star is any text without a slash, two are any text`(_ pattern: String, _ name: String, _ fits: Bool) {
        #expect(NamePattern(pattern).fits(name) == fits)
    }

    @Test func `a pattern made to be slow is not`() {
        let pattern = NamePattern(String(repeating: "*a", count: 100) + "b")

        #expect(!pattern.fits(String(repeating: "a", count: 2000)))
    }

    private func policy(_ triggers: TriggersPolicy?) throws -> Policy {
        var policy = try samplePlan().policy
        policy.triggers = triggers
        return policy
    }

    @Test func `a push calls for a run of the branches that the policy names, else of the default branch`() throws {
        let main = try #require(main)
        let other = try #require(BranchName("feature/x"))
        let all = try policy(TriggersPolicy(push: .init()))
        let some = try policy(TriggersPolicy(push: .init(branches: ["feature/*"])))

        #expect(all.match(push: main, default: main, changed: nil) == .run(.push(main), needsPermission: false))
        #expect(
            all.match(push: other, default: main, changed: nil)
                == .nothing("pushes to 'feature/x' start no runs: triggers.push.branches is the default branch 'main'"))
        #expect(some.match(push: other, default: main, changed: nil) == .run(.push(other), needsPermission: false))
        #expect(
            try policy(nil).match(push: main, default: main, changed: nil)
                == .nothing("the policy starts no runs on pushes (triggers.push)"))
    }

    @Test func `a push that changes none of the paths calls for nothing, and one of unknown paths for a run`() throws {
        let main = try #require(main)
        let policy = try policy(TriggersPolicy(push: .init(paths: ["src", "*.yaml"])))
        let run = TriggerMatch.run(.push(main), needsPermission: false)

        #expect(policy.match(push: main, default: main, changed: ["src/a/b.py"]) == run)
        #expect(policy.match(push: main, default: main, changed: ["params.yaml", "README"]) == run)
        #expect(policy.match(push: main, default: main, changed: nil) == run)
        #expect(
            policy.match(push: main, default: main, changed: ["docs/params.yaml", "srcs"])
                == .nothing("it changes nothing in 'src', '*.yaml' (triggers.push.paths)"))
    }

    private func pull(isFork: Bool = false, isDraft: Bool = false, state: PullRequest.State = .open) throws
        -> PullRequest
    {
        PullRequest(
            number: 12, state: state, isDraft: isDraft, title: "t",
            author: ForgeUser(id: "7", login: try person("mallory")),
            head: try #require(CommitID(hex: String(repeating: "a", count: 40))),
            headBranch: try #require(BranchName("x")), headRepository: nil, base: try #require(main), isFork: isFork,
            updatedAt: "now")
    }

    @Test func `code from a fork runs as the policy says, and never without a word of it`() throws {
        let run = Trigger.pullRequest(12, base: try #require(main))
        func answer(_ forks: TriggersPolicy.PullRequestTrigger.Forks) throws -> TriggerMatch {
            try policy(TriggersPolicy(pullRequest: .init(forks: forks))).match(try pull(isFork: true))
        }

        #expect(try answer(.ask) == .run(run, needsPermission: true))
        #expect(try answer(.run) == .run(run, needsPermission: false))
        #expect(
            try answer(.never)
                == .nothing("the policy runs no code from forks (triggers.pull_request.forks is never)"))
        #expect(
            try policy(TriggersPolicy(pullRequest: .init(forks: .ask))).match(try pull())
                == .run(run, needsPermission: false))
        #expect(
            try policy(TriggersPolicy(push: .init())).match(try pull())
                == .nothing("the policy starts no runs for pull requests (triggers.pull_request)"))
    }

    @Test func `drafts, closed ones and other bases start nothing`() throws {
        let policy = try policy(TriggersPolicy(pullRequest: .init(branches: ["release/*"])))
        let open = try self.policy(TriggersPolicy(pullRequest: .init()))

        #expect(
            policy.match(try pull())
                == .nothing(
                    "pull requests into 'main' start no runs: triggers.pull_request.branches is 'release/*'"))
        #expect(
            open.match(try pull(isDraft: true))
                == .nothing("pull request 12 is a draft (triggers.pull_request.drafts is false)"))
        #expect(open.match(try pull(state: .merged)) == .nothing("pull request 12 is merged"))
    }

    @Test func `a tick of a time that the policy does not have any more calls for nothing`() throws {
        let due = Date(timeIntervalSince1970: 1_796_000_000)
        let policy = try policy(TriggersPolicy(schedule: [.init(cron: "0 3 * * 1", timezone: "UTC")]))

        #expect(
            policy.match(tick: "0 3 * * 1", timezone: "UTC", due: due)
                == .run(.schedule(cron: "0 3 * * 1", due: due), needsPermission: false))
        #expect(
            policy.match(tick: "0 4 * * 1", timezone: "UTC", due: due)
                == .nothing("the policy has no '0 4 * * 1' in UTC any more (triggers.schedule)"))
    }
}
