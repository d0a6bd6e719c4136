import Domain
import Foundation
import Testing

@testable import Storage

/// Users, their tokens, and what is known of forges.
struct UserTests {
    private let hash = Samples.digest("256 random bits")

    private func add(_ store: Store, expiresAt: Date? = nil) async throws -> Token {
        let ann = try Samples.person("ann")
        try await store.add(user: ann, role: .operator, at: Samples.now)
        return try await store.add(
            token: hash, user: ann, use: .api, note: "ci", role: .viewer, expiresAt: expiresAt, at: Samples.now)
    }

    @Test func `a token names its user until it expires`() async throws {
        try await withStore { store, _ in
            let token = try await add(store, expiresAt: Samples.later(60))

            let known = try await store.token(hash: hash, at: Samples.later(59.999))
            #expect(known?.token == token)
            #expect(known?.user.role == .operator)
            #expect(token.role == .viewer)
            #expect(try await store.token(hash: hash, at: Samples.later(60)) == nil)
            #expect(try await store.token(hash: Samples.digest("other"), at: Samples.now) == nil)
        }
    }

    @Test func `a token that was revoked is void, and is revoked once`() async throws {
        try await withStore { store, _ in
            let token = try await add(store)
            try await store.revoke(token: token.id, at: Samples.later(1))
            try await store.revoke(token: token.id, at: Samples.later(2))

            #expect(try await store.token(hash: hash, at: Samples.later(3)) == nil)
            let tokens = try await store.tokens(of: token.user)
            #expect(tokens.map(\.revokedAt) == [Samples.later(1)])
            let unknown = try await fault { try await store.revoke(token: 99, at: Samples.now) }
            #expect(unknown.kind == .input)
        }
    }

    @Test func `tokens of a disabled user stay void when the user comes back`() async throws {
        try await withStore { store, _ in
            let token = try await add(store)
            let user = try await store.disable(token.user, at: Samples.later(1))
            #expect(user.disabledAt == Samples.later(1))
            #expect(try await store.token(hash: hash, at: Samples.later(2)) == nil)
            let refused = try await fault {
                try await store.add(
                    token: Samples.digest("new"), user: token.user, use: .session, note: "", role: .viewer,
                    expiresAt: nil, at: Samples.later(2))
            }
            #expect(refused.kind == .input)

            try await store.enable(token.user, at: Samples.later(3))

            #expect(try await store.user(token.user)?.disabledAt == nil)
            #expect(try await store.token(hash: hash, at: Samples.later(4)) == nil)
        }
    }

    @Test func `users are added once, and their role is theirs from the next question on`() async throws {
        try await withStore { store, _ in
            let token = try await add(store)
            let twice = try await fault { try await store.add(user: token.user, role: .admin, at: Samples.now) }
            #expect(twice.kind == .input)
            try await store.setRole(.admin, of: token.user, at: Samples.later(1))
            let bob = try Samples.person("bob")
            let nobody = try await fault { try await store.setRole(.admin, of: bob, at: Samples.now) }
            #expect(nobody.kind == .input)
            try await store.add(user: bob, role: .viewer, at: Samples.now)

            #expect(try await store.token(hash: hash, at: Samples.later(2))?.user.role == .admin)
            #expect(try await store.users().map(\.name.text) == ["ann", "bob"])
        }
    }

    @Test func `the journal says who may do what, and holds no token`() async throws {
        try await withStore { store, _ in
            let token = try await add(store)
            _ = try await store.token(hash: hash, at: Samples.later(1))
            try await store.disable(token.user, at: Samples.later(2))

            let entries = try await store.journal(after: 0, limit: 99)
            #expect(entries.map(\.subject) == ["user ann", "token 1", "token 1", "user ann"])
            let holdsTheHash = entries.contains { $0.body.contains(hash.hex) }
            #expect(!holdsTheHash)
            #expect(try await store.journal(after: 3, limit: 99).map(\.sequence) == [4])
            #expect(try await store.verifyJournal() == .intact(entries: 4))
        }
    }

    @Test func `a pull request is as it was described last, and merged for good`() async throws {
        try await withStore { store, _ in
            let project = try Samples.project()
            try await store.know(try Samples.pull(head: "two"), of: project, at: Samples.later(2))
            try await store.know(try Samples.pull(head: "one"), of: project, at: Samples.later(1))
            try await store.know(try Samples.pull(4), of: project, at: Samples.now)
            try await store.know(try Samples.pull(5), of: try Samples.project("ships"), at: Samples.now)

            #expect(try await store.openPullRequests(of: project).map(\.number) == [3, 4])
            #expect(try await store.pullRequest(3, of: project) == Samples.pull(head: "two"))
            try await store.know(try Samples.pull(state: .merged), of: project, at: Samples.later(3))
            try await store.know(try Samples.pull(state: .open), of: project, at: Samples.later(4))
            #expect(try await store.openPullRequests(of: project).map(\.number) == [4])
            #expect(try await store.pullRequest(9, of: project) == nil)
        }
    }

    @Test func `a permit is for one commit of one project, and the first word stays`() async throws {
        try await withStore { store, _ in
            let (project, commit) = (try Samples.project(), try Samples.commit())
            for name in ["ann", "bob"] {
                let voice = Voice(person: try Samples.person(name), user: try Samples.user(), way: .page)
                try await store.permit(commit, of: project, by: voice, at: Samples.now)
            }

            #expect(try await store.isPermitted(commit, of: project))
            #expect(try await !store.isPermitted(try Samples.commit("other"), of: project))
            #expect(try await !store.isPermitted(commit, of: try Samples.project("ships")))
            let entries = try await store.journal(after: 0, limit: 9)
            #expect(entries.count == 1)
            #expect(entries.first?.body.contains("ann") == true)
        }
    }

    @Test func `branches are where they were seen last`() async throws {
        try await withStore { store, _ in
            let (project, main) = (try Samples.project(), try Samples.branch())
            let odd = try Samples.branch("wip/ü'\"")
            try await store.setHead(try Samples.commit("one"), of: main, in: project, at: Samples.now)
            try await store.setHead(try Samples.commit("two"), of: main, in: project, at: Samples.now)
            try await store.setHead(try Samples.commit("one"), of: odd, in: project, at: Samples.now)

            let heads = try await store.heads(in: project)
            #expect(heads == [main: try Samples.commit("two"), odd: try Samples.commit("one")])
            try await store.setHead(nil, of: main, in: project, at: Samples.now)
            #expect(try await store.head(of: main, in: project) == nil)
            #expect(try await store.head(of: odd, in: project) == Samples.commit("one"))
        }
    }
}
