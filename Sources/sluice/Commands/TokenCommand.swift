import ArgumentParser
import Documents
import Domain
import Engine
import Foundation
import Reports
import Storage

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Tokens with which programs and people speak to the server.",
        discussion: """
            A token is shown once, when it is made; the home keeps only its SHA-256.

            Examples:
              sluice token create alice --note laptop > ~/.config/sluice/token
              sluice token list alice
              sluice token revoke 3
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    /// What is printed about a token.
    struct View: Encodable {
        let id: Int64
        let user: String
        let note: String
        let role: String
        let use: String
        let createdAt: Date
        let expiresAt: Date?
        let revokedAt: Date?
        /// Of a session: the token that it was begun with.
        let begunWith: Int64?
        /// Only when it is made.
        let token: String?

        init(_ token: Token, text: String? = nil) {
            id = token.id
            user = token.user.text
            note = token.note
            role = token.role.rawValue
            use = token.use.rawValue
            createdAt = token.createdAt
            expiresAt = token.expiresAt
            revokedAt = token.revokedAt
            begunWith = token.begunWith
            self.token = text
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make a token, and print it once.",
            discussion: """
                The token alone goes to standard output, so that it can go into a file; what it is, to standard error.

                Examples:
                  sluice token create alice --note laptop
                  sluice token create ci --role operator --expires 90d
                """,
            aliases: ["add"])

        @OptionGroup var options: CommonOptions
        @Argument(help: "Whose.") var user: String
        @Option(help: "What it is for.") var note = ""
        @Option(help: "The most that it may do (else all that the user may).") var role: Role?
        @Option(help: ArgumentHelp("For how long it is good, such as 90d (else for ever).", valueName: "duration"))
        var expires: String?

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let engine = try await options.engine()
                let name = try personName(user)
                guard let known = try await engine.store.user(name) else {
                    throw Fault(
                        .input, "there is no user '\(name)'", advice: "'sluice user add \(name) --role …' makes one")
                }
                if let role, role > known.role {
                    throw Fault(
                        .input, "\(name) is \(known.role.rawValue): a token of theirs may not be more",
                        advice: "'sluice user role \(name) \(role.rawValue)' changes what they may do")
                }
                let now = engine.now()
                let end = try expires.map { text throws(Fault) in
                    guard let seconds = Units.seconds(text) else {
                        throw Fault(.input, "--expires takes a duration such as 12h or 90d, not '\(text)'")
                    }
                    return now.addingTimeInterval(seconds)
                }
                guard note.count <= 200 else { throw Fault(.input, "--note takes at most 200 characters") }
                let text = TokenText.random()
                let token = try await engine.store.add(
                    token: text.hash, user: name, use: .api, note: note, role: role ?? known.role, expiresAt: end,
                    at: now)
                if options.json {
                    Console.printJSON(View(token, text: text.secret))
                } else {
                    Console.note(
                        Console.printable(
                            "token \(token.id) of \(name), \(token.role.rawValue)\(end.map { ", until \(moment($0))" } ?? "")"
                                + "; it is not shown again:"))
                    Console.print(text.secret)
                }
                return .yes
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List a user's tokens and sessions, or those of all.",
            discussion: """
                Example:
                  sluice token list alice
                """)

        @OptionGroup var options: CommonOptions
        @Argument(help: "Whose (else everybody's).") var user: String?

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let store = try await options.engine().store
                var names: [PersonName] = []
                if let user {
                    names = [try personName(user)]
                } else {
                    names = try await store.users().map(\.name)
                }
                var tokens: [Token] = []
                for name in names { tokens += try await store.tokens(of: name) }
                if options.json {
                    Console.printJSON(["tokens": tokens.map { View($0) }])
                } else if tokens.isEmpty {
                    Console.print("no tokens yet: 'sluice token create USER' makes one")
                } else {
                    let rows = tokens.map { token in
                        [
                            String(token.id), token.user.text, token.role.rawValue, token.use.rawValue,
                            moment(token.createdAt), state(token), token.note,
                        ]
                    }
                    Table.lines([["token", "user", "role", "use", "made", "state", "note"]] + rows)
                        .map(Console.printable).forEach(Console.print)
                }
                return .yes
            }
        }

        private func state(_ token: Token) -> String {
            if let revoked = token.revokedAt { return "revoked \(moment(revoked))" }
            guard let end = token.expiresAt else { return "good" }
            return end <= Date() ? "expired \(moment(end))" : "good until \(moment(end))"
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Void a token and the sessions that were begun with it, at once.",
            discussion: """
                Example:
                  sluice token revoke 3
                """)

        @OptionGroup var options: CommonOptions
        @Argument(help: "The token's number, from 'sluice token list'.") var token: Int64

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let engine = try await options.engine()
                let sessions = try await engine.store.revoke(token: token, at: engine.now())
                if options.json {
                    Console.printJSON(["revoked": token, "sessions": Int64(sessions)])
                } else {
                    let ended = sessions == 0 ? "" : ", and with it \(sessions) session\(sessions == 1 ? "" : "s")"
                    Console.print("token \(token) is void\(ended)")
                }
                return .yes
            }
        }
    }
}
