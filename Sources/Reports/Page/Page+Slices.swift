import Domain

extension Page.Slices {
    /// Nil unless both sides were measured on slices.
    init?(_ report: Report) {
        guard let (moves, metric) = Self.moves(report), !moves.isEmpty else { return nil }
        let measure = Measure(metric, gates: report.plan.policy.gates)
        let widest = moves.map { abs($0.difference) }.max() ?? 0
        let tested = Tested(report, slices: true, metric: metric)
        by = visible(metric)
        better = measure.arrow
        moved = Page.Table(moves, limit: 10) { move in
            Page.SliceRow(move, measure, tested[Tested.Key(metric: metric, slice: move.slice)], widest: widest)
        }
        let correction = tested.count > 1 ? "; words are corrected for \(tested.count) comparisons" : ""
        note = "\(counted(moves.count, "slice")) of both sides compared\(correction)."
    }

    /// How the slices have moved by the metric that the policy asks about first; nil unless both sides were measured.
    static func moves(_ report: Report) -> (moves: [Move], metric: String)? {
        guard let measured = report.measurements, !measured.championSlices.isEmpty else { return nil }
        let names = Set(measured.challengerSlices.flatMap(\.metrics.keys))
        return inOrder(names, gates: report.plan.policy.gates).first.map { (moves(measured, $0), $0) }
    }

    struct Move {
        var slice: Slice
        var rows: Int64
        var champion: Double
        var challenger: Double
        /// True if the interval of the difference leaves 0 out.
        var isBeyondNoise: Bool
        var difference: Double { challenger - champion }
    }

    /// Those beyond noise first, else tiny slices would lead; of each the farthest first.
    private static func moves(_ measured: Measurements, _ metric: String) -> [Move] {
        let before = Dictionary(measured.championSlices.map { ($0.slice, $0) }, uniquingKeysWith: { first, _ in first })
        let beyond = Set(
            measured.comparisons.filter { $0.metric == metric && $0.leavesZeroOut }.compactMap(\.slice))
        return measured.challengerSlices.compactMap { now -> Move? in
            guard let champion = before[now.slice]?.metrics[metric], let challenger = now.metrics[metric],
                champion.isFinite, challenger.isFinite
            else { return nil }
            return Move(
                slice: now.slice, rows: now.rows, champion: champion, challenger: challenger,
                isBeyondNoise: beyond.contains(now.slice))
        }.sorted { left, right in
            if left.isBeyondNoise != right.isBeyondNoise { return left.isBeyondNoise }
            let sizes = (abs(left.difference), abs(right.difference))
            if sizes.0 != sizes.1 { return sizes.0 > sizes.1 }
            return (left.slice.column, left.slice.value) < (right.slice.column, right.slice.value)
        }
    }
}

extension Comparison {
    fileprivate var leavesZeroOut: Bool {
        let bounds = bounds(at: 0.95)
        return bounds.lower > 0 || bounds.upper < 0
    }
}

extension Page.SliceRow {
    init(_ move: Page.Slices.Move, _ measure: Measure, _ tested: Tested.Answer?, widest: Double) {
        let row = Page.MetricRow(measure, champion: move.champion, challenger: move.challenger, tested: tested)
        slice = Sentences.slice(move.slice)
        sliceRows = Numbers.count(move.rows)
        (champion, challenger, difference) = (row.champion, row.challenger, row.difference)
        (interval, direction) = (row.interval, row.direction)
        bar = .swing(widest > 0 ? move.difference / widest : 0)
    }
}

extension Sentences {
    /// `carrier = UA`
    static func slice(_ slice: Slice) -> String {
        "\(named(slice.column, limit: 80)) = \(named(slice.value, limit: 80))"
    }
}
