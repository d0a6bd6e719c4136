import Domain
import Foundation

/// Student's t distribution: what the normal becomes where the variance is known from few rows only.
enum Student {
    /// The probability of a value at most `t`.
    ///
    /// By the incomplete beta function: Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.7.1 and
    /// 26.5.8.
    static func cumulative(_ t: Double, degrees: Double) -> Double {
        guard degrees < 1e6 else { return Normal.cumulative(t) }
        let tail = 0.5 * beta(degrees / (degrees + t * t), degrees / 2, 0.5)
        return t > 0 ? 1 - tail : tail
    }

    /// The value that is exceeded with probability `1 - p`.
    static func quantile(_ p: Double, degrees: Double) -> Double {
        guard degrees < 1e6, p > 0, p < 1 else { return Normal.quantile(p) }
        if p > 0.5 { return -quantile(1 - p, degrees: degrees) }
        if p == 0.5 { return 0 }
        var (low, high) = (2 * Normal.quantile(p), 0.0)
        while cumulative(low, degrees: degrees) > p { (low, high) = (low * 4, low) }
        var t = max(low, min(high, Normal.quantile(p)))
        for _ in 0..<200 {
            let probability = cumulative(t, degrees: degrees)
            if probability > p { high = t } else { low = t }
            // Newton's step on the logarithm, where it stays between the bounds.
            let next = t - (log(probability) - log(p)) * probability / density(t, degrees)
            let step = next > low && next < high ? next : (low + high) / 2
            if abs(step - t) < 1e-12 * max(1, abs(t)) { return step }
            t = step
        }
        return t
    }

    private static func density(_ t: Double, _ degrees: Double) -> Double {
        let gammas = Gamma.logarithm((degrees + 1) / 2) - Gamma.logarithm(degrees / 2)
        return exp(gammas - 0.5 * log(degrees * Double.pi) - (degrees + 1) / 2 * log1p(t * t / degrees))
    }

    /// The regularised incomplete beta function.
    private static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - beta(1 - x, b, a) }
        let gammas = Gamma.logarithm(a + b) - Gamma.logarithm(a) - Gamma.logarithm(b)
        let front = exp(gammas + a * log(x) + b * log1p(-x))
        return front * fraction(x, a, b) / a
    }

    /// Its continued fraction, from the front (Lentz, "Generating Bessel functions in Mie scattering calculations using
    /// continued fractions", Applied Optics 15, 1976).
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        func safe(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
        var c = 1.0
        var d = 1 / safe(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...500 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / safe(1 + even * d)
            c = safe(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / safe(1 + odd * d)
            c = safe(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return result
    }
}
