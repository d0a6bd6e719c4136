import ArgumentParser
import Domain
import Engine
import Foundation
import Reports
import Web

struct ReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run a past run again without any cache, and compare every output and metric.",
        discussion: """
            Exit codes: 0 identical (same bytes), 3 equivalent (metrics within the policy's tolerance), 1 different, \
            2 it could not be run.

            Examples:
              sluice reproduce 12
              sluice reproduce 4f1c9ab
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var person: PersonOption

    @Argument(help: "A run's number, or a commit.")
    var target: String

    @Flag(help: "Leave the run's work tree in place for a look.")
    var keepTree = false

    private struct View: Encodable {
        /// `identical`, `equivalent`, `different`.
        let verdict: String
        let divergences: [DivergenceView]
        let original: RunView
        let again: RunView
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let by = try person.person()
            let repository = try? await options.repository()
            let original = try await engine.runToReproduce(target, in: repository)
            let keep = keepTree
            let done = try await following(engine, by, quiet: options.json) { progress throws(Fault) in
                try await engine.reproduce(original.id, by: by, keepTree: keep, progress: progress)
            }
            if options.json {
                Console.printJSON(
                    View(
                        verdict: done.verdict.word, divergences: divergences(done.verdict),
                        original: RunView(done.original, try await engine.status(of: done.original)),
                        again: RunView(done.again, try await engine.status(of: done.again))))
            } else {
                Console.write(
                    ReportRenderer.terminal(
                        done.verdict, of: done.original, by: done.again, colour: Console.hasColour()),
                    to: .standardOutput)
            }
            switch done.verdict {
            case .identical: return .yes
            case .equivalent: return .equivalent
            case .different: return .no
            }
        }
    }

    private func divergences(_ verdict: ReproductionVerdict) -> [DivergenceView] {
        switch verdict {
        case .identical: []
        case .equivalent(let found), .different(let found): found.map(DivergenceView.init)
        }
    }
}

/// One thing that came out differently.
struct DivergenceView: Encodable {
    let stage: StageName
    /// `output`, `metric`, `outcome`.
    let kind: String
    let name: String?
    let before: String?
    let now: String?

    init(_ divergence: Divergence) {
        stage = divergence.stage
        switch divergence.what {
        case .output(let path, let old, let new):
            (kind, name, before, now) = ("output", path, old?.hex, new?.hex)
        case .metric(let metric, let old, let new):
            (kind, name, before, now) = ("metric", metric, old.map { "\($0)" }, new.map { "\($0)" })
        case .outcome(let old, let new): (kind, name, before, now) = ("outcome", nil, old, new)
        }
    }
}
