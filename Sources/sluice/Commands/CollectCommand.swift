import ArgumentParser
import Documents
import Domain
import Engine
import Foundation
import Reports
import Settings

struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove old logs, and models and outputs that nothing needs any more.",
        discussion: """
            How long things are kept stands under 'retention' in the server's configuration, or after --logs and \
            --outputs; without either, nothing is removed. What a promoted model, an open decision, a run that is under \
            way or one of the newest versions needs is always kept, and so are all facts: plans, verdicts, decisions, \
            reports, the journal and the data.

            Examples:
              sluice gc --config /etc/sluice/server.yaml --dry-run
              sluice gc --logs 90d --outputs 30d
            """)

    @OptionGroup var options: CommonOptions

    @Option(
        help: ArgumentHelp("The server's configuration.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    var config: String?

    @Option(help: ArgumentHelp("For how long after a run its logs and work files are kept.", valueName: "duration"))
    var logs: String?

    @Option(
        help: ArgumentHelp("For how long models and outputs are kept that were never promoted.", valueName: "duration"))
    var outputs: String?

    @Option(help: "So many of the newest versions of each model are kept, whatever their age.")
    var versions = 3

    @Flag(help: "Only say what would be removed.")
    var dryRun = false

    private struct View: Encodable {
        let dryRun: Bool
        let runsKept: [String: Int]
        let outputsOf: [RunID]
        let logsOf: [RunID]
        let objects: Int
        let bytes: Int64
        let environments: Int
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            guard versions >= 0 else { throw Fault(.input, "--versions takes a number of at least 0") }
            var rule = KeepingRule(versions: versions)
            if let config {
                let wiring = Wiring(name: config, variables: ProcessInfo.processInfo.environment)
                let retention = try await wiring.settingsOnly().retention
                (rule.logs, rule.outputs) = (retention.logs, retention.outputs)
            }
            if let logs { rule.logs = try seconds(logs, "--logs") }
            if let outputs { rule.outputs = try seconds(outputs, "--outputs") }
            guard rule.logs != nil || rule.outputs != nil else {
                throw Fault(
                    .input, "nothing says how long things are kept",
                    advice: "give --logs 90d, --outputs 30d, or --config with 'retention'")
            }
            let collected = try await options.engine().collectUnneeded(
                Engine.CollectRequest(rule: rule, isDry: dryRun))
            tell(collected)
            return .yes
        }
    }

    private func seconds(_ text: String, _ option: String) throws(Fault) -> Double {
        guard let seconds = Units.seconds(text) else {
            throw Fault(.input, "\(option) takes a duration such as 12h or 90d, not '\(text)'")
        }
        return seconds
    }

    private func tell(_ collected: Engine.Collected) {
        if options.json {
            return Console.printJSON(
                View(
                    dryRun: dryRun,
                    runsKept: Dictionary(uniqueKeysWithValues: collected.kept.map { ($0.key.rawValue, $0.value) }),
                    outputsOf: collected.outputs, logsOf: collected.logs, objects: collected.objects,
                    bytes: collected.bytes, environments: collected.environments.count))
        }
        let verb = dryRun ? "would remove" : "removed"
        Console.print(
            "\(verb) \(collected.objects) objects of \(collected.outputs.count) runs (\(size(collected.bytes))), "
                + "\(collected.environments.count) environments, logs of \(collected.logs.count) runs")
        for (reason, count) in collected.kept.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            Console.print("  kept: \(counted(count, "run")): \(words(reason))")
        }
    }

    private func size(_ bytes: Int64) -> String {
        bytes < 1_000_000 ? "\(bytes) bytes" : "\(bytes / 1_000_000) MB"
    }

    private func words(_ reason: KeepingRule.Reason) -> String {
        switch reason {
        case .underWay: "under way"
        case .awaitsDecision: "wait for a decision"
        case .promoted: "made a model that is or was promoted"
        case .newestVersions: "among the newest versions of a model"
        case .young: "young"
        }
    }
}
