/// Against the models that were promoted before: what a row of small steps down comes to.
extension GateQuestion {
    /// The values are of other days and other rows, so that they are compared as they are.
    func promotionsResult(last: Int) -> GateResult {
        guard gate.slice == nil else { return missing("promotions record no slices") }
        guard let value = measuredValue else { return missing(unknown(gate.metric, among: measured.challenger.keys)) }
        let past = measured.promotions.prefix(max(0, last))
        guard !past.isEmpty else { return answer(.noChampion, value) }
        let recorded = past.compactMap { promotion in
            promotion.metrics[gate.metric].flatMap { $0.isFinite ? (version: promotion.version, value: $0) : nil }
        }
        // Of equal values the newest, which comes first.
        let best =
            switch gate.condition {
            case .maxRise, .minDrop: recorded.min { $0.value < $1.value }
            case .maxDrop, .minRise, .atLeast, .atMost, .maxGap, .answers, .converged, .finite:
                recorded.min { $0.value > $1.value }
            }
        guard let best else {
            return missing("none of the last \(past.count) promotions recorded '\(gate.metric)'", challenger: value)
        }
        return GateResult(
            gate: gate, outcome: gate.condition.compares(value, with: best.value), challenger: value,
            champion: best.value, pastVersion: best.version)
    }
}
