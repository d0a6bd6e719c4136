import Domain

extension Page.GateRow {
    init(_ result: GateResult) {
        outcome = result.mark
        gate = Sentences.condition(result.gate)
        found = Sentences.found(result)
        remarks = Sentences.remarks(result)
    }
}

extension GateResult {
    /// One sign: `✓`, `✗`, `?`, `–`; `⚠` for a no, or an open question, that does not block.
    var mark: String {
        switch outcome {
        case .passed: "✓"
        case .failed, .noDifference: gate.blocks ? "✗" : "⚠"
        case .undecided: gate.blocks ? "?" : "⚠"
        case .noChampion: "–"
        }
    }
}

extension Page.ExceptionRow {
    init(_ exception: ReportDetails.Exception) {
        let overlay = exception.overlay
        let day = visible(overlay.expires, limit: 40)
        counting = exception.hasExpired ? "–" : "⚠"
        self.exception = visible(overlay.name, limit: 80)
        owner = visible(overlay.owner.text, limit: 80)
        because = visibleLines(overlay.reason).joined(separator: " ")
        until = exception.hasExpired ? "expired on \(day), has no effect" : "until \(day)"
        claims = Page.Table(overlay.gates, limit: 10) { gate in
            Sentences.condition(gate) + (gate.blocks ? "" : " (only warns)")
        }
    }
}
