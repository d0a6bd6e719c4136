import ArgumentParser
import Domain
import Engine
import Storage

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Check the journal.",
        subcommands: [Verify.self]
    )

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Recompute the journal's chain of hashes.",
            discussion: """
                Exit codes: 0 intact, 1 broken, 2 it could not be read.

                Example:
                  sluice audit verify
                """)

        @OptionGroup var options: CommonOptions

        private struct View: Encodable {
            let intact: Bool
            let entries: Int64?
            let brokenAt: Int64?
        }

        func run() async throws {
            try await options.perform { () throws(Fault) in
                switch try await options.engine().store.verifyJournal() {
                case .intact(let entries):
                    if options.json {
                        Console.printJSON(View(intact: true, entries: entries, brokenAt: nil))
                    } else {
                        Console.print("the journal is intact: \(entries) entries")
                    }
                    return .yes
                case .broken(let sequence):
                    if options.json {
                        Console.printJSON(View(intact: false, entries: nil, brokenAt: sequence))
                    } else {
                        Console.print("the journal is broken: entry \(sequence) does not follow from the one before")
                    }
                    return .no
                }
            }
        }
    }
}
