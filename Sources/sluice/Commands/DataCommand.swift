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

struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Take data in, look at snapshots and compare them, test files and measure drift.",
        subcommands: [
            Add.self, DataListCommand.self, DataShowCommand.self, DataDiffCommand.self, DataCheckCommand.self,
            DataInferCommand.self, DataDriftCommand.self, DataReleaseCommand.self, DataWhyCommand.self,
        ]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Take files into the content store as a new snapshot of a dataset.",
            discussion: """
                With 'append: true' in the policy the files join the newest snapshot, and a file of the same name \
                replaces its part; without, they replace it as a whole. Your files are left as they are.

                Examples:
                  sluice data add flights /srv/drops/flights_2013-06.csv
                  sluice data add flights january/ february/
                """)

        @OptionGroup var options: CommonOptions
        @OptionGroup var person: PersonOption

        @Argument(help: "The dataset's name in sluice.yaml.")
        var dataset: String

        @Argument(help: "Files, or directories of files.", completion: .file())
        var files: [String]

        private struct View: Encodable {
            let snapshot: SnapshotView
            let new: [String]
            let replaced: [String]
            let gone: [String]
            let unchanged: Bool
        }

        func run() async throws {
            try await options.perform { () throws(Fault) in
                let engine = try await options.engine()
                let repository = try await options.repository()
                let (policy, dataset) = try await find(dataset, in: repository, engine)
                let here = FilePath(FileManager.default.currentDirectoryPath)
                let printer = options.json ? nil : ProgressPrinter(quiet: false)
                let added = try await engine.addData(
                    files.map { here.pushing(FilePath($0)) }, to: dataset, of: policy,
                    repository: repository.id, by: person.person()
                ) { line in printer?.handler(.note(line)) }
                if options.json {
                    try await Console.printJSON(
                        View(
                            snapshot: SnapshotView(added.snapshot, rows: engine.knownRows(of: added.snapshot)),
                            new: added.new, replaced: added.replaced,
                            gone: added.gone, unchanged: added.isUnchanged))
                } else {
                    Console.print(sentence(added))
                    if added.isAwaited { Console.note("  'sluice watch' acts on it, or start a run with 'sluice run'") }
                }
                return .yes
            }
        }

        private func sentence(_ added: Engine.Added) -> String {
            let ref = added.snapshot.ref
            if added.isUnchanged {
                return "nothing new: snapshot \(ref.number) of '\(ref.dataset)' has the same content"
            }
            let parts = [("new", added.new), ("replaced", added.replaced), ("left out", added.gone)]
                .filter { !$0.1.isEmpty }.map { "\($0.1.count) \($0.0)" }
            return
                "snapshot \(ref.number) of '\(ref.dataset)': \(counted(added.snapshot.files.count, "file")) (\(parts.joined(separator: ", ")))"
        }
    }
}

/// The policy's entry for a dataset: from the work tree's policy, so that data can be taken in before the first
/// commit, else from HEAD's.
func find(
    _ text: String, in repository: GitRepository, _ engine: Engine
) async throws(Fault) -> (Policy, DatasetPolicy) {
    let policy = try await currentPolicy(in: repository, engine)
    guard let dataset = policy.datasets.first(where: { $0.name.text == text }) else {
        let near = Spelling.nearest(to: text, in: policy.datasets.map(\.name.text))
        throw Fault(
            .input, "the policy has no dataset '\(text)'",
            advice: near.map { "did you mean '\($0)'?" } ?? "add it below 'datasets:' in \(PolicyFile.name)")
    }
    return (policy, dataset)
}

private func currentPolicy(in repository: GitRepository, _ engine: Engine) async throws(Fault) -> Policy {
    if let file = repository.workTree?.appending(PolicyFile.name), await Blocking.run({ Files.exists(file) }) {
        return try await PolicyText.read(file).policy()
    }
    return try await engine.policy(in: repository, at: repository.commit("HEAD").id).policy
}
