package import Domain

/// What a gate answered.
package struct GateView: Encodable, Sendable {
    package let metric: String
    /// `min`, `max`, `max_drop`, …; `command`, `converged`, `finite`.
    package let condition: String
    package let bound: Double?
    /// Whether the bound is a share of the reference's value.
    package let relative: Bool
    /// `champion` or `promotions`; nil: the condition compares with nothing.
    package let against: String?
    /// How many promotions.
    package let last: Int?
    /// Nil: values are compared as they are.
    package let confidence: Double?
    package let whenUnsure: Gate.PairedTest.Doubt?
    /// `block` or `warn`.
    package let action: Gate.Action
    package let overlay: String?
    /// The column whose slices were asked.
    package let column: String?
    package let minRows: Int64?
    /// `passed`, `failed`, `undecided`, `no_champion`, `no_difference`.
    package let outcome: String
    package let why: String?
    package let challenger: Double?
    package let champion: Double?
    /// The value of the column that decided: the worst.
    package let slice: String?
    /// For `max_gap`: the value that the worst is compared with.
    package let bestSlice: String?
    package let judgedSlices: Int?
    package let smallSlices: Int?
    package let pValue: Double?
    package let interval: IntervalView?
    package let pastVersion: Int?

    package init(_ result: GateResult) {
        let gate = result.gate
        metric = gate.metric
        (condition, bound, relative) = GateView.words(gate.condition)
        switch gate.against {
        case .promotions(let count): (against, last) = ("promotions", count)
        case .champion, nil: (against, last) = (gate.comparesWithChampion ? "champion" : nil, nil)
        }
        confidence = gate.test?.confidence
        whenUnsure = gate.test?.whenUnsure
        action = gate.action ?? .block
        overlay = gate.overlay
        column = gate.slice?.column
        minRows = gate.slice?.minRows
        switch result.outcome {
        case .passed: (outcome, why) = ("passed", nil)
        case .failed: (outcome, why) = ("failed", nil)
        case .noChampion: (outcome, why) = ("no_champion", nil)
        case .noDifference: (outcome, why) = ("no_difference", nil)
        case .undecided(let reason): (outcome, why) = ("undecided", reason)
        }
        challenger = result.challenger
        champion = result.champion
        slice = result.slice?.value
        bestSlice = result.bestSlice?.value
        judgedSlices = result.judgedSlices
        smallSlices = result.smallSlices
        pValue = result.comparison?.pValue
        interval = result.interval.map(IntervalView.init)
        pastVersion = result.pastVersion
    }

    private static func words(_ condition: Gate.Condition) -> (word: String, bound: Double?, relative: Bool) {
        switch condition {
        case .atLeast(let value): ("min", value, false)
        case .atMost(let value): ("max", value, false)
        case .maxDrop(let margin): ("max_drop", margin.value, margin.isRelative)
        case .maxRise(let margin): ("max_rise", margin.value, margin.isRelative)
        case .minRise(let margin): ("min_rise", margin.value, margin.isRelative)
        case .minDrop(let margin): ("min_drop", margin.value, margin.isRelative)
        case .maxGap(let value): ("max_gap", value, false)
        case .answers: ("command", nil, false)
        case .converged: ("converged", nil, false)
        case .finite: ("finite", nil, false)
        }
    }
}
