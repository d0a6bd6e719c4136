import ArgumentParser
import DataChecks
import Domain
import Engine
import Foundation
import Git
import Host
import Policies
import Storage
import SystemPackage

struct DataDriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Say how far data has moved from a reference, column by column.",
        discussion: """
            With a dataset: what its 'drift' section in sluice.yaml compares, with the limits that it sets, as a run does. \
            Without such a section, or with '--against' or '--added': its newest snapshot against the one that the \
            champion was trained on, against another, against a window or a season. \
            With '--reference': one file against another; no home and no repository are needed.

            '--limits' gives a file of limits instead (docs/drift.md); without any nothing is judged. \
            The exit code is 0 if no limit is passed, 1 if one is, and 2 if one could not be asked.

            Examples:
              sluice data drift flights
              sluice data drift flights --against season:12 --limits drift.yaml
              sluice data drift flights --against 3 --added
              sluice data drift june.csv --reference january.csv
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "The dataset's name in sluice.yaml; with '--reference', a file.", completion: .file())
    var data: String

    @Option(
        help: ArgumentHelp(
            "A snapshot's number, 'champion', 'window:N' or 'season:N'. (default: what the policy says, else 'champion')",
            valueName: "reference"))
    var against: String?

    @Flag(help: "Look only at the files that the reference does not have.")
    var added = false

    @Option(help: ArgumentHelp("A file to compare with.", valueName: "file"), completion: .file())
    var reference: String?

    @Option(help: ArgumentHelp("A YAML or JSON file of limits.", valueName: "file"), completion: .file())
    var limits: String?

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let given = try await readLimits()
            let compared = try await compare()
            let (drift, names, limits) = (compared.drift, compared.names, given ?? compared.limits)
            let verdict = DriftVerdict(drift, limits: limits, file: names.current)
            let view = DriftView(drift, verdict, names, hasLimits: !limits.isEmpty)
            if options.json {
                Console.printJSON(view)
            } else {
                DriftText.lines(drift, verdict, names, hasLimits: !limits.isEmpty).forEach { Console.print($0) }
            }
            if !verdict.unanswered.isEmpty { return .couldNotTell }
            return verdict.findings.isEmpty ? .yes : .no
        }
    }

    /// What the two sides are called.
    struct Names {
        let reference: String
        let current: String
    }

    private func path(_ text: String) -> FilePath {
        FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(text))
    }

    private func readLimits() async throws(Fault) -> DriftLimits? {
        guard let limits else { return nil }
        let file = path(limits)
        let bytes = try await Blocking.run { () throws(Fault) in try Files.readSmall(file, limit: 1 << 20) }
        do throws(Complaints) {
            return try PolicyFile.driftLimits(bytes, file: limits)
        } catch {
            throw error.fault
        }
    }

    private func compare() async throws(Fault) -> ComparedData {
        guard let reference else { return try await compareSnapshots() }
        guard against == nil, !added else {
            throw Fault(.input, "'--against' and '--added' are for a dataset, '--reference' is for a file")
        }
        let duckdb = DuckDB(
            tool: try Tool.find("duckdb", advice: "install it with 'pip install duckdb-cli', or see 'sluice doctor'"))
        let profiler = Profiler(duckdb: duckdb)
        let (old, new) = (path(reference), path(data))
        let drift = try await ScratchFolder.use(below: FilePath(NSTemporaryDirectory()), named: "sluice") {
            folder throws(Fault) in
            let base = try await profiler.profile(of: [(reference, old)], temporary: folder)
            let counted = try await profiler.count([(data, new)], on: base, temporary: folder)
            return try Drift(reference: base, current: counted)
        }
        return ComparedData(drift: drift, names: Names(reference: reference, current: data))
    }

    private func compareSnapshots() async throws(Fault) -> ComparedData {
        let against = try against.map { text throws(Fault) in try DriftAgainst(text) }
        let engine = try await options.engine()
        let (policy, dataset) = try await find(data, in: options.repository(), engine)
        guard let newest = try await engine.store.newestSnapshot(of: dataset.name, model: policy.model) else {
            throw Fault(.input, "dataset '\(dataset.name)' has no snapshot yet")
        }
        let question = DriftQuestion(engine: engine, policy: policy, dataset: dataset, newest: newest)
        return try await question.compare(against, addedOnly: added)
    }
}
