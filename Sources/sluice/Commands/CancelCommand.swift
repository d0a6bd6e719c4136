import ArgumentParser
import Domain
import Engine
import Reports
import Web

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Stop a run: within five seconds no process of it is left.",
        discussion: """
            Example:
              sluice cancel 12 --reason "wrong branch"
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var person: PersonOption
    @OptionGroup var target: RunArgument

    @Option(help: "Why; stays with the run.")
    var reason = "cancelled"

    func run() async throws {
        try await options.perform { () throws(Fault) in
            if let client = try await server.client(options) {
                return try await client.cancel(target.id(), reason: reason, options)
            }
            let engine = try await options.engine()
            let run = try await engine.cancel(target.id(), by: person.person(), reason: reason)
            let status = try await engine.status(of: run)
            if options.json {
                Console.printJSON(RunView(run, status))
            } else {
                Console.print(ReportRenderer.sentence(run, status))
            }
            return .yes
        }
    }
}
