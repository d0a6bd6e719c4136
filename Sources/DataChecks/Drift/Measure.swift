import Foundation

/// A way to put a number on how far two distributions are apart. Missing values never count.
///
/// With p and q the shares of the reference and of the new data:
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

    /// True if the measure has a meaning for columns of that kind.
    package func fits(_ values: ColumnProfile.Values) -> Bool {
        switch (self, values) {
        case (.psi, _), (.js, _): true
        case (.ks, .numbers), (.ks, .times), (.wasserstein, .numbers), (.wasserstein, .times): true
        case (.linf, .categories), (.chi2P, .categories): true
        case (.ks, .categories), (.wasserstein, .categories): false
        case (.linf, .numbers), (.linf, .times), (.chi2P, .numbers), (.chi2P, .times): false
        }
    }

    package static func < (left: Measure, right: Measure) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// A measure's value with what it rests on.
package struct Measured: Codable, Sendable, Equatable {
    package let measure: Measure
    package let value: Double
    /// The most that the exact value may be away; nil: it is exact, or no bound is known.
    package let error: Double?
    /// Where the sides differ most in the eyes of the measure: `over 10 up to 20`, `'UA'`.
    package let place: String
    /// Shares of both sides there.
    package let reference: Double
    package let current: Double
}

/// The formulas over shares, bin by bin.
enum Formula {
    static let floor = 1e-4

    static func psi(_ p: Double, _ q: Double) -> Double {
        let (p, q) = (max(p, floor), max(q, floor))
        return p == q ? 0 : (q - p) * log(q / p)
    }

    static func js(_ p: Double, _ q: Double) -> Double {
        let middle = (p + q) / 2
        func part(_ share: Double) -> Double { share > 0 ? share * log2(share / middle) : 0 }
        return (part(p) + part(q)) / 2
    }
}
