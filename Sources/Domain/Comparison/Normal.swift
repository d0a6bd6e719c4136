import Foundation

/// The standard normal distribution.
package enum Normal {
    /// The probability of a value at most `z`.
    package static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The value that is exceeded with probability `1 - p`; infinite for 0 and 1.
    ///
    /// Newton's method on the logarithm of the tail, which is smooth where the distribution itself is flat.
    package static func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
        if p > 0.5 { return -quantile(1 - p) }
        let target = log(p)
        // Right to two digits far out, where ln p is about -z²/2.
        var z = -(-2 * target).squareRoot() + 0.8 * exp(target)
        for _ in 0..<60 {
            let tail = cumulative(z)
            let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
            let step = (log(tail) - target) * tail / density
            z -= step
            if abs(step) < 1e-14 * max(1, abs(z)) { break }
        }
        return z
    }
}
