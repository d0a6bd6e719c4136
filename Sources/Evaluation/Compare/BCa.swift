import Domain
import Foundation

/// Bounds of a difference from resamples, corrected for bias and acceleration.
///
/// Efron, "Better bootstrap confidence intervals", Journal of the American Statistical Association 82 (1987). Levels are
/// widened for few rows as Hesterberg does, "What teachers should know about the bootstrap", The American Statistician
/// 69 (2015): by the t distribution and n / (n - 1), because resamples of n rows are too narrow by these.
struct BCa: Sendable {
    let estimate: Double
    /// Sorted.
    private let replicates: [Double]
    private let bias: Double
    private let acceleration: Double
    private let degrees: Double
    private let spread: Double

    /// Resamples beyond a quantile that make it an honest one; further out it is continued.
    static let honest = 10.0

    /// - Parameters:
    ///   - replicates: the differences of the resamples; what is not finite could not be told, and is left out.
    ///   - units: rows, or blocks of rows, that were drawn.
    /// Nil if too few resamples could be told.
    init?(estimate: Double, replicates: [Double], acceleration: Double, units: Double) {
        let told = replicates.filter(\.isFinite).sorted()
        guard told.count >= max(replicates.count / 2, 100), estimate.isFinite, units > 1 else { return nil }
        self.estimate = estimate
        self.replicates = told
        self.acceleration = acceleration.isFinite ? acceleration : 0
        degrees = units - 1
        let count = Double(told.count)
        // Rounding must not tell a resample from the rows themselves.
        let hair = 1e-12 * max(abs(estimate), abs(told[0]), abs(told[told.count - 1]))
        let less = Double(told.count { $0 < estimate - hair })
        let equal = Double(told.count { abs($0 - estimate) <= hair })
        bias = Normal.quantile(min(max((less + equal / 2) / count, 0.5 / count), 1 - 0.5 / count))
        let mean = told.reduce(0, +) / count
        spread = (told.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    }

    /// From what leaving out each unit does to the difference: Efron's formula (6.6), the skewness of these over six.
    /// - Parameter weights: how many units there are of each kind; nil: one.
    static func acceleration(_ leftOut: [Double], weights: [Double]? = nil) -> Double {
        var (total, sum) = (0.0, 0.0)
        for (index, value) in leftOut.enumerated() where value.isFinite {
            let weight = weights?[index] ?? 1
            (total, sum) = (total + weight, sum + weight * value)
        }
        guard total > 0 else { return 0 }
        let mean = sum / total
        var (squares, cubes) = (0.0, 0.0)
        for (index, value) in leftOut.enumerated() where value.isFinite {
            let (weight, distance) = (weights?[index] ?? 1, mean - value)
            squares += weight * distance * distance
            cubes += weight * distance * distance * distance
        }
        let scale = squares * squares.squareRoot()
        return scale > 0 ? cubes / (6 * scale) : 0
    }

    /// At the standard confidences: nested, the estimate inside.
    func bounds() -> [Comparison.Bounds] {
        Comparison.nested(around: estimate) { confidence in
            let reach =
                ((degrees + 1) / degrees).squareRoot()
                * Student.quantile((1 + confidence) / 2, degrees: degrees)
            return (value(shifted(-reach)), value(shifted(reach)))
        }
    }

    /// The place among the resamples, on the scale of the normal quantile, of one among the normal's.
    private func shifted(_ z: Double) -> Double {
        let far = bias + z
        let slowed = 1 - acceleration * far
        // Where the correction turns back on itself, nothing is known but the direction.
        guard slowed > 0.1 else { return bias + 10 * far }
        return bias + far / slowed
    }

    /// The quantile at a place; beyond the last honest one it is continued straight on the normal's scale, by the slope
    /// of the last part or of the whole, whichever is steeper.
    private func value(_ z: Double) -> Double {
        let edge = Normal.quantile(BCa.honest / Double(replicates.count))
        if abs(z) <= -edge { return quantile(Normal.cumulative(z)) }
        let sign = z < 0 ? -1.0 : 1.0
        let last = quantile(Normal.cumulative(-sign * edge))
        let inner = Normal.quantile(5 * BCa.honest / Double(replicates.count))
        let slope = max(spread, (last - quantile(Normal.cumulative(-sign * inner))) * sign / (inner - edge))
        return last + sign * slope * (abs(z) + edge)
    }

    private func quantile(_ share: Double) -> Double {
        let place = share * Double(replicates.count - 1)
        let below = min(Int(place), replicates.count - 2)
        return replicates[below] + (place - Double(below)) * (replicates[below + 1] - replicates[below])
    }
}

extension Comparison {
    /// Bounds at the standard confidences that hold each other and the difference, whatever the method gives.
    static func nested(
        around difference: Double, _ interval: (_ confidence: Double) -> (lower: Double, upper: Double)
    ) -> [Bounds] {
        var (lower, upper) = (difference, difference)
        return standardConfidences.map { confidence in
            let found = interval(confidence)
            lower = min(lower, found.lower)
            upper = max(upper, found.upper)
            return Bounds(confidence: confidence, lower: lower, upper: upper)
        }
    }
}
