import Domain

extension Page.StageRow {
    init(_ run: StageRun) {
        stage = visible(run.name.text)
        outcome = run.state.mark
        let usage = run.state.usage
        wall = usage.map { Numbers.duration($0.wall) } ?? "–"
        cpu = usage.map { Numbers.duration($0.cpu) } ?? "–"
        memory = usage.map { Numbers.bytes(Double($0.peakMemory)) } ?? "–"
        became =
            switch run.state {
            case .reused(_, let from): "reused from run \(from)"
            case .skipped(let because): "skipped: \(visible(because.text)) did not succeed"
            case .pending, .running, .succeeded, .failed, .errored, .cancelled: run.state.word
            }
    }
}

extension Page.NoteRow {
    static func all(of run: StageRun) -> [Page.NoteRow] {
        (run.state.result?.notes ?? []).map { note in
            Page.NoteRow(by: visible(run.name.text), note: visibleLines(note).joined(separator: " "))
        }
    }
}

extension StageState {
    /// One sign: `✓`, `✗`, `?`, `–`.
    var mark: String {
        switch self {
        case .succeeded, .reused: "✓"
        case .failed: "✗"
        case .errored: "?"
        case .pending, .running, .skipped, .cancelled: "–"
        }
    }
}

extension Page.FailureRow {
    /// Nil for a stage that neither failed nor could not be asked.
    init?(_ run: StageRun) {
        // What a gate's command answered is told with the gate.
        if case .gate = run.kind { return nil }
        failed = visible(run.name.text)
        switch run.state {
        case .failed(let failure, _):
            sentences = [Sentences.failure(failure)]
            // The sentence says a single drift already, and the section on drift draws it.
            var findings = failure.findings
            if case .drift = failure, findings.count == 1 { findings = [] }
            complaints = findings.isEmpty ? [] : [Page.Table(findings, limit: 10, row: Page.FindingRow.init)]
        case .errored(let fault, _):
            sentences = Self.joined(fault)
            complaints = []
        case .pending, .running, .reused, .succeeded, .skipped, .cancelled:
            return nil
        }
    }

    private static func joined(_ fault: Fault) -> [String] {
        let lines = visibleLines(fault.message)
        return ["could not be asked: \(lines.first ?? "no reason given")"] + lines.dropFirst()
            + (fault.advice.map { visibleLines($0) } ?? [])
    }
}

extension Page.FindingRow {
    init(_ finding: DataFinding) {
        check = visible(finding.check)
        place =
            visible(finding.file) + (finding.column.map { ", column \(visible($0))" } ?? "")
            + (finding.record.map { ", record \(Numbers.count($0))" } ?? "")
            + (finding.line.map { ", line \(Numbers.count($0))" } ?? "")
        count = Numbers.count(finding.count)
        value = finding.value.map { visible($0, limit: 80) } ?? "–"
        message = visible(finding.message)
    }
}

extension Page {
    /// `12 m 4 s, 9 m of CPU, at most 1.2 GB; 2 reused`; nil if nothing ran.
    static func cost(_ stages: [StageRun]) -> String? {
        let used = stages.compactMap(\.state.usage)
        guard !used.isEmpty else { return nil }
        let reused = stages.count { if case .reused = $0.state { true } else { false } }
        let wall = Numbers.duration(used.reduce(0) { $0 + $1.wall })
        let cpu = Numbers.duration(used.reduce(0) { $0 + $1.cpu })
        let memory = Numbers.bytes(Double(used.map(\.peakMemory).max() ?? 0))
        return "\(wall), \(cpu) of CPU, at most \(memory)" + (reused > 0 ? "; \(reused) reused" : "")
    }
}
