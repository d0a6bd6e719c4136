/// A condition on the challenger (`gates:`).
///
/// Fields that are nil stand for what gates were before there was such a field, because old plans are decoded.
package struct Gate: Codable, Equatable, Sendable {
    /// What must hold.
    package enum Condition: Codable, Equatable, Sendable {
        /// `min:` inclusive.
        case atLeast(Double)
        /// `max:` inclusive.
        case atMost(Double)
        /// `max_drop:`; the challenger's value may lie that far below the reference's.
        case maxDrop(Margin)
        /// `max_rise:`, for metrics where lower is better.
        case maxRise(Margin)
        /// `min_rise:`; the challenger's value must lie at least that far above the reference's, and with a test be
        /// shown to.
        case minRise(Margin)
        /// `min_drop:`, for metrics where lower is better.
        case minDrop(Margin)
        /// `max_gap:`; how far the slices of a column may lie apart.
        case maxGap(Double)
        /// `command:`; shell command lines that answer with their exit status: 0 yes, 1 no, anything else could not tell.
        case answers([String])
        /// `require: converged`; the history of the metric falls and has come to rest.
        case converged
        /// `require: finite`; every number of the metric and of its history is finite. The metric `*` is all of them.
        case finite
    }

    /// What a value is compared with.
    package enum Reference: Codable, Equatable, Sendable {
        /// The champion, evaluated in the same run on the same rows.
        case champion
        /// `against: promotions`; the best of the values recorded with the last so many promoted models, each measured
        /// in its own day's run.
        case promotions(last: Int)
    }

    /// Whether what a gate finds blocks.
    package enum Action: String, Codable, Sendable, CaseIterable {
        case block
        case warn
    }

    /// A gate that is asked of every slice of a column; the worst decides.
    package struct Slicing: Codable, Equatable, Sendable {
        /// A column of the predictions.
        package var column: String
        /// Slices with fewer rows are left out, and counted.
        package var minRows: Int64

        package init(column: String, minRows: Int64 = 1) {
            self.column = column
            self.minRows = minRows
        }
    }

    /// That a comparison with the champion must be decided by a confidence interval of the paired difference.
    package struct PairedTest: Codable, Equatable, Sendable {
        /// What an interval that holds both answers comes to.
        package enum Doubt: String, Codable, Sendable, CaseIterable {
            /// The gate could not tell, which blocks. The normal form: harm must be excluded.
            case block
            /// The gate passes. The normal form of slices, most of which are too small to exclude harm: it must be shown.
            case pass
        }

        /// Of the two-sided interval, between 0 and 1; 0.95 unless the policy says otherwise.
        package var confidence: Double
        package var whenUnsure: Doubt
        /// True if the policy states a confidence: a metric without a paired comparison, such as one from a file of
        /// metrics, then leaves the gate open. Else its values are compared as they are.
        package var isAsked: Bool

        package init(confidence: Double = 0.95, whenUnsure: Doubt = .block, isAsked: Bool = false) {
            self.confidence = confidence
            self.whenUnsure = whenUnsure
            self.isAsked = isAsked
        }
    }

    /// `auc`, `model_bytes` or any name that the run measures; for a command, the gate's name.
    package var metric: String
    package var condition: Condition
    /// Nil: the champion, for a condition that compares.
    package var against: Reference?
    /// Nil: the values are compared as they are.
    package var test: PairedTest?
    /// Nil: all rows.
    package var slice: Slicing?
    /// Nil: block.
    package var action: Action?
    /// The overlay that put this gate in the place of another.
    package var overlay: String?
    /// True: the operator's floor asks it, and no policy or overlay takes its place. Nil: the policy does.
    package var isFloor: Bool?

    package init(
        metric: String, condition: Condition, against: Reference? = nil, test: PairedTest? = nil,
        slice: Slicing? = nil, action: Action? = nil, overlay: String? = nil, isFloor: Bool? = nil
    ) {
        self.metric = metric
        self.condition = condition
        self.against = against
        self.test = test
        self.slice = slice
        self.action = action
        self.overlay = overlay
        self.isFloor = isFloor
    }

    /// True if what it finds stands in the way of a promotion.
    package var blocks: Bool { action != .warn }

    /// True if the condition is about a difference from the champion of the same run.
    package var comparesWithChampion: Bool {
        switch condition {
        case .maxDrop, .maxRise, .minRise, .minDrop: against == nil || against == .champion
        case .atLeast, .atMost, .maxGap, .answers, .converged, .finite: false
        }
    }
}

/// How far two values may lie apart: in the metric's own unit, or as a share of the reference's value.
package enum Margin: Codable, Equatable, Sendable {
    case absolute(Double)
    /// `2%` is 0.02.
    case relative(Double)

    /// The margin in the metric's unit.
    package func amount(of reference: Double) -> Double {
        switch self {
        case .absolute(let amount): amount
        case .relative(let share): share * abs(reference)
        }
    }

    /// The number as the policy has it: an amount or a share.
    package var value: Double {
        switch self {
        case .absolute(let value), .relative(let value): value
        }
    }

    package var isRelative: Bool {
        if case .relative = self { true } else { false }
    }

    private enum Key: String, CodingKey {
        case relative
    }

    // An absolute margin is a plain number, as in plans from before there were others.
    package init(from decoder: any Decoder) throws {
        if let amount = try? decoder.singleValueContainer().decode(Double.self) {
            self = .absolute(amount)
        } else {
            self = .relative(try decoder.container(keyedBy: Key.self).decode(Double.self, forKey: .relative))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .absolute(let amount):
            var container = encoder.singleValueContainer()
            try container.encode(amount)
        case .relative(let share):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(share, forKey: .relative)
        }
    }
}

extension Margin: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    package init(floatLiteral value: Double) { self = .absolute(value) }
    package init(integerLiteral value: Int) { self = .absolute(Double(value)) }
}

/// A named exception from the gates for a time (`overlays:`): until it expires its gates stand in the place of those
/// with the same metric, slice and kind of condition.
package struct Overlay: Codable, Equatable, Sendable {
    package var name: String
    package var owner: PersonName
    package var reason: String
    /// The first day on which it does not count any more, `2026-12-31`, in UTC.
    package var expires: String
    package var gates: [Gate]

    package init(name: String, owner: PersonName, reason: String, expires: String, gates: [Gate]) {
        self.name = name
        self.owner = owner
        self.reason = reason
        self.expires = expires
        self.gates = gates
    }
}
