import ArgumentParser
import Domain
import Engine
import Foundation
import Reports
import Storage

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print a run's report.",
        discussion: """
            Examples:
              sluice show 12
              sluice show 12 --markdown > report.md
              sluice show 12 --json
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var target: RunArgument

    @Flag(help: "The Markdown report, byte for byte as it was judged.")
    var markdown = false

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let run = try await engine.required(target.id())
            if markdown {
                let bytes = try await engine.markdownReport(of: run.id)
                Console.write(String(decoding: bytes, as: UTF8.self), to: .standardOutput)
                return .yes
            }
            let status = try await engine.status(of: run)
            if options.json {
                Console.printJSON(try await RunDetailView(run, status, engine))
            } else if case .judged = run.state {
                let report = try await engine.report(of: run.id)
                Console.print(ReportRenderer.terminal(report, colour: Console.hasColour(), width: Console.width))
                try await printDecisions(of: run, engine)
                Console.print(statusLine(run, status))
            } else {
                let stages = try await engine.store.stages(of: run.id)
                Table.lines(stages.map { [$0.name.text, $0.state.word, reason($0.state) ?? ""] }, limit: 120)
                    .forEach(Console.print)
                Console.print(statusLine(run, status))
            }
            return .yes
        }
    }

    private func printDecisions(of run: Run, _ engine: Engine) async throws(Fault) {
        for decision in try await engine.store.decisions(of: run.id) {
            let view = DecisionView(decision)
            let why = view.reason.map { ": \(Console.printable($0))" } ?? ""
            Console.print("\(view.answer) by \(Console.printable(view.by.text)) at \(moment(view.at))\(why)")
        }
    }
}
