import ArgumentParser
import DataChecks
import Domain
import Foundation
import Host
import Reports
import SystemPackage
import Web

/// Needs neither a repository nor a home.
struct DataInferCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer",
        abstract: "Write a first schema for a file.",
        discussion: """
            The schema is a Table Schema for 'sluice data check'; each field's description says how sure its type is. \
            Every record is read. What you should look at is told on standard error, as are records that do not fit.

            Bounds as they were seen would refuse the next file, so only 'minimum: 0' is written, where no value is \
            negative. With '--strict' everything is written as it was seen. The rules: docs/data-checks.md.

            Ends with 0, or with 2 if the file could not be read.

            Examples:
              sluice data infer flights_2013-06.csv > schemas/flights.json
              sluice data infer flights_2013-06.csv --out schemas/flights.json
              sluice data infer reference.parquet --strict --json
            """)

    @Argument(help: "A CSV, JSON Lines or Parquet file.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("Write the schema here instead of printing it.", valueName: "file"), completion: .file())
    var out: String?

    @Flag(help: "Replace the file named with '--out'.")
    var force = false

    @Flag(help: "Write bounds, lengths, allowed values and unique columns as they were seen.")
    var strict = false

    @Flag(name: .long, help: "Print one JSON object on standard output (its shape: docs/json.md).")
    var json = false

    private struct View: Encodable {
        let schema: JSONValue
        let notes: [String]
    }

    func run() async throws {
        do throws(Fault) {
            try await infer()
        } catch {
            if json { Console.printJSON(ErrorView(error)) } else { Console.complain(error) }
            throw Outcome.couldNotTell.exitCode
        }
    }

    private func infer() async throws(Fault) {
        let here = FilePath(FileManager.default.currentDirectoryPath)
        let input = here.pushing(FilePath(file))
        guard let name = input.lastComponent?.string, await Blocking.run({ Files.exists(input) }) else {
            throw Fault(.input, "there is no file '\(file.shown())'")
        }
        let target = out.map { here.pushing(FilePath($0)) }
        if let target { try await refuse(target, input) }
        let duckdb = DuckDB(tool: try Tool.find("duckdb", advice: "install the program of the PyPI package duckdb-cli"))
        let inference = SchemaInference(duckdb: duckdb, isStrict: strict)
        let schema = try await ScratchFolder.use(below: FilePath(NSTemporaryDirectory()), named: "sluice-infer") {
            folder throws(Fault) in
            try await inference.run(on: (name, input), temporary: folder)
        }
        if let target {
            try await refuse(target, input)
            try await Blocking.run { () throws(Fault) in try Files.writeDurably(Data(schema.text.utf8), to: target) }
        }
        show(schema, name)
    }

    private func refuse(_ target: FilePath, _ input: FilePath) async throws(Fault) {
        let (exists, isInput) = await Blocking.run {
            (Files.exists(target) || Files.isLink(target), Files.identity(target) == Files.identity(input))
        }
        if exists, isInput { throw Fault(.input, "'--out' names the file of data itself") }
        if exists, !force {
            throw Fault(.input, "\(target.string.shown()) exists already", advice: "'--force' replaces it")
        }
    }

    private func show(_ schema: InferredSchema, _ name: String) {
        if json {
            Console.printJSON(View(schema: schema.json, notes: schema.notes))
            return
        }
        if let out {
            Console.note("wrote \(Console.printable(out)), from \(counted(Int(schema.rows), "record"))")
        } else {
            Console.write(schema.text, to: .standardOutput)
        }
        for note in schema.notes { Console.note("  - \(Console.printable(note))") }
    }
}
