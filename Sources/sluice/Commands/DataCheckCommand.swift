import ArgumentParser
import DataChecks
import Domain
import Foundation
import Host
import Policies
import SystemPackage

/// Needs neither a repository nor a home.
struct DataCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Test a file against a schema, without taking it in.",
        discussion: """
            Ends with 0 if the file would be accepted, 1 if it belongs in quarantine, 2 if that could not be told.
            What is tested: docs/data-checks.md.

            Examples:
              sluice data check flights_2013-06.csv --schema schemas/flights.json
              sluice data check flights_2013-06.csv --policy sluice.yaml --dataset flights --json
            """)

    @Argument(help: "A CSV, JSON Lines or Parquet file.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp(
            "A Frictionless Table Schema in JSON or YAML (else the dataset's, from the policy).", valueName: "file"),
        completion: .file())
    var schema: String?

    @Option(
        help: ArgumentHelp("A sluice.yaml, or a file with the keys of one dataset's rules alone.", valueName: "file"),
        completion: .file())
    var policy: String?

    @Option(help: "The dataset in the sluice.yaml.")
    var dataset: String?

    @Flag(name: .long, help: "Print one JSON object on standard output (its shape: docs/json.md).")
    var json = false

    func run() async throws {
        let outcome: Outcome
        do throws(Fault) {
            outcome = try await check()
        } catch {
            if json { Console.printJSON(ErrorView(error)) } else { Console.complain(error) }
            throw Outcome.couldNotTell.exitCode
        }
        if outcome != .yes { throw outcome.exitCode }
    }

    private func check() async throws(Fault) -> Outcome {
        let here = FilePath(FileManager.default.currentDirectoryPath)
        let input = here.pushing(FilePath(file))
        guard let name = input.lastComponent?.string, await Blocking.run({ Files.exists(input) }) else {
            throw Fault(.input, "there is no file '\(file.shown())'")
        }
        let (schema, rules) = try await question(here)
        let duckdb = DuckDB(tool: try Tool.find("duckdb", advice: "install the program of the PyPI package duckdb-cli"))
        let outcome = try await ScratchFolder.use(below: FilePath(NSTemporaryDirectory()), named: "sluice-check") {
            folder throws(Fault) in
            try await SchemaTest(duckdb: duckdb).run(schema, rules: rules, on: [(name, input)], temporary: folder)
        }
        return show(outcome, name)
    }

    private func question(_ here: FilePath) async throws(Fault) -> (TableSchema, DataRules) {
        var rules = DataRules()
        var path = schema.map { here.pushing(FilePath($0)) }
        if let policy {
            let file = here.pushing(FilePath(policy))
            let bytes = try await Blocking.run { () throws(Fault) in try Files.readSmall(file, limit: 1 << 20) }
            do throws(Complaints) {
                let read = try PolicyFile.rules(bytes, file: policy, dataset: dataset)
                rules = read.rules
                if path == nil, let schema = read.schema {
                    path = file.removingLastComponent().pushing(FilePath(schema.text))
                }
            } catch {
                throw error.fault
            }
        } else if dataset != nil {
            throw Fault(.input, "--dataset names a dataset of a policy, and there is none", advice: "add --policy FILE")
        }
        guard let path else {
            throw Fault(.input, "there is no schema to test the file against", advice: "give one with --schema FILE")
        }
        let bytes = try await Blocking.run { () throws(Fault) in try Files.readSmall(path) }
        do throws(Complaints) {
            return (try TableSchema.read(bytes, file: schema ?? path.string), rules)
        } catch {
            throw error.fault
        }
    }

    private func show(_ outcome: SchemaTest.Outcome, _ name: String) -> Outcome {
        let view = CheckView(outcome)
        if json {
            Console.printJSON(view)
        } else if outcome.findings.isEmpty {
            Console.print("accept: \(Console.printable(name)), \(counted(Int(outcome.rows), "record"))")
        } else {
            Console.print("quarantine: \(Console.printable(name)), \(counted(outcome.findings.count, "finding"))")
            for finding in outcome.findings { Console.print(Console.printable("  " + DataSentences.line(finding))) }
        }
        return outcome.findings.isEmpty ? .yes : .no
    }
}

/// What `sluice data check --json` prints: every key is there, so that a reader need not ask.
private struct CheckView: Encodable {
    let verdict: String
    let findings: [FindingView]

    init(_ outcome: SchemaTest.Outcome) {
        verdict = outcome.findings.isEmpty ? "accept" : "quarantine"
        findings = outcome.findings.map(FindingView.init)
    }
}
