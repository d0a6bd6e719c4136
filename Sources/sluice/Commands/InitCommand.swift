import ArgumentParser
import Domain
import Engine
import Foundation
import Git
import Host
import Policies
import SystemPackage

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a first sluice.yaml for this repository, and say what was guessed.",
        discussion: """
            An existing sluice.yaml is left alone unless --force is given.

            Examples:
              sluice init
              sluice init --dry-run
            """)

    @OptionGroup var options: CommonOptions

    @Flag(help: "Replace an existing sluice.yaml.")
    var force = false

    @Flag(help: "Print the file instead of writing it.")
    var dryRun = false

    private struct View: Encodable {
        let file: String
        let written: Bool
        let yaml: String
        let guesses: [String]
        let open: [String]
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let repository = try await options.repository()
            let draft = try PolicyDraft.make(from: try await Engine.facts(of: repository))
            guard let root = repository.workTree else { throw Fault(.input, "this repository has no work tree") }
            let file = root.appending(PolicyFile.name)
            if !dryRun {
                let exists = await Blocking.run { Files.exists(file) }
                guard force || !exists else {
                    throw Fault(
                        .input, "\(file) exists already",
                        advice: "'sluice policy check' checks it; 'sluice init --force' replaces it")
                }
                try await Blocking.run { () throws(Fault) in try Files.writeDurably(Data(draft.yaml.utf8), to: file) }
            }
            if options.json {
                Console.printJSON(
                    View(
                        file: file.string, written: !dryRun, yaml: draft.yaml, guesses: draft.guesses,
                        open: draft.open))
            } else {
                show(draft, file)
            }
            return .yes
        }
    }

    private func show(_ draft: PolicyDraft, _ file: FilePath) {
        if dryRun { Console.print(draft.yaml) } else { Console.print("wrote \(Console.printable(file.string))") }
        let notes = dryRun ? Console.note : Console.print
        if !draft.guesses.isEmpty { notes("\nguessed:") }
        for guess in draft.guesses { notes("  - \(Console.printable(guess))") }
        if !draft.open.isEmpty { notes("\nfor you to do:") }
        for open in draft.open { notes("  - \(Console.printable(open))") }
        notes("\nnext: read it, 'sluice policy check', commit it, 'sluice run'")
    }
}
