import Domain
import Foundation
import Host
import Settings
import SystemPackage
import Testing

@testable import Web

/// What a real client of HTTP meets that the tests' own socket would not do.
@Suite(.timeLimit(.minutes(15))) struct CurlTests {
    @Test func `a delivery of five megabytes is asked for, and not waited with`() async throws {
        try await withSite { site in
            let (call, told) = try await site.curl(delivery: 5 << 20)

            #expect(told.errors.contains("> Expect: 100-continue"), "curl did not ask: \(told.errors.prefix(2000))")
            #expect(told.errors.contains("< HTTP/1.1 100 Continue"))
            #expect(!told.errors.contains("Done waiting for 100-continue"))
            #expect(call == "202 \(5 << 20)")
        }
    }

    @Test func `a delivery that is too long is refused before any of it is sent`() async throws {
        try await withSite(limits: ServerLimits(body: 4 << 20)) { site in
            let (call, told) = try await site.curl(delivery: 5 << 20)

            #expect(!told.errors.contains("100 Continue"))
            #expect(call == "413 0")
        }
    }

    @Test func `a body for nobody is not asked for`() async throws {
        try await withSite { site in
            let (call, _) = try await site.curl(delivery: 2 << 20, to: "/api/v1/users")

            #expect(call == "401 0")
        }
    }

    @Test func `a client that trusts the certificate is served over TLS, and an old protocol is refused`() async throws
    {
        try await withTemporaryCertificate { tls in
            try await withSite(listen: Listen(port: 0, tls: tls)) { site in
                let curl = try Tool.find("curl", advice: "")
                let address = "https://127.0.0.1:\(site.port)/healthz"
                let trusting = try await curl.run(
                    ["-sS", "--cacert", tls.certificate.string, address], in: site.folder, environment: [:])
                let other = try await curl.run(["-sS", address], in: site.folder, environment: [:])
                let old = try await curl.run(
                    ["-sS", "-k", "--tls-max", "1.1", address], in: site.folder, environment: [:])
                let plain = try await curl.run(
                    ["-sS", "http://127.0.0.1:\(site.port)/healthz"], in: site.folder, environment: [:])

                #expect(trusting.status == 0 && trusting.output == "ok\n", "\(trusting.errors)")
                #expect(other.status == 60, "a certificate of nobody was trusted")
                #expect(old.status == 35)
                #expect(plain.status != 0)
                let (call, told) = try await site.curl(
                    delivery: 5 << 20, more: ["--cacert", tls.certificate.string], scheme: "https")
                #expect(call == "202 \(5 << 20)")
                #expect(!told.errors.contains("Done waiting for 100-continue"))
            }
        }
    }
}

extension TestSite {
    /// A signed delivery of that size by curl: `STATUS BYTES-SENT`, and all that curl tells with `-v`.
    func curl(
        delivery size: Int, to path: String = "/webhooks/github", more: [String] = [], scheme: String = "http"
    ) async throws -> (call: String, told: Tool.Outcome) {
        let start = #"{"zen":"big","hook_id":1,"filler":""#
        let body = Data((start + String(repeating: "x", count: size - start.utf8.count - 2) + "\"}").utf8)
        let file = folder.appending("body.json")
        try Files.writeDurably(body, to: file)
        var words = ["-sS", "-v", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}", "-X", "POST"] + more
        for (name, value) in delivery(body, id: "big") { words += ["-H", "\(name): \(value)"] }
        words += ["--expect100-timeout", "30", "--data-binary", "@\(file)", "\(scheme)://127.0.0.1:\(port)\(path)"]
        let told = try await Tool.find("curl", advice: "").run(words, in: folder, environment: [:])
        return (told.output, told)
    }
}
