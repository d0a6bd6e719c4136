import ArgumentParser
import Domain
import Engine
import Foundation
import Reports
import Storage
import Web

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print a run's report.",
        discussion: """
            Examples:
              sluice show 12
              sluice show 12 --all
              sluice show 12 --markdown > report.md
              sluice show 12 --markdown --limit 65536 --link https://example.org/runs/12
              sluice show 12 --html > report.html
              sluice show 12 --json
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var target: RunArgument

    @Flag(help: "The Markdown report, byte for byte as it was judged.")
    var markdown = false

    @Option(help: "Characters that the Markdown may have; what does not fit is left out by whole rows and sections.")
    var limit: Int?

    @Option(help: "Where the rest is, said at the end of a report that is cut.")
    var link: String?

    @Flag(help: "Everything that the report has: curves, stages, what it was made from.")
    var all = false

    @Flag(help: "The report as one HTML page, which needs no other file and no network.")
    var html = false

    func run() async throws {
        try await options.perform { () throws(Fault) in
            try checkOptions()
            if let client = try await server.client(options) {
                if limit != nil { throw Fault(.input, "--limit does not go with --server") }
                return try await client.show(target.id(), markdown: markdown, html: html, all: all, options)
            }
            let engine = try await options.engine()
            let run = try await engine.required(target.id())
            if markdown {
                Console.write(try await markdownText(of: run.id, engine), to: .standardOutput)
                return .yes
            }
            if html {
                let report = try await engine.report(of: run.id)
                let templates = try await engine.reportTemplates(of: report.plan)
                Console.write(ReportRenderer.html(report, templates: templates), to: .standardOutput)
                return .yes
            }
            let status = try await engine.status(of: run)
            if options.json {
                Console.printJSON(try await RunDetailView(run, status, engine))
            } else if case .judged = run.state {
                let report = try await engine.report(of: run.id)
                Console.print(
                    ReportRenderer.terminal(
                        report, colour: Console.hasColour(), width: Console.width, details: all,
                        templates: try await engine.reportTemplates(of: report.plan)))
                try await printDecisions(of: run, engine)
                Console.print(ReportRenderer.sentence(run, status))
                if let model = run.challenger, await engine.isCollected(model) {
                    Console.print(
                        "its model was collected; what was measured of it stays, and 'sluice reproduce \(run.id)' makes it again"
                    )
                }
            } else {
                let stages = try await engine.store.stages(of: run.id)
                Table.lines(stages.map { [$0.name.text, $0.state.word, reason($0.state) ?? ""] }, limit: 120)
                    .forEach(Console.print)
                Console.print(ReportRenderer.sentence(run, status))
            }
            return .yes
        }
    }

    private func checkOptions() throws(Fault) {
        let forms = [markdown, html, options.json].count { $0 }
        if forms > 1 { throw Fault(.input, "give one of --markdown, --html and --json") }
        if let limit, limit < 4000 { throw Fault(.input, "--limit is at least 4000") }
        if limit != nil, !markdown { throw Fault(.input, "--limit is for --markdown") }
        if link != nil, limit == nil { throw Fault(.input, "--link is for --limit") }
    }

    /// Byte for byte as it was judged; rendered again, shorter, where that does not fit.
    private func markdownText(of run: RunID, _ engine: Engine) async throws(Fault) -> String {
        let text = String(decoding: try await engine.markdownReport(of: run), as: UTF8.self)
        guard let limit, text.utf8.count > limit else { return text }
        let report = try await engine.report(of: run)
        return ReportRenderer.markdown(
            report, fitting: limit, link: link, templates: try await engine.reportTemplates(of: report.plan))
    }

    private func printDecisions(of run: Run, _ engine: Engine) async throws(Fault) {
        for decision in try await engine.store.decisions(of: run.id) {
            let view = DecisionView(decision)
            let why = view.reason.map { ": \(Console.printable($0))" } ?? ""
            Console.print("\(view.answer) by \(Console.printable(view.by.text)) at \(moment(view.at))\(why)")
        }
    }
}
