import ArgumentParser
import Domain
import Foundation
import Git
import Host
import Policies
import SystemPackage

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check and show the policy file, and try it on recorded runs.",
        subcommands: [Check.self, Show.self, Schema.self, PolicyBlocksCommand.self, PolicyReplayCommand.self]
    )

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Say what is wrong with a policy file or a block, with line and column.",
            discussion: """
                Exit codes: 0 nothing, 1 mistakes, 2 the file could not be read.

                Examples:
                  sluice policy check
                  sluice policy check other/sluice.yaml --json
                  sluice policy check policies/ours.yaml
                """)

        @OptionGroup var options: CommonOptions

        @Argument(help: "The file (else sluice.yaml at the repository's root).", completion: .file())
        var file: String?

        private struct View: Encodable {
            let file: String
            let complaints: [Complaint]
            let hints: [String]
        }

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let text = try await readPolicy(file, options)
                let complaints = PolicyFile.complaints(text.bytes, file: text.name, blocks: text.blocks)
                let hints = PolicyFile.hints(text.bytes, file: text.name, blocks: text.blocks)
                if options.json {
                    Console.printJSON(View(file: text.name, complaints: complaints, hints: hints))
                } else if complaints.isEmpty {
                    Console.print("\(Console.printable(text.name)): no mistakes found")
                    for hint in hints { Console.print("hint: \(hint)") }
                } else {
                    for complaint in complaints { Console.print(Console.printable(complaint.description)) }
                }
                return complaints.isEmpty ? .yes : .no
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print the policy with its blocks and defaults and the origin of every line.",
            discussion: """
                Example:
                  sluice policy show
                """)

        @OptionGroup var options: CommonOptions

        @Argument(help: "The file (else sluice.yaml at the repository's root).", completion: .file())
        var file: String?

        private struct View: Encodable {
            let file: String
            let digest: Digest
            let yaml: String
        }

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let text = try await readPolicy(file, options)
                let yaml: String
                let digest: Digest
                do throws(Complaints) {
                    yaml = try PolicyFile.expanded(text.bytes, file: text.name, blocks: text.blocks)
                    digest = try PolicyFile.digest(text.bytes, file: text.name, blocks: text.blocks)
                } catch {
                    throw error.fault
                }
                if options.json {
                    Console.printJSON(View(file: text.name, digest: digest, yaml: yaml))
                } else {
                    Console.write(yaml, to: .standardOutput)
                }
                return .yes
            }
        }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema",
            abstract: "Print the JSON Schema of the policy file, for editors.",
            discussion: """
                Example:
                  sluice policy schema > sluice.schema.json
                """)

        // It is JSON with and without the flag: a script may give it to every command.
        @OptionGroup var options: CommonOptions

        func run() throws {
            Console.print(PolicyFile.jsonSchema)
        }
    }
}

/// A policy file: the one named, else that of the work tree.
func readPolicy(_ file: String?, _ options: CommonOptions) async throws(Fault) -> PolicyText {
    let here = FilePath(FileManager.default.currentDirectoryPath)
    let path: FilePath
    if let file {
        path = here.pushing(FilePath(file))
    } else {
        let repository = try await options.repository()
        guard let root = repository.workTree else {
            throw Fault(.input, "this repository has no work tree", advice: "name a file")
        }
        path = root.appending(PolicyFile.name)
        guard await Blocking.run({ Files.exists(path) }) else {
            throw Fault(
                .input, "there is no \(PolicyFile.name) at the root of \(root)", advice: "'sluice init' writes one")
        }
    }
    return try await PolicyText.read(path, as: file ?? PolicyFile.name)
}
