import ArgumentParser
import Domain
import Engine
import Foundation
import Git
import Host
import Policies
import Reports
import Storage
import SystemPackage

struct PolicyReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Say what a policy would have said about the runs that are recorded.",
        discussion: """
            Nothing is run again: the gates are decided from what each run recorded. A run that failed by a test stays \
            refused under any policy.

            Exit codes: 0 no verdict would be different, 1 some would, 2 the policy or the runs could not be read.

            Examples:
              sluice policy replay
              sluice policy replay --against stricter.yaml
              sluice policy replay --against HEAD~3 --limit 100 --json
            """)

    @OptionGroup var options: CommonOptions

    @Option(
        help: ArgumentHelp(
            "The policy: a file, or a commit (else sluice.yaml at the repository's root).", valueName: "file|commit"),
        completion: .file())
    var against: String?

    @Option(help: "Runs of this model (else the policy's).")
    var model: String?

    @Option(help: "How many runs at the most, the newest first.")
    var limit = 500

    private struct View: Encodable {
        let policy: String
        let model: ModelName
        let runs: Int
        let refused: [PolicyReplay.Row]
        let refusedCount: Int
        let letThrough: [PolicyReplay.Row]
        let letThroughCount: Int
        let unanswered: [PolicyReplay.Row]
        let unansweredCount: Int
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            guard (1...1_000_000).contains(limit) else { throw Fault(.input, "--limit takes 1 to 1000000") }
            let engine = try await options.engine()
            let (name, policy) = try await policy(engine)
            let model = try await wanted(policy, engine)
            let replay = try await engine.replay(policy, model: model, limit: limit)
            if options.json {
                Console.printJSON(
                    View(
                        policy: name, model: model, runs: replay.runs, refused: replay.refused,
                        refusedCount: replay.refusedCount, letThrough: replay.letThrough,
                        letThroughCount: replay.letThroughCount, unanswered: replay.unanswered,
                        unansweredCount: replay.unansweredCount))
            } else {
                Console.write(
                    ReportRenderer.terminal(
                        replay, of: name, model: model, colour: Console.hasColour(), width: Console.width),
                    to: .standardOutput)
            }
            return replay.hasDifferences ? .no : .yes
        }
    }

    /// The model whose runs are asked. One that was named must have some: else it is a slip of the finger.
    private func wanted(_ policy: Policy, _ engine: Engine) async throws(Fault) -> ModelName {
        guard let model else { return policy.model }
        let name = try modelName(model)
        let known = try await engine.store.modelNames()
        if known.contains(name) { return name }
        let near = Spelling.nearest(to: name.text, in: known.map(\.text))
        throw Fault(
            .input, "there is no run of model '\(name)'",
            advice: near.map { "did you mean '\($0)'?" } ?? "'sluice runs' lists runs with their models")
    }

    /// The policy and what to call it: a file that is there, else what git finds under that name.
    private func policy(_ engine: Engine) async throws(Fault) -> (name: String, policy: Policy) {
        guard let against else {
            let text = try await readPolicy(nil, options)
            return (text.name, try text.policy())
        }
        let path = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(against))
        if await Blocking.run({ Files.exists(path) }) {
            let text = try await readPolicy(against, options)
            return (text.name, try text.policy())
        }
        let repository: GitRepository
        let commit: GitRepository.Commit
        do throws(Fault) {
            repository = try await options.repository()
            commit = try await repository.commit(against)
        } catch {
            guard error.kind == .input else { throw error }
            throw Fault(
                .input, "'\(against)' is neither a file nor a commit: \(error.message)", advice: error.advice)
        }
        let policy = try await engine.policy(in: repository, at: commit.id).policy
        return ("\(PolicyFile.name) of commit \(commit.id.short)", policy)
    }
}
