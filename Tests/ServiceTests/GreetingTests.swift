import Domain
import Forges
import Foundation
import Settings
import TestSupport
import Testing
import Wire

@testable import Service

/// What is asked of the forges before a server starts.
@Suite(.timeLimit(.minutes(10)))
struct GreetingTests {
    private static let path = "acme/toy"

    /// What a server with that token would be told.
    private func told(by fake: FakeForge, token: String) async throws -> [Fault] {
        let name = ForgeName(checked: "hub")
        let credentials = ForgeParts.Credentials.token(token)
        let forge = try makeForge(
            ForgeParts(kind: fake.kind, api: fake.api, clone: fake.clone, credentials: credentials),
            wire: try Wire.live(agent: "sluice/test"))
        let repository = try #require(ForgeRepository(Self.path))
        let settings = ServerSettings(
            projects: [ProjectName(checked: "toy"): ProjectSettings(source: .forge(name, repository))])
        let live = Configuration.Live(settings: settings, forges: [name: forge], webhooks: [:], secrets: [])
        return await live.greetForges()
    }

    @Test(arguments: ForgeKind.allCases)
    func `a bot that may do what it must is told nothing, and one that may only read is told so`(
        kind: ForgeKind
    ) async throws {
        try await withFakeForge(kind) { fake in
            fake.addRepository(Self.path)
            let good = try await told(by: fake, token: fake.token)
            fake.setRole(fake.bot.login, .read, in: Self.path)
            let reader = try await told(by: fake, token: fake.token)
            let wrong = try await told(by: fake, token: fake.token + "x")
            await fake.stop()
            let down = try await told(by: fake, token: fake.token)

            #expect(good.isEmpty, "\(good)")
            #expect(reader.map(\.kind) == [.input], "\(reader)")
            #expect(
                reader.first?.message.hasPrefix("project 'toy': what sluice-bot may do in acme/toy was asked: ") == true
            )
            #expect(wrong.map(\.kind) == [.input], "\(wrong)")
            #expect(wrong.first?.message.hasPrefix("the forge 'hub' was asked who the bot is: ") == true)
            #expect(down.map(\.kind) == [.environment], "\(down)")
        }
    }

    @Test func `an access token of Bitbucket is found out before the server starts`() async throws {
        try await withFakeForge(.bitbucket) { fake in
            fake.addRepository(Self.path)
            let secret = String(fake.token.split(separator: ":")[1])

            let told = try await told(by: fake, token: secret)

            #expect(told.map(\.kind) == [.input])
            #expect(told.first?.message.contains("not supported for this endpoint") == true, "\(told)")
        }
    }
}
