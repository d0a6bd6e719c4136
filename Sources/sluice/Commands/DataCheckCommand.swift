import ArgumentParser
import DataChecks
import Domain
import Engine
import Environments
import Foundation
import Host
import Policies
import Reports
import SystemPackage
import Web

/// Needs neither a repository nor a home; images need the home's folder of environments.
struct DataCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Test a file against a schema, or a folder of images, without taking it in.",
        discussion: """
            Ends with 0 if it would be accepted, 1 if it belongs in quarantine, 2 if that could not be told. \
            Drift and growth are measured from the file given with '--reference', and not asked without it. What is \
            tested: docs/data-checks.md.

            Examples:
              sluice data check flights_2013-06.csv --schema schemas/flights.json
              sluice data check flights_2013-06.csv --policy sluice.yaml --dataset flights --json
              sluice data check june.csv --schema s.json --resource carriers=codes.csv
              sluice data check june.csv --schema s.json --policy p.yaml --reference may.csv
              sluice data check photos/ --policy sluice.yaml --dataset photos
            """)

    @Argument(
        help: "A CSV, JSON Lines or Parquet file, or a folder of images for a policy with 'images'.",
        completion: .file())
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

    @Option(
        help: ArgumentHelp("A file from which drift and growth are measured.", valueName: "file"),
        completion: .file())
    var reference: String?

    @Option(
        help: ArgumentHelp(
            "The file of a resource that foreign keys of the schema name; may be given again.",
            valueName: "name=file"))
    var resource: [String] = []

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
        let (rules, path) = try await question(here)
        if let images = rules.images {
            return show(try await check(images, on: input), name, "image")
        }
        let schema = try await schema(at: path, for: input)
        let resources = try await Blocking.run { () throws(Fault) in try self.resources(here) }
        let duckdb = DuckDB(tool: try Tool.find("duckdb", advice: "install the program of the PyPI package duckdb-cli"))
        let base = try await baseline(here)
        if !json { unasked(rules).forEach { Console.note(Console.printable($0)) } }
        let outcome = try await ScratchFolder.use(below: FilePath(NSTemporaryDirectory()), named: "sluice-check") {
            folder throws(Fault) in
            let test = SchemaTest(duckdb: duckdb)
            var usual: Double?
            var unreadable: Fault?
            if let base, rules.growth != nil {
                do throws(Fault) {
                    usual = Double(try await test.rows(of: base, schema, temporary: folder))
                } catch {
                    unreadable = error
                }
            }
            let outcome = try await test.run(
                schema, rules: rules, on: [(name, input)], resources: resources, now: Date(), usualRows: usual,
                temporary: folder)
            if let unreadable, outcome.findings.isEmpty || unreadable.kind != .input { throw unreadable }
            guard let base, unreadable == nil else { return outcome }
            return try await DriftCheck(duckdb: duckdb, schema: schema, rules: rules).adding(
                to: outcome, of: (name, input), from: base, temporary: folder)
        }
        return show(outcome, name, "record")
    }

    private func baseline(_ here: FilePath) async throws(Fault) -> (name: String, path: FilePath)? {
        guard let reference else { return nil }
        let path = here.pushing(FilePath(reference))
        guard let name = path.lastComponent?.string, await Blocking.run({ Files.exists(path) }) else {
            throw Fault(.input, "there is no file '\(reference.shown())'")
        }
        return (name, path)
    }

    /// The files of `--resource`, by the name before the first `=`; a name may have several.
    private func resources(_ here: FilePath) throws(Fault) -> [String: [(name: String, path: FilePath)]] {
        var found: [String: [(name: String, path: FilePath)]] = [:]
        for text in resource {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw Fault(
                    .input, "'--resource \(text.shown())' is no NAME=FILE", advice: "write '--resource carriers=FILE'")
            }
            let path = here.pushing(FilePath(parts[1]))
            guard let name = path.lastComponent?.string, Files.exists(path) else {
                throw Fault(.input, "there is no file '\(parts[1].shown())' for the resource '\(parts[0].shown())'")
            }
            found[parts[0], default: []].append((name, path))
        }
        return found
    }

    /// Sentences about what the policy asks and this command does not.
    private func unasked(_ rules: DataRules) -> [String] {
        var notes: [String] = []
        let measured = [(rules.drift == nil, "drift"), (rules.growth == nil, "growth")].filter { !$0.0 }.map(\.1)
        if reference != nil, measured.isEmpty {
            notes.append("note: '--reference' is not used: there is neither drift nor growth in the policy")
        }
        if reference == nil, !measured.isEmpty {
            let isAre = measured.count == 1 ? "is" : "are"
            notes.append("note: \(measured.joined(separator: " and ")) \(isAre) not asked without '--reference FILE'")
        }
        let commands = (rules.tests ?? []).filter { if case .commands = $0.question { true } else { false } }
        for test in commands { notes.append("note: the test '\(test.name)' runs a command, which only a run does") }
        return notes
    }

    /// By Pillow, from an environment of the home.
    private func check(_ rules: ImageRules, on input: FilePath) async throws(Fault) -> SchemaTest.Outcome {
        guard schema == nil else {
            throw Fault(
                .input, "--schema is about tables, and the policy says by 'images' that these are images",
                advice: "leave out --schema, or remove 'images' from the policy")
        }
        let home = Home.locate(
            flag: nil, variables: ProcessInfo.processInfo.environment,
            from: FilePath(FileManager.default.currentDirectoryPath))
        let uv = try Tool.find("uv", advice: "install it with 'pipx install uv'; see also 'sluice doctor'")
        let test = try await ImageTest.ready(in: Environments(root: home.environments, uv: uv)) { line in
            Console.note(Console.printable("environment: \(line)"))
        }
        return try await ScratchFolder.use(below: FilePath(NSTemporaryDirectory()), named: "sluice-check") {
            folder throws(Fault) in
            try await test.run(rules, on: input, temporary: folder) { done, all in
                Console.note("read \(done) of \(all) images")
            }
        }
    }

    /// The rules, and where the schema lies if one is named.
    private func question(_ here: FilePath) async throws(Fault) -> (DataRules, FilePath?) {
        var rules = DataRules()
        var path = schema.map { here.pushing(FilePath($0)) }
        if let policy {
            let file = here.pushing(FilePath(policy))
            let text = try await PolicyText.read(file, as: policy)
            do throws(Complaints) {
                let read = try PolicyFile.rules(text.bytes, file: policy, dataset: dataset, blocks: text.blocks)
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
        return (rules, path)
    }

    private func schema(at path: FilePath?, for input: FilePath) async throws(Fault) -> TableSchema {
        guard await !Blocking.run({ Files.isDirectory(input) }) else {
            throw Fault(
                .input, "'\(file.shown())' is a folder, and no rules say what images should be in it",
                advice: "name a file, or give a policy with the key 'images' by --policy FILE")
        }
        guard let path else {
            throw Fault(.input, "there is no schema to test the file against", advice: "give one with --schema FILE")
        }
        let bytes = try await Blocking.run { () throws(Fault) in try Files.readSmall(path) }
        do throws(Complaints) {
            return try TableSchema.read(bytes, file: schema ?? path.string)
        } catch {
            throw error.fault
        }
    }

    private func show(_ outcome: SchemaTest.Outcome, _ name: String, _ unit: String) -> Outcome {
        let view = CheckView(outcome)
        if json {
            Console.printJSON(view)
        } else if outcome.findings.isEmpty {
            Console.print("accept: \(Console.printable(name)), \(counted(Int(outcome.rows), unit))")
        } else {
            Console.print("quarantine: \(Console.printable(name)), \(counted(outcome.findings.count, "finding"))")
            for finding in outcome.findings { Console.print(Console.printable("  " + DropSentences.line(finding))) }
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
