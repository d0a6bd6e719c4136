import Domain
import Engine
import Foundation
import Host
import Settings
import Storage
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(15))) struct WebhookTests {
    @Test func `a delivery is durable before it is answered, and counts once`() async throws {
        try await withSite { site in
            let first = try await site.deliver("one")
            #expect(first.status == 202)
            let number = try #require(try first.json()["event"]?.int64)
            let stored = try await site.engine.store.event(number)
            #expect(stored != nil)

            let again = try await site.deliver("one")
            #expect(again.status == 200)
            #expect(try again.json() == .object(["event": .integer(number), "duplicate": .bool(true)]))
        }
    }

    @Test func `nothing is recorded without a signature that holds, and nobody is told which part is wrong`()
        async throws
    {
        try await withSite { site in
            let wrong = try await site.deliver("one", secret: "guessed")
            let body = Data(#"{"zen":"one"}"#.utf8)
            let none = try await site.send("POST", "/webhooks/github", ["X-GitHub-Event": "ping"], body: body)

            #expect(wrong.status == 401)
            #expect(none.status == 401)
            #expect(wrong.text == none.text)
            let events = try await site.engine.store.events(limit: 10)
            #expect(events.isEmpty)
        }
    }

    @Test func `the ping of Bitbucket that nobody signs is answered, and neither read nor kept`() async throws {
        try await withSite { site in
            let port = site.port
            // A body that never comes is not waited for.
            let ping = try await Blocking.run { () throws(Fault) in
                let socket = try Socket(port: port)
                let headers = ["X-Event-Key": "diagnostics:ping", "Content-Length": "20000000"]
                socket.write(Socket.head("POST", "/webhooks/bitbucket", headers).replacing("PORT", with: "\(port)"))
                return try Socket.answer(socket.read())
            }
            let other = try await site.send(
                "POST", "/webhooks/bitbucket", ["X-Event-Key": "repo:push"], body: Data("{}".utf8))

            #expect(ping.status == 204)
            #expect(other.status == 401)
            let events = try await site.engine.store.events(limit: 10)
            #expect(events.isEmpty)
        }
    }

    @Test func `what is signed and no payload is malformed`() async throws {
        try await withSite { site in
            let body = Data("not json".utf8)
            let answer = try await site.send("POST", "/webhooks/github", site.delivery(body, id: "1"), body: body)

            #expect(answer.status == 400)
            #expect(answer.headers["content-type"] == "application/problem+json")
        }
    }

    @Test func `a forge is known by the path alone, and another method is told so`() async throws {
        try await withSite { site in
            let unknown = try await site.deliver("one", to: "gitea")
            let method = try await site.send("GET", "/webhooks/github")

            #expect(unknown.status == 404)
            #expect(method.status == 405)
            #expect(method.headers["allow"] == "POST")
        }
    }

    @Test func `a body that is too long is refused by what it announces, and while it is read`() async throws {
        try await withSite(limits: ServerLimits(body: 1000)) { site in
            let port = site.port
            let announced = try await Blocking.run { () throws(Fault) in
                let socket = try Socket(port: port)
                socket.write("POST /webhooks/github HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")
                return try Socket.answer(socket.read(until: "\r\n\r\n"))
            }
            let chunked = try await Blocking.run { () throws(Fault) in
                let socket = try Socket(port: port)
                socket.write("POST /webhooks/github HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<3 { socket.write("190\r\n\(String(repeating: "x", count: 400))\r\n") }
                return try Socket.answer(socket.read())
            }

            #expect(announced.status == 413)
            #expect(chunked.status == 413)
            #expect(chunked.headers["connection"] == "close")
        }
    }

    @Test func `a body that comes too slowly ends its connection, and so does a head`() async throws {
        try await withSite(limits: ServerLimits(idle: 0.3)) { site in
            let port = site.port
            let (body, head) = try await Blocking.run { () throws(Fault) in
                let (slowBody, slowHead) = (try Socket(port: port), try Socket(port: port))
                slowBody.write("POST /webhooks/github HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nx")
                slowHead.write("POST /webhooks/github HTTP/1.1\r\nHo")
                return (slowBody.read(), slowHead.read())
            }

            #expect(!String(decoding: body, as: UTF8.self).contains(" 202 "))
            #expect(head.isEmpty)
        }
    }

    @Test func `a thousand slow clients do not stop a delivery`() async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(8192, limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)

        try await withSite(limits: ServerLimits(idle: 60)) { site in
            let port = site.port
            let crowd = try await Blocking.run { () throws(Fault) in
                var crowd: [SlowClient] = []
                for _ in 0..<1000 {
                    let socket = try Socket(port: port)
                    socket.write("POST /webhooks/github HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n{")
                    crowd.append(SlowClient(descriptor: dup(socket.descriptor)))
                }
                return crowd
            }
            for round in 0..<3 {
                await Blocking.run { crowd.forEach { $0.dribble() } }
                let answer = try await site.deliver("round-\(round)")
                #expect(answer.status == 202)
            }
            let alive = await Blocking.run { crowd.count { $0.dribble() } }
            #expect(alive == 1000)
            await Blocking.run { crowd.forEach { _ = close($0.descriptor) } }
        }
    }

    @Test func `when too many bytes are in flight, the greatest body gives way`() {
        let ended = Ended()
        let budget = BodyBudget(most: 1000)
        let (small, great) = (budget.open { ended.note("small") }, budget.open { ended.note("great") })

        #expect(budget.add(900, to: great))
        #expect(budget.add(200, to: small))

        #expect(ended.all == ["great"])
        #expect(budget.total == 200)
        #expect(!budget.add(1, to: great))
        #expect(!budget.add(900, to: small))
        budget.close(small)
        #expect(budget.total == 0)
    }
}

/// One byte at a time.
struct SlowClient: Sendable {
    let descriptor: Int32

    /// False if the server has ended the connection.
    @discardableResult
    func dribble() -> Bool { send(descriptor, " ", 1, Int32(MSG_NOSIGNAL)) == 1 }
}
