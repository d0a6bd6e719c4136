package import Foundation

/// Who says something, by which way, and on what authority.
package struct Voice: Codable, Equatable, Sendable {
    package enum Way: Codable, Equatable, Sendable {
        /// `sluice approve` on the machine that holds the home: a record, not an authentication.
        case commandLine
        /// A comment on a forge, by its id.
        case comment(ForgeName, id: String, pullRequest: Int64)
        /// A button of a check.
        case button(ForgeName)
        /// Merging the promotion pull request.
        case merge(ForgeName, pullRequest: Int64)
        /// A page of the server, by a signed-in user.
        case page
        /// A token of the server, by its number.
        case token(Int64)
    }

    package var person: PersonName
    /// The forge's id of the person; nil: a user of the server, or a login on the machine.
    package var user: ForgeUser?
    package var way: Way

    package init(person: PersonName, user: ForgeUser? = nil, way: Way) {
        self.person = person
        self.user = user
        self.way = way
    }
}

/// What was found out about a voice at the time of a decision, to be held against the policy inside one transaction.
package struct Standpoint: Codable, Equatable, Sendable {
    /// Those entries of `approval.by` that stand for this person: the login, and the teams that the forge confirms.
    package var listedAs: Set<String>
    /// True: author of the pull request, of the commit, or the last one who pushed to it.
    package var isAuthor: Bool

    package init(listedAs: Set<String>, isAuthor: Bool) {
        self.listedAs = listedAs
        self.isAuthor = isAuthor
    }
}

/// A user of the server.
package struct User: Codable, Equatable, Sendable {
    package var name: PersonName
    package var role: Role
    package var createdAt: Date
    /// Who this is on the forge; nil: somebody of the same name, and in no team.
    package var login: PersonName?
    /// Set: every token and session of the user is void.
    package var disabledAt: Date?

    package init(
        name: PersonName, role: Role, createdAt: Date, login: PersonName? = nil, disabledAt: Date? = nil
    ) {
        self.name = name
        self.role = role
        self.createdAt = createdAt
        self.login = login
        self.disabledAt = disabledAt
    }
}

/// A token or a session of a user. Only the SHA-256 of its 256 random bits is stored.
package struct Token: Codable, Equatable, Sendable {
    package enum Use: String, Codable, Sendable, CaseIterable {
        /// `Authorization: Bearer`.
        case api
        /// A cookie.
        case session
    }

    package var id: Int64
    package var user: PersonName
    package var use: Use
    /// What it is for, in the user's words.
    package var note: String
    /// The most that it may do, whatever the user may.
    package var role: Role
    package var createdAt: Date
    package var expiresAt: Date?
    package var revokedAt: Date?
    /// Of a session: the number of the token that it was begun with, and ends with.
    package var begunWith: Int64?

    package init(
        id: Int64, user: PersonName, use: Use, note: String, role: Role, createdAt: Date, expiresAt: Date?,
        revokedAt: Date?, begunWith: Int64? = nil
    ) {
        self.id = id
        self.user = user
        self.use = use
        self.note = note
        self.role = role
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.begunWith = begunWith
    }
}
