import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// The whole bot on a forge: what people see on a pull request, and what no trick of theirs can make it do.
@Suite(.timeLimit(.minutes(30)))
struct ServiceForgeTests {
    private let path = "acme/toy"
    private let context = "sluice/toy"

    /// The newest status of our context.
    private func status(_ forge: FakeForge, _ commit: String) -> FakeStatus? {
        forge.statuses(of: commit, in: path).last { $0.context == context }
    }

    private func report(_ forge: FakeForge, _ number: Int64) -> FakeComment? {
        forge.comments(on: number, of: path).first { $0.body.hasPrefix("<!-- sluice:report:toy -->") }
    }

    /// A pull request with one commit, delivered; its number and head.
    private func propose(
        _ bot: ServedBot, _ forge: FakeForge, branch: String = "better", slope: String = "0.9", by login: String = "ada"
    ) async throws -> (number: Int64, head: String) {
        forge.branch(branch, of: path)
        let head = forge.commit(["params.yaml": "slope: \(slope)\n"], to: branch, of: path, by: login)
        let number = forge.openPullRequest(path, from: branch, head: head, by: login)
        let answers = try await forge.deliver(to: bot.hook)
        #expect(answers.allSatisfy { $0 == 202 }, "\(answers)")
        return (number, head)
    }

    private func awaitsDecision(_ forge: FakeForge, _ pull: (number: Int64, head: String)) async throws {
        _ = try await eventually {
            let status = self.status(forge, pull.head)
            return status?.description.contains("waits for 1 approval") ?? false ? status : nil
        }
    }

    @Test(arguments: [ForgeKind.github, .gitlab, .forgejo, .bitbucket])
    func `a pull request is pending at once, gets its report, and an approval by a writer promotes`(
        kind: ForgeKind
    ) async throws {
        try await withServedForge(kind) { bot, forge in
            let pull = try await propose(bot, forge)
            _ = try await eventually { self.status(forge, pull.head) }
            try await awaitsDecision(forge, pull)
            _ = try await eventually { self.report(forge, pull.number) }

            let word = kind == .gitlab ? "/sluice approve" : "/approve"
            forge.comment(on: pull.number, of: path, by: "bob", word)
            try await forge.deliver(to: bot.hook)
            _ = try await eventually { bot.project.acts().contains("deploy 1") ? true : nil }
            let last = try await eventually {
                let status = self.status(forge, pull.head)
                return status?.description.hasPrefix("promoted") ?? false ? status : nil
            }

            #expect(last.description.contains("version 1"))
            #expect(forge.comments(on: pull.number, of: path).count { $0.body.contains("sluice:report:toy") } == 1)
            #expect(bot.project.acts().count { $0 == "deploy 1" } == 1)
        }
    }

    @Test func `a new commit makes an approval of the one before void`() async throws {
        let rules = "approval: { required: 2 }"
        try await withServedForge(policy: ToyProject.policy.replacing("approval: { required: 1 }", with: rules)) {
            bot, forge in
            var pull = try await propose(bot, forge)
            _ = try await eventually {
                self.status(forge, pull.head)?.description.contains("2 approvals") ?? false ? true : nil
            }
            forge.comment(on: pull.number, of: path, by: "bob", "/approve")
            try await forge.deliver(to: bot.hook)
            try await awaitsDecision(forge, pull)

            pull.head = forge.commit(["params.yaml": "slope: 0.8\n"], to: "better", of: path, by: "ada")
            forge.push(to: pull.number, of: path, head: pull.head, by: "ada")
            try await forge.deliver(to: bot.hook)
            _ = try await eventually {
                self.status(forge, pull.head)?.description.contains("2 approvals") ?? false ? true : nil
            }
            forge.comment(on: pull.number, of: path, by: "carol", "/approve")
            try await forge.deliver(to: bot.hook)
            try await awaitsDecision(forge, pull)

            #expect(bot.project.acts().isEmpty)
            #expect(report(forge, pull.number)?.body.contains("does not count any more") ?? false)
        }
    }

    @Test func `neither the author, nor a reader, nor an edited comment, nor the bot itself can approve`() async throws
    {
        let rules = "approval: { required: 1, not_by_author: true }"
        try await withServedForge(policy: ToyProject.policy.replacing("approval: { required: 1 }", with: rules)) {
            bot, forge in
            let pull = try await propose(bot, forge)
            try await awaitsDecision(forge, pull)

            forge.comment(on: pull.number, of: path, by: "ada", "/approve")
            forge.comment(on: pull.number, of: path, by: "eve", "/approve")
            forge.comment(on: pull.number, of: path, by: forge.bot.login, "/approve")
            let edited = forge.comment(on: pull.number, of: path, by: "bob", "looks good")
            forge.edit(comment: edited, of: path, by: "eve", "/approve")
            try await forge.deliver(to: bot.hook)
            let replies = try await eventually {
                let replies = forge.comments(on: pull.number, of: self.path).filter {
                    $0.body.contains("sluice:reply:")
                }
                return replies.count >= 2 ? replies : nil
            }
            // What comes after them was acted on, so that they were, too.
            forge.comment(on: pull.number, of: path, by: "bob", "/approve")
            try await forge.deliver(to: bot.hook)
            _ = try await eventually { bot.project.acts().contains("deploy 1") ? true : nil }

            let decisions = try await bot.project.sluice("show", "1", "--json").json()
            #expect(replies.count == 2)
            #expect(String(describing: decisions["decisions"]).components(separatedBy: "approve").count == 2)
        }
    }

    @Test func `a delivery that comes again, with its id or another, starts one run`() async throws {
        try await withServedForge { bot, forge in
            forge.commit(["params.yaml": "slope: 0.9\n"], to: "main", of: path, by: "ada")
            let deliveries = forge.deliveries
            let first = try await forge.deliver(to: bot.hook)
            let second = try await forge.send(deliveries, to: bot.hook)
            let other = deliveries.map { delivery in
                var headers = delivery.headers
                for name in headers.keys where name.lowercased() == "x-github-delivery" {
                    headers[name] = UUID().uuidString
                }
                return FakeDelivery(id: delivery.id, headers: headers, body: delivery.body)
            }
            let third = try await forge.send(other, to: bot.hook)
            _ = try await bot.judged(1)

            #expect(first == [202] && second == [200] && third == [200])
            #expect(try await bot.runs().count == 1)
        }
    }

    @Test func `a signature that does not hold is refused, and leaves nothing`() async throws {
        try await withServedForge { bot, forge in
            forge.commit(["params.yaml": "slope: 0.9\n"], to: "main", of: path, by: "ada")
            let forged = forge.deliveries.map {
                FakeDelivery(id: $0.id, headers: $0.headers, body: $0.body + Data(" ".utf8))
            }

            let answers = try await forge.send(forged, to: bot.hook)
            #expect(answers == [401])
        }
    }

    @Test func `code from a fork waits for a writer's word for that very commit`() async throws {
        try await withServedForge { bot, forge in
            forge.addRepository("eve/toy", from: bot.project.repository.string)
            let head = forge.commit(["params.yaml": "slope: 0.7\n"], to: "main", of: "eve/toy", by: "eve")
            forge.branch("taken", of: path)
            let number = forge.openPullRequest(path, from: "main", head: head, by: "eve", fork: "eve/toy")
            try await forge.deliver(to: bot.hook)
            let waiting = try await eventually { self.status(forge, head) }
            forge.comment(on: number, of: path, by: "eve", "/ok-to-run \(head)")
            try await forge.deliver(to: bot.hook)
            _ = try await eventually {
                forge.comments(on: number, of: self.path).contains { $0.body.contains("sluice:reply:") } ? true : nil
            }

            #expect(waiting.state == "pending")
            #expect(try await bot.runs().isEmpty)
        }
    }

    @Test func `what the forge would not hear is said once it hears again, each thing once`() async throws {
        try await withServedForge { bot, forge in
            forge.trouble { $0.isUnavailable = true }
            let pull = try await propose(bot, forge)
            _ = try await bot.judged(1)
            #expect(forge.comments(on: pull.number, of: path).isEmpty)

            forge.trouble { $0.isUnavailable = false }
            try await awaitsDecision(forge, pull)
            _ = try await eventually { self.report(forge, pull.number) }

            #expect(forge.comments(on: pull.number, of: path).count == 1)
        }
    }

    @Test func `a server that is killed goes on where it was, and says everything once`() async throws {
        try await withServedForge { bot, forge in
            let pull = try await propose(bot, forge)
            await bot.end(SIGKILL)
            let again = try await ServedBot.start(bot.project, forge: forge, name: "2")
            let outcome: Result<Void, any Error>
            do {
                try await awaitsDecision(forge, pull)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            let runs = try await again.runs()
            await again.end()
            try outcome.get()

            #expect(forge.comments(on: pull.number, of: path).count { $0.body.contains("sluice:report:toy") } == 1)
            #expect(runs.count == 1)
        }
    }
}
