import ArgumentParser
import Domain
import Engine
import Foundation
import Git
import Storage

struct DataReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Take a refused file in, on your word.",
        discussion: """
            The file becomes part of a new snapshot as it was when it was refused; tests will not ask it again, and reports \
            say who let it through. 'sluice data why' lists the refused files and their numbers.

            Examples:
              sluice data release 3 --reason "the null delays are cancelled flights"
              sluice data release flights_2013-06.csv --reason "checked by hand"
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var person: PersonOption

    @Argument(help: "The number of the refusal, or the file's name (its newest refusal).")
    var file: String

    @Option(help: ArgumentHelp("Why it is right all the same.", valueName: "text"))
    var reason: String

    private struct View: Encodable {
        let refusal: Int64
        let file: String
        let snapshot: SnapshotView
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            guard reason.contains(where: { !$0.isWhitespace }) else {
                throw Fault(.input, "the reason is empty", advice: "say why the file is right: it is kept for ever")
            }
            let engine = try await options.engine()
            let repository = try await options.repository()
            let refusal = try await find(engine)
            let (_, dataset) = try await sluice.find(refusal.dataset.text, in: repository, engine)
            let snapshot = try await engine.release(
                refusal.id, dataset: dataset, repository: repository.id, by: person.person(), reason: reason)
            if options.json {
                let rows = try await engine.knownRows(of: snapshot)
                Console.printJSON(
                    View(refusal: refusal.id, file: refusal.name, snapshot: SnapshotView(snapshot, rows: rows)))
            } else {
                Console.print(
                    Console.printable(
                        "'\(refusal.name)' is in snapshot \(snapshot.ref.number) of '\(refusal.dataset)' now"))
            }
            return .yes
        }
    }

    private func find(_ engine: Engine) async throws(Fault) -> Refusal {
        if let number = Int64(file), let refusal = try await engine.store.refusal(number) { return refusal }
        let named = try await engine.store.refusals(
            model: nil, dataset: nil, name: file, onlyHeld: false, limit: 100)
        guard let newest = named.first else {
            throw Fault(.input, "no file '\(file)' was refused", advice: "'sluice data why' lists those that were")
        }
        if let other = named.first(where: { $0.dataset != newest.dataset || $0.model != newest.model }) {
            throw Fault(
                .input, "files called '\(file)' were refused for '\(newest.dataset)' and for '\(other.dataset)'",
                advice: "give the number: \(newest.id) or \(other.id)")
        }
        return newest
    }
}
