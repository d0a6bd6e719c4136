import ArgumentParser
import DataChecks
import Domain
import Engine
import Git
import Host
import Policies
import Storage

struct DataShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a snapshot: its files, its schema and, on demand, what its columns look like.",
        discussion: """
            The files are not read unless '--stats' asks for it: rows are shown where they were counted before. What \
            '--stats' measures is kept, and of a later snapshot only the files are read that are new in it.

            Examples:
              sluice data show flights
              sluice data show flights --snapshot 3 --stats
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "The dataset's name in sluice.yaml.")
    var dataset: String

    @Option(help: ArgumentHelp("A snapshot's number (else the newest).", valueName: "number"))
    var snapshot: Int?

    @Flag(help: "Measure each column: nulls, smallest and largest value, mean, deviation, distribution.")
    var stats = false

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let repository = try await options.repository()
            let (policy, dataset) = try await find(dataset, in: repository, engine)
            let snapshot = try await engine.requiredSnapshot(
                of: dataset.name, model: policy.model, number: snapshot)
            let schema = try await engine.schemaFile(of: dataset, in: repository)
            var profile: Profile?
            var sensitive: Set<String> = []
            var rows = try await engine.knownRows(of: snapshot)
            if stats {
                sensitive = try await engine.sensitiveColumns(of: dataset, in: repository)
                profile = try await engine.profile(of: snapshot)
                rows = try await engine.rows(of: snapshot)
            }
            if options.json {
                Console.printJSON(
                    SnapshotView(snapshot, rows: rows, schema: schema, profile: profile, hiding: sensitive))
            } else {
                SnapshotText.lines(snapshot, rows: rows, schema: schema).forEach(Console.print)
                if let profile {
                    Console.print("")
                    SnapshotText.columns(profile, hiding: sensitive).forEach(Console.print)
                }
            }
            return .yes
        }
    }
}
