import Domain
import Forges
import Foundation
import Host
import JWTKit
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(15)))
struct GitHubAppTests {
    private func key() async throws -> String {
        try await Tool.find("openssl", advice: "").run(["genrsa", "2048"]).output
    }

    private func withApp(
        now: @escaping @Sendable () -> Date = { Date() }, _ body: (Counter) async throws -> Void
    ) async throws {
        try await withCounter(.github, app: "4711", key: try await key(), now: now, body)
    }

    private func check(_ at: Counter, awaitsDecision: Bool = false, summary: String = "It passed.") throws -> Check {
        Check(
            commit: at.head, name: "sluice/flight-delay", run: try #require(RunID(7)), state: .success,
            awaitsDecision: awaitsDecision, title: "Passed", summary: summary,
            link: "https://sluice.example.org/runs/7")
    }

    @Test func `the App asks with a token for that repository and no more permissions than it needs`() async throws {
        try await withApp { at in
            _ = try await at.forge.write(
                "\(marker)\nIt runs.", marker: marker, known: nil, on: at.number, in: at.repository)
            try await at.forge.set(at.status(.pending), in: at.repository)

            let tokens = at.fake.installationTokens.filter { !$0.repositories.isEmpty }
            #expect(tokens.map(\.repositories) == [["flights"]])
            #expect(
                tokens.first?.permissions == [
                    "checks": "write", "contents": "read", "metadata": "read", "pull_requests": "write",
                    "statuses": "write",
                ])
        }
    }

    @Test func `a token is minted anew a minute before its end`() async throws {
        let clock = Clock()
        try await withApp(now: { clock.now }) { at in
            try await at.forge.set(at.status(.pending), in: at.repository)
            try await at.forge.set(at.status(.failure), in: at.repository)
            let before = at.fake.installationTokens.count
            clock.move(by: 3541)
            at.fake.trouble { $0.ahead = 3541 }
            try await at.forge.set(at.status(.success), in: at.repository)

            #expect(before == 1)
            let mints = at.fake.requests.filter { $0.path.hasSuffix("/access_tokens") }
            #expect(mints.count == 2)
        }
    }

    @Test func `what the App signs can be checked with its public key`() async throws {
        let pem = try await key()
        let seen = Headers()
        let wire = Wire { (request) throws(WireError) in
            seen.keep(request.headers["authorization"] ?? "")
            return WireResponse(status: 200, body: Data(#"{"slug":"sluice","id":1}"#.utf8))
        }
        let parts = ForgeParts(
            kind: .github, api: "https://api.github.com", clone: "https://github.com",
            credentials: .app(id: "4711", key: pem))
        _ = try? await makeForge(parts, wire: wire).whoAmI()

        let token = try #require(seen.first).replacingOccurrences(of: "Bearer ", with: "")
        let keys = await JWTKeyCollection().add(
            rsa: try Insecure.RSA.PrivateKey(pem: pem).publicKey, digestAlgorithm: .sha256)
        let claims = try await keys.verify(token, as: Claims.self)
        #expect(claims.iss == "4711")
        #expect(claims.exp - claims.iat <= 600)
    }

    @Test func `a check is made once, gets its buttons while a decision is awaited, and loses them after`() async throws
    {
        try await withApp { at in
            let id = try await at.forge.set(try check(at, awaitsDecision: true), known: nil, in: at.repository)
            let waiting = at.fake.checks(of: at.head.hex, in: at.path)
            let again = try await at.forge.set(try check(at), known: id, in: at.repository)
            let decided = at.fake.checks(of: at.head.hex, in: at.path)

            #expect(id == again)
            #expect(waiting.map(\.conclusion) == ["action_required"])
            #expect(waiting.first?.actions == ["approve", "reject"])
            #expect(waiting.first?.externalID == "7")
            #expect(decided.map(\.conclusion) == ["success"])
            #expect(decided.first?.actions == [])
        }
    }

    @Test func `a check whose answer got lost is found by its run`() async throws {
        try await withApp { at in
            _ = try await at.forge.whoAmI()
            _ = try await at.forge.pullRequest(at.number, in: at.repository)
            at.fake.trouble { $0.lostAnswers = 1 }

            let lost = try await at.refusal {
                try await at.forge.set(try check(at), known: nil, in: at.repository)
            }
            _ = try await at.forge.set(try check(at), known: nil, in: at.repository)

            #expect(lost != nil)
            #expect(at.fake.checks(of: at.head.hex, in: at.path).count == 1)
        }
    }

    @Test func `a summary is cut at the forge's limit`() async throws {
        try await withApp { at in
            let long = String(repeating: "ü", count: 70_000)

            _ = try await at.forge.set(try check(at, summary: long), known: nil, in: at.repository)

            #expect(at.fake.checks(of: at.head.hex, in: at.path).first?.summary.utf16.count == 65_535)
        }
    }

    @Test func `checks are refused with a token`() async throws {
        try await withCounter(.github) { at in
            let refusal = try await at.refusal {
                try await at.forge.set(try check(at), known: nil, in: at.repository)
            }

            #expect(refusal == .refused("only an App may write checks"))
            #expect(!at.forge.abilities.hasChecks)
        }
    }

    @Test func `a member of a team is known with a token for people, and not by a login that changed hands`()
        async throws
    {
        try await withApp { at in
            at.fake.setTeam("acme/ml-leads", ["lea"])
            let lea = try at.user("lea")
            let bob = try at.user("bob")
            let named = try await at.forge.user(named: lea.login)
            #expect(named == lea)
            #expect(at.fake.installationTokens.map(\.permissions) == [["metadata": "read"]])
            let member = try await at.forge.isMember(lea, of: "acme/ml-leads")
            let stranger = try await at.forge.isMember(bob, of: "acme/ml-leads")
            let oddTeam = try await at.forge.isMember(lea, of: "acme/../ml-leads")
            at.fake.rename("lea", to: "lea-was-here")
            at.fake.setTeam("acme/ml-leads", ["lea"])
            let heir = try await at.forge.isMember(lea, of: "acme/ml-leads")

            #expect(member)
            #expect(!stranger)
            #expect(!oddTeam)
            #expect(!heir)
        }
    }

    @Test(arguments: ["", "no key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"])
    func `what is no private key is refused at the start`(key: String) {
        let wire = Wire { (_) throws(WireError) in throw .notSent("not asked") }
        let parts = ForgeParts(
            kind: .github, api: "https://api.github.com", clone: "https://github.com",
            credentials: .app(id: "1", key: key))

        #expect(throws: Fault.self) { _ = try makeForge(parts, wire: wire) }
    }
}

private struct Claims: JWTPayload {
    let iss: String
    let iat: Int64
    let exp: Int64
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
