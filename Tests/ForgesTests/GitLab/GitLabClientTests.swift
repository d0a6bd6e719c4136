import Domain
import Forges
import Foundation
import Synchronization
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(15)))
struct GitLabClientTests {
    @Test func `a status that is there already is not sent again, and its words change while it is pending`()
        async throws
    {
        try await withCounter(.gitlab) { at in
            for said in ["queued", "queued", "training", "awaits a decision"] {
                try await at.forge.set(at.status(.pending, said), in: at.repository)
            }
            try await at.forge.set(at.status(.success, "promoted"), in: at.repository)
            try await at.forge.set(at.status(.success, "promoted"), in: at.repository)

            let told = at.fake.statuses(of: at.head.hex, in: at.path)
            #expect(told.map(\.state) == ["pending", "running", "success"])
            #expect(told.map(\.description) == ["queued", "training", "promoted"])
            #expect(!at.fake.requests.contains { $0.status == 400 })
        }
    }

    @Test func `the one change of words while it is pending is kept for what stays`() async throws {
        try await withCounter(.gitlab) { at in
            try await at.forge.set(at.status(.pending, "seen"), in: at.repository)
            for said in ["queued", "training"] {
                var passing = at.status(.pending, said)
                passing.isPassing = true
                try await at.forge.set(passing, in: at.repository)
            }
            try await at.forge.set(at.status(.pending, "awaits a decision"), in: at.repository)

            let told = at.fake.statuses(of: at.head.hex, in: at.path)
            #expect(told.map(\.description) == ["seen", "awaits a decision"])
        }
    }

    @Test(arguments: [
        (CommitStatus.State.failure, "failed"), (.error, "failed"), (.cancelled, "canceled"), (.success, "success"),
    ])
    func `every state has a word of GitLab, and can be followed by a new run`(
        _ state: CommitStatus.State, _ word: String
    ) async throws {
        try await withCounter(.gitlab) { at in
            try await at.forge.set(at.status(state, "over"), in: at.repository)
            try await at.forge.set(at.status(.pending, "again"), in: at.repository)

            #expect(at.fake.statuses(of: at.head.hex, in: at.path).map(\.state) == [word, "pending"])
        }
    }

    @Test func `a transition that cannot be is done if somebody was faster, and a conflict if not`() async throws {
        try await withCounter(.gitlab) { at in
            try await at.forge.set(at.status(.pending, "by another process"), in: at.repository)
            let empty = WireResponse(status: 200, body: Data("[]".utf8))

            // It looks before the other process has written, and posts after it has.
            let late = try client(of: at.fake) { _, count in count == 1 ? empty : nil }
            let done = try await at.refusal { try await late.set(at.status(.pending, "mine"), in: at.repository) }
            // It never sees what is there.
            let blind = try client(of: at.fake) { request, _ in request.method == .get ? empty : nil }
            let refused = try await at.refusal { try await blind.set(at.status(.pending, "mine"), in: at.repository) }

            #expect(done == nil)
            guard case .conflict(let said) = refused else {
                Issue.record("it is \(String(describing: refused))")
                return
            }
            #expect(said.contains("Cannot transition status via :enqueue from :pending"))
        }
    }

    @Test func `a locked pipeline is looked at again`() async throws {
        try await withCounter(.gitlab) { at in
            let locked = WireResponse(status: 409, body: Data(#"{"message":"409 Conflict"}"#.utf8))
            let hindered = try client(of: at.fake) { request, _ in request.method == .post ? locked : nil }

            let first = try await at.refusal {
                try await hindered.set(at.status(.success, "promoted"), in: at.repository)
            }
            try await at.forge.set(at.status(.success, "promoted"), in: at.repository)
            let second = try await at.refusal {
                try await hindered.set(at.status(.success, "at last"), in: at.repository)
            }

            guard case .conflict = first else {
                Issue.record("it is \(String(describing: first))")
                return
            }
            #expect(second == nil)
        }
    }

    @Test func `a link that is too long for GitLab is left out`() async throws {
        try await withCounter(.gitlab) { at in
            var long = at.status(.success)
            long.link = "https://sluice.example.com/" + String(repeating: "x", count: 300)

            try await at.forge.set(long, in: at.repository)

            #expect(at.fake.statuses(of: at.head.hex, in: at.path).map(\.link) == [nil])
        }
    }

    @Test func `what a report quotes is never obeyed as a quick action`() async throws {
        try await withCounter(.gitlab) { at in
            let body = "\(marker)\nThe log:\n/close\n  /merge\r\n/draft\u{2028}/close now"
            let branch = try #require(BranchName("better"))
            at.fake.close(at.number, of: at.path, by: "alice")
            at.fake.reopen(at.number, of: at.path, by: "alice")

            _ = try await at.forge.write(body, marker: marker, known: nil, on: at.number, in: at.repository)
            let changed = try await at.forge.openPullRequest(
                from: branch, into: try #require(BranchName("main")), title: "Promote", body: "It says:\n/merge\n",
                in: at.repository)

            #expect(changed == at.number)
            #expect(at.fake.pull(at.number, of: at.path)?.state == "open")
            #expect(at.fake.pull(at.number, of: at.path)?.isDraft == false)
            #expect(at.fake.comments(on: at.number, of: at.path).first?.body.contains("/merge") == true)
        }
    }

    @Test(arguments: [
        (#""access_level":5,"state":"active""#, Permission.none), (#""access_level":10,"state":"active""#, .read),
        (#""access_level":15,"state":"active""#, .read), (#""access_level":20,"state":"active""#, .read),
        (#""access_level":30,"state":"active""#, .write), (#""access_level":40,"state":"active""#, .admin),
        (#""access_level":50,"state":"active""#, .admin), (#""access_level":40,"state":"blocked""#, .none),
        (#""access_level":40,"state":"active","membership_state":"awaiting""#, .none),
        (#""access_level":40,"state":"active","expires_at":"2020-01-01""#, .none),
        (#""access_level":40,"state":"active","expires_at":"soon""#, .none),
        (#""access_level":40,"state":"active","expires_at":"2999-01-01""#, .admin),
    ])
    func `a permission is what the membership says now`(_ fields: String, _ permission: Permission) async throws {
        try await withCounter(.gitlab) { at in
            let alice = try at.user("alice")
            let answer = FakeAnswer(200, body: Data(#"{"id":\#(alice.id),"username":"alice",\#(fields)}"#.utf8))
            let other = FakeAnswer(200, body: Data(#"{"id":1,"username":"root",\#(fields)}"#.utf8))

            at.fake.trouble { $0.instead["/members/all/\(alice.id)"] = answer }
            let told = try await at.forge.permission(of: alice, in: at.repository)
            at.fake.trouble { $0.instead["/members/all/\(alice.id)"] = other }
            let ofAnother = try await at.forge.permission(of: alice, in: at.repository)

            #expect(told == permission)
            #expect(ofAnother == .none)
        }
    }

    @Test func `a team is a group, and one that is not there is no answer`() async throws {
        try await withCounter(.gitlab) { at in
            at.fake.setTeam("acme/ml-leads", ["carol"])

            let carol = try await at.forge.isMember(try at.user("carol"), of: "acme/ml-leads")
            let alice = try await at.forge.isMember(try at.user("alice"), of: "acme/ml-leads")
            let missing = try await at.refusal { try await at.forge.isMember(try at.user("carol"), of: "acme/nobody") }

            #expect(carol)
            #expect(!alice)
            guard case .notFound = missing else {
                Issue.record("it is \(String(describing: missing))")
                return
            }
        }
    }

    @Test func `notes that GitLab writes are no comments, and bots are told by their names`() async throws {
        try await withCounter(.gitlab) { at in
            at.fake.push(to: at.number, of: at.path, head: String(repeating: "2", count: 40), by: "bob")
            let names = ["alice", "project_12_bot_8a6e", "service_account_9", "project_bot"]
            for name in names { at.fake.comment(on: at.number, of: at.path, by: name, "/retrain") }

            let comments = try await at.forge.comments(on: at.number, in: at.repository, since: .distantPast)

            #expect(comments.map(\.author.login.text) == names)
            #expect(comments.map(\.isByMachine) == [false, true, true, false])
        }
    }

    @Test func `groups nest`() async throws {
        try await withCounter(.gitlab) { at in
            let deep = "acme/ml/vision/flights"
            at.fake.addRepository(deep)
            let number = at.fake.openPullRequest(deep, from: "x", head: String(repeating: "3", count: 40), by: "alice")

            let pull = try await at.forge.pullRequest(number, in: try #require(ForgeRepository(deep)))

            #expect(pull.headRepository?.path == deep)
        }
    }

    /// A client for which `answer` answers in the forge's stead; it is told the number of the request.
    private func client(
        of fake: FakeForge, _ answer: @escaping @Sendable (WireRequest, Int) -> WireResponse?
    ) throws -> any Forge {
        let live = try Wire.live(agent: "sluice/test")
        let count = Requests()
        let wire = Wire { request throws(WireError) in
            if let instead = answer(request, count.next()) { return instead }
            return try await live.send(request)
        }
        let parts = ForgeParts(
            kind: .gitlab, api: fake.api, clone: "https://x.example", credentials: .token(fake.token))
        return try makeForge(parts, wire: wire)
    }
}

private final class Requests: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
