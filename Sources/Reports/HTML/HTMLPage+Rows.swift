import Domain
import Foundation

// Rows of tables with their pictures. Each table of the page is in the order of the things that it was made from.

extension HTMLPage {
    static func drawn(_ comparison: Page.Comparison, _ report: Report) -> [String: Any] {
        let gates = report.plan.policy.gates
        let names = inOrder(Set((report.champion ?? [:]).keys).union(report.challenger.keys), gates: gates)
        let tested = Tested(report, slices: false)
        var parts = fields(of: comparison)
        parts["metrics"] = table(comparison.metrics, of: names) { row, name -> [String: Any] in
            let compared = tested[Tested.Key(metric: name)]?.comparison
            let picture = compared.map { forest(row.metric, $0, gates: gates) } ?? ""
            return ["kind": kind(of: row.direction), "forest": Verbatim(text: picture)]
        }
        return parts
    }

    private static func forest(_ name: String, _ comparison: Comparison, gates: [Gate]) -> String {
        let asked = gates.filter { $0.metric == comparison.metric && $0.slice == nil && $0.comparesWithChampion }
        let edge = asked.lazy.compactMap(edge).first
        let isLowerBetter = Direction.of(comparison.metric, gates: gates) == .lower
        let bounds = comparison.bounds(at: 0.95)
        return StripDrawing.forest(
            Forest(
                name: name, difference: comparison.difference, interval: (bounds.lower, bounds.upper),
                margin: edge?.of(comparison.champion), isMirrored: edge?.isMirrored ?? isLowerBetter))
    }

    private struct Edge {
        var margin: Margin
        var sign: Double
        /// True if the condition is for metrics where lower is better.
        var isMirrored: Bool

        func of(_ champion: Double) -> Double { sign * margin.amount(of: champion) }
    }

    /// Nil for a condition that does not compare.
    private static func edge(of gate: Gate) -> Edge? {
        switch gate.condition {
        case .maxDrop(let margin): Edge(margin: margin, sign: -1, isMirrored: false)
        case .minRise(let margin): Edge(margin: margin, sign: 1, isMirrored: false)
        case .maxRise(let margin): Edge(margin: margin, sign: 1, isMirrored: true)
        case .minDrop(let margin): Edge(margin: margin, sign: -1, isMirrored: true)
        case .atLeast, .atMost, .maxGap, .answers, .converged, .finite: nil
        }
    }

    static func drawn(_ gates: Page.Table<Page.GateRow>, _ report: Report) -> [String: Any] {
        table(gates, of: report.gates) { row, result in
            ["kind": kind(of: row.outcome), "became": word(result)]
        }
    }

    private static func word(_ result: GateResult) -> String {
        switch result.outcome {
        case .passed: "passed"
        case .failed: result.gate.blocks ? "failed" : "warns"
        case .undecided: result.gate.blocks ? "could not tell" : "warns"
        case .noChampion: "no champion"
        case .noDifference: result.gate.blocks ? "no difference" : "warns"
        }
    }

    static func drawn(_ slices: Page.Slices, _ report: Report) -> [String: Any] {
        var parts = fields(of: slices)
        guard let (moves, metric) = Page.Slices.moves(report) else { return parts }
        let shown = moves.prefix(slices.moved.rows.count)
        let tested = Tested(report, slices: true, metric: metric)
        let bounds = shown.map { tested[Tested.Key(metric: metric, slice: $0.slice)]?.comparison.bounds(at: 0.95) }
        let ends = zip(shown, bounds).flatMap { move, bounds in
            [move.champion, move.challenger]
                + (bounds.map { [move.champion + $0.lower, move.champion + $0.upper] } ?? [])
        }
        let scale = Scale(covering: ends, padding: 0.05)
        parts["axis"] = Verbatim(text: scale.map { StripDrawing.axis(Axis(name: slices.by, scale: $0)) } ?? "")
        parts["moved"] = table(slices.moved, of: zip(shown, bounds)) { row, thing in
            let (move, bounds) = thing
            let dots = scale.map { scale in
                StripDrawing.move(
                    Move(
                        name: row.slice, champion: move.champion, challenger: move.challenger,
                        interval: bounds.map { ($0.lower, $0.upper) }, scale: scale))
            }
            return ["kind": kind(of: row.direction), "dots": Verbatim(text: dots ?? "")]
        }
        return parts
    }

    static func drawn(_ drift: Page.Table<Page.DriftRow>, _ report: Report) -> [String: Any] {
        table(drift, of: report.stages.compactMap(\.state.drift)) { row, drift in
            let columns = drift.columns.filter(\.isWorthShowing)
            let moved = row.moved.map { moved in
                table(moved, of: columns) { row, column in
                    let bins = column.picture.prefix(10).map { ($0.reference, $0.current) }
                    let histogram = StripDrawing.histograms(Histograms(name: row.moving, bins: bins))
                    return ["kind": kind(of: row.beyond), "histogram": Verbatim(text: histogram)]
                }
            }
            return ["moved": moved]
        }
    }

    /// A small waterfall: what ran when.
    static func drawn(_ stages: Page.Table<Page.StageRow>, _ report: Report) -> [String: Any] {
        let spans = spans(of: report.stages.prefix(stages.rows.count))
        let scale = Scale(from: 0, to: spans.compactMap { $0?.to }.max() ?? 0)
        return table(stages, of: spans) { row, span in
            let picture = scale.flatMap { scale in
                span.map { StripDrawing.span(Span(name: row.stage, from: $0.from, to: $0.to, scale: scale)) }
            }
            return ["kind": kind(of: row.outcome), "span": Verbatim(text: picture ?? "")]
        }
    }

    /// Seconds since the first stage began; one after the other where it is not known when they began.
    private static func spans(of stages: some Collection<StageRun>) -> [(from: Double, to: Double)?] {
        let ran = stages.filter { $0.state.usage != nil }
        let isTimed = ran.allSatisfy { $0.startedAt != nil }
        let first = ran.compactMap(\.startedAt).min()
        var end = 0.0
        return stages.map { stage in
            guard let wall = stage.state.usage?.wall, wall.isFinite, wall >= 0 else { return nil }
            var start = end
            if isTimed, let first, let began = stage.startedAt { start = began.timeIntervalSince(first) }
            end = start + wall
            return (start, end)
        }
    }
}
