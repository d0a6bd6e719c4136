import ArgumentParser
import Domain
import Engine
import Foundation
import Reports
import Web

struct ReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run a past run again without any cache, and compare every output and metric.",
        discussion: """
            With --server the server makes the run and this waits for it; if it is interrupted, the run goes on.

            Exit codes: 0 identical (same bytes), 3 equivalent (metrics within the policy's tolerance), 1 different, \
            2 it could not be run.

            Examples:
              sluice reproduce 12
              sluice reproduce 4f1c9ab
              sluice reproduce 12 --server https://sluice.example.org
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var person: PersonOption

    @Argument(help: "A run's number, or a commit.")
    var target: String

    @Flag(help: "Leave the run's work tree in place for a look.")
    var keepTree = false

    private struct View: Encodable {
        /// `identical`, `equivalent`, `different`.
        let verdict: String
        let divergences: [DivergenceView]
        let original: RunView
        let again: RunView
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            if let client = try await server.client(options) {
                if keepTree {
                    throw Fault(
                        .input, "--keep-tree and --server do not go together", advice: "the tree would stay there")
                }
                return try await client.reproduce(target, options)
            }
            let engine = try await options.engine()
            let by = try person.person()
            let repository = try? await options.repository()
            let original = try await engine.runToReproduce(target, in: repository)
            let keep = keepTree
            let done = try await following(engine, by, quiet: options.json) { progress throws(Fault) in
                try await engine.reproduce(original.id, by: by, keepTree: keep, progress: progress)
            }
            if options.json {
                let found = ReproductionView(done.verdict)
                Console.printJSON(
                    View(
                        verdict: found.verdict, divergences: found.divergences,
                        original: RunView(done.original, try await engine.status(of: done.original)),
                        again: RunView(done.again, try await engine.status(of: done.again))))
            } else {
                Console.write(
                    ReportRenderer.terminal(
                        done.verdict, of: done.original.id, by: done.again.id, colour: Console.hasColour()),
                    to: .standardOutput)
            }
            switch done.verdict {
            case .identical: return .yes
            case .equivalent: return .equivalent
            case .different: return .no
            }
        }
    }
}
