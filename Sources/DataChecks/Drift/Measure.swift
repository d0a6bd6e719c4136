package import Domain
import Foundation

extension Measure {
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
