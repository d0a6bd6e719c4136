/// A way to put a number on how far two distributions are apart; docs/drift.md has the formulas.
///
/// Missing values never count. With p and q the shares of the reference and of the new data:
package enum Measure: String, Codable, Sendable, CaseIterable, Comparable {
    /// Population stability index: sum of (q - p) ln(q / p) over ten bins that are deciles of the reference (the outer
    /// ones open), or over the categories; a share below 0.0001 counts as 0.0001.
    /// Source: N. Siddiqi, Credit Risk Scorecards (2006); the same as Jeffreys' divergence (1946).
    case psi
    /// Kolmogorov-Smirnov, two samples: the largest |F - G| of the distribution functions, not its p-value.
    /// Source: N. Smirnov, Table for estimating the goodness of fit of empirical distributions (1948).
    case ks
    /// Jensen-Shannon divergence in bits, (KL(p, m) + KL(q, m)) / 2 with m = (p + q) / 2, over twenty bins of equal
    /// width from the smallest to the largest value of both sides, or over the categories.
    /// Source: J. Lin, Divergence measures based on the Shannon entropy (1991). scipy's `jensenshannon` is its root.
    case js
    /// Wasserstein-1 distance, the integral of |F - G|, in standard deviations of the reference.
    /// Source: S. S. Vallender, Calculation of the Wasserstein distance between distributions on the line (1974).
    case wasserstein
    /// The largest |p - q| of a category. Source: TensorFlow Data Validation's L-infinity comparator.
    case linf
    /// p-value of Pearson's chi-square test that both sides have the same shares of categories, without continuity
    /// correction. The one measure of which a small value is the alarm.
    /// Source: K. Pearson, On the criterion that a given system of deviations ... (1900).
    case chi2P = "chi2_p"

    /// True if the value is beyond the limit. One that equals it is not, whatever sums of shares are off by.
    package func isPassed(by value: Double, limit: Double) -> Bool {
        self == .chi2P ? value < limit - Measure.slack : value > limit + Measure.slack
    }

    /// What sums of shares may be off by.
    package static let slack = 1e-12

    package static func < (left: Measure, right: Measure) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// Limits of drift; inclusive.
///
/// ```yaml
/// columns:
///   dep_hour: { psi: 0.2, ks: 0.1 }
///   carrier: { linf: 0.05, chi2_p: 0.01 }
/// nullFractionDelta: 0.02
/// ```
/// or, the same limits for all: `{ columns: [dep_hour, carrier], psi: 0.2 }`.
package struct DriftLimits: Codable, Sendable, Equatable {
    package struct Column: Codable, Sendable, Equatable {
        package let name: String
        /// By `Measure.rawValue`.
        private let values: [String: Double]
        /// True for limits that are given to several columns at once: those that do not fit a column's kind are passed
        /// over.
        package let isShared: Bool

        package init(name: String, limits: [Measure: Double], isShared: Bool) {
            self.name = name
            values = Dictionary(limits.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { first, _ in first })
            self.isShared = isShared
        }

        package var limits: [Measure: Double] {
            let known = Measure.allCases.compactMap { measure in values[measure.rawValue].map { (measure, $0) } }
            return Dictionary(known, uniquingKeysWith: { first, _ in first })
        }
    }

    /// In the order of the file.
    package let columns: [Column]
    /// The largest difference between the shares of missing cells, for every column.
    package let nullFractionDelta: Double?

    package init(columns: [Column] = [], nullFractionDelta: Double? = nil) {
        self.columns = columns
        self.nullFractionDelta = nullFractionDelta
    }

    package static let none = DriftLimits()
    package var isEmpty: Bool { columns.isEmpty && nullFractionDelta == nil }
}

/// `datasets.NAME.drift`: what new data is compared with, how far it may be away, and what follows if it is farther.
package struct DriftRules: Codable, Sendable, Equatable {
    /// What new data is compared with.
    package enum Reference: Codable, Sendable, Equatable {
        /// The snapshot that the champion was trained on.
        case champion
        /// The parts before it, so many: files of a dataset that appends, in the order of their names, else snapshots.
        case window(Int)
        /// The part that lies so many before it: 12 for the same month of the year before.
        case season(Int)
    }

    /// What follows from a limit that is passed.
    package enum Action: String, Codable, Sendable, CaseIterable {
        /// The data is taken in, and may start a run.
        case retrain
        /// The data is refused: a person must look at it.
        case quarantine
        /// Only reports say so.
        case warn
    }

    package var limits: DriftLimits
    package var reference: Reference
    /// The dataset whose snapshot the reference is; nil: the same.
    package var dataset: DatasetName?
    package var action: Action

    package init(
        limits: DriftLimits, reference: Reference = .champion, dataset: DatasetName? = nil, action: Action = .retrain
    ) {
        self.limits = limits
        self.reference = reference
        self.dataset = dataset
        self.action = action
    }
}
