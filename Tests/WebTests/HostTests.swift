import Domain
import Foundation
import Host
import Testing

@testable import Web

/// RFC 9112, section 3.2: a request of HTTP/1.1 names one host.
@Suite(.timeLimit(.minutes(15)))
struct HostTests {
    private static let good: [([String], String)] = [
        (["Host: sluice.example.org"], "HTTP/1.1"), (["Host: [::1]:8080"], "HTTP/1.1"), (["Host:"], "HTTP/1.1"),
        ([], "HTTP/1.0"), (["Host: sluice.example.org"], "HTTP/1.0"),
    ]
    private static let bad: [([String], String)] = [
        ([], "HTTP/1.1"), (["Host: a.example", "Host: a.example"], "HTTP/1.1"),
        (["Host: a.example", "host: b.example"], "HTTP/1.1"), (["Host: a.example/b"], "HTTP/1.1"),
        (["Host: a b"], "HTTP/1.1"), (["Host: me@a.example"], "HTTP/1.1"), (["Host: a.example,b.example"], "HTTP/1.1"),
        (["Host: a.example", "Host: b.example"], "HTTP/1.0"),
    ]

    private func ask(_ lines: [String], _ version: String, _ site: TestSite) async throws -> Answer {
        let port = site.port
        let text = (["GET /healthz \(version)"] + lines + ["Connection: close", "", ""]).joined(separator: "\r\n")
        return try await Blocking.run { () throws(Fault) in
            let socket = try Socket(port: port)
            socket.write(text)
            return try Socket.answer(socket.read())
        }
    }

    @Test func `a request without a host, with two, or with one that is none, is refused, and the connection ends`()
        async throws
    {
        try await withSite { site in
            for (lines, version) in Self.good {
                let answer = try await ask(lines, version, site)
                #expect(answer.status == 200, "\(lines) \(version)")
            }
            for (lines, version) in Self.bad {
                let answer = try await ask(lines, version, site)
                #expect(answer.status == 400, "\(lines) \(version)")
                #expect(answer.headers["connection"] == "close", "\(lines) \(version)")
                #expect(answer.text.contains("the request needs one 'Host' that is a host"), "\(lines) \(version)")
            }
        }
    }

    @Test func `the second of two requests of a connection is looked at too`() async throws {
        try await withSite { site in
            let port = site.port
            let told = try await Blocking.run { () throws(Fault) in
                let socket = try Socket(port: port)
                socket.write("GET /healthz HTTP/1.1\r\nHost: a.example\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n")
                return String(decoding: socket.read(until: "400 Bad Request"), as: UTF8.self)
            }
            #expect(told.contains("HTTP/1.1 200 OK") && told.contains("HTTP/1.1 400 Bad Request"))
        }
    }
}
