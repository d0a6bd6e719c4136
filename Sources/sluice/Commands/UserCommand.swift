import ArgumentParser
import Domain
import Engine
import Foundation
import Reports
import Storage

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Users of the server: who may look, run, approve and administer.",
        discussion: """
            Roles, each with all that the ones before it may do: viewer (see everything), operator (start, cancel and \
            reproduce runs), approver (approve, reject and roll back, as the policy allows), admin (users and tokens).

            Examples:
              sluice user add alice --role approver
              sluice user add ada --role approver --login octo-ada
              sluice user role alice admin
              sluice user login alice octo-alice
              sluice user disable alice
              sluice user list
            """,
        subcommands: [Add.self, List.self, SetRole.self, SetLogin.self, Disable.self, Enable.self])

    /// What is printed about a user.
    struct View: Encodable {
        let name: String
        let role: String
        let login: String?
        let createdAt: Date
        let disabledAt: Date?

        init(_ user: User) {
            name = user.name.text
            role = user.role.rawValue
            login = user.login?.text
            createdAt = user.createdAt
            disabledAt = user.disabledAt
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add a user.",
            discussion: """
                Example:
                  sluice user add alice --role approver
                """)

        @OptionGroup var options: CommonOptions
        @Argument(help: "The name.") var name: String
        @Option(help: "viewer, operator, approver or admin.") var role: Role
        @Option(help: "Who this is on the forge: for another name, and for teams.") var login: String?

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let person = try personName(name)
                guard person.isUserName else {
                    throw Fault(
                        .input, "'\(person)' is not a user's name",
                        advice: "use letters, digits and '@._-', at most 100, beginning with a letter or a digit")
                }
                let engine = try await options.engine()
                let login = try login.map { (text) throws(Fault) in try personName(text) }
                let user = try await engine.store.add(user: person, role: role, login: login, at: engine.now())
                tell(user, options, "added; 'sluice token create \(user.name)' makes a token for them")
                return .yes
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the users.",
            discussion: """
                Example:
                  sluice user list
                """)

        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let users = try await options.engine().store.users()
                if options.json {
                    Console.printJSON(["users": users.map(View.init)])
                } else if users.isEmpty {
                    Console.print("no users yet: 'sluice user add NAME --role admin' makes the first")
                } else {
                    let rows = users.map {
                        [
                            $0.name.text, $0.role.rawValue, $0.login?.text ?? "\($0.name) (not set)",
                            moment($0.createdAt),
                            $0.disabledAt.map { moment($0) } ?? "",
                        ]
                    }
                    Table.lines([["user", "role", "on the forge", "since", "disabled"]] + rows).map(Console.printable)
                        .forEach(Console.print)
                }
                return .yes
            }
        }
    }

    struct SetRole: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Change what a user may do.",
            discussion: """
                Tokens never may more than their user: a lower role holds for them at once.

                Example:
                  sluice user role alice approver
                """)

        @OptionGroup var options: CommonOptions
        @Argument(help: "The name.") var name: String
        @Argument(help: "viewer, operator, approver or admin.") var role: Role

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let engine = try await options.engine()
                let user = try await engine.store.setRole(role, of: try personName(name), at: engine.now())
                tell(user, options, "is now \(role.rawValue)")
                return .yes
            }
        }
    }

    struct SetLogin: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "login", abstract: "Say who a user is on the forge.",
            discussion: """
                'approval.by' and 'not_by_author' mean people of the forge. A user counts as the one of the same name \
                there, unless this says another; a team of 'approval.by' counts only for users whose login was said.

                Example:
                  sluice user login alice octo-alice
                """)

        @OptionGroup var options: CommonOptions
        @Argument(help: "The name.") var name: String
        @Argument(help: "The login on the forge.") var login: String

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let engine = try await options.engine()
                let user = try await engine.store.setLogin(
                    try personName(login), of: try personName(name), at: engine.now())
                tell(user, options, "is \(login) on the forge")
                return .yes
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Void every token and session of a user; what they decided stays.",
            discussion: """
                Example:
                  sluice user disable alice
                """)

        @OptionGroup var options: CommonOptions
        @Argument(help: "The name.") var name: String

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let engine = try await options.engine()
                let user = try await engine.store.disable(try personName(name), at: engine.now())
                tell(user, options, "is disabled, with every token and session")
                return .yes
            }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Let a disabled user in again; tokens stay void.",
            discussion: """
                Example:
                  sluice user enable alice
                """)

        @OptionGroup var options: CommonOptions
        @Argument(help: "The name.") var name: String

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let engine = try await options.engine()
                let user = try await engine.store.enable(try personName(name), at: engine.now())
                tell(user, options, "may come in again, with a new token")
                return .yes
            }
        }
    }
}

private func tell(_ user: User, _ options: CommonOptions, _ what: String) {
    if options.json {
        Console.printJSON(UserCommand.View(user))
    } else {
        Console.print(Console.printable("\(user.name) (\(user.role.rawValue)) \(what)"))
    }
}

/// A user's name from the command line.
func personName(_ text: String) throws(Fault) -> PersonName {
    guard let name = PersonName(text), !text.hasPrefix("@") else {
        throw Fault(.input, "'\(text)' cannot be a user's name")
    }
    return name
}

extension Role: ExpressibleByArgument {}
