import ArgumentParser
import Domain
import Engine
import Foundation
import Host
import Storage
import SystemPackage

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what a run's stages printed.",
        discussion: """
            Secrets were masked before the log reached the disk. A terminal is shown control characters in writing and \
            does not obey them; a file or a pipe gets the log byte for byte.

            Examples:
              sluice logs 12
              sluice logs 12 train:fit
              sluice logs 12 -f
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var target: RunArgument

    @Argument(help: "Only this stage.")
    var stage: String?

    @Flag(name: [.customShort("f"), .long], help: "Go on until the run is over.")
    var follow = false

    private struct View: Encodable {
        struct Log: Encodable {
            let stage: StageName
            let path: String
            let bytes: Int64
        }
        let logs: [Log]
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let id = try target.id()
            _ = try await engine.required(id)
            let stages = try await engine.store.stages(of: id)
            if let stage, !stages.contains(where: { $0.name.text == stage }) {
                let near = Spelling.nearest(to: stage, in: stages.map(\.name.text))
                throw Fault(
                    .input, "run \(id) has no stage '\(stage)'",
                    advice: near.map { "did you mean '\($0)'?" }
                        ?? "it has: \(stages.map(\.name.text).joined(separator: ", "))")
            }
            if options.json {
                Console.printJSON(View(logs: try await logs(of: id, engine)))
            } else {
                try await printLogs(of: id, engine)
            }
            return .yes
        }
    }

    private func logs(of id: RunID, _ engine: Engine) async throws(Fault) -> [View.Log] {
        let found = try await engine.logs(of: id).filter { stage == nil || $0.stage.text == stage }
        return await Blocking.run {
            found.map { View.Log(stage: $0.stage, path: $0.path.string, bytes: Files.size($0.path) ?? 0) }
        }
    }

    private func printLogs(of id: RunID, _ engine: Engine) async throws(Fault) {
        var offsets: [FilePath: Int64] = [:]
        var headed: FilePath?
        while true {
            // The state is read before the logs: what a finished stage wrote is then never missed.
            let isOver = try await engine.required(id).state.isFinal
            for log in try await engine.logs(of: id) where stage == nil || log.stage.text == stage {
                let offset = offsets[log.path, default: 0]
                guard let size = await Blocking.run({ Files.size(log.path) }), size > offset else { continue }
                if stage == nil, headed != log.path {
                    Console.print("== \(Console.printable(log.stage.text))")
                    headed = log.path
                }
                offsets[log.path] = await Blocking.run { copy(log.path, from: offset) }
            }
            if isOver, offsets.isEmpty {
                Console.note(
                    "sluice: run \(id) has no logs: they were collected, or its stages had none; 'sluice show \(id)' has its report"
                )
            }
            if !follow || isOver { return }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

}

/// Copies the rest of a file to standard output piece by piece; returns how far it came.
private func copy(_ path: FilePath, from offset: Int64) -> Int64 {
    guard let file = FileHandle(forReadingAtPath: path.string) else { return offset }
    defer { try? file.close() }
    var position = offset
    guard (try? file.seek(toOffset: UInt64(offset))) != nil else { return offset }
    let isTerminal = isatty(STDOUT_FILENO) == 1
    while let piece = try? file.read(upToCount: 1 << 16), !piece.isEmpty {
        position += Int64(piece.count)
        if isTerminal {
            Console.write(Console.printable(String(decoding: piece, as: UTF8.self)), to: .standardOutput)
        } else {
            Console.write(piece, to: .standardOutput)
        }
    }
    return position
}
