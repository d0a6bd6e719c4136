import Domain
import Forges
import Foundation
import TestSupport
import Testing
import Wire

/// The fake must refuse what the real one would, or the contract proves nothing.
@Suite(.timeLimit(.minutes(15)))
struct FakeGitHubTests {
    private func status(
        _ at: Counter, _ method: WireRequest.Method, _ path: String, _ body: String, token: String? = nil
    ) async throws -> Int {
        let wire = try Wire.live(agent: "sluice/test")
        let headers = [
            "accept": "application/vnd.github+json", "authorization": "Bearer \(token ?? at.fake.token)",
            "content-type": "application/json",
        ]
        let request = WireRequest(method, at.fake.api + path, headers: headers, body: Data(body.utf8))
        return try await wire.send(request).status
    }

    @Test func `what is wrong with a status is refused`() async throws {
        try await withCounter(.github) { at in
            let path = "/repos/acme/flights/statuses/\(at.head)"
            let long = String(repeating: "x", count: 141)
            let bodies = [
                "", "[]", "{}", #"{"state":"done"}"#, #"{"state":"success","colour":"green"}"#, #"{"state":7}"#,
                #"{"state":"success","description":"\#(long)"}"#,
                #"{"state":"success","target_url":"javascript:alert(1)"}"#,
            ]

            for body in bodies {
                let answer = try await status(at, .post, path, body)
                #expect(answer == 422, "\(body)")
            }
            let unknown = "/repos/acme/flights/statuses/" + String(repeating: "e", count: 40)
            let answer = try await status(at, .post, unknown, #"{"state":"success"}"#)
            #expect(answer == 422)
            #expect(at.fake.writes.isEmpty)
        }
    }

    @Test func `a commit has a thousand statuses of one context`() async throws {
        try await withCounter(.github) { at in
            let path = "/repos/acme/flights/statuses/\(at.head)"
            for _ in 0..<999 { at.fake.say("pending", as: "c", of: at.head.hex, in: at.path) }

            let last = try await status(at, .post, path, #"{"state":"pending","context":"c"}"#)
            let more = try await status(at, .post, path, #"{"state":"pending","context":"c"}"#)
            let other = try await status(at, .post, path, #"{"state":"pending","context":"d"}"#)

            #expect(last == 201)
            #expect(more == 422)
            #expect(other == 201)
        }
    }

    @Test func `a wrong token, no access and too little access are told apart`() async throws {
        try await withCounter(.github) { at in
            let path = "/repos/acme/flights/statuses/\(at.head)"
            let body = #"{"state":"success"}"#

            let wrong = try await status(at, .post, path, body, token: "another")
            at.fake.setRole(at.fake.bot.login, .read, in: at.path)
            let reader = try await status(at, .post, path, body)
            at.fake.setRole(at.fake.bot.login, .none, in: at.path)
            let stranger = try await status(at, .post, path, body)

            #expect(wrong == 401)
            #expect(reader == 403)
            #expect(stranger == 404)
        }
    }

    @Test func `a comment is not empty, not too long and has one field`() async throws {
        try await withCounter(.github) { at in
            let path = "/repos/acme/flights/issues/\(at.number)/comments"
            let long = String(repeating: "x", count: 65_537)

            for body in [#"{"body":""}"#, #"{"body":"\#(long)"}"#, #"{"body":"x","pinned":true}"#, #"{"body":null}"#] {
                let answer = try await status(at, .post, path, body)
                #expect(answer == 422)
            }
            let nowhere = "/repos/acme/flights/issues/99/comments"
            let answer = try await status(at, .post, nowhere, #"{"body":"x"}"#)
            #expect(answer == 404)
        }
    }

    @Test func `only an App writes checks`() async throws {
        try await withCounter(.github) { at in
            let body = #"{"name":"sluice","head_sha":"\#(at.head)"}"#

            let answer = try await status(at, .post, "/repos/acme/flights/check-runs", body)

            #expect(answer == 403)
        }
    }

    @Test func `accepted writes are counted with their times`() async throws {
        try await withCounter(.github) { at in
            for number in 1...3 {
                try await at.forge.set(at.status(.pending, "step \(number)"), in: at.repository)
            }

            #expect(at.fake.writes.count == 3)
            #expect((1...3).contains(at.fake.mostWritesInASecond))
        }
    }
}
