import Domain
import Foundation
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(10)))
struct WireTests {
    @Test func `a request says its method and host, and neither path, headers nor body`() {
        let request = WireRequest(
            .post, "https://hooks.example.org/services/T0/SECRET", headers: ["authorization": "Bearer SECRET"],
            body: Data("SECRET".utf8))

        let shown = "\(request) \(String(reflecting: request)) \([request])"

        #expect(shown.contains("POST to hooks.example.org"))
        #expect(!shown.contains("SECRET"))
    }

    @Test func `a port on which nobody listens is told as not sent`() async throws {
        let wire = try Wire.live(agent: "sluice/test")

        let failure = await #expect(throws: WireError.self) {
            _ = try await wire.send(WireRequest(.post, "http://127.0.0.1:9/x", body: Data("{}".utf8)))
        }

        #expect(failure == .notSent("no connection could be made"))
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://example.org", "", "http://", "//example.org"])
    func `what is not an address of http is not sent`(address: String) async throws {
        let wire = try Wire.live(agent: "sluice/test")

        await #expect(throws: WireError.notSent("not an address of http or https")) {
            _ = try await wire.send(WireRequest(.get, address))
        }
    }

    @Test(arguments: ["http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost:9/", "http://10.0.0.7/"])
    func `a request to the public only does not reach this machine or its network`(address: String) async throws {
        let wire = try Wire.live(agent: "sluice/test")

        await #expect(throws: WireError.notPublic) {
            _ = try await wire.send(WireRequest(.post, address, onlyPublic: true))
        }
    }

    @Test func `a file that holds no certificates is refused with its name`() {
        #expect(throws: Fault(.input, "/dev/null is not a file of certificates in PEM form")) {
            _ = try Wire.live(agent: "sluice/test", authority: "/dev/null")
        }
    }

    private func withServer(_ body: (FakeForge, Wire) async throws -> Void) async throws {
        try await withFakeForge(.github) { fake in
            try await body(fake, try Wire.live(agent: "sluice/1.2.3"))
        }
    }

    @Test func `a redirect is an answer and is not followed`() async throws {
        try await withServer { fake, wire in
            let away = fake.api + "/elsewhere"
            fake.trouble { $0.instead["/here"] = FakeAnswer(302, headers: ["location": away], body: Data()) }

            let response = try await wire.send(WireRequest(.get, fake.api + "/here"))

            #expect(response.status == 302)
            #expect(response.headers["location"] == away)
            #expect(fake.requests.map(\.path) == ["/here"])
        }
    }

    @Test func `an answer longer than the limit is not taken`() async throws {
        try await withServer { fake, wire in
            fake.trouble { $0.instead["/long"] = FakeAnswer(200, body: Data(count: 1001)) }

            let fits = try await wire.send(WireRequest(.get, fake.api + "/long", limit: 1001))
            let failure = await #expect(throws: WireError.self) {
                _ = try await wire.send(WireRequest(.get, fake.api + "/long", limit: 1000))
            }

            #expect(fits.body.count == 1001)
            #expect(failure == .tooLong(limit: 1000))
        }
    }

    @Test func `an answer that stands still is given up at the time limit`() async throws {
        try await withServer { fake, wire in
            fake.trouble { $0.isStalling = true }

            let failure = await #expect(throws: WireError.self) {
                _ = try await wire.send(WireRequest(.post, fake.api + "/slow", timeout: 0.3))
            }

            #expect(failure == .mayHaveActed("no answer in time"))
            fake.trouble { $0.isStalling = false }
        }
    }

    @Test func `an answer that breaks off may have been acted on`() async throws {
        try await withServer { fake, wire in
            fake.addRepository("acme/flights")
            fake.openPullRequest("acme/flights", from: "x", head: String(repeating: "a", count: 40), by: "alice")
            fake.trouble { $0.lostAnswers = 1 }

            let failure = await #expect(throws: WireError.self) {
                _ = try await wire.send(
                    WireRequest(
                        .post, fake.api + "/repos/acme/flights/issues/1/comments",
                        headers: ["authorization": "Bearer \(fake.token)", "accept": "application/vnd.github+json"],
                        body: Data(#"{"body":"x"}"#.utf8)))
            }

            guard case .mayHaveActed = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(fake.comments(on: 1, of: "acme/flights").count == 1)
        }
    }
}
