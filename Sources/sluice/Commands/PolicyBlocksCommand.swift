import ArgumentParser
import Domain
import Foundation
import Policies

struct PolicyBlocksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blocks",
        abstract: "List the blocks of policy that come with Sluice, or print one.",
        discussion: """
            A policy brings one in with 'use: NAME'.

            Examples:
              sluice policy blocks
              sluice policy blocks fairness
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "The block to print.")
    var name: String?

    private struct View: Encodable {
        struct Parameter: Encodable {
            let name: String
            let about: String?
            let required: Bool
            let `default`: JSONValue?
        }

        let name: String
        let about: String
        let parameters: [Parameter]
        var yaml: String?

        init(_ block: PolicyBlock, yaml: String? = nil) {
            name = block.name
            about = block.about
            parameters = block.parameters.map {
                Parameter(name: $0.name, about: $0.about, required: $0.fallback == nil, default: $0.fallback)
            }
            self.yaml = yaml
        }
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let blocks = PolicyFile.shippedBlocks
            guard let name else {
                if options.json {
                    Console.printJSON(["blocks": blocks.map { View($0) }])
                } else {
                    for block in blocks { show(block) }
                }
                return .yes
            }
            guard let block = blocks.first(where: { $0.name == name }) else {
                let near = Spelling.nearest(to: name, in: blocks.map(\.name))
                throw Fault(
                    .input, "there is no block '\(name)'",
                    advice: near.map { "did you mean '\($0)'?" } ?? "'sluice policy blocks' lists them")
            }
            if options.json {
                Console.printJSON(View(block, yaml: block.yaml))
            } else {
                Console.write(block.yaml, to: .standardOutput)
            }
            return .yes
        }
    }

    private func show(_ block: PolicyBlock) {
        Console.print("\(block.name): \(block.about)")
        let rows = block.parameters.map { parameter in
            let fallback = parameter.fallback.map { "default \(Self.text($0))" } ?? "required"
            return ["", parameter.name, fallback, parameter.about ?? ""]
        }
        for line in Table.lines(rows, limit: 110) { Console.print(line) }
        Console.print("")
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "none"
        case .string(let text): text
        case .bool, .integer, .number, .array, .object: Canonical.text(of: value)
        }
    }
}
