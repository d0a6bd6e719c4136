import Domain
import Foundation
import TestSupport
import Testing
import Wire

@testable import Forges

@Suite(.timeLimit(.minutes(1)))
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
