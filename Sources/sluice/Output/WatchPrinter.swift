import Domain
import Engine
import Foundation
import Reports
import Storage
import Synchronization

/// News of a watch as lines for people, or as one JSON object a line.
final class WatchPrinter: Sendable {
    private let worst = Mutex(Outcome.yes)
    private let isJSON: Bool
    private let printer: ProgressPrinter

    init(json: Bool) {
        isJSON = json
        printer = ProgressPrinter(quiet: json)
    }

    var handler: WatchHandler {
        { [self] news in show(news) }
    }

    /// What all that was told comes to.
    var outcome: Outcome { worst.withLock { $0 } }

    private func show(_ news: WatchNews) {
        note(news)
        if case .progress(let progress) = news {
            printer.handler(progress)
            return
        }
        if isJSON {
            if let view = WatchView(news) { Console.printJSONLine(view) }
            return
        }
        printer.clear()
        if case .trouble(let dataset, let fault) = news {
            let place = dataset.map { "\($0): " } ?? ""
            return Console.complain(Fault(fault.kind, place + fault.message, advice: fault.advice))
        }
        for line in WatchPrinter.lines(news) { Console.print(Console.printable(line)) }
    }

    private func note(_ news: WatchNews) {
        let outcome: Outcome
        switch news {
        case .took(_, let taken): outcome = taken.refused.isEmpty && taken.heldBack.isEmpty ? .yes : .no
        case .called(.run(let run)):
            outcome =
                switch run.state {
                case .judged(.passed): .yes
                case .judged(.failed): .no
                case .judged(.undecided), .errored, .cancelled, .queued, .preparing, .running, .judging: .couldNotTell
                }
        case .called(.refused), .trouble: outcome = .couldNotTell
        case .called(.nothing), .notice, .drift, .progress: return
        }
        worst.withLock { $0 = $0.worst(outcome) }
    }

    private static func lines(_ news: WatchNews) -> [String] {
        switch news {
        case .notice(let dataset, let text): return ["\(dataset): \(text)"]
        case .took(let dataset, let taken):
            return DropSentences.lines(
                DropSentences.Batch(
                    dataset: dataset, snapshot: taken.snapshot?.ref.number,
                    new: taken.accepted.filter { !$0.replaced }.map(\.name),
                    replaced: taken.accepted.filter(\.replaced).map(\.name), refused: taken.refused,
                    heldBack: taken.heldBack, unchanged: taken.unchanged))
        case .called(.run(let run)):
            switch run.state {
            case .judged(.passed):
                return [
                    "run \(run.id) passed: 'sluice show \(run.id)', then 'sluice approve \(run.id)' or 'sluice reject \(run.id)'"
                ]
            case .judged(let verdict): return ["run \(run.id) \(verdict.word): 'sluice show \(run.id)'"]
            default: return ["run \(run.id) \(run.state.word): 'sluice show \(run.id)'"]
            }
        case .called(.nothing(let dataset, let reason)): return ["\(dataset): no run: \(reason)"]
        case .called(.refused(_, let fault)): return ["no run could be planned: \(fault.description)"]
        case .drift(let report):
            let more = report.findings.count - 3
            return report.findings.prefix(3).map { "\(report.dataset): drift: \($0.message)" }
                + (more > 0 ? ["\(report.dataset): drift: \(counted(more, "other limit")) passed"] : [])
        case .trouble, .progress: return []
        }
    }
}
