import Domain
import Engine
import Foundation
import Reports
import Synchronization

/// RunProgress as lines on standard error: what starts on a terminal, what ended everywhere.
final class ProgressPrinter: Sendable {
    private struct State {
        var started: [StageName: Date] = [:]
        var line = ""
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let colour = Console.hasColour(STDERR_FILENO)
    private let isQuiet: Bool

    init(quiet: Bool) { isQuiet = quiet }

    var handler: ProgressHandler {
        { [self] progress in show(progress) }
    }

    private func show(_ progress: RunProgress) {
        if isQuiet { return }
        switch progress {
        case .created(let run): line("run \(run)")
        case .working: break
        case .following(let run): line("run \(run) already does exactly this; following it")
        case .checkingOut(let commit): live("checking out \(commit.short)")
        case .environment(let text): line("environment: \(Console.printable(text))")
        case .note(let text): line(Console.printable(text))
        case .layingData(let dataset, let number): live("laying out \(dataset), snapshot \(number)")
        case .stageStarted(let stage):
            state.withLock { $0.started[stage] = Date() }
            live("\(stage) …")
        case .stageEnded(let stage, let after): ended(stage, after)
        case .comparing(let rows): live("comparing challenger and champion on \(rows) rows")
        case .judging: live("deciding the gates")
        case .promotion(let after): line("promotion: \(after.word.replacing("_", with: " "))")
        case .warning(let text): line(paint("33", "warning: ") + Console.printable(text))
        }
    }

    private func ended(_ stage: StageName, _ after: StageState) {
        let name = Console.printable(stage.text)
        let begun = state.withLock { $0.started.removeValue(forKey: stage) }
        let time = begun.map { String(format: "%7.1f s", Date().timeIntervalSince($0)) } ?? "         "
        switch after {
        case .succeeded: line("\(paint("32", "✓")) \(time)  \(name)")
        case .reused(_, let run): line("\(paint("32", "✓")) \(time)  \(name)  (unchanged since run \(run))")
        case .failed(let failure, _):
            line("\(paint("31", "✗")) \(time)  \(name)  \(Console.printable(ReportRenderer.sentence(failure)))")
        case .errored(let fault, _):
            line("\(paint("33", "?")) \(time)  \(name)  \(Console.printable(fault.message))")
        case .skipped(let blocker): line("–           \(name)  (needs \(Console.printable(blocker.text)))")
        case .cancelled: line("–           \(name)  (cancelled)")
        case .pending, .running: break
        }
    }

    /// A line that stays.
    private func line(_ text: String) {
        clear()
        Console.note("  " + text)
    }

    /// A line that the next one takes the place of; only on a terminal.
    private func live(_ text: String) {
        guard isTerminal else { return }
        clear()
        let cut = String(("  " + Console.printable(text)).prefix(max(20, Console.width - 1)))
        Console.write(cut, to: .standardError)
        state.withLock { $0.line = cut }
    }

    /// Takes the live line away.
    func clear() {
        let had = state.withLock { state in
            defer { state.line = "" }
            return !state.line.isEmpty
        }
        if had { Console.write("\r\u{1B}[K", to: .standardError) }
    }

    private func paint(_ code: String, _ text: String) -> String {
        colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
