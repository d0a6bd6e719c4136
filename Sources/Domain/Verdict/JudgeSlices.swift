/// Gates that are asked of every slice of a column.
extension GateQuestion {
    /// The slices that a gate judges, and how many it cannot.
    struct Judged {
        var slices: [SliceScores]
        var small: Int
    }

    /// Every slice with enough rows is judged; the worst decides.
    func sliceResult(_ slicing: Gate.Slicing) -> GateResult {
        let judged: Judged
        switch slices(slicing) {
        case .success(let found): judged = found
        case .failure(let why): return missing(why.text)
        }
        let claims: [Claim]
        if gate.comparesWithChampion {
            if let result = withoutChampion() { return result }
            claims = compared(judged.slices, slicing.column)
        } else {
            claims = judged.slices.map { scores in
                let value = scores.metrics[gate.metric] ?? .nan
                return Claim(
                    outcome: gate.condition.allows(value) ? .passed : .failed, slack: gate.condition.slack(value))
            }
        }
        guard let worst = claims.indices.min(by: { claims[$0].isWorse(than: claims[$1]) }) else {
            return missing("no slice of '\(slicing.column)' could be judged")
        }
        let (scores, claim) = (judged.slices[worst], claims[worst])
        return GateResult(
            gate: gate, outcome: claim.outcome, challenger: scores.metrics[gate.metric],
            champion: gate.comparesWithChampion ? championScores(slicing.column)[scores.slice] : nil,
            slice: scores.slice, judgedSlices: judged.slices.count, smallSlices: judged.small,
            comparison: claim.comparison, interval: claim.interval, reason: claim.reason)
    }

    /// `max_gap:`, the distance between the lowest and the highest slice.
    func gapResult(_ bound: Double) -> GateResult {
        guard let slicing = gate.slice else { return missing("the gate names no column of slices") }
        let judged: Judged
        switch slices(slicing) {
        case .success(let found): judged = found
        case .failure(let why): return missing(why.text)
        }
        let values = judged.slices.map { (slice: $0.slice, value: $0.metrics[gate.metric] ?? .nan) }
        guard let low = values.min(by: { $0.value < $1.value }), let high = values.max(by: { $0.value < $1.value }),
            values.count > 1
        else {
            let few = "only one slice of '\(slicing.column)' has \(slicing.minRows) rows: there is no gap to measure"
            return missing(few)
        }
        let gap = high.value - low.value
        let isLowerBetter = Direction.of(gate.metric) == .lower
        return GateResult(
            gate: gate, outcome: gap <= bound ? .passed : .failed, challenger: gap, champion: nil,
            slice: isLowerBetter ? high.slice : low.slice, bestSlice: isLowerBetter ? low.slice : high.slice,
            judgedSlices: values.count, smallSlices: judged.small)
    }

    private struct Why: Error {
        let text: String
    }

    private func slices(_ slicing: Gate.Slicing) -> Result<Judged, Why> {
        let all = measured.challengerSlices.filter { $0.slice.column == slicing.column }
        if all.isEmpty {
            let columns = measured.challengerSlices.map(\.slice.column)
            return .failure(Why(text: unknown(slicing.column, among: columns, "slices of ")))
        }
        let large = all.filter { $0.rows >= slicing.minRows }
        guard !large.isEmpty else {
            let most = all.map(\.rows).max() ?? 0
            return .failure(
                Why(text: "no slice of '\(slicing.column)' has \(slicing.minRows) rows; the largest has \(most)"))
        }
        let judged = large.filter { $0.metrics[gate.metric]?.isFinite == true }
        guard !judged.isEmpty else {
            return .failure(Why(text: unknown(gate.metric, among: large.flatMap(\.metrics.keys))))
        }
        return .success(Judged(slices: judged, small: all.count - judged.count))
    }

    private func compared(_ slices: [SliceScores], _ column: String) -> [Claim] {
        let before = championScores(column)
        var comparisons: [Slice: Comparison] = [:]
        for comparison in measured.comparisons where comparison.metric == gate.metric {
            if let slice = comparison.slice, slice.column == column { comparisons[slice] = comparison }
        }
        let isTested = gate.test != nil && measured.comparisons.contains { $0.metric == gate.metric }
        let count = slices.count { comparisons[$0.slice] != nil }
        return slices.map { scores in
            if isTested, count == 0 {
                let why = "this run compared no '\(gate.metric)' of slices of '\(column)'"
                return Claim(outcome: .undecided(why: why), slack: 0, reason: .notMeasured)
            }
            guard let value = scores.metrics[gate.metric], let reference = before[scores.slice] else {
                let why = "the evaluation of the champion measured no '\(gate.metric)' of slice '\(scores.slice.value)'"
                return Claim(outcome: .undecided(why: why), slack: 0, reason: .notMeasured)
            }
            return claim(
                value, reference, comparisons[scores.slice], among: max(1, count), isCompared: isTested)
        }
    }

    private func championScores(_ column: String) -> [Slice: Double] {
        var scores: [Slice: Double] = [:]
        for slice in measured.championSlices where slice.slice.column == column {
            if let value = slice.metrics[gate.metric], value.isFinite { scores[slice.slice] = value }
        }
        return scores
    }
}

extension GateQuestion.Claim {
    /// A no before what could not be told, and this before a yes; among equals the one with less slack.
    func isWorse(than other: Self) -> Bool {
        (other.weight, slack) < (weight, other.slack)
    }

    private var weight: Int {
        switch outcome {
        case .passed, .noChampion: 0
        case .noDifference: 1
        case .undecided: 2
        case .failed: 3
        }
    }
}
