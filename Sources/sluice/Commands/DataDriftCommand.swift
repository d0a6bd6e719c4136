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
            With a dataset: its newest snapshot against the one that the champion was trained on, or against another.
            With '--reference': one file against another; no home and no repository are needed.
            The limits are those of the file given with '--limits' (docs/drift.md); without it nothing is judged.
            The exit code is 0 if no limit is passed, 1 if one is, and 2 if one could not be asked.

            Examples:
              sluice data drift flights --limits drift.yaml
              sluice data drift flights --against 3 --added
              sluice data drift june.csv --reference january.csv
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "The dataset's name in sluice.yaml; with '--reference', a file.", completion: .file())
    var data: String

    @Option(help: ArgumentHelp("A snapshot's number, or 'champion'.", valueName: "snapshot"))
    var against = "champion"

    @Flag(help: "Look only at the files that the reference does not have.")
    var added = false

    @Option(help: ArgumentHelp("A file to compare with.", valueName: "file"), completion: .file())
    var reference: String?

    @Option(help: ArgumentHelp("A YAML or JSON file of limits.", valueName: "file"), completion: .file())
    var limits: String?

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let limits = try await readLimits()
            let (drift, names) = try await compare()
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

    private func readLimits() async throws(Fault) -> DriftLimits {
        guard let limits else { return .none }
        let file = path(limits)
        let bytes = try await Blocking.run { () throws(Fault) in try Files.readSmall(file, limit: 1 << 20) }
        do throws(Complaints) {
            return try PolicyFile.driftLimits(bytes, file: limits)
        } catch {
            throw error.fault
        }
    }

    private func compare() async throws(Fault) -> (Drift, Names) {
        guard let reference else { return try await compareSnapshots() }
        guard against == "champion", !added else {
            throw Fault(.input, "'--against' and '--added' are for a dataset, '--reference' is for a file")
        }
        let duckdb = DuckDB(
            tool: try Tool.find("duckdb", advice: "install it with 'pip install duckdb-cli', or see 'sluice doctor'"))
        let profiler = Profiler(duckdb: duckdb)
        let (old, new) = (path(reference), path(data))
        return try await ScratchFolder.use(below: FilePath(NSTemporaryDirectory()), named: "sluice") {
            folder throws(Fault) in
            let base = try await profiler.profile(of: [(reference, old)], temporary: folder)
            let counted = try await profiler.count([(data, new)], on: base, temporary: folder)
            return (try Drift(reference: base, current: counted), Names(reference: reference, current: data))
        }
    }

    private func compareSnapshots() async throws(Fault) -> (Drift, Names) {
        let engine = try await options.engine()
        let (policy, dataset) = try await find(data, in: options.repository(), engine)
        guard let newest = try await engine.store.newestSnapshot(of: dataset.name, model: policy.model) else {
            throw Fault(.input, "dataset '\(dataset.name)' has no snapshot yet")
        }
        let base = try await referenceSnapshot(policy, dataset, engine)
        let drift = try await engine.drift(of: newest, from: base, addedOnly: added)
        let names = Names(
            reference: "\(dataset.name), snapshot \(base.ref.number)",
            current: "\(dataset.name), snapshot \(newest.ref.number)\(added ? " (added files)" : "")")
        return (drift, names)
    }

    private func referenceSnapshot(
        _ policy: Policy, _ dataset: DatasetPolicy, _ engine: Engine
    ) async throws(Fault) -> Store.Snapshot {
        if against != "champion" {
            let all = try await engine.store.snapshots(model: policy.model, limit: .max)
            guard let number = Int(against),
                let found = all.first(where: { $0.ref.dataset == dataset.name && $0.ref.number == number })
            else {
                throw Fault(
                    .input, "dataset '\(dataset.name)' has no snapshot '\(against)'",
                    advice: "'sluice data ls' lists them")
            }
            return found
        }
        let advice = "give a snapshot's number with '--against'"
        guard let champion = try await engine.store.holder(of: policy.promotion.alias, model: policy.model) else {
            throw Fault(.input, "the model '\(policy.model)' has no champion yet", advice: advice)
        }
        let plan = try await engine.store.plan(of: champion.run)
        guard let ref = plan?.snapshots.first(where: { $0.dataset == dataset.name }),
            let snapshot = try await engine.store.snapshot(ref, model: policy.model)
        else {
            throw Fault(
                .input, "the champion (version \(champion.version)) was not trained on the dataset '\(dataset.name)'",
                advice: advice)
        }
        return snapshot
    }
}
