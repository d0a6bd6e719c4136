package import Domain
package import Foundation
import GRDB

extension Store {
    /// Adds a user. `.input` if there is one of that name.
    /// - Parameter login: who this is on the forge; nil: somebody of the same name.
    @discardableResult
    package func add(
        user name: PersonName, role: Role, login: PersonName? = nil, at: Date
    ) async throws(Fault) -> User {
        try await write { database in
            guard try Users.find(database, name) == nil else {
                throw Fault(.input, "there is a user '\(name)' already")
            }
            try database.execute(
                sql: "INSERT INTO user (name, role, created_at, login) VALUES (?, ?, ?, ?)",
                arguments: [name.text, role.rawValue, Timestamp.text(at), login?.text])
            return try Users.journal(database, name, "add", at: at)
        }
    }

    /// By name.
    package func users() async throws(Fault) -> [User] {
        try await read { try Row.fetchAll($0, sql: "SELECT * FROM user ORDER BY name").map(Users.user) }
    }

    package func user(_ name: PersonName) async throws(Fault) -> User? {
        try await read { try Users.find($0, name) }
    }

    /// `.input` if there is no such user.
    @discardableResult
    package func setRole(_ role: Role, of name: PersonName, at: Date) async throws(Fault) -> User {
        try await write { database in
            let user = try Users.existing(database, name)
            guard user.role != role else { return user }
            try database.update(
                "UPDATE user SET role = ? WHERE name = ?", [role.rawValue, name.text], subject: "user \(name)")
            return try Users.journal(database, name, "role", at: at)
        }
    }

    /// Says who a user is on the forge. `.input` if there is no such user.
    @discardableResult
    package func setLogin(_ login: PersonName, of name: PersonName, at: Date) async throws(Fault) -> User {
        try await write { database in
            guard try Users.existing(database, name).login != login else { return try Users.existing(database, name) }
            try database.update(
                "UPDATE user SET login = ? WHERE name = ?", [login.text, name.text], subject: "user \(name)")
            return try Users.journal(database, name, "login", at: at)
        }
    }

    /// Voids every token and session of the user, for good. `.input` if there is no such user.
    @discardableResult
    package func disable(_ name: PersonName, at: Date) async throws(Fault) -> User {
        try await write { database in
            let user = try Users.existing(database, name)
            guard user.disabledAt == nil else { return user }
            try database.update(
                "UPDATE user SET disabled_at = ? WHERE name = ?", [Timestamp.text(at), name.text],
                subject: "user \(name)")
            for token in try Tokens.live(database, of: name) { try Tokens.revoke(database, token, at: at) }
            return try Users.journal(database, name, "disable", at: at)
        }
    }

    /// Lets a disabled user in again, with new tokens. `.input` if there is no such user.
    @discardableResult
    package func enable(_ name: PersonName, at: Date) async throws(Fault) -> User {
        try await write { database in
            let user = try Users.existing(database, name)
            guard user.disabledAt != nil else { return user }
            try database.update(
                "UPDATE user SET disabled_at = NULL WHERE name = ?", [name.text], subject: "user \(name)")
            return try Users.journal(database, name, "enable", at: at)
        }
    }

    /// Adds a token or a session. `.input` if there is no such user, or it is disabled.
    ///
    /// - Parameters:
    ///   - hash: SHA-256 of the token's random bits, which are stored nowhere.
    ///   - begunWith: of a session, the token that it ends with. `.input` if that is void already.
    package func add(
        token hash: Digest, user name: PersonName, use: Token.Use, note: String, role: Role, expiresAt: Date?,
        begunWith: Int64? = nil, at: Date
    ) async throws(Fault) -> Token {
        try await write { database in
            guard try Users.existing(database, name).disabledAt == nil else {
                throw Fault(.input, "user '\(name)' is disabled")
            }
            if let begunWith {
                let isLive = try Bool.fetchOne(
                    database, sql: "SELECT revoked_at IS NULL FROM token WHERE id = ?", arguments: [begunWith])
                guard isLive == true else { throw Fault(.input, "token \(begunWith) is void") }
            }
            try database.execute(
                sql: """
                    INSERT INTO token (hash, user, use, note, role, created_at, expires_at, begun_with)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    hash.hex, name.text, use.rawValue, note, role.rawValue, Timestamp.text(at),
                    expiresAt.map { Timestamp.text($0) }, begunWith,
                ])
            return try Tokens.journal(database, database.lastInsertedRowID, "add", at: at)
        }
    }

    /// The token with this hash and its user. Nil if it is not known, expired or revoked, or the user is disabled.
    /// Writes nothing.
    package func token(hash: Digest, at: Date) async throws(Fault) -> (token: Token, user: User)? {
        try await read { database in
            guard
                let row = try Row.fetchOne(
                    database.cachedStatement(sql: "SELECT * FROM token WHERE hash = ?"), arguments: [hash.hex])
            else { return nil }
            let token = try Tokens.token(row)
            if token.revokedAt != nil { return nil }
            if let end = token.expiresAt, at >= end { return nil }
            guard let user = try Users.find(database, token.user), user.disabledAt == nil else { return nil }
            return (token: token, user: user)
        }
    }

    /// Newest first, those that are void too.
    package func tokens(of name: PersonName) async throws(Fault) -> [Token] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM token WHERE user = ? ORDER BY id DESC", arguments: [name.text]
            ).map(Tokens.token)
        }
    }

    /// Voids a token with the sessions that were begun with it, or a session; one that is void already stays as it is.
    /// Returns how many sessions ended with the token. `.input` if there is none with that number.
    @discardableResult
    package func revoke(token id: Int64, at: Date) async throws(Fault) -> Int {
        try await write { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM token WHERE id = ?", arguments: [id])
            else { throw Fault(.input, "there is no token \(id)") }
            if row.isNull("revoked_at") { try Tokens.revoke(database, id, at: at) }
            let sessions = try Int64.fetchAll(
                database, sql: "SELECT id FROM token WHERE begun_with = ? AND revoked_at IS NULL ORDER BY id",
                arguments: [id])
            for session in sessions { try Tokens.revoke(database, session, at: at) }
            return sessions.count
        }
    }
}

/// Users inside a transaction.
enum Users {
    static func find(_ database: Database, _ name: PersonName) throws -> User? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM user WHERE name = ?"), arguments: [name.text]
        ).map(user)
    }

    static func existing(_ database: Database, _ name: PersonName) throws -> User {
        guard let user = try find(database, name) else { throw Fault(.input, "there is no user '\(name)'") }
        return user
    }

    static func journal(_ database: Database, _ name: PersonName, _ what: String, at: Date) throws -> User {
        let user = try existing(database, name)
        try Journal.append(database, at: at, "user \(name)", what, value: user)
        return user
    }

    static func user(_ row: Row) throws -> User {
        User(
            name: try row.value("name") { PersonName($0) }, role: try row.value("role") { Role(rawValue: $0) },
            createdAt: try row.time("created_at"),
            login: row.isNull("login") ? nil : try row.value("login") { PersonName($0) },
            disabledAt: try row.optionalTime("disabled_at"))
    }
}

/// Tokens inside a transaction. The journal never holds a hash.
enum Tokens {
    static func live(_ database: Database, of name: PersonName) throws -> [Int64] {
        try Int64.fetchAll(
            database, sql: "SELECT id FROM token WHERE user = ? AND revoked_at IS NULL ORDER BY id",
            arguments: [name.text])
    }

    static func revoke(_ database: Database, _ id: Int64, at: Date) throws {
        try database.update(
            "UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", [Timestamp.text(at), id],
            subject: "token \(id)")
        _ = try journal(database, id, "revoke", at: at)
    }

    static func journal(_ database: Database, _ id: Int64, _ what: String, at: Date) throws -> Token {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM token WHERE id = ?", arguments: [id]) else {
            throw Fault(.bug, "token \(id) is not there")
        }
        let token = try token(row)
        try Journal.append(database, at: at, "token \(id)", what, value: token)
        return token
    }

    static func token(_ row: Row) throws -> Token {
        Token(
            id: try row.number("id"), user: try row.value("user") { PersonName($0) },
            use: try row.value("use") { Token.Use(rawValue: $0) }, note: try row.text("note"),
            role: try row.value("role") { Role(rawValue: $0) }, createdAt: try row.time("created_at"),
            expiresAt: try row.optionalTime("expires_at"), revokedAt: try row.optionalTime("revoked_at"),
            begunWith: try row.optionalNumber("begun_with"))
    }
}
