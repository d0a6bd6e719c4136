import ArgumentParser
import Domain
import Engine
import Foundation
import Reports
import Storage
import Web

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List runs, newest first.",
        discussion: """
            Examples:
              sluice runs
              sluice runs --model flight-delay --limit 5
              sluice runs --before 120 --json
              sluice runs --text "learning rate" --state errored
              sluice runs --server https://sluice.example.org
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var server: ServerOptions

    @Option(help: "Only runs of this model.")
    var model: String?

    @Option(help: "Only runs of this commit (a prefix of its id).")
    var commit: String?

    @Option(
        help: ArgumentHelp(
            "Only runs with these words, or their beginnings, in subject, author, branch or pull request.",
            valueName: "words"))
    var text: String?

    @Option(help: "Only runs in this state: \(RunState.words.joined(separator: ", ")).")
    var state: String?

    @Option(help: ArgumentHelp("Only runs before this one, for paging.", valueName: "run"))
    var before: String?

    @Option(help: "How many at the most.")
    var limit = 20

    func run() async throws {
        try await options.perform { () throws(Fault) in
            guard (1...10_000).contains(limit) else { throw Fault(.input, "--limit takes 1 to 10000") }
            if let state, !RunState.words.contains(state) {
                throw Fault(
                    .input, "'\(state)' is not a state of runs",
                    advice: "there are \(RunState.words.joined(separator: ", "))")
            }
            let end = try before.map { text throws(Fault) in try runNumber(text) }
            if let client = try await server.client(options) {
                return try await client.runs(
                    [
                        ("model", model), ("commit", commit?.lowercased()), ("text", text), ("state", state),
                        ("before", end?.description),
                    ], limit: limit, options)
            }
            let engine = try await options.engine()
            let runs = try await runs(engine.store, before: end)
            let now = engine.now()
            let views = try await engine.store.facts(of: runs).map { RunView($0.run, $0.status(at: now)) }
            if options.json {
                Console.printJSON(["runs": views])
            } else if views.isEmpty {
                let isAll = [model, commit, before, text, state].allSatisfy { $0 == nil }
                Console.print(isAll ? "no runs yet: 'sluice run' makes one" : "no such runs")
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

    private func runs(_ store: Store, before end: RunID?) async throws(Fault) -> [Run] {
        let model = try model.map { name throws(Fault) in try modelName(name) }
        if text == nil, state == nil {
            return try await store.runs(model: model, commit: commit, before: end, limit: limit)
        }
        let filter = RunFilter(model: model, states: state.map { [$0] } ?? [], commit: commit, text: text)
        var (found, last): ([Run], RunID?) = ([], end)
        // A search answers by pages.
        while found.count < limit {
            let page = try await store.runs(matching: filter, before: last, limit: min(1000, limit - found.count))
            found += page.map(\.run)
            guard let oldest = page.last, page.count >= min(1000, limit) else { break }
            last = oldest.run.id
        }
        return found
    }
}
