import Domain
import Engine
import Foundation
import Host
import Storage
import Testing

@testable import Web

/// What a session may is asked of the store at every request: whatever ends or lowers its token counts from then on.
@Suite(.timeLimit(.minutes(15))) struct SessionTests {
    @Test func `revoking a token ends the sessions that were begun with it, and no other`() async throws {
        try await withSite { site in
            let (first, second) = (try await site.token(.viewer), try await site.token(.viewer))
            let own = try await site.session(with: first)
            let again = try await site.session(with: first)
            let other = try await site.session(with: second)
            let name = try #require(PersonName("viewer-1"))
            let tokens = try await site.engine.store.tokens(of: name)
            let id = try #require(tokens.filter { $0.use == .api }.map(\.id).min())

            let ended = try await site.engine.store.revoke(token: id, at: site.engine.now())

            #expect(ended == 2)
            var codes: [Int] = []
            for cookie in [own, again, other] {
                codes.append(try await site.send("GET", "/", ["Cookie": cookie]).status)
            }
            #expect(codes == [303, 303, 200])
            let after = try await site.engine.store.tokens(of: name)
            #expect(after.filter { $0.begunWith == id }.allSatisfy { $0.revokedAt != nil })
            let refused = try await site.submit("/sign-in", "token=\(first)")
            #expect(refused.status == 403)
        }
    }

    @Test func `a session cannot be begun with a token that became void in the same moment`() async throws {
        try await withSite { site in
            _ = try await site.token(.viewer)
            let name = try #require(PersonName("viewer-1"))
            let id = try #require(try await site.engine.store.tokens(of: name).first?.id)
            try await site.engine.store.revoke(token: id, at: site.engine.now())

            await #expect(throws: Fault.self) {
                _ = try await site.engine.store.add(
                    token: TokenText.random().hash, user: name, use: .session, note: "", role: .viewer,
                    expiresAt: nil, begunWith: id, at: site.engine.now())
            }
        }
    }

    @Test func `a role that was lowered counts for the session that is open`() async throws {
        try await withSite { site in
            let run = try await site.judged()
            let cookie = try await site.session(with: try await site.token(.approver))
            let page = try await site.send("GET", "/runs/\(run.id)", ["Cookie": cookie])
            let proof = try #require(
                page.text.firstMatch(of: /name="proof" value="([0-9a-f]{64})"/).map { String($0.1) })
            let name = try #require(PersonName("approver-1"))

            try await site.engine.store.setRole(.viewer, of: name, at: site.engine.now())

            let evidence = try #require(run.evidence).digest.hex
            let decided = try await site.submit(
                "/runs/\(run.id)/decide", "proof=\(proof)&answer=approve&evidence=\(evidence)", cookie: cookie)
            let seen = try await site.send("GET", "/runs/\(run.id)", ["Cookie": cookie])
            #expect(decided.status == 403)
            #expect(seen.status == 200 && !seen.text.contains("value=\"approve\""))
            let decisions = try await site.engine.store.decisions(of: run.id)
            #expect(decisions.isEmpty)
        }
    }

    @Test func `a session is over when its token is`() async throws {
        try await withSite { site in
            _ = try await site.token(.viewer)
            let text = TokenText.random()
            _ = try await site.engine.store.add(
                token: text.hash, user: try #require(PersonName("viewer-1")), use: .api, note: "short", role: .viewer,
                expiresAt: site.engine.now().addingTimeInterval(15), at: site.engine.now())
            let cookie = try await site.session(with: text.secret)

            var status = try await site.send("GET", "/", ["Cookie": cookie]).status
            #expect(status == 200)
            while status == 200 {
                try await Task.sleep(for: .milliseconds(100))
                status = try await site.send("GET", "/", ["Cookie": cookie]).status
            }

            #expect(status == 303)
        }
    }

    @Test func `a log that is followed ends with the token that follows it`() async throws {
        try await withSite { site in
            let run = try await site.working()
            let token = try await site.token(.viewer)
            let port = site.port
            let place = "/api/v1/runs/\(run.id)/stages/train%3Afit/log/stream"
            let (stream, before) = try await Blocking.run { () throws(Fault) in
                let socket = try Socket(port: port)
                socket.write(Socket.head("GET", place, ["Authorization": "Bearer \(token)"]))
                let text = String(decoding: socket.read(until: "epoch 1"), as: UTF8.self)
                return (dup(socket.descriptor), text)
            }
            let name = try #require(PersonName("viewer-1"))
            let id = try #require(try await site.engine.store.tokens(of: name).first?.id)

            try await site.engine.store.revoke(token: id, at: site.engine.now())

            let rest = await Blocking.run { () -> Int in
                var buffer = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = recv(stream, &buffer, buffer.count, 0)
                    if count <= 0 {
                        close(stream)
                        return count
                    }
                }
            }
            #expect(before.contains("text/event-stream"))
            #expect(rest == 0)
        }
    }
}

extension TestSite {
    /// The cookie of who signed in with this token.
    func session(with token: String) async throws -> String {
        let answer = try await submit("/sign-in", "token=\(token)")
        let cookie = try #require(answer.headers["set-cookie"])
        return String(cookie.prefix { $0 != ";" })
    }
}
