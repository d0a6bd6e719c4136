import ArgumentParser
import Domain
import Engine
import Reports
import Web

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve a run's model; the last approval needed promotes it.",
        discussion: """
            The decision is bound to the run, its model's digest and its evidence. On a home of your own it is a \
            record of who said so, not a proof of who they are; with --server it is the token's user who decides, on \
            what the server shows now.

            Exit codes: 0 recorded (promoted, or more people are needed), 1 refused, or promoted and rolled back, \
            2 it could not be told.

            Examples:
              sluice approve 12
              sluice approve 12 --as alice
              sluice approve 12 --server https://sluice.example.org
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var person: PersonOption
    @OptionGroup var target: RunArgument

    @Option(help: ArgumentHelp("With --server: only if the run's evidence is still this.", valueName: "digest"))
    var evidence: String?

    func run() async throws {
        try await options.perform { () throws(Fault) in
            if let client = try await server.client(options) {
                return try await client.decide(.approve, target.id(), evidence: evidence, options)
            }
            return try await decide(.approve, target.id(), person.person(), options)
        }
    }
}

struct RejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Reject a run's model, with a reason.",
        discussion: """
            Example:
              sluice reject 12 --reason "the gain is one carrier only"
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var person: PersonOption
    @OptionGroup var target: RunArgument

    @Option(help: "Why; stays with the run.")
    var reason: String

    func run() async throws {
        try await options.perform { () throws(Fault) in
            guard !reason.allSatisfy(\.isWhitespace) else {
                throw Fault(.input, "the reason is empty", advice: "say why: it stays with the run")
            }
            if let client = try await server.client(options) {
                return try await client.decide(.reject(reason: reason), target.id(), evidence: nil, options)
            }
            return try await decide(.reject(reason: reason), target.id(), person.person(), options)
        }
    }
}

private func decide(
    _ answer: Decision.Answer, _ id: RunID, _ person: PersonName, _ options: CommonOptions
) async throws(Fault) -> Outcome {
    let engine = try await options.engine()
    let printer = ProgressPrinter(quiet: options.json)
    let decided = try await engine.decide(answer, on: id, by: person, progress: printer.handler)
    let run = try await engine.required(id)
    let status = try await engine.status(of: run)
    let view = DecidedView(decided, RunView(run, status))
    var promotion: Promotion?
    if case .promoted(let done) = decided { promotion = done }
    if options.json {
        Console.printJSON(view)
    } else if let refusal = view.refusal {
        Console.note("sluice: \(Console.laid(refusal))")
    } else if let promotion {
        Console.print(ReportRenderer.sentence(promotion))
    } else {
        Console.print(ReportRenderer.sentence(run, status))
    }
    return view.isYes ? .yes : .no
}

struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Put an approved version of a model in place: alias, deploy, verify.",
        discussion: """
            For a version whose run was approved before: after a rollback, or to go back further than one.

            Example:
              sluice promote flight-delay 3 --reason "version 4 misbehaves on weekends"
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var person: PersonOption

    @Argument(help: "The model's name.")
    var model: String

    @Argument(help: "The version's number.")
    var version: Int

    @Option(help: "Why; stays with the promotion.")
    var reason = "promoted by hand"

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let (engine, printer) = (try await options.engine(), ProgressPrinter(quiet: options.json))
            return conclude(
                try await engine.promote(
                    version, of: modelName(model), by: person.person(), reason: reason, progress: printer.handler),
                options)
        }
    }
}

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Put the version back that held the alias before.",
        discussion: """
            With --server it is the token's user who says so, and the policy and the operator's floor decide whether \
            they may, as with an approval.

            Exit codes: 0 the version before is in place, 1 it was tried and did not work, 2 it could not be done or told.

            Examples:
              sluice rollback flight-delay --reason "complaints from the desk"
              sluice rollback flight-delay --server https://sluice.example.org
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var person: PersonOption

    @Argument(help: "The model's name.")
    var model: String

    @Option(help: "The alias.")
    var alias = "champion"

    @Option(help: "Why; stays with the promotion.")
    var reason = "rolled back by hand"

    func run() async throws {
        try await options.perform { () throws(Fault) in
            guard let alias = AliasName(alias) else { throw Fault(.input, "'\(alias)' is not an alias: \(nameRule)") }
            guard !reason.allSatisfy(\.isWhitespace) else {
                throw Fault(.input, "the reason is empty", advice: "say why: it stays with the promotion")
            }
            if let client = try await server.client(options) {
                return try await client.rollBack(modelName(model), alias: alias, reason: reason, options)
            }
            let (engine, printer) = (try await options.engine(), ProgressPrinter(quiet: options.json))
            return conclude(
                try await engine.rollBack(
                    modelName(model), alias: alias, by: person.person(), reason: reason, progress: printer.handler),
                options)
        }
    }
}

private func conclude(_ promotion: Promotion, _ options: CommonOptions) -> Outcome {
    if options.json {
        Console.printJSON(PromotionView(promotion))
    } else {
        Console.print(ReportRenderer.sentence(promotion))
    }
    return promotion.state == .promoted ? .yes : .no
}

/// A model's name from the command line.
func modelName(_ text: String) throws(Fault) -> ModelName {
    guard let name = ModelName(text) else { throw Fault(.input, "'\(text)' is not a model's name: \(nameRule)") }
    return name
}
