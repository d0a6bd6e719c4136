import Domain
import Foundation
import TestSupport
import Testing

@testable import Forges

struct GitHubWebhookTests {
    private let secret = "a secret of tests"
    private let sha = String(repeating: "a", count: 40)
    private let none = String(repeating: "0", count: 40)

    private func request(_ event: String, _ body: Data, _ changes: [String: String?] = [:]) -> WebhookRequest {
        var headers = [
            "content-type": "application/json", "x-github-event": event, "x-github-delivery": "d-1",
            "x-hub-signature-256": "sha256=" + fakeSignature(body, secret: secret),
        ]
        for (name, value) in changes { headers[name] = value }
        return WebhookRequest(headers: headers, body: body)
    }

    private func read(_ event: String, _ json: String) throws -> ForgeDelivery {
        let webhook = try #require(Webhook(kind: .github, secrets: [secret]))
        return try webhook.read(request(event, Data(json.utf8)), now: Date())
    }

    private func pull(_ action: String, _ changes: String = "", head: String = #"{"full_name":"acme/flights"}"#)
        -> String
    {
        """
        {"action":"\(action)","repository":{"full_name":"acme/flights"},"sender":{"id":5,"login":"alice"},
        "pull_request":{"number":3,"state":"open","draft":false,"title":"T","user":{"id":5,"login":"alice"},
        "head":{"ref":"better","sha":"\(sha)","repo":\(head)},
        "base":{"ref":"main","sha":"\(sha)","repo":{"full_name":"acme/flights"}},
        "updated_at":"2026-11-28T10:00:00Z"\(changes)}}
        """
    }

    private func comment(_ action: String = "created", isPull: Bool = true) -> String {
        """
        {"action":"\(action)","repository":{"full_name":"acme/flights"},"sender":{"id":6,"login":"bob"},
        "issue":{"number":3\(isPull ? ",\"pull_request\":{}" : "")},
        "comment":{"id":99,"user":{"id":5,"login":"alice","type":"User"},"body":"/approve",
        "created_at":"2026-11-28T10:00:00Z","updated_at":"2026-11-28T10:00:00Z","performed_via_github_app":null}}
        """
    }

    @Test func `GitHub's own test vector holds`() {
        let body = Data("Hello, World!".utf8)
        let hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

        #expect(Signature.isValid(hex: hex, of: body, secrets: ["It's a Secret to Everybody"]))
        #expect(!Signature.isValid(hex: hex, of: body, secrets: ["It's a Secret to everybody"]))
        #expect(!Signature.isValid(hex: String(hex.dropLast(2)), of: body, secrets: ["It's a Secret to Everybody"]))
    }

    @Test func `a delivery with a wrong, missing, old or truncated signature is not read`() throws {
        let webhook = try #require(Webhook(kind: .github, secrets: [secret]))
        let body = Data("not even JSON".utf8)
        let good = fakeSignature(body, secret: secret)
        let changes: [[String: String?]] = [
            ["x-hub-signature-256": nil], ["x-hub-signature-256": ""], ["x-hub-signature-256": "sha256="],
            ["x-hub-signature-256": good], ["x-hub-signature-256": "sha1=\(good)"],
            ["x-hub-signature-256": "sha256=\(good.dropLast())"], ["x-hub-signature-256": "sha256=\(good)00"],
            ["x-hub-signature-256": "sha256=" + fakeSignature(body, secret: "another")],
            ["x-hub-signature-256": nil, "x-hub-signature": "sha1=\(good.prefix(40))"],
        ]

        for change in changes {
            let error = #expect(throws: WebhookRefusal.self) {
                _ = try webhook.read(request("push", body, change), now: Date())
            }
            guard case .signature = error else {
                Issue.record("\(String(describing: error)) of \(change)")
                continue
            }
        }
    }

    @Test func `either of two secrets is good, and none makes no webhook`() throws {
        let webhook = try #require(Webhook(kind: .github, secrets: ["the new one", secret]))

        let delivery = try webhook.read(request("ping", Data("{}".utf8)), now: Date())

        #expect(delivery == ForgeDelivery(id: "d-1", name: "ping", repository: nil, event: .nothing("ping")))
        #expect(Webhook(kind: .github, secrets: []) == nil)
        #expect(Webhook(kind: .github, secrets: [secret, ""]) == nil)
    }

    @Test func `a push tells the branch and both commits`() throws {
        let body = """
            {"ref":"refs/heads/feature/x","before":"\(none)","after":"\(sha)","sender":{"id":5,"login":"alice"},
            "repository":{"full_name":"acme/flights"},"head_commit":null}
            """

        let delivery = try read("push", body)

        let branch = try #require(BranchName("feature/x"))
        let by = ForgeUser(id: "5", login: try #require(PersonName("alice")))
        let event = ForgeEvent.push(branch: branch, before: nil, after: CommitID(hex: sha), by: by)
        #expect(delivery.event == event)
        #expect(delivery.repository?.path == "acme/flights")
        #expect(delivery.id == "d-1")
    }

    @Test func `a branch that is gone, a tag, and a repository with long commits`() throws {
        let long = String(repeating: "b", count: 64)
        func push(_ ref: String, _ before: String, _ after: String) throws -> ForgeEvent {
            try read(
                "push",
                #"{"ref":"\#(ref)","before":"\#(before)","after":"\#(after)","repository":{"full_name":"acme/flights"}}"#
            ).event
        }
        let main = try #require(BranchName("main"))

        let gone = try push("refs/heads/main", sha, none)
        let tag = try push("refs/tags/v1", none, sha)
        let sha256 = try push("refs/heads/main", String(repeating: "0", count: 64), long)

        #expect(gone == .push(branch: main, before: CommitID(hex: sha), after: nil, by: nil))
        #expect(tag == .nothing("push of a tag"))
        #expect(sha256 == .push(branch: main, before: nil, after: CommitID(hex: long), by: nil))
    }

    @Test(arguments: [
        ("opened", "", PullRequestChange.opened), ("synchronize", "", .synchronized), ("reopened", "", .reopened),
        ("edited", "", .edited), ("ready_for_review", "", .edited), ("converted_to_draft", "", .edited),
        ("closed", "", .closed), ("closed", #","merged":true,"merged_by":{"id":8,"login":"carol"}"#, .merged),
    ])
    func `what happened to a pull request`(action: String, more: String, change: PullRequestChange) throws {
        let delivery = try read("pull_request", pull(action, more))

        guard case .pullRequest(let pull, let told) = delivery.event else {
            Issue.record("\(delivery.event)")
            return
        }
        #expect(told == change)
        #expect(pull.head.hex == sha)
        #expect(pull.author.id == "5")
        #expect(pull.mergedBy?.id == (change == .merged ? "8" : nil))
        #expect(!pull.isFork)
    }

    @Test func `a fork, and a fork that is gone, are told as forks`() throws {
        for head in [#"{"full_name":"mallory/flights"}"#, "null"] {
            guard case .pullRequest(let pull, _) = try read("pull_request", pull("opened", head: head)).event else {
                Issue.record("no pull request")
                continue
            }
            #expect(pull.isFork)
        }
    }

    @Test(arguments: ["labeled", "assigned", "review_requested", "enqueued", "auto_merge_enabled", "locked"])
    func `other actions on a pull request are named and nothing`(action: String) throws {
        #expect(try read("pull_request", pull(action)).event == .nothing("pull_request.\(action)"))
    }

    @Test func `a new comment on a pull request is told with its author, and not the sender`() throws {
        guard case .comment(let told) = try read("issue_comment", comment()).event else {
            Issue.record("no comment")
            return
        }
        #expect(told.author.id == "5")
        #expect(told.pullRequest == 3)
        #expect(told.id == "99")
        #expect(!told.isEdited)
        #expect(!told.isByMachine)
    }

    @Test func `edited and deleted comments, and comments on issues, are nothing`() throws {
        #expect(try read("issue_comment", comment("edited")).event == .nothing("issue_comment.edited"))
        #expect(try read("issue_comment", comment("deleted")).event == .nothing("issue_comment.deleted"))
        #expect(
            try read("issue_comment", comment(isPull: false)).event == .nothing("issue_comment.created on an issue"))
    }

    @Test func `a pressed button tells run, commit and person`() throws {
        let body = """
            {"action":"requested_action","requested_action":{"identifier":"approve"},
            "check_run":{"head_sha":"\(sha)","external_id":"12"},"sender":{"id":5,"login":"alice"},
            "repository":{"full_name":"acme/flights"}}
            """

        let told = try read("check_run", body).event
        let other = try read("check_run", body.replacingOccurrences(of: "approve", with: "fix_me")).event

        guard case .button(let button) = told else {
            Issue.record("\(told)")
            return
        }
        #expect(button.action == .approve)
        #expect(button.run == RunID(12))
        #expect(button.commit.hex == sha)
        #expect(button.by.id == "5")
        #expect(other == .nothing("check_run.requested_action of another check"))
    }

    @Test func `a merge queue's commit is told`() throws {
        let body = """
            {"action":"checks_requested","merge_group":{"head_sha":"\(sha)","base_ref":"refs/heads/main"},
            "repository":{"full_name":"acme/flights"}}
            """

        let told = try read("merge_group", body).event

        #expect(told == .mergeGroup(head: try #require(CommitID(hex: sha)), base: try #require(BranchName("main"))))
    }

    @Test func `a form is read, and its signature is over the form`() throws {
        let form = Data(("payload=" + percentEncoded(comment()).replacingOccurrences(of: "%20", with: "+")).utf8)
        let webhook = try #require(Webhook(kind: .github, secrets: [secret]))
        let type: [String: String?] = ["content-type": "application/x-www-form-urlencoded"]

        let delivery = try webhook.read(request("issue_comment", form, type), now: Date())

        guard case .comment(let told) = delivery.event else {
            Issue.record("\(delivery.event)")
            return
        }
        #expect(told.body == "/approve")
    }

    @Test(arguments: ["star", "workflow_run", "deployment_status", "an_event_of_tomorrow"])
    func `every other event is named and nothing`(name: String) throws {
        let told = try read(name, #"{"action":"created","repository":{"full_name":"acme/flights"}}"#)

        #expect(told.event == .nothing("\(name).created"))
        #expect(told.repository?.path == "acme/flights")
    }

    @Test func `a payload that is not what its event says is malformed`() throws {
        let webhook = try #require(Webhook(kind: .github, secrets: [secret]))
        let bodies = [
            "", "null", "[]", "7", "{}", "{\"ref\":7}", String(repeating: "[", count: 50_000),
            #"{"ref":"refs/heads/x","before":"\#(sha)","after":"short","repository":{"full_name":"acme/flights"}}"#,
            #"{"ref":"refs/heads/x","before":"\#(sha)","after":"\#(sha)","repository":{"full_name":"../../etc"}}"#,
        ]

        for body in bodies {
            let error = #expect(throws: WebhookRefusal.self) {
                _ = try webhook.read(request("push", Data(body.utf8)), now: Date())
            }
            guard case .malformed = error else {
                Issue.record("\(String(describing: error)) of \(body.prefix(60))")
                continue
            }
        }
    }
}
