import ArgumentParser
import Domain
import Engine
import Foundation
import Reports
import Storage
import Web

struct DataWhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say what became of a dropped file, and list the refused ones.",
        discussion: """
            Without a name: the refused files that nobody has released or corrected, newest first.

            Examples:
              sluice data why
              sluice data why flights_2013-06.csv
              sluice data why --all --json
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "The file's name.")
    var file: String?

    @Flag(help: "Also those that were released or corrected.")
    var all = false

    @Option(help: "How many at the most.")
    var limit = 50

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            guard let file else { return try await list(engine) }
            let stories = try await engine.stories(of: file)
            guard !stories.isEmpty else {
                throw Fault(
                    .input, "no file '\(file)' has arrived in a drop",
                    advice: "'sluice watch' takes dropped files in; 'sluice data show' lists what a dataset holds")
            }
            if options.json {
                Console.printJSON(["files": stories.map(ArrivalView.init)])
            } else {
                for story in stories {
                    let lines = DropSentences.lines(story.arrival, of: story.dataset, story.refusals)
                    for line in lines { Console.print(Console.printable(line)) }
                }
            }
            return .yes
        }
    }

    private func list(_ engine: Engine) async throws(Fault) -> Outcome {
        let refusals = try await engine.store.refusals(
            model: nil, dataset: nil, name: nil, onlyHeld: !all, limit: max(1, limit))
        if options.json {
            Console.printJSON(["refused": refusals.map(RefusalView.init)])
        } else if refusals.isEmpty {
            Console.print("no file is held in quarantine")
        } else {
            let rows = refusals.map { refusal in
                [
                    String(refusal.id), refusal.dataset.text, refusal.name, moment(refusal.at),
                    DropSentences.reason(refusal),
                ].map(Console.printable)
            }
            Table.lines([["refusal", "dataset", "file", "when", "reason"]] + rows).forEach(Console.print)
        }
        return .yes
    }
}
