import Domain
import Forges
import Foundation
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
    func `who has a login is told, letter case ignored, and nobody for one that nobody has`(kind: ForgeKind)
        async throws
    {
        try await withCounter(kind) { at in
            let lea = try at.user("Lea.Lead")
            let asked = at.fake.requests.count
            var told: [ForgeUser?] = []
            for login in ["Lea.Lead", "lea.lead", "lea", "lea.lead2", "..", ".", "lea/../lea.lead", "a b?c=d&e#f%2F"] {
                told.append(try await at.forge.user(named: try #require(PersonName(login))))
            }

            let known: ForgeUser? = kind == .bitbucket ? nil : lea
            #expect(told == [known, known, nil, nil, nil, nil, nil, nil])
            let paths = at.fake.requests.dropFirst(asked).map(\.path)
            switch kind {
            case .bitbucket: #expect(paths.isEmpty)
            case .gitlab: #expect(paths == Array(repeating: "/users", count: 8))
            case .github, .gitea, .forgejo:
                #expect(paths.count == 6)
                #expect(paths.suffix(2) == ["/users/lea%2F..%2Flea.lead", "/users/a%20b%3Fc%3Dd%26e%23f%252F"])
            }
        }
    }

    @Test(arguments: contractKinds)
    func `a login that changed hands is the new holder's, and an answer about another one is nobody's`(
        kind: ForgeKind
    ) async throws {
        try await withCounter(kind) { at in
            let dave = try #require(PersonName("dave"))
            let old = try at.user("dave")
            at.fake.rename("dave", to: "dave-was-here")
            let free = try await at.forge.user(named: dave)
            let heir = try at.user("dave")
            let told = try await at.forge.user(named: dave)
            let other = #"{"id":7,"login":"mallory","username":"mallory"}"#
            at.fake.trouble { troubles in
                troubles.instead["/users/dave"] = FakeAnswer(200, body: Data(other.utf8))
                troubles.instead["/users"] = FakeAnswer(200, body: Data("[\(other)]".utf8))
            }
            let stranger = try await at.forge.user(named: dave)

            #expect(free == nil && stranger == nil)
            #expect(told == (kind == .bitbucket ? nil : heir))
            #expect(old.id != heir.id)
        }
    }

    @Test(arguments: contractKinds.filter { $0 != .bitbucket })
    func `a forge that cannot say who has a login says so`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            let alice = try #require(PersonName("alice"))
            func refusal() async throws -> ForgeError? {
                try await at.refusal { try await at.forge.user(named: alice) }
            }
            at.fake.trouble { $0.isRevoked = true }
            let revoked = try await refusal()
            at.fake.trouble { troubles in
                troubles.isRevoked = false
                troubles.isUnavailable = true
            }
            let down = try await refusal()
            at.fake.trouble { $0.isUnavailable = false }
            var hostile: [ForgeError?] = []
            for body in ["", "null", "{}", "7", #"{"id":"1","login":"alice"}"#, #"[{"id":0,"username":"alice"}]"#] {
                at.fake.trouble { troubles in
                    for path in ["/users/alice", "/users"] {
                        troubles.instead[path] = FakeAnswer(200, body: Data(body.utf8))
                    }
                }
                hostile.append(try await refusal())
            }

            if case .unauthorized = revoked {} else { Issue.record("\(String(describing: revoked))") }
            #expect(down == .unreachable("status 503", mayHaveActed: false))
            for answer in hostile {
                if case .unreadable = answer {} else { Issue.record("\(String(describing: answer))") }
            }
        }
    }

    @Test(arguments: contractKinds)
    func `who is known by a login is asked for in teams as who writes a comment is`(kind: ForgeKind) async throws {
        try await withCounter(kind) { at in
            at.fake.setTeam("acme/ml-leads", ["carol"])
            for (login, isMember) in [("carol", true), ("alice", false)] {
                let user = try await at.forge.user(named: try #require(PersonName(login)))
                guard let user else {
                    #expect(kind == .bitbucket)
                    continue
                }
                let told = try await at.forge.isMember(user, of: "acme/ml-leads")
                #expect(told == isMember, "\(login)")
            }
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
