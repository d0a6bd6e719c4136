import ArgumentParser
import Domain
import Engine
import Foundation
import Reports
import Storage
import Web

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List registered model versions and their aliases.",
        discussion: """
            Examples:
              sluice models
              sluice models flight-delay --json
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "Only this model.")
    var model: String?

    @Option(help: "How many at the most.")
    var limit = 50

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let name = try model.map { text throws(Fault) in try modelName(text) }
            let versions = try await engine.store.versions(of: name, limit: max(1, limit))
            if options.json {
                Console.printJSON([
                    "versions": versions.map(VersionView.init)
                ])
            } else if versions.isEmpty {
                Console.print("no model versions yet")
            } else {
                var rows: [[String]] = []
                for version in versions {
                    let size = ReportRenderer.size(version.ref.bytes)
                    rows.append([
                        version.ref.model.text, String(version.ref.version),
                        version.aliases.map(\.text).joined(separator: ","), "run \(version.ref.run)",
                        version.ref.digest.short, await engine.isCollected(version.ref) ? "\(size), collected" : size,
                        moment(version.createdAt),
                    ])
                }
                Table.lines([["model", "version", "alias", "made by", "digest", "size", "created"]] + rows)
                    .forEach(Console.print)
            }
            return .yes
        }
    }
}
