import Domain
import Engine
import Foundation
import Storage
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(15))) struct CloudEventTests {
    private let commit = String(repeating: "a", count: 40)

    private func event(_ id: String, _ type: String, _ data: String) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"/ci","type":"\#(type)","data":\#(data)}"#
    }

    private func tell(_ body: String, _ site: TestSite, token: String, type: String = "application/cloudevents+json")
        async throws -> Answer
    {
        try await site.send(
            "POST", "/events", ["Authorization": "Bearer \(token)", "Content-Type": type], body: Data(body.utf8))
    }

    @Test(arguments: [
        (#"{"project":"flights","parameters":{"lr":0.1}}"#, "'lr' in 'data.parameters' is not a text (in quotes)"),
        (#"{"project":"flights","again":"yes"}"#, "'data.again' is not true or false"),
        ("null", "data is not an object"),
    ])
    func `a wish of another form is told what is wrong with it`(_ data: String, _ complaint: String) async throws {
        try await withSite { site in
            let answer = try await tell(
                event("1", "dev.sluice.run", data), site, token: try await site.token(.operator))

            #expect(answer.status == 400)
            #expect(try answer.json()["detail"]?.text == complaint)
        }
    }

    @Test(arguments: [
        ("dev.sluice.run", #"{"project":"flights","brnch":"main"}"#, "brnch"),
        ("dev.sluice.run", #"{"project":"flights","params":{"lr":"1"},"zeal":1}"#, "params"),
        (
            "dev.sluice.push",
            #"{"project":"flights","ref":"refs/heads/main","before":"BEFORE","after":"AFTER","force":true}"#, "force"
        ),
    ])
    func `a member that nobody knows is refused by its name`(_ type: String, _ data: String, _ name: String)
        async throws
    {
        try await withSite { site in
            let zeros = String(repeating: "0", count: 40)
            let whole = data.replacing("BEFORE", with: zeros).replacing("AFTER", with: commit)
            let token = try await site.token(.operator)
            let answer = try await tell(event("1", type, whole), site, token: token)
            let other = try await tell(event("2", "com.acme.moon", #"{"brnch":1}"#), site, token: token)

            #expect(answer.status == 400)
            #expect(try answer.json()["detail"]?.text == "'data.\(name)' is not known")
            #expect(try answer.json()["advice"]?.text?.hasPrefix("'data' takes project, ") == true)
            #expect(other.status == 202, "what others tell is theirs")
            let events = try await site.engine.store.events(limit: 10)
            #expect(events.count == 1)
        }
    }

    @Test func `a run is asked for once, however often the event comes`() async throws {
        try await withSite { site in
            let token = try await site.token(.operator)
            let body = event("1", "dev.sluice.run", #"{"project":"flights","parameters":{"lr":"0.1"}}"#)
            let first = try await tell(body, site, token: token)
            let again = try await tell(body, site, token: token)

            #expect(first.status == 202)
            #expect(first.text == again.text)
            let stored = try #require(try await site.engine.store.events(limit: 10).first)
            guard case .asked(let ask) = stored.event.kind else { throw Fault(.bug, "no run was asked for") }
            #expect(ask.parameters == ["lr": "0.1"])
            #expect(ask.source == "'dev.sluice.run' of '/ci'")
            #expect(stored.event.project?.text == "flights")
            #expect(stored.event.by?.text == "operator-1")
        }
    }

    @Test func `a push is told in headers, and zeros are no commit`() async throws {
        try await withSite { site in
            let token = try await site.token(.operator)
            let zeros = String(repeating: "0", count: 40)
            let data = #"{"project":"flights","ref":"refs/heads/main","before":"\#(zeros)","after":"\#(commit)"}"#
            let answer = try await site.send(
                "POST", "/events",
                [
                    "Authorization": "Bearer \(token)", "Content-Type": "application/json", "ce-specversion": "1.0",
                    "ce-id": "7", "ce-source": "/srv/flights.git", "ce-type": "dev.sluice.push",
                ], body: Data(data.utf8))

            #expect(answer.status == 202)
            let stored = try #require(try await site.engine.store.events(limit: 10).first)
            #expect(
                stored.event.kind
                    == .branchMoved(try #require(BranchName("main")), before: nil, after: CommitID(hex: commit)))
        }
    }

    @Test func `another type is recorded by its name, and nothing is done`() async throws {
        try await withSite { site in
            let token = try await site.token(.operator)
            let batch = "[\(event("1", "com.acme.moon", "{}")),\(event("2", "com.acme.sun", "null"))]"
            let answer = try await tell(batch, site, token: token, type: "application/cloudevents-batch+json")

            #expect(answer.status == 202)
            let views = try await site.engine.store.events(limit: 10).map(EventView.init)
            #expect(views.map(\.outcome).allSatisfy { $0.contains("nothing is done about events of the type") })
            #expect(views.map(\.event).contains { $0.contains("com.acme.moon") })
        }
    }

    @Test(arguments: [
        ("application/cloudevents+json", "{}", 400), ("application/cloudevents+json", "[", 400),
        ("text/plain", "x", 415),
        ("application/cloudevents-batch+json", "{}", 400),
        ("application/cloudevents+json", String(repeating: "[", count: 100_000), 400),
    ])
    func `what is no event is refused`(_ type: String, _ body: String, _ status: Int) async throws {
        try await withSite { site in
            let answer = try await tell(body, site, token: try await site.token(.operator), type: type)
            #expect(answer.status == status)
        }
    }

    @Test func `of a batch with a mistake nothing is recorded, and nobody without the role tells anything`()
        async throws
    {
        try await withSite { site in
            let bad =
                "[\(event("1", "dev.sluice.run", #"{"project":"flights"}"#)),\(event("2", "dev.sluice.run", "{}"))]"
            let refused = try await tell(
                bad, site, token: try await site.token(.operator), type: "application/cloudevents-batch+json")
            let good = event("3", "dev.sluice.run", #"{"project":"flights"}"#)
            let viewer = try await tell(good, site, token: try await site.token(.viewer))
            let nobody = try await tell(good, site, token: TokenText.random().secret)

            #expect(refused.status == 400)
            #expect(viewer.status == 403)
            #expect(nobody.status == 401)
            let events = try await site.engine.store.events(limit: 10)
            #expect(events.isEmpty)
        }
    }
}
