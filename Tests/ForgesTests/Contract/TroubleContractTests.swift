import Domain
import Forges
import Foundation
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(15)))
struct TroubleContractTests {
    @Test(arguments: contractKinds)
    func `a rate limit is told with its end`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let until = Date().addingTimeInterval(900)
            at.fake.trouble { $0.limitedUntil = until }

            let refusal = try await at.refusal { try await at.forge.set(at.status(.pending), in: at.repository) }

            guard case .rateLimited(let told) = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(abs(told.timeIntervalSince(until)) < 30)
        }
    }

    @Test(arguments: contractKinds)
    func `a token that was revoked is told, and never shown`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            at.fake.trouble { $0.isRevoked = true }

            let refusal = try await at.refusal { try await at.forge.set(at.status(.pending), in: at.repository) }

            guard case .unauthorized = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
        }
    }

    @Test(arguments: contractKinds)
    func `an error that repeats the token is shown without it`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let token = at.fake.token
            at.fake.trouble {
                $0.instead = [
                    "/pullrequests/1": .message(400, "bad token \(token)"),
                    "/pulls/1": .message(400, "bad token \(token)"),
                    "/merge_requests/1": .message(400, "bad token \(token)"),
                ]
            }

            let refusal = try await at.refusal { try await at.forge.pullRequest(at.number, in: at.repository) }

            #expect(refusal == .refused("bad token [secret] (status 400)"))
        }
    }

    @Test(arguments: contractKinds)
    func `a forge that is down is told, and whether it may have acted`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            at.fake.trouble { $0.isUnavailable = true }
            let unavailable = try await at.refusal { try await at.forge.pullRequest(at.number, in: at.repository) }
            await at.fake.stop()
            let gone = try await at.refusal { try await at.forge.set(at.status(.pending), in: at.repository) }
            at.fake.trouble { $0.isUnavailable = false }
            try await at.fake.listen()
            try await at.forge.set(at.status(.pending), in: at.repository)

            #expect(unavailable == .unreachable("status 503", mayHaveActed: false))
            guard case .unreachable(_, mayHaveActed: _) = gone else {
                Issue.record("\(String(describing: gone))")
                return
            }
            #expect(at.fake.statuses(of: at.head.hex, in: at.path).count == 1)
        }
    }

    @Test(arguments: contractKinds)
    func `answers that are not what they must be are unreadable`(kind: ForgeKind) async throws {
        let hostile: [Data] = [
            Data(), Data("<html>".utf8), Data("null".utf8), Data("[]".utf8), Data("{}".utf8),
            Data("{\"id\":1e400}".utf8),
            Data(#"{"id":"one","number":"one","uuid":7,"login":[],"iid":{}}"#.utf8),
            Data(String(repeating: "[", count: 100_000).utf8), Data([0xFF, 0xFE, 0x00]),
            Data(count: (16 << 20) + 1),
        ]
        try await withCounter(kind) { at in
            for body in hostile {
                at.fake.trouble { troubles in
                    for path in ["/pulls/1", "/pullrequests/1", "/merge_requests/1"] {
                        troubles.instead[path] = FakeAnswer(200, body: body)
                    }
                }

                let refusal = try await at.refusal { try await at.forge.pullRequest(at.number, in: at.repository) }

                guard case .unreadable = refusal else {
                    Issue.record("\(String(describing: refusal)) of \(body.prefix(20))")
                    continue
                }
            }
        }
    }

    @Test(arguments: contractKinds)
    func `a redirect to another host is not followed, nor a next page there`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            try await withFakeForge(kind) { other in
                let away = other.api
                at.fake.trouble { troubles in
                    for path in ["/pulls/1", "/pullrequests/1", "/merge_requests/1"] {
                        troubles.instead[path] = FakeAnswer(
                            302, headers: ["location": away], body: Data("{}".utf8))
                    }
                    let list = Data((kind == .bitbucket ? #"{"values":[],"next":"\#(away)/x"}"# : "[]").utf8)
                    for path in ["/pulls", "/pullrequests", "/merge_requests"] {
                        troubles.instead[path] = FakeAnswer(
                            200, headers: ["link": "<\(away)/x>; rel=\"next\""], body: list)
                    }
                }

                let moved = try await at.refusal { try await at.forge.pullRequest(at.number, in: at.repository) }
                let paged = try await at.refusal { try await at.forge.openPullRequests(in: at.repository) }

                #expect(moved == .notFound("it answers with another address: renamed or moved"))
                // The others go by the page's number and look at no address.
                let goesByAddress = kind == .bitbucket
                #expect(paged == (goesByAddress ? .unreadable("the next page of a list lies on another host") : nil))
                #expect(other.requests.isEmpty)
            }
        }
    }
}
