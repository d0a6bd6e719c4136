import ArgumentParser
import Domain
import Engine
import Foundation
import Git
import Reports
import Storage

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List runs, newest first.",
        discussion: """
            Examples:
              sluice runs
              sluice runs --model flight-delay --limit 5
              sluice runs --before 120 --json
            """)

    @OptionGroup var options: CommonOptions

    @Option(help: "Only runs of this model.")
    var model: String?

    @Option(help: "Only runs of this commit (a prefix of its id).")
    var commit: String?

    @Option(help: ArgumentHelp("Only runs before this one, for paging.", valueName: "run"))
    var before: String?

    @Option(help: "How many at the most.")
    var limit = 20

    func run() async throws {
        try await options.perform { () throws(Fault) in
            guard (1...10_000).contains(limit) else { throw Fault(.input, "--limit takes 1 to 10000") }
            let end = try before.map { text throws(Fault) in try runNumber(text) }
            let engine = try await options.engine()
            let runs = try await engine.store.runs(
                model: try model.map { text throws(Fault) in try modelName(text) }, commit: commit,
                before: end, limit: limit)
            let now = engine.now()
            let views = try await engine.store.facts(of: runs).map { RunView($0.run, $0.status(at: now)) }
            if options.json {
                Console.printJSON(["runs": views])
            } else if views.isEmpty {
                Console.print("no runs yet: 'sluice run' makes one")
            } else {
                let rows = views.map { view in
                    [
                        view.run.description, view.status, view.model.text, view.commit.short, view.trigger,
                        moment(view.createdAt),
                    ]
                }
                Table.lines([["run", "status", "model", "commit", "trigger", "created"]] + rows)
                    .forEach(Console.print)
            }
            return .yes
        }
    }
}

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
            Console.print("\(view.answer) by \(view.by) at \(moment(view.at))\(why)")
        }
    }
}

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

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List registered model versions and their aliases.",
        discussion: """
            Examples:
              sluice models
              sluice models flight-delay --json
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "Only this model.")
    var model: String?

    @Option(help: "How many at the most.")
    var limit = 50

    private struct VersionView: Encodable {
        let version: ModelView
        let aliases: [AliasName]
        let createdAt: Date
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let name = try model.map { text throws(Fault) in try modelName(text) }
            let versions = try await engine.store.versions(of: name, limit: max(1, limit))
            if options.json {
                Console.printJSON([
                    "versions": versions.map {
                        VersionView(version: ModelView($0.ref), aliases: $0.aliases, createdAt: $0.createdAt)
                    }
                ])
            } else if versions.isEmpty {
                Console.print("no model versions yet")
            } else {
                let rows = versions.map { version in
                    [
                        version.ref.model.text, String(version.ref.version),
                        version.aliases.map(\.text).joined(separator: ","), "run \(version.ref.run)",
                        version.ref.digest.short, ReportRenderer.size(version.ref.bytes), moment(version.createdAt),
                    ]
                }
                Table.lines([["model", "version", "alias", "made by", "digest", "size", "created"]] + rows)
                    .forEach(Console.print)
            }
            return .yes
        }
    }
}

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say what happened, step by step, and why something did not start a run.",
        discussion: """
            Examples:
              sluice why 12         a run
              sluice why 4f1c9ab    a commit, or a branch or tag of the repository here
              sluice why flights    a dataset
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "A run's number, a commit, branch or tag, or a dataset's name.")
    var subject: String

    /// What is known of the subject as it was written, else of the commit that it names in the repository here.
    private func explain(_ engine: Engine) async throws(Fault) -> Engine.Explanation {
        do throws(Fault) {
            return try await engine.explain(subject)
        } catch {
            guard error.kind == .input, let commit = try? await options.repository().commit(subject) else {
                throw error
            }
            return try await engine.explain(commit.id.hex)
        }
    }

    private struct View: Encodable {
        struct Entry: Encodable {
            let at: Date
            let subject: String
            let what: String
        }
        let events: [EventView]
        let journal: [Entry]
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let explanation = try await explain(options.engine())
            let events = explanation.events.map(EventView.init)
            if options.json {
                Console.printJSON(
                    View(
                        events: events,
                        journal: explanation.entries.map { .init(at: $0.at, subject: $0.subject, what: $0.body) }))
            } else {
                let told = events.map { event in
                    let person = event.by.map { " by \($0)" } ?? ""
                    return (event.at, "\(Timestamp.text(event.at))  \(event.event)\(person): \(event.outcome)")
                }
                // Oldest first; what happened in the same millisecond stays in the order of the records.
                (told + explanation.entries.map { ($0.at, JournalLine.text($0)) }).enumerated()
                    .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
                    .forEach { Console.print(Console.printable($0.element.1)) }
            }
            return .yes
        }
    }
}
