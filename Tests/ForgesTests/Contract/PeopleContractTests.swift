import Domain
import Forges
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct PeopleContractTests {
    @Test(arguments: contractKinds)
    func `permissions are those of the forge's roles`(kind: ForgeKind) async throws {
        let expected: [(FakeRole, Permission)] = [
            (.none, .none), (.read, .read), (.triage, .read), (.write, .write), (.maintain, .write), (.admin, .admin),
        ]
        try await withCounter(kind) { at in
            for (role, permission) in expected {
                at.fake.setRole("p-\(role.rawValue)", role, in: at.path)
                let user = try at.user("p-\(role.rawValue)")

                let told = try await at.forge.permission(of: user, in: at.repository)

                #expect(told == permission, "\(role)")
            }
        }
    }

    @Test(arguments: contractKinds)
    func `somebody whom the forge does not know may nothing`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let stranger = ForgeUser(id: "424242", login: try #require(PersonName("nobody")))

            let told = try await at.forge.permission(of: stranger, in: at.repository)

            #expect(told == .none)
        }
    }

    @Test(arguments: contractKinds)
    func `a login that changed hands gives its old holder no rights of the new one`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let old = try at.user("dave")
            at.fake.rename("dave", to: "dave-was-here")
            at.fake.setRole("dave", .admin, in: at.path)

            let told = try await at.forge.permission(of: old, in: at.repository)

            #expect(told == .none)
        }
    }

    @Test(arguments: contractKinds)
    func `the authors of a pull request are known by their ids`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let number = at.fake.openPullRequest(
                at.path, from: "shared", head: String(repeating: "d", count: 40), by: "alice",
                commits: [(String(repeating: "c", count: 40), "bob"), (String(repeating: "d", count: 40), "erin")])

            let authors = try await at.forge.authors(of: number, in: at.repository)

            let known = try ["alice", "bob", "erin"].map { try at.user($0).id }
            #expect(authors.ids == Set(known))
            let logins = kind == .bitbucket ? Set(known) : ["alice", "bob", "erin"]
            #expect(authors.logins == logins)
        }
    }

    @Test(arguments: contractKinds)
    func `the bot knows who it is`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let told = try await at.forge.whoAmI()

            #expect(told == at.fake.bot.known(to: kind))
        }
    }
}
