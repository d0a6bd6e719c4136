import Domain
import Engine
import Foundation
import HTTPTypes
import Service
import Storage

/// Users and their tokens: for admins.
enum PeopleRoutes {
    private static let login = Shape.Field.optional(
        "login", .word(.login), "Who this is on the forge: for `approval.by` with its teams, and for `not_by_author`.")
    private static let newUser = Shape.object([
        .required("name", .word(.person)), .required("role", Shapes.role), login,
    ])
    private static let change = Shape.object([.optional("role", Shapes.role), login, .optional("disabled", .bool)])
    private static let newToken = Shape.object([
        .required("note", .line, "What it is for."),
        .optional("role", Shapes.role, "The most that it may do; else the user's."),
        .optional("days", .integer(1...3650), "How long it is valid; else until it is revoked."),
    ])

    static let all: [Route] = [
        Route(
            .get, "/api/v1/users", .token(.admin),
            Manual(
                "listUsers", .people, "Users, by name.", body: nil,
                answers: [.json(200, "Users.", .object([.required("users", .list(.ref("User")))]))]),
            { _, site in .json(["users": try await site.bot.engine.store.users()]) }),
        Route(
            .post, "/api/v1/users", .token(.admin),
            Manual(
                "addUser", .people, "Adds a user.", body: .json(newUser),
                answers: [.json(201, "The user.", .ref("User")), .problem(409, "There is one of that name.")]),
            addUser),
        Route(
            .patch, "/api/v1/users/{user}", .token(.admin),
            Manual(
                "changeUser", .people, "Changes a user's role or login, or voids every token and session of the user.",
                body: .json(change), answers: [.json(200, "The user.", .ref("User"))]),
            changeUser),
        Route(
            .get, "/api/v1/users/{user}/tokens", .token(.admin),
            Manual(
                "listTokens", .people, "Tokens and sessions of a user, newest first; never their texts.", body: nil,
                answers: [.json(200, "Tokens.", .object([.required("tokens", .list(.ref("Token")))]))]),
            tokens),
        Route(
            .post, "/api/v1/users/{user}/tokens", .token(.admin),
            Manual(
                "addToken", .people, "Makes a token. Its text is told once, here.", body: .json(newToken),
                answers: [
                    .json(201, "The token.", .ref("NewToken")), .problem(409, "The user is disabled, or may less."),
                ]),
            addToken),
        Route(
            .delete, "/api/v1/users/{user}/tokens/{token}", .token(.admin),
            Manual(
                "revokeToken", .people, "Voids a token, and the sessions that were begun with it.", body: nil,
                answers: [.other(204, "It is void.", [])]),
            revoke),
    ]

    private static func user(of exchange: Exchange, _ site: Site) async throws -> User {
        let name: PersonName = try exchange.part("user") { PersonName($0) }
        guard let user = try await site.bot.engine.store.user(name) else {
            throw Problem.notFound("there is no user '\(name)'")
        }
        return user
    }

    private static func role(_ value: JSONValue) -> Role? { value["role"]?.text.flatMap { Role(rawValue: $0) } }

    private static func login(_ value: JSONValue) -> PersonName? { value["login"]?.text.flatMap { PersonName($0) } }

    static func addUser(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let wish = try await exchange.json(newUser, site)
        guard let name = wish["name"]?.text.flatMap({ PersonName($0) }), let role = role(wish) else {
            throw Problem.invalid("'name' or 'role' is missing")
        }
        let engine = site.bot.engine
        return .json(
            try await engine.store.add(user: name, role: role, login: login(wish), at: engine.now()), .created)
    }

    static func changeUser(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        var user = try await user(of: exchange, site)
        let wish = try await exchange.json(change, site)
        guard try exchange.known().user.name != user.name else {
            throw Problem(
                .conflict, "nobody changes their own role or login", advice: "another admin can, or 'sluice user'")
        }
        let engine = site.bot.engine
        if let role = role(wish) { user = try await engine.store.setRole(role, of: user.name, at: engine.now()) }
        if let login = login(wish) { user = try await engine.store.setLogin(login, of: user.name, at: engine.now()) }
        switch wish["disabled"] {
        case .bool(true): user = try await engine.store.disable(user.name, at: engine.now())
        case .bool(false): user = try await engine.store.enable(user.name, at: engine.now())
        default: break
        }
        return .json(user)
    }

    static func tokens(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let user = try await user(of: exchange, site)
        return .json(["tokens": try await site.bot.engine.store.tokens(of: user.name)])
    }

    private struct NewToken: Encodable {
        let token: Token
        let text: String
    }

    static func addToken(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let user = try await user(of: exchange, site)
        let wish = try await exchange.json(newToken, site)
        if let role = role(wish), role > user.role {
            throw Problem(.conflict, "\(user.name) is \(user.role.rawValue): a token of theirs may not be more")
        }
        let engine = site.bot.engine
        let text = TokenText.random()
        let end = wish["days"]?.int64.map { engine.now().addingTimeInterval(Double($0) * 86_400) }
        let token = try await engine.store.add(
            token: text.hash, user: user.name, use: .api, note: wish["note"]?.text ?? "", role: role(wish) ?? user.role,
            expiresAt: end, at: engine.now())
        return .json(NewToken(token: token, text: text.secret), .created)
    }

    static func revoke(_ exchange: Exchange, _ site: Site) async throws -> Reply {
        let user = try await user(of: exchange, site)
        let id: Int64 = try exchange.part("token") { Int64($0) }
        guard try exchange.known().token.id != id else {
            throw Problem(.conflict, "this is the token that was shown", advice: "revoke it with another one")
        }
        let engine = site.bot.engine
        let tokens = try await engine.store.tokens(of: user.name)
        guard tokens.contains(where: { $0.id == id }) else { throw Problem.notFound("there is no token \(id)") }
        try await engine.store.revoke(token: id, at: engine.now())
        return Reply(.noContent)
    }
}
