import Domain
import Foundation
import TestSupport
import Testing

@testable import Forges

struct BitbucketWebhookTests {
    private let secret = "a secret of tests"
    private let sha = String(repeating: "a", count: 40)

    private func read(_ name: String, _ json: String, signed: Bool = true) throws -> ForgeDelivery {
        let body = Data(json.utf8)
        var headers = ["content-type": "application/json", "x-event-key": name, "x-request-uuid": "r-1"]
        if signed { headers["x-hub-signature"] = "sha256=" + fakeSignature(body, secret: secret) }
        let webhook = try #require(Webhook(kind: .bitbucket, secrets: [secret]))
        return try webhook.read(WebhookRequest(headers: headers, body: body), now: Date())
    }

    private func ref(_ name: String, type: String = "branch") -> String {
        #"{"type":"\#(type)","name":"\#(name)","target":{"hash":"\#(sha)"}}"#
    }

    @Test func `a push of several branches tells of each, and of no tag`() throws {
        let body = """
            {"actor":{"uuid":"{1}","nickname":"alice","type":"user"},"repository":{"full_name":"acme/flights"},
            "push":{"changes":[{"old":null,"new":\(ref("main"))},{"old":null,"new":\(ref("v1", type: "tag"))},
            {"old":\(ref("gone")),"new":null}]}}
            """

        let delivery = try read("repo:push", body)

        let alice = ForgeUser(id: "{1}", login: try #require(PersonName("alice")))
        let commit = CommitID(hex: sha)
        let main = ForgeEvent.push(branch: try #require(BranchName("main")), before: nil, after: commit, by: alice)
        let gone = ForgeEvent.push(branch: try #require(BranchName("gone")), before: commit, after: nil, by: alice)
        #expect(delivery.id == "r-1")
        #expect(delivery.event == main)
        #expect(delivery.more == [gone])
    }

    @Test func `a change of a pull request, whose commits are cut short, only names it`() throws {
        let body = #"{"repository":{"full_name":"acme/flights"},"pullrequest":{"id":3}}"#

        let delivery = try read("pullrequest:updated", body)

        #expect(delivery.event == .pullRequestChanged(3))
    }

    @Test func `a new comment is told, and a remark on a line is not`() throws {
        func body(_ more: String) -> String {
            """
            {"repository":{"full_name":"acme/flights"},"pullrequest":{"id":3},
            "comment":{"id":9,"content":{"raw":"/approve"},"user":{"uuid":"{1}","nickname":"alice","type":"user"},
            "created_on":"2026-11-28T10:00:00.123456+00:00","updated_on":"2026-11-28T10:00:00.133456+00:00"\(more)}}
            """
        }

        let told = try read("pullrequest:comment_created", body("")).event
        let remark = try read("pullrequest:comment_created", body(#","inline":{"path":"x"}"#)).event

        guard case .comment(let comment) = told else {
            Issue.record("\(told)")
            return
        }
        #expect(comment.author.id == "{1}")
        #expect(comment.body == "/approve")
        #expect(!comment.isEdited)
        #expect(remark == .nothing("pullrequest:comment_created on a line"))
    }

    @Test func `the unsigned ping of Data Center is known by its headers, and nothing that is unsigned is read`() throws
    {
        let webhook = try #require(Webhook(kind: .bitbucket, secrets: ["secret"]))
        let github = try #require(Webhook(kind: .github, secrets: ["secret"]))
        let ping = ["x-event-key": "diagnostics:ping"]

        #expect(webhook.isUnsignedPing(ping))
        #expect(!webhook.isUnsignedPing(ping.merging(["x-hub-signature": "sha256=00"]) { $1 }))
        #expect(!webhook.isUnsignedPing(["x-event-key": "repo:push"]))
        #expect(!github.isUnsignedPing(ping))
        #expect(throws: WebhookRefusal.signature("the header x-hub-signature is missing")) {
            _ = try read("diagnostics:ping", #"{"test":true}"#, signed: false)
        }
        #expect(throws: WebhookRefusal.signature("the header x-hub-signature is missing")) {
            _ = try read("repo:push", "{}", signed: false)
        }
    }

    @Test(arguments: ["repo:fork", "pullrequest:approved", "pullrequest:comment_updated", "issue:created"])
    func `every other event is named and nothing`(name: String) throws {
        #expect(try read(name, #"{"repository":{"full_name":"acme/flights"}}"#).event == .nothing(name))
    }

    @Test(arguments: ["", "{}", #"{"push":{"changes":{}},"repository":{"full_name":"acme/flights"}}"#, "[[[["])
    func `a payload that is not what its event says is malformed`(body: String) {
        let error = #expect(throws: WebhookRefusal.self) { _ = try read("repo:push", body) }
        guard case .malformed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
