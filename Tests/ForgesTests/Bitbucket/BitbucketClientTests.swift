import Domain
import Foundation
import TestSupport
import Testing
import Wire

@testable import Forges

@Suite(.timeLimit(.minutes(10)))
struct BitbucketClientTests {
    @Test func `a context of any length makes a key that the forge takes`() async throws {
        try await withCounter(.bitbucket) { at in
            var status = at.status(.pending)
            status.context = "sluice/" + String(repeating: "a-very-long-model-name", count: 4)

            try await at.forge.set(status, in: at.repository)
            try await at.forge.set(at.status(.pending), in: at.repository)

            let keys = at.fake.statuses(of: at.head.hex, in: at.path).map(\.context)
            #expect(keys.map(\.utf8.count) == [40, 40])
            #expect(Set(keys).count == 2)
        }
    }

    @Test func `a shortened head that is not the newest commit's is no head`() async throws {
        try await withCounter(.bitbucket) { at in
            let other = String(repeating: "f", count: 40)
            let page = Data(#"{"values":[{"hash":"\#(other)"}]}"#.utf8)
            at.fake.trouble { $0.instead["/pullrequests/1/commits"] = FakeAnswer(200, body: page) }

            let refusal = try await at.refusal { try await at.forge.pullRequest(at.number, in: at.repository) }

            #expect(refusal == .conflict("the pull request got new commits while it was asked for"))
        }
    }

    @Test func `a status without a page of ours links to the commit, because it must link to something`() async throws {
        try await withCounter(.bitbucket) { at in
            var status = at.status(.failure)
            status.link = nil

            try await at.forge.set(status, in: at.repository)

            let link = at.fake.statuses(of: at.head.hex, in: at.path).first?.link
            #expect(link == "https://bitbucket.org/acme/flights/commits/\(at.head)")
        }
    }

    @Test func `an access token is nobody's: who it is and who others are is for an account that rules`() async throws {
        try await withCounter(.bitbucket) { at in
            let secret = String(at.fake.token.split(separator: ":")[1])
            let parts = ForgeParts(
                kind: .bitbucket, api: at.fake.api, clone: at.fake.clone, credentials: .token(secret))
            let forge = try makeForge(parts, wire: try Wire.live(agent: "sluice/test"))

            let pull = try await forge.pullRequest(at.number, in: at.repository)
            let nobody = try await at.refusal { try await forge.whoAmI() }
            at.fake.setRole(at.fake.bot.login, .write, in: at.path)
            let alice = try at.user("alice")
            let told = try await at.refusal { try await at.forge.permission(of: alice, in: at.repository) }

            #expect(pull.number == at.number)
            guard case .unauthorized = nobody else { return #expect(Bool(false), "\(String(describing: nobody))") }
            guard case .forbidden = told else { return #expect(Bool(false), "\(String(describing: told))") }
        }
    }

    @Test func `a look asks for the head of a pull request again only when it has changed`() async throws {
        try await withCounter(.bitbucket) { at in
            func asked() -> Int { at.fake.requests.count { $0.path.hasSuffix("/commits") } }
            let first = try await at.forge.openPullRequests(in: at.repository)
            let second = try await at.forge.openPullRequests(in: at.repository)
            let before = asked()
            let next = String(repeating: "b", count: 40)
            at.fake.push(to: at.number, of: at.path, head: next, by: "alice")
            let third = try await at.forge.openPullRequests(in: at.repository)
            _ = try await at.forge.pullRequest(at.number, in: at.repository)

            #expect(before == 1 && first == second)
            #expect(third.map(\.head.hex) == [next])
            #expect(asked() == 3, "who asks for one alone gets no remembered answer")
        }
    }

    @Test func `a remark on a line is no comment, as in webhooks`() async throws {
        try await withCounter(.bitbucket) { at in
            func comment(_ id: Int, _ rest: String) -> String {
                #"{"id":\#(id),"content":{"raw":"/approve"},"user":{"type":"user","uuid":"{1}","nickname":"bob"},"#
                    + #""created_on":"2026-11-28T12:00:00.000000+00:00"\#(rest)}"#
            }
            let page = Data(#"{"values":[\#(comment(1, "")),\#(comment(2, #","inline":{"path":"a"}"#))]}"#.utf8)
            at.fake.trouble { $0.instead["/pullrequests/1/comments"] = FakeAnswer(200, body: page) }

            let told = try await at.forge.comments(
                on: at.number, in: at.repository, since: Date(timeIntervalSince1970: 0))

            #expect(told.map(\.id) == ["1"])
        }
    }

    @Test func `git is given the name that goes with an API token, and not the e-mail address`() async throws {
        let parts = ForgeParts(
            kind: .bitbucket, api: "https://api.bitbucket.org/2.0", clone: "https://bitbucket.org",
            credentials: .token("bot@example.org:s3cret"))
        let forge = try makeForge(parts, wire: Wire { _ throws(WireError) in throw .notSent("nothing is asked") })

        let access = try await forge.cloneAccess(to: try #require(ForgeRepository("acme/flights")))

        let basic = "Basic " + Data("x-bitbucket-api-token-auth:s3cret".utf8).base64EncodedString()
        #expect(access.header == "Authorization: \(basic)")
    }

    @Test func `an account's name and password are sent as such`() async throws {
        let seen = Headers()
        let wire = Wire { (request) throws(WireError) in
            seen.keep(request.headers["authorization"] ?? "")
            throw .notSent("enough")
        }
        let parts = ForgeParts(
            kind: .bitbucket, api: "https://api.bitbucket.org/2.0", clone: "https://bitbucket.org",
            credentials: .token("bot:s3cret"))
        let forge = try makeForge(parts, wire: wire)

        _ = try? await forge.whoAmI()
        let access = try await forge.cloneAccess(to: try #require(ForgeRepository("acme/flights")))

        let basic = "Basic " + Data("bot:s3cret".utf8).base64EncodedString()
        #expect(seen.first == basic)
        #expect(access.header == "Authorization: \(basic)")
    }
}
