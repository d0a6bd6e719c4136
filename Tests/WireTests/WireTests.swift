import Domain
import Foundation
import NIOCore
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
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
}
