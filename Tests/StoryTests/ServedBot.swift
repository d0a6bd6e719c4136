import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A server of the built program as a child process, on a home of its own, with a forge of the tests or a bare repository.
final class ServedBot: Sendable {
    let project: Project
    let forge: FakeForge?
    let port: Int
    private let process: Process
    let log: FilePath

    private init(project: Project, forge: FakeForge?, port: Int, process: Process, log: FilePath) {
        self.project = project
        self.forge = forge
        self.port = port
        self.process = process
        self.log = log
    }

    var address: String { "http://127.0.0.1:\(port)" }
    var hook: String { "\(address)/webhooks/forge" }

    /// Starts a server and waits until it listens. `name` tells the logs of several starts apart; `isPaced`: it writes to
    /// the forge once a second, as it does outside of tests; `shell` is what a shell does before it becomes the server,
    /// such as `ulimit`.
    static func start(
        _ project: Project, forge: FakeForge? = nil, settings: String? = nil, name: String = "1", port: Int = 0,
        isPaced: Bool = false, shell: String = ":"
    ) async throws -> ServedBot {
        let file = project.folder.appending("server.yaml")
        let text = settings ?? ServedBot.settings(forge, port: port, token: project.token)
        try Files.writeDurably(Data(text.utf8), to: file)
        let log = project.folder.appending("server-\(name).log")
        try Files.writeDurably(Data(), to: log)
        var variables = ["SLUICE_TEST_CLOCK": project.clock.string]
        if !isPaced { variables["SLUICE_TEST_PACE"] = "0.1" }
        let process = try project.serve(file, log: log, forge: forge, variables: variables, shell: shell)
        let port = try await eventually { () -> Int? in
            let lines = String(decoding: try Files.readSmall(log), as: UTF8.self)
            if !process.isRunning { throw Fault(.bug, "the server ended: \(lines)") }
            for line in lines.split(separator: "\n") {
                let entry = try? JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
                if let port = entry?["port"]?.int64 { return Int(port) }
            }
            return nil
        }
        return ServedBot(project: project, forge: forge, port: port, process: process, log: log)
    }

    /// A configuration with the forge as `forge` and the repository `acme/toy` as `toy`; without a forge the bare
    /// repository beside the project. `ofProject`: more settings of the project, `more`: of the server.
    static func settings(
        _ forge: FakeForge?, port: Int = 0, token: FilePath = "", ofProject: String = "", more: String = ""
    ) -> String {
        guard let forge else {
            return """
                version: 1
                listen: {port: \(port)}
                projects:
                  toy: {git: BARE, poll: 1s}
                \(more)
                """
        }
        return """
            version: 1
            listen: {port: \(port), url: "https://sluice.example.org"}
            forges:
              forge:
                kind: \(forge.kind.rawValue)
                api: \(forge.api)
                clone: \(forge.clone)
                token: {file: \(token)}
                webhook_secrets: [{env: FORGE_SECRET}]
            projects:
              toy: {forge: forge, repository: acme/toy, poll: 2s\(ofProject)}
            \(more)
            """
    }

    /// The signal, and what the process ended with; nil after SIGKILL.
    @discardableResult
    func end(_ signal: Int32 = SIGTERM) async -> Int32 {
        if process.isRunning { kill(process.processIdentifier, signal) }
        return await process.ended()
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    var lines: [JSONValue] {
        let text = String(decoding: (try? Files.readSmall(log)) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
    }

    /// Waits for a line of the log that holds the text.
    func says(_ text: String) async throws {
        _ = try await eventually { self.lines.contains { $0["message"]?.text?.contains(text) ?? false } ? true : nil }
    }

    /// The runs as the command line lists them, newest first.
    func runs() async throws -> [JSONValue] {
        guard case .array(let runs) = try await project.sluice("runs", "--json").json()["runs"] else { return [] }
        return runs
    }

    /// Reads the configuration and its secrets anew, as an operator asks for it.
    func reload() async throws {
        signal(SIGHUP)
        try await says("anew (SIGHUP)")
    }

    /// Prints what the server said, for a test that failed.
    func confess() {
        print(String(decoding: (try? Files.readSmall(log)) ?? Data(), as: UTF8.self))
    }
}

extension Project {
    /// Holds the seconds that the server's clock is ahead.
    var clock: FilePath { folder.appending("clock") }

    /// Moves the clock of the server, while it works or before it starts.
    func setClock(ahead seconds: Double) throws {
        try Files.writeDurably(Data(String(seconds).utf8), to: clock)
    }
}
