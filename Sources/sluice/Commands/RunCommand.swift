import ArgumentParser
import Domain
import Engine
import Foundation
import Reports
import Web

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Test, train and compare a commit, and wait for a decision.",
        discussion: """
            Checks the commit out into a fresh tree (yours is never touched), builds the locked environment, lays out \
            the newest data, runs tests, schema tests, training and the evaluation of challenger and champion, and \
            decides the gates.

            Exit codes: 0 the gates passed (the model waits, or is promoted), 1 the answer is no (of a gate, a test, a \
            person or the verification of a promotion), 2 it could not be told.

            Examples:
              sluice run                 the commit that is checked out
              sluice run feature-branch  any branch, tag or commit
              sluice run --dirty         with the uncommitted changes
              sluice run --json          for scripts
              sluice run --set train.lr=0.05
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var person: PersonOption

    @Argument(help: "A branch, tag or commit.")
    var revision = "HEAD"

    @Flag(help: "Make a snapshot commit of the uncommitted changes (in Sluice's own copy) and run that.")
    var dirty = false

    @Flag(help: "Run even if an equal plan was answered before.")
    var again = false

    @Flag(help: "Leave the run's work tree in place for a look.")
    var keepTree = false

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: "Change a parameter for this run: KEY=VALUE (of params.yaml) or FILE:KEY=VALUE; may be given again.")
    var changes: [String] = []

    private func overrides() throws(Fault) -> [String: String] {
        var overrides: [String: String] = [:]
        for change in changes {
            guard let equals = change.firstIndex(of: "="), equals != change.startIndex else {
                throw Fault(.input, "'--set \(change)' is no change of a parameter", advice: "write '--set lr=0.1'")
            }
            overrides[String(change[..<equals])] = String(change[change.index(after: equals)...])
        }
        return overrides
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let repository = try await options.repository()
            let by = try person.person()
            let request = RunRequest(
                revision: revision, dirty: dirty, again: again, keepTree: keepTree, by: by,
                overrides: try overrides())
            let answer = try await following(engine, by, quiet: options.json) { progress throws(Fault) in
                try await engine.run(request, in: repository, progress: progress)
            }
            if case .known(let run) = answer, !options.json {
                Console.note(
                    "  nothing changed: run \(run.id) already answered exactly this (--again runs it anyway)")
            }
            return try await present(answer.run, engine, json: options.json)
        }
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Continue what was interrupted, from its last recorded step.",
        discussion: """
            Without a number, continues every run and promotion of this home on which no process works. The exit code \
            is that of the worst of them, as for 'sluice run'.

            Examples:
              sluice resume
              sluice resume 12
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var person: PersonOption

    @Argument(help: "The run's number.")
    var run: String?

    private struct View: Encodable {
        let runs: [RunView]
        let promotions: [PromotionView]
    }

    func run() async throws {
        try await options.perform { () throws(Fault) in
            let engine = try await options.engine()
            let by = try person.person()
            if let text = run {
                let id = try runNumber(text)
                let done = try await following(engine, by, quiet: options.json) { progress throws(Fault) in
                    try await engine.resume(id, progress: progress)
                }
                return try await present(done, engine, json: options.json)
            }
            return try await resumeAll(engine, by)
        }
    }

    /// One that cannot go on does not hold up the others.
    private func resumeAll(_ engine: Engine, _ by: PersonName) async throws(Fault) -> Outcome {
        let unfinished = try await engine.unfinished()
        try await engine.sweep { _ in }
        var outcome = Outcome.yes
        var (runs, promotions): ([RunView], [PromotionView]) = ([], [])
        for promotion in unfinished.promotions {
            do throws(Fault) {
                let done = try await engine.finish(
                    promotion.id, progress: ProgressPrinter(quiet: options.json).handler)
                promotions.append(PromotionView(done))
                outcome = outcome.worst(done.state == .promoted ? .yes : .no)
            } catch {
                Console.complain(error)
                outcome = .couldNotTell
            }
        }
        for run in unfinished.runs {
            do throws(Fault) {
                let done = try await following(engine, by, quiet: options.json) { progress throws(Fault) in
                    try await engine.resume(run.id, progress: progress)
                }
                let status = try await engine.status(of: done)
                runs.append(RunView(done, status))
                outcome = outcome.worst(Outcome(of: status))
            } catch {
                Console.complain(error)
                outcome = .couldNotTell
            }
        }
        if options.json {
            Console.printJSON(View(runs: runs, promotions: promotions))
        } else if unfinished.runs.isEmpty, unfinished.promotions.isEmpty {
            Console.print("nothing was interrupted")
        } else {
            for view in runs { Console.print("run \(view.run): \(view.status)") }
            for view in promotions { Console.print("promotion \(view.promotion): \(view.state)") }
        }
        return outcome
    }
}

/// Runs work that brings a run on, printing progress; an interruption cancels the run.
func following<Value: Sendable>(
    _ engine: Engine, _ by: PersonName, quiet: Bool,
    _ work: @Sendable (@escaping ProgressHandler) async throws(Fault) -> Value
) async throws(Fault) -> Value {
    let printer = ProgressPrinter(quiet: quiet)
    let current = CurrentRun()
    let outcome: Result<Value, Fault> = await Interruption.watch { name in
        guard let run = current.id else { _exit(130) }
        Console.note("\n  cancelling run \(run) …")
        do throws(Fault) {
            _ = try await engine.cancel(run, by: by, reason: "interrupted (\(name))")
        } catch {
            Console.complain(error)
        }
    } _: {
        do throws(Fault) {
            return .success(
                try await work { progress in
                    if case .working(let run) = progress { current.id = run }
                    printer.handler(progress)
                })
        } catch {
            return .failure(error)
        }
    }
    printer.clear()
    return try outcome.get()
}

/// Prints a run that is over, and says what it came to.
func present(_ run: Run, _ engine: Engine, json: Bool) async throws(Fault) -> Outcome {
    let status = try await engine.status(of: run)
    if json {
        Console.printJSON(try await RunDetailView(run, status, engine))
    } else if case .judged = run.state {
        let report = try await engine.report(of: run.id)
        Console.print(
            ReportRenderer.terminal(
                report, colour: Console.hasColour(), width: Console.width,
                templates: try await engine.reportTemplates(of: report.plan)))
        Console.print(ReportRenderer.sentence(run, status))
    } else {
        Console.print(ReportRenderer.sentence(run, status))
    }
    return Outcome(of: status)
}
