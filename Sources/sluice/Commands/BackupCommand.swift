import ArgumentParser
import Domain
import Engine
import Foundation
import Storage
import SystemPackage

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the home while it is used, into a folder that is a home itself.",
        discussion: """
            The database is copied as it is at one instant, then what it names. Content that an earlier backup in the \
            folder has is not copied again; on one file system it is linked. To restore, copy the folder to where the \
            home was. Environments and clones of remotes are left out: they are made again.

            Exit codes: 0 done, 1 --verify found damage, 2 it could not be done.

            Examples:
              sluice backup /var/backups/sluice
              sluice backup /var/backups/sluice --verify
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "The folder; made if it is missing.", completion: .directory)
    var folder: String

    @Flag(help: "Copy nothing: read a backup again, its journal and every byte of its models.")
    var verify = false

    private struct View: Encodable {
        let folder: String
        let linked: Int
        let copied: Int
        let known: Int
        let bytes: Int64
    }

    private struct CheckView: Encodable {
        let isIntact: Bool
        let entries: Int64?
        let versions: Int
        let damages: [String]
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let target = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(folder))
                .lexicallyNormalized()
            return verify ? try await check(target) : try await backUp(to: target)
        }
    }

    private func backUp(to target: FilePath) async throws(Fault) -> Outcome {
        let done = try await options.engine().backUp(to: target)
        if options.json {
            Console.printJSON(
                View(
                    folder: target.string, linked: done.linked, copied: done.copied, known: done.known,
                    bytes: done.bytes))
        } else {
            Console.print(
                "backed up to \(target): \(done.linked) files linked, \(done.copied) copied, \(done.known) known")
        }
        return .yes
    }

    private func check(_ target: FilePath) async throws(Fault) -> Outcome {
        let found = try await Engine.check(backup: target)
        var (entries, damages) = (Int64?.none, found.damages)
        switch found.journal {
        case .intact(let count): entries = count
        case .broken(let sequence): damages.insert("the journal is broken at entry \(sequence)", at: 0)
        }
        if options.json {
            Console.printJSON(
                CheckView(isIntact: damages.isEmpty, entries: entries, versions: found.versions, damages: damages))
        } else if damages.isEmpty {
            Console.print(
                "the backup is whole: \(entries ?? 0) entries of the journal, \(found.versions) versions of models")
        } else {
            for damage in damages { Console.note("sluice: \(Console.laid(damage))") }
        }
        return damages.isEmpty ? .yes : .no
    }
}
