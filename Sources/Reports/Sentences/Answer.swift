import Domain

/// What a verdict comes to, in one sentence.
struct Answer {
    /// `✓`, `✗` or `?`.
    let mark: String
    /// `Not promotable: auc 0.671 is below 0.70`
    let sentence: String
    /// `Not promotable`
    let word: String
    /// `auc 0.671 is below 0.70`
    let reason: String
    /// The same for a line that starts with the run: `not promotable: auc 0.671 is below 0.70`.
    let line: String
    /// True if the run ended without a verdict.
    let isOver: Bool

    init(_ report: Report) {
        switch report.run.state {
        case .errored(let fault):
            self.init("?", "Could not tell", firstLine(fault.message), isOver: true)
        case .cancelled(let by, let reason):
            let person = by.map { " by \(visible($0.text))" } ?? ""
            self.init("–", "Cancelled\(person)", firstLine(reason), isOver: true)
        case .queued, .preparing, .running, .judging, .judged:
            self = Answer.judged(report)
        }
    }

    private init(_ mark: String, _ word: String, _ reason: String, line: String? = nil, isOver: Bool = false) {
        self.mark = mark
        self.sentence = "\(word): \(reason)"
        self.word = word
        self.reason = reason
        self.line = line ?? word.prefix(1).lowercased() + "\(word.dropFirst()): \(reason)"
        self.isOver = isOver
    }

    private static func judged(_ report: Report) -> Answer {
        let reason = report.verdict.reason
        let reproduces = report.reproduced != nil
        switch report.verdict {
        case .failed: return Answer("✗", reproduces ? "Did not pass" : "Not promotable", reason)
        case .undecided: return Answer("?", "Could not tell", reason)
        case .passed: break
        }
        let all =
            report.gates.isEmpty ? "every stage succeeded; the policy has no gates" : "every stage and gate passed"
        let why = all + Answer.reservations(report)
        if reproduces { return Answer("✓", "Passed", why) }
        let needsPerson = report.plan.policy.approval.required > 0
        let line = needsPerson ? "promotable, waits for a decision" : "promotable, needs no decision"
        return Answer("✓", "Promotable", why, line: line)
    }
}

extension Answer {
    /// What a reader of a yes must know with it: ` (with 1 exception; 2 gates warn)`.
    private static func reservations(_ report: Report) -> String {
        let exceptions = (report.details?.exceptions ?? []).count { !$0.hasExpired }
        let warned = report.gates.count { $0.mark == "⚠" }
        let parts = [
            exceptions > 0 ? "with \(counted(exceptions, "exception"))" : nil,
            warned > 0 ? "\(counted(warned, "gate")) \(warned == 1 ? "warns" : "warn")" : nil,
        ].compactMap { $0 }
        return parts.isEmpty ? "" : " (\(parts.joined(separator: "; ")))"
    }

    /// How the metric that the policy asks about first compares with the champion's: `auc 0.7312 against the champion's
    /// 0.6998, +0.0314 (95 %: +0.0210 to +0.0420): better`. Nil without a paired comparison, or if the reason says it.
    func difference(_ report: Report) -> String? {
        let comparisons = (report.measurements?.comparisons ?? []).filter { $0.slice == nil }
        let names = inOrder(Set(comparisons.map(\.metric)), gates: report.plan.policy.gates)
        guard let metric = names.first, let tested = Tested(report, slices: false)[Tested.Key(metric: metric)] else {
            return nil
        }
        let bounds = tested.comparison.bounds(at: Holm.confidence)
        let sentence = Sentences.compared(tested.comparison, bounds, subject: visible(metric))
        return self.sentence.contains(sentence) ? nil : "\(sentence): \(tested.word)"
    }
}

extension Verdict {
    /// The one reason: the first finding of the kind that decides, and how many others there are.
    var reason: String {
        let weight: Finding.Weight =
            switch self {
            case .undecided: .couldNotTell
            case .passed, .failed: .no
            }
        guard let first = findings.first(where: { $0.weight == weight }) ?? findings.first else {
            return "no reason given"
        }
        let others = findings.count - 1
        return first.sentence(firstLine(first.message)) + (others > 0 ? " (and \(others) more)" : "")
    }
}

extension Finding {
    /// What the finding says, with its stage where the message does not name it. A gate's message speaks of its metric.
    func sentence(_ message: String) -> String {
        let source = visible(source)
        if source.hasPrefix("gate:") || [" ", ":"].contains(where: { message.hasPrefix(source + $0) }) {
            return message
        }
        return weight == .no ? "\(source) \(message)" : "\(source): \(message)"
    }
}

/// The first line of a text, made visible.
func firstLine(_ text: String) -> String {
    visibleLines(text, limit: 1).first ?? ""
}
