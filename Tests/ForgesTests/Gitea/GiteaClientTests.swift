import Domain
import Forges
import Foundation
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(15)))
struct GiteaClientTests {
    static let kinds: [ForgeKind] = [.gitea, .forgejo]

    @Test(arguments: kinds)
    func `a bot that does not rule the repository is not told what others may do`(_ kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            at.fake.setRole("sluice-bot", .write, in: at.path)

            let refusal = try await at.refusal {
                try await at.forge.permission(of: try at.user("alice"), in: at.repository)
            }

            guard case .forbidden = refusal else {
                Issue.record("it is \(String(describing: refusal))")
                return
            }
        }
    }

    @Test(arguments: kinds)
    func `a team is found by its whole name`(_ kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            at.fake.setTeam("acme/ml-leads-emeritus", ["dave"])
            at.fake.setTeam("acme/ml-leads", ["carol"])

            let carol = try await at.forge.isMember(try at.user("carol"), of: "acme/ML-leads")
            let dave = try await at.forge.isMember(try at.user("dave"), of: "acme/ml-leads")
            var wrong: [ForgeError?] = []
            for team in ["acme/leads", "nobody/ml-leads", "acme", "acme/ml/leads"] {
                wrong.append(
                    try await at.refusal { try await at.forge.isMember(try at.user("carol"), of: team) })
            }

            #expect(carol)
            #expect(!dave)
            for refusal in wrong {
                guard case .notFound = refusal else {
                    Issue.record("it is \(String(describing: refusal))")
                    continue
                }
            }
        }
    }

    /// A push to `refs/for/main` needs no more than the right to read, and the forge names the repository itself as head.
    @Test(arguments: kinds)
    func `a pull request without a branch is foreign`(_ kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let head = "\"head\":{\"label\":\"\",\"ref\":\"refs/pull/1/head\",\"sha\":\"\(at.head)\",\"repo_id\":61}"
            let body = """
                {"number":1,"state":"open","title":"Tune","user":{"id":5,"login":"mallory"},"updated_at":\
                "2026-05-01T10:00:00Z","base":{"ref":"main","sha":"\(at.head)","repo_id":61},\(head)}
                """
            at.fake.trouble { $0.instead["/pulls/1"] = FakeAnswer(200, body: Data(body.utf8)) }

            let pull = try await at.forge.pullRequest(at.number, in: at.repository)

            #expect(pull.isFork)
        }
    }

    @Test(arguments: kinds)
    func `a fork that is gone leaves its commit`(_ kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let body = """
                {"number":1,"state":"open","title":"Tune","user":{"id":-1,"login":"Ghost"},"updated_at":\
                "2026-05-01T10:00:00Z","base":{"ref":"main","sha":"\(at.head)","repo_id":61},\
                "head":{"ref":"refs/pull/1/head","sha":"\(at.head)","repo_id":-1,"repo":null}}
                """
            at.fake.trouble { $0.instead["/pulls/1"] = FakeAnswer(200, body: Data(body.utf8)) }

            let pull = try await at.forge.pullRequest(at.number, in: at.repository)

            #expect(pull.headRepository == nil)
            #expect(pull.isFork)
            #expect(pull.head == at.head)
        }
    }

    @Test(arguments: kinds)
    func `an equal status is found among many others`(_ kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            try await at.forge.set(at.status(.pending), in: at.repository)
            for number in 1...120 { at.fake.say("success", as: "ci/\(number)", of: at.head.hex, in: at.path) }
            try await at.forge.set(at.status(.pending), in: at.repository)

            let ours = at.fake.statuses(of: at.head.hex, in: at.path).filter { $0.context == "sluice/flight-delay" }
            #expect(ours.count == 1)
        }
    }
}

/// What GitLab and Gitea have in common with the other kinds, beyond the contract.
@Suite(.timeLimit(.minutes(15)))
struct NeighbourTests {
    static let kinds: [ForgeKind] = [.gitlab, .gitea, .forgejo]

    @Test(arguments: kinds)
    func `a comment is acknowledged once, however often it is asked`(_ kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let id = String(at.fake.comment(on: at.number, of: at.path, by: "alice", "/retrain"))

            try await at.forge.acknowledge(comment: id, on: at.number, in: at.repository)
            try await at.forge.acknowledge(comment: id, on: at.number, in: at.repository)
            let missing = try await at.refusal {
                try await at.forge.acknowledge(comment: "999999", on: at.number, in: at.repository)
            }

            #expect(at.fake.comments(on: at.number, of: at.path).map(\.reactions) == [["eyes sluice-bot"]])
            guard case .notFound = missing else {
                Issue.record("it is \(String(describing: missing))")
                return
            }
        }
    }

    @Test(arguments: kinds)
    func `a comment that was deleted is written anew`(_ kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let id = try await at.forge.write(
                "\(marker)\nIt passed.", marker: marker, known: "424242", on: at.number, in: at.repository)

            #expect(at.fake.comments(on: at.number, of: at.path).map { String($0.id) } == [id])
        }
    }

    @Test(arguments: kinds)
    func `a fork's branch of the same name is not the bot's pull request`(_ kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            at.fake.openPullRequest(
                at.path, from: "main", head: String(repeating: "4", count: 40), by: "mallory", fork: "mallory/flights")

            let opened = try await at.forge.openPullRequest(
                from: try #require(BranchName("main")), into: try #require(BranchName("stable")), title: "Promote",
                body: "Run 7", in: at.repository)

            #expect(at.fake.pull(opened, of: at.path)?.author == at.fake.bot)
            #expect(at.fake.pulls(of: at.path).filter { $0.title == "Promote" }.count == 1)
        }
    }

    @Test(arguments: kinds)
    func `checks are refused and git takes the token as a password`(_ kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let check = Check(
                commit: at.head, name: "sluice", run: try #require(RunID(1)), state: .pending, awaitsDecision: false,
                title: "", summary: "", link: nil)
            let parts = ForgeParts(
                kind: kind, api: at.fake.api, clone: "https://forge.example.com", credentials: .token("secret-token"))
            let forge = try makeForge(parts, wire: try Wire.live(agent: "sluice/test"))

            let refusal = try await at.refusal { try await at.forge.set(check, known: nil, in: at.repository) }
            let access = try await forge.cloneAccess(to: at.repository)

            guard case .refused = refusal else {
                Issue.record("it is \(String(describing: refusal))")
                return
            }
            #expect(access.url == "https://forge.example.com/acme/flights.git")
            #expect(access.header == "Authorization: Basic " + Data("oauth2:secret-token".utf8).base64EncodedString())
        }
    }

    /// Each delivery that the fake sends is one that the webhook takes.
    @Test(arguments: kinds)
    func `what people do is told by deliveries that are understood`(_ kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            at.fake.push(to: at.number, of: at.path, head: String(repeating: "5", count: 40), by: "bob")
            let comment = at.fake.comment(on: at.number, of: at.path, by: "alice", "/retrain")
            at.fake.edit(comment: comment, of: at.path, by: "mallory", "/approve")
            at.fake.close(at.number, of: at.path, by: "alice")
            at.fake.reopen(at.number, of: at.path, by: "alice")
            at.fake.merge(at.number, of: at.path, commit: at.head.hex, by: "carol")
            let webhook = try #require(Webhook(kind: kind, secrets: [at.fake.webhookSecret]))

            let read = try at.fake.deliveries.map {
                try webhook.read(WebhookRequest(headers: $0.headers, body: $0.body), now: Date())
            }

            let words = read.map { word($0.event) }.suffix(7)
            #expect(
                words == [
                    "pullRequest opened", "pullRequest synchronized", "comment", "nothing", "pullRequest closed",
                    "pullRequest reopened", "pullRequest merged",
                ])
            #expect(Set(read.compactMap(\.id)).count == read.count)
            #expect(read.allSatisfy { $0.repository == at.repository })
        }
    }
}
