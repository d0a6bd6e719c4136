import ArgumentParser
import Domain
import Engine
import Foundation
import Host
import Reports

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Take in dropped files, test them, and start the runs that they call for.",
        discussion: """
            Watches the drops of the policy at the commit that is checked out ('datasets.NAME.drop'). A complete file is \
            tested: a good one becomes part of a new snapshot, a bad one is moved to 'quarantine/' of the drop with the \
            reason beside it. New snapshots start runs as 'triggers.data' and 'triggers.drift' say.

            Runs until it is stopped; what was begun goes on when it is started again. With '--once' it deals with what \
            is there and ends: 0 all good, 1 a file was refused or a run's answer is no, 2 something could not be told.

            Examples:
              sluice watch
              sluice watch --once
              sluice watch --dataset flights --json
            """)

    @OptionGroup var options: CommonOptions

    @Option(help: ArgumentHelp("Only the drop of this dataset; may be given again.", valueName: "name"))
    var dataset: [String] = []

    @Flag(help: "Deal with what is complete now, and end.")
    var once = false

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let repository = try await options.repository()
            var wanted: Set<DatasetName> = []
            for text in dataset {
                guard let name = DatasetName(text) else { throw Fault(.input, "'\(text)' is not a dataset's name") }
                wanted.insert(name)
            }
            let request = WatchRequest(datasets: wanted.isEmpty ? nil : wanted, once: once)
            let printer = WatchPrinter(json: options.json)
            if !once, !options.json { Console.note("  watching; Ctrl-C ends it") }
            // A watch is stopped by ending the process: everything that it began is recorded, and goes on later.
            try await engine.watch(repository, request, news: printer.handler)
            return printer.outcome
        }
    }
}
