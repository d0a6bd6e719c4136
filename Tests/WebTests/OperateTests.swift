import Domain
import Engine
import Foundation
import Host
import ServiceLifecycle
import Settings
import Storage
import SystemPackage
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(15))) struct OperateTests {
    @Test func `the server says that it lives and that it works`() async throws {
        try await withSite { site in
            let health = try await site.send("GET", "/healthz")
            let ready = try await site.send("GET", "/readyz")
            let head = try await site.send("HEAD", "/healthz")
            #expect(health.text == "ok\n")
            #expect(ready.text == "ready\n")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test func `metrics are in the form of Prometheus, and count what came`() async throws {
        try await withSite { site in
            _ = try await site.deliver("one")
            _ = try await site.deliver("one")
            _ = try await site.deliver("two", secret: "guessed")
            _ = try await site.send("GET", "/nothing/here")
            let (store, now) = (site.engine.store, site.engine.now())
            let commit = try #require(CommitID(hex: String(repeating: "a", count: 40)))
            let flights = try #require(ProjectName("flights"))
            let repository = RepositoryID(path: "/srv/git/flights.git")
            let event = try await store.record(
                Event(
                    key: "lost", kind: .runCommand(commit: commit), repository: repository, at: now, by: nil,
                    project: flights))
            try await store.note(Fault(.environment, "down"), of: event.id, next: now, at: now)
            let token = try await site.token(.viewer)
            let answer = try await site.get("/metrics", token: token)
            let lines = answer.text.split(separator: "\n")

            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            for outcome in ["recorded", "duplicate", "bad_signature"] {
                #expect(lines.contains("sluice_deliveries_total{forge=\"github\",outcome=\"\(outcome)\"} 1"))
            }
            #expect(lines.contains("sluice_http_requests_total{route=\"(none)\",method=\"GET\",code=\"404\"} 1"))
            #expect(lines.contains("sluice_build_info{version=\"1.2.3\"} 1"))
            #expect(lines.contains("sluice_events_in_trouble{project=\"flights\"} 1"))
            for line in lines where !line.hasPrefix("#") {
                let isSample = line.wholeMatch(of: /[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)*\})? [0-9.e+-]+/) != nil
                #expect(isSample, "\(line)")
            }
            let promtool = try? Tool.find("promtool", advice: "")
            if let promtool {
                let file = site.folder.appending("metrics.txt")
                try Files.writeDurably(answer.body, to: file)
                _ = try await Tool.find("sh", advice: "").output(
                    ["-c", "\(promtool.path.string) check metrics < \(file.string)"], in: site.folder, environment: [:])
            }
        }
    }

    @Test func `numbers and health tell how well the outside is told`() async throws {
        try await withSite(notify: ["chat": NotifySettings(kind: .slack, url: .variable("HOOK"))]) { site in
            let now = site.engine.now()
            let notice = Notice(
                kind: .drift, project: try #require(ProjectName("flights")), model: nil, run: nil, title: "drift",
                text: "", link: nil, at: now)
            func post(_ key: String) -> Post { Post(key: key, target: .notify("chat"), message: .notice(notice)) }
            try await site.engine.store.put([post("a"), post("b")], at: now.addingTimeInterval(-100))
            let first = try #require(try await site.engine.store.post(key: "a"))
            try await site.engine.store.failed(
                post: first.id, trouble: "it is down", notBefore: now.addingTimeInterval(1000), abandon: false, at: now)

            let token = try await site.token(.viewer)
            let lines = try await site.get("/metrics", token: token).text.split(separator: "\n")
            let ready = try await site.send("GET", "/readyz")

            #expect(lines.contains("sluice_breaker_open{target=\"notify:chat\"} 0"))
            #expect(lines.contains("sluice_posts_held{target=\"notify:chat\"} 1"))
            let age = lines.first { $0.hasPrefix("sluice_oldest_post_age_seconds{target=\"notify:chat\"} ") }
            let seconds = try #require(age.flatMap { Int($0.split(separator: " ").last ?? "") })
            #expect((100..<1000).contains(seconds))
            #expect(ready.status == 200 && ready.text.hasPrefix("ready\nmessages held: 1\noldest message: "))
            #expect(!ready.text.contains("chat"), "names are for those with a token")
        }
    }

    @Test func `a request in flight is finished when the server is told to end`() async throws {
        try await withSite { site in
            let port = site.port
            let body = Data(#"{"zen":"last","hook_id":1}"#.utf8)
            let headers = site.delivery(body, id: "last")
            let begun = try await Blocking.run { () throws(Fault) in
                let socket = try Socket(port: port)
                var all = headers
                all["Content-Length"] = String(body.count)
                all["Expect-Nothing"] = "1"
                socket.write(Socket.head("POST", "/webhooks/github", all) + "{")
                return dup(socket.descriptor)
            }
            let token = try await site.token(.viewer)
            while try await !site.get("/metrics", token: token).text.contains("sluice_body_bytes 1\n") {}
            await site.group.triggerGracefulShutdown()
            let answer = await Blocking.run { () -> Data in
                let rest = String(decoding: body.dropFirst(), as: UTF8.self)
                _ = send(begun, rest, rest.utf8.count, Int32(MSG_NOSIGNAL))
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = recv(begun, &buffer, buffer.count, 0)
                close(begun)
                return Data(buffer.prefix(max(0, count)))
            }

            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 202"))
        }
    }

    @Test func `a certificate that cannot be read is told, and one that can serves HTTPS`() async throws {
        try await withTemporaryCertificate { tls in
            try await withSite(listen: Listen(port: 0, tls: tls)) { site in
                let shown = try await Tool.find("curl", advice: "").output(
                    ["-sk", "https://127.0.0.1:\(site.port)/healthz"], in: site.folder, environment: [:])
                #expect(shown == "ok\n" || shown == "ok")
            }
        }
        let missing = Listen(port: 0, tls: .init(certificate: "/nowhere/cert.pem", key: "/nowhere/key.pem"))
        await #expect(throws: Fault.self) { try await withSite(listen: missing) { _ in } }
        await #expect {
            try await Server.check(missing)
        } throws: {
            ($0 as? Fault)?.message.hasSuffix("/nowhere/cert.pem: No such file or directory") == true
        }
    }

    @Test func `a file that holds no certificate is named`() async throws {
        try await withTemporaryCertificate { tls in
            let swapped = Listen(port: 0, tls: .init(certificate: tls.key, key: tls.certificate))
            await #expect {
                try await Server.check(swapped)
            } throws: {
                ($0 as? Fault)?.message == "\(tls.key) holds no certificate"
            }
        }
    }

    @Test func `a certificate is renewed for new connections, and a broken one changes nothing`()
        async throws
    {
        try await withTemporaryCertificate { tls in
            try await withSite(listen: Listen(port: 0, tls: tls)) { site in
                let new = try await makeCertificate("new", in: site.folder)
                let curl = try Tool.find("curl", advice: "")
                func status(trusting file: FilePath) async throws -> Int32 {
                    try await curl.run(
                        ["-sS", "--cacert", file.string, "https://127.0.0.1:\(site.port)/healthz"], in: site.folder,
                        environment: [:]
                    ).status
                }
                let mixed = Listen.TLS(certificate: new.certificate, key: tls.key)

                let same = try await site.server.renewCertificate(from: tls)
                let wrong = await #expect(throws: Fault.self) {
                    _ = try await site.server.renewCertificate(from: mixed)
                }
                let kept = try await status(trusting: tls.certificate)
                let end = try await site.server.renewCertificate(from: new)
                let renewed = try await status(trusting: new.certificate)
                let stale = try await status(trusting: tls.certificate)

                #expect(same == nil)
                #expect(
                    wrong?.message
                        == "the key in \(tls.key) is not that of the certificate in \(new.certificate)")
                #expect(kept == 0 && renewed == 0 && stale == 60)
                #expect(try #require(end) > Date().addingTimeInterval(86_400))
            }
        }
    }

    @Test func `a port that is taken is told with what to do`() async throws {
        try await withSite { site in
            let port = site.port
            await #expect {
                try await withSite(listen: Listen(port: port)) { _ in }
            } throws: {
                guard let fault = $0 as? Fault else { return false }
                return fault.message == "could not listen on 127.0.0.1, port \(port): Address already in use"
                    && fault.advice?.contains("listen.port") == true
            }
        }
    }
}
