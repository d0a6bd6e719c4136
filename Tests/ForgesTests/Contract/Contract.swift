import Domain
import Forges
import Foundation
import TestSupport
import Testing
import Wire

/// The kinds whose client and fake keep the contract.
let contractKinds: [ForgeKind] = ForgeKind.allCases

/// A forge with one repository and one pull request by alice, and the real client of it.
struct Counter {
    let fake: FakeForge
    let forge: any Forge
    let repository: ForgeRepository
    let path = "acme/flights"
    /// The pull request's number and head.
    let number: Int64
    let head: CommitID

    func user(_ login: String) throws -> ForgeUser { try #require(fake.user(login).known(to: fake.kind)) }

    func status(_ state: CommitStatus.State, _ description: String = "it runs") -> CommitStatus {
        CommitStatus(
            commit: head, context: "sluice/flight-delay", state: state, description: description,
            link: "https://sluice.example.org/runs/7")
    }

    /// What a call is refused with; nil: it is not.
    func refusal<Value>(_ act: () async throws -> Value) async throws -> ForgeError? {
        do {
            _ = try await act()
            return nil
        } catch let error as ForgeError {
            return error
        }
    }
}

let marker = "<!-- sluice:report flight-delay -->"

func withCounter(
    _ kind: ForgeKind, app: String? = nil, key: String? = nil, now: @escaping @Sendable () -> Date = { Date() },
    _ body: (Counter) async throws -> Void
) async throws {
    try await withFakeForge(kind, app: app) { fake in
        let path = "acme/flights"
        fake.addRepository(path)
        fake.commit(["sluice.yaml": "version: 1\n"], to: "main", of: path, by: "carol")
        fake.branch("better", of: path)
        let head = fake.commit(["params.yaml": "depth: 4\n"], to: "better", of: path, by: "alice")
        let number = fake.openPullRequest(path, from: "better", head: head, by: "alice")
        let credentials: ForgeParts.Credentials =
            if let app, let key { .app(id: app, key: key) } else { .token(fake.token) }
        let parts = ForgeParts(kind: kind, api: fake.api, clone: fake.clone, credentials: credentials)
        let forge = try makeForge(parts, wire: try Wire.live(agent: "sluice/test"), now: now)
        try await body(
            Counter(
                fake: fake, forge: forge, repository: try #require(ForgeRepository(path)), number: number,
                head: try #require(CommitID(hex: head))))
    }
}
