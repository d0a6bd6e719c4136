import ArgumentParser
import Domain
import Engine
import Git
import Host
import Policies
import Storage

struct DataDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say what is different between two snapshots: files, rows, columns and distributions.",
        discussion: """
            Without numbers: the newest snapshot against the one before it. With one: that one against the newest. \
            Of the files only those are read that no earlier look has counted.

            As for 'diff', the exit code is 0 if the snapshots have the same content, 1 if not, and 2 for trouble.

            Examples:
              sluice data diff flights
              sluice data diff flights 3 7 --all
              sluice data diff flights 3 --files
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "The dataset's name in sluice.yaml.")
    var dataset: String

    @Argument(help: "A snapshot's number (else that of the one before the newest).")
    var before: Int?

    @Argument(help: "Another's (else that of the newest).")
    var after: Int?

    @Flag(help: "Only compare the lists of files; read none of them.")
    var files = false

    @Flag(help: "List every file and column, not only the first fifty files and the twenty farthest columns.")
    var all = false

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let repository = try await options.repository()
            let (policy, dataset) = try await find(dataset, in: repository, engine)
            let new = try await engine.requiredSnapshot(of: dataset.name, model: policy.model, number: after)
            guard before != nil || new.ref.number > 1 else {
                throw Fault(
                    .input, "dataset '\(dataset.name)' has one snapshot only, so there is nothing to compare it with",
                    advice: "'sluice data show \(dataset.name)' shows it")
            }
            let old = try await engine.requiredSnapshot(
                of: dataset.name, model: policy.model, number: before ?? new.ref.number - 1)
            let sensitive = files ? [] : try await engine.sensitiveColumns(of: dataset, in: repository)
            let diff = try await engine.diff(from: old, to: new, filesOnly: files, hiding: sensitive)
            if options.json {
                Console.printJSON(DiffView(diff))
            } else {
                DiffText(diff: diff, isWhole: all).lines().forEach(Console.print)
            }
            return diff.isEqual ? .yes : .no
        }
    }
}
