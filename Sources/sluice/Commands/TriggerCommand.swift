import ArgumentParser
import Domain
import Foundation
import Wire

struct TriggerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Ask a server for a run of a project.",
        discussion: """
            The wish is recorded as an event before it is acted on; 'sluice why' tells what came of it. An equal plan \
            that was answered before is not run again without --again.

            Examples:
              sluice trigger flight-delay --server https://sluice.example.org
              sluice trigger flight-delay --branch try-more-trees --again
              sluice trigger flight-delay --set train.depth=8 --set train.seed=3
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var server: ServerOptions

    @Argument(help: "The project's name in the server's configuration.")
    var project: String

    @Option(help: "The branch whose newest commit is run (else the default branch).")
    var branch: String?

    @Option(help: "The commit, all of its digits.")
    var commit: String?

    @Option(
        help: ArgumentHelp(
            "Change a parameter for this run: key, or file:key, and a value in YAML.", valueName: "key=value"))
    var set: [String] = []

    @Flag(help: "Also if an equal plan was answered before.")
    var again = false

    func run() async throws {
        try await options.perform { () throws(Fault) in
            guard ProjectName(project) != nil else {
                throw Fault(.input, "'\(project)' is not a project's name: \(nameRule)")
            }
            let answer = try await server.needed(options).json(
                .post, "/api/v1/projects/\(project)/runs", body: .object(try wish()))
            if options.json {
                Console.printJSON(answer)
            } else {
                Console.print(Console.printable(said(answer)))
            }
            return .yes
        }
    }

    /// The command that it names works as it stands here, in the same shell.
    private func said(_ answer: JSONValue) -> String {
        guard let event = answer["event"]?.int64 else { return "asked for" }
        let address = server.server.map { " --server \(shellQuoted($0))" } ?? ""
        return "asked for as event \(event); 'sluice why event \(event)\(address)' tells what comes of it"
    }

    /// As a shell takes it for one word.
    private func shellQuoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                || "-._~:/%@".utf8.contains(byte)
        }
        return plain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    private func wish() throws(Fault) -> [String: JSONValue] {
        var body: [String: JSONValue] = [:]
        if again { body["again"] = .bool(true) }
        if let branch {
            guard BranchName(branch) != nil else { throw Fault(.input, "'\(branch)' is not a branch's name") }
            body["branch"] = .string(branch)
        }
        if let commit {
            guard CommitID(hex: commit) != nil else {
                throw Fault(.input, "'\(commit)' is not a whole commit id", advice: "'git rev-parse' gives it")
            }
            body["commit"] = .string(commit)
        }
        var parameters: [String: JSONValue] = [:]
        for text in set {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Fault(.input, "--set takes key=value, not '\(text)'")
            }
            parameters[parts[0]] = .string(parts[1])
        }
        if !parameters.isEmpty { body["parameters"] = .object(parameters) }
        return body
    }
}
