import ArgumentParser
import Domain
import Engine
import Foundation
import Git
import Web

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say what happened, step by step, and why something did not start a run.",
        discussion: """
            Examples:
              sluice why 12         a run
              sluice why 4f1c9ab    a commit, or a branch or tag of the repository here
              sluice why flights    a dataset
              sluice why june.csv   a dropped file
              sluice why event 7    an event, by its number
              sluice why pr 12      a pull request
              sluice why 2026-11-30T03:00   a time of the schedule, in UTC
              sluice why 72d3162e-cc78-11e3-81ab-4c9367dc0958   a forge's delivery
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var server: ServerOptions

    @Argument(
        help: ArgumentHelp(
            "A run's number, a commit, branch or tag, a dataset's or a dropped file's name, an event, a pull request, a time.",
            valueName: "subject"))
    var words: [String]

    private var subject: String { words.joined(separator: " ") }

    /// What is known of the subject as it was written, else of the commit that it names in the repository here.
    private func account(_ engine: Engine) async throws(Fault) -> ExplanationView {
        do throws(Fault) {
            let (found, files) = try await engine.account(of: subject, waiting: engine.homeWaiting)
            return ExplanationView(found, files: files)
        } catch {
            guard error.kind == .input, let commit = try? await options.repository().commit(subject) else {
                throw error
            }
            let (found, files) = try await engine.account(of: commit.id.hex, waiting: engine.homeWaiting)
            return ExplanationView(found, files: files)
        }
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            if let client = try await server.client(options) { return try await client.why(subject, options) }
            let view = try await account(try await options.engine())
            if options.json {
                Console.printJSON(view)
            } else {
                let answer = try? JSONDecoder().decode(JSONValue.self, from: JSONText.data(of: view))
                WhyText.lines(answer ?? .null).map(Console.printable).forEach(Console.print)
            }
            return .yes
        }
    }
}
