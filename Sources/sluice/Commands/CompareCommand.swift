import ArgumentParser
import Domain
import Engine
import Foundation
import Reports
import Web

struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Put two runs side by side: inputs, stages, metrics.",
        discussion: """
            Example:
              sluice compare 11 12
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "The first run's number.")
    var first: String

    @Argument(help: "The second run's number.")
    var second: String

    private struct View: Encodable {
        let first: RunDetailView
        let second: RunDetailView
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let (left, right) = (try runNumber(first), try runNumber(second))
            if options.json {
                let (one, two) = (try await engine.required(left), try await engine.required(right))
                Console.printJSON(
                    View(
                        first: try await RunDetailView(one, try await engine.status(of: one), engine),
                        second: try await RunDetailView(two, try await engine.status(of: two), engine)))
            } else {
                Console.write(
                    ReportRenderer.comparison(
                        try await engine.report(of: left), try await engine.report(of: right),
                        colour: Console.hasColour(), width: Console.width),
                    to: .standardOutput)
            }
            return .yes
        }
    }
}
