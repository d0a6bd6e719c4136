import Domain
import Forges
import Foundation
import Testing

@Suite struct GitLabWebhookTests {
    static let key = "whsec_" + Data("thirty-two bytes of a signing key".utf8).base64EncodedString()
    static let body = GitLabSamples.handled[0].json

    @Test func `a merge request tells all that is asked for`() throws {
        let event = try taken(
            .gitlab, "Merge Request Hook", GitLabSamples.mergeRequest(action: "merge", state: "merged"))

        guard case .pullRequest(let pull, .merged) = event else {
            Issue.record("it is \(event)")
            return
        }
        #expect(pull.number == 7)
        #expect(pull.state == .merged)
        #expect(pull.title == "Tune the trees")
        #expect(pull.author == ForgeUser(id: "51764", login: try #require(PersonName("alice"))))
        #expect(pull.head.hex == GitLabSamples.new)
        #expect(pull.headBranch.text == "tune")
        #expect(pull.headRepository?.path == "acme/ml/flights")
        #expect(pull.base.text == "main")
        #expect(!pull.isFork)
        #expect(pull.mergedBy?.id == "51764")
        #expect(pull.updatedAt == "2026-05-01 10:05:00 UTC")
    }

    @Test func `the author of what somebody else acts on is known by number`() throws {
        let text = GitLabSamples.mergeRequest(action: "update").replacing(
            #""author_id":51764"#, with: #""author_id":4"#)

        guard case .pullRequest(let pull, .edited) = try taken(.gitlab, "Merge Request Hook", text) else {
            Issue.record("it is another event")
            return
        }

        #expect(pull.author == ForgeUser(id: "4", login: try #require(PersonName("4"))))
    }

    @Test func `a fork is one, also when it is gone`() throws {
        let fork = GitLabSamples.project.replacing("acme/ml/flights", with: "mallory/flights")
        for (text, source) in [
            (GitLabSamples.mergeRequest(action: "open", source: fork, sourceID: "99"), "mallory/flights"),
            (GitLabSamples.mergeRequest(action: "open", source: nil, sourceID: "null"), nil),
        ] {
            guard case .pullRequest(let pull, .opened) = try taken(.gitlab, "Merge Request Hook", text) else {
                Issue.record("it is another event")
                continue
            }
            #expect(pull.isFork)
            #expect(pull.headRepository?.path == source)
        }
    }

    @Test func `a note tells who wrote it, and that it was changed before it was told`() throws {
        guard case .comment(let fresh) = try taken(.gitlab, "Note Hook", GitLabSamples.note()),
            case .comment(let edited) = try taken(
                .gitlab, "Note Hook", GitLabSamples.note(updated: "2026-05-01 10:05:09 UTC"))
        else {
            Issue.record("it is another event")
            return
        }

        #expect(fresh.pullRequest == 7)
        #expect(fresh.id == "50772616")
        #expect(fresh.author == ForgeUser(id: "51764", login: try #require(PersonName("alice"))))
        #expect(fresh.body == "/retrain")
        #expect(fresh.createdAt == Date(timeIntervalSince1970: 1_777_629_900))
        #expect(!fresh.isEdited && !fresh.isByMachine)
        #expect(edited.isEdited)
    }

    @Test func `a branch that is new or gone has no commit before or after`() throws {
        let made = try taken(.gitlab, "Push Hook", GitLabSamples.push(before: GitLabSamples.zeros))
        let gone = try taken(.gitlab, "Push Hook", GitLabSamples.push(after: GitLabSamples.zeros))
        let never = take(
            post(
                .gitlab, "Push Hook",
                Data(GitLabSamples.push(before: GitLabSamples.zeros, after: GitLabSamples.zeros).utf8)), .gitlab)

        guard case .push(_, nil, .some, .some) = made, case .push(_, .some, nil, .some) = gone else {
            Issue.record("\(made), \(gone)")
            return
        }
        #expect(throws: WebhookRefusal.self) { try never.get() }
    }

    /// Retries keep the first two; the third is new each time, and several events share the fourth.
    @Test func `the id of a delivery is one that stays over retries`() throws {
        let all = [
            "idempotency-key": "a", "webhook-id": "b", "x-gitlab-webhook-uuid": "c", "x-gitlab-event-uuid": "d",
        ]
        func id(_ names: [String]) throws -> String? {
            var headers = post(.gitlab, "Push Hook", Self.body).headers
            headers["idempotency-key"] = nil
            headers["x-gitlab-event-uuid"] = nil
            for name in names { headers[name] = all[name] }
            return try take(WebhookRequest(headers: headers, body: Self.body), .gitlab).get().id
        }

        #expect(try id(Array(all.keys)) == "a")
        #expect(try id(["webhook-id", "x-gitlab-webhook-uuid", "x-gitlab-event-uuid"]) == "b")
        #expect(try id(["x-gitlab-webhook-uuid", "x-gitlab-event-uuid"]) == nil)
    }

    @Test func `a signing key takes signatures only, and a token tokens only`() throws {
        let signed = signedRequest("Push Hook", Self.body, secret: Self.key)
        let told = post(.gitlab, "Push Hook", Self.body, secret: Self.key)

        _ = try take(signed, .gitlab, secrets: [Self.key]).get()
        _ = try take(signed, .gitlab, secrets: [secret, Self.key]).get()
        _ = try take(post(.gitlab, "Push Hook", Self.body), .gitlab, secrets: [secret, Self.key]).get()
        for (request, secrets) in [(told, [Self.key]), (signed, [secret])] {
            guard case .failure(.signature) = take(request, .gitlab, secrets: secrets) else {
                Issue.record("it is taken")
                continue
            }
        }
    }

    @Test(arguments: ["whsec_", "whsec_###", "whsec_\u{e9}"])
    func `a signing key that is none makes no webhook`(_ key: String) {
        #expect(Webhook(kind: .gitlab, secrets: [key]) == nil)
        #expect(Webhook(kind: .gitlab, secrets: [secret, key]) == nil)
    }

    @Test(arguments: [-301, -300, 0, 300, 301])
    func `a signature is good for five minutes`(_ age: Int) {
        let sent = delivered.addingTimeInterval(Double(-age))
        let read = take(signedRequest("Push Hook", Self.body, secret: Self.key, at: sent), .gitlab, secrets: [Self.key])

        switch read {
        case .success: #expect(abs(age) <= 300)
        case .failure(.signature): #expect(abs(age) > 300)
        case .failure(.malformed(let said)): Issue.record("\(said)")
        }
    }

    @Test func `one of several signatures is enough, and nothing beside the signed may change`() throws {
        let good = signedRequest("Push Hook", Self.body, secret: Self.key)
        func changed(_ name: String, _ value: String?) -> Result<ForgeDelivery, WebhookRefusal> {
            var headers = good.headers
            headers[name] = value
            return take(WebhookRequest(headers: headers, body: Self.body), .gitlab, secrets: [Self.key])
        }
        let signature = try #require(good.headers["webhook-signature"])

        _ = try changed("webhook-signature", "v1,AAAA v1a,x \(signature) v2,x").get()
        let wrong: [(String, String?)] = [
            ("webhook-id", "msg_2"), ("webhook-id", nil), ("webhook-id", ""), ("webhook-timestamp", nil),
            ("webhook-timestamp", "1780000001"), ("webhook-timestamp", "-1780000000"), ("webhook-timestamp", "1e9"),
            ("webhook-timestamp", String(repeating: "9", count: 12)), ("webhook-timestamp", "999999999999999999999"),
            ("webhook-signature", nil), ("webhook-signature", ""), ("webhook-signature", "v1,"),
            ("webhook-signature", String(signature.dropLast(4))), ("webhook-signature", String(signature.dropFirst(3))),
            ("webhook-signature", signature.replacing("v1,", with: "v2,")),
        ]
        for (name, value) in wrong {
            guard case .failure(.signature) = changed(name, value) else {
                Issue.record("\(name): \(value ?? "nothing") is taken")
                continue
            }
        }
    }

    @Test(arguments: ["", "It's a Secret to Everybod", "it's a secret to everybody", "It's a Secret to Everybody "])
    func `a token is right or wrong as a whole`(_ token: String) {
        guard case .failure(.signature) = take(post(.gitlab, "Push Hook", Self.body, secret: token), .gitlab) else {
            Issue.record("it is taken")
            return
        }
    }
}
