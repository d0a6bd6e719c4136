/// How training went.
extension GateQuestion {
    /// `require: finite`, of one metric and its history, or of all.
    var finiteResult: GateResult {
        let isAll = gate.metric == "*"
        let metrics = measured.challenger.filter { isAll || $0.key == gate.metric }
        let histories = measured.histories.filter { isAll || $0.metric == gate.metric }
        if metrics.isEmpty, histories.isEmpty {
            let names = Array(measured.challenger.keys) + measured.histories.map(\.metric)
            return missing(isAll ? "this run measured nothing" : unknown(gate.metric, among: names))
        }
        if let name = metrics.filter({ !$0.value.isFinite }).keys.min() {
            return answer(.failed, reason: .notFinite(metric: name, place: nil))
        }
        for history in histories {
            if let index = history.values.firstIndex(where: { !$0.isFinite }) {
                return answer(.failed, measuredValue, reason: .notFinite(metric: history.metric, place: index + 1))
            }
        }
        return answer(.passed, measuredValue)
    }

    /// `require: converged`
    var convergenceResult: GateResult {
        guard let history = measured.histories.first(where: { $0.metric == gate.metric }) else {
            return missing(unknown(gate.metric, among: measured.histories.map(\.metric), "history of "))
        }
        let values = history.values
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            return answer(.failed, reason: .notFinite(metric: gate.metric, place: index + 1))
        }
        guard values.count >= Settling.fewest else {
            let counted = "the history of '\(gate.metric)' has \(values.count) values"
            return missing("\(counted): fewer than \(Settling.fewest) cannot show that it came to rest")
        }
        let reason = Settling(values).fault
        return answer(reason == nil ? .passed : .failed, values.last, reason: reason)
    }
}

/// Whether a curve fell and came to rest, by medians of its tenths, which one outlier does not move.
private struct Settling {
    static let fewest = 5

    let first: Double
    /// Just before the last fifth.
    let before: Double
    let last: Double
    let best: Double
    /// The highest of the last fifth.
    let highest: Double

    /// At least `fewest` finite values.
    init(_ values: [Double]) {
        let tenth = max(1, values.count / 10)
        let fifth = max(1, values.count / 5)
        first = Settling.median(values.prefix(tenth))
        before = Settling.median(values.dropLast(fifth).suffix(tenth))
        last = Settling.median(values.suffix(tenth))
        best = values.min() ?? .nan
        highest = values.suffix(fifth).max() ?? .nan
    }

    /// Why it did not converge; nil if it did.
    var fault: GateResult.Reason? {
        let fall = first - last
        guard fall > 0, fall >= 0.01 * abs(first) else { return .notFallen(from: first, to: last) }
        if before - last > 0.1 * fall { return .stillFalling(share: (before - last) / fall) }
        return highest - best > 0.25 * fall ? .risen(from: best, to: highest) : nil
    }

    private static func median(_ values: ArraySlice<Double>) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? sorted[middle - 1] / 2 + sorted[middle] / 2 : sorted[middle]
    }
}
