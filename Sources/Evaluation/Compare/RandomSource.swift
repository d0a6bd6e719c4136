import Domain
import Foundation

/// Random numbers that are the same for the same seed, here and everywhere.
///
/// xoshiro256**: Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021), with its
/// state filled by SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct RandomSource: Sendable {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    init(seed: UInt64) {
        var state = seed
        func split() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        (a, b, c, d) = (split(), split(), split(), split())
    }

    /// Seeded by what is compared and for what.
    init(_ rows: Digest, _ purpose: String) {
        let digest = Digest.of("\(rows) \(purpose)")
        self.init(seed: UInt64(digest.hex.prefix(16), radix: 16) ?? 0)
    }

    mutating func next() -> UInt64 {
        let times5 = b &* 5
        let result = (times5 << 7 | times5 >> 57) &* 9
        let shifted = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = d << 45 | d >> 19
        return result
    }

    /// A whole number from 0, below the limit. The high word of the product is as even as 2⁻⁶⁴ times the limit.
    mutating func below(_ limit: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(limit)).high)
    }

    /// From 0, below 1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// How many of `count` trials succeed that each do with probability `p`.
    mutating func binomial(_ count: Int, _ p: Double) -> Int {
        if count == 0 || p <= 0 { return 0 }
        if p >= 1 { return count }
        if p > 0.5 { return count - binomial(count, 1 - p) }
        return Double(count) * p < 10 ? inverted(count, p) : rejected(count, p)
    }

    /// By adding up probabilities until they exceed a uniform number.
    private mutating func inverted(_ count: Int, _ p: Double) -> Int {
        let odds = p / (1 - p)
        var probability = exp(Double(count) * log1p(-p))
        var rest = uniform()
        var successes = 0
        while rest >= probability, successes < count {
            rest -= probability
            probability *= odds * Double(count - successes) / Double(successes + 1)
            successes += 1
        }
        return successes
    }

    /// BTRS of Hörmann, "The generation of binomial random variates", Journal of Statistical Computation and Simulation
    /// 46 (1993).
    private mutating func rejected(_ count: Int, _ p: Double) -> Int {
        let n = Double(count)
        let odds = p / (1 - p)
        let spread = (n * p * (1 - p)).squareRoot()
        let b = 1.15 + 2.53 * spread
        let a = -0.0873 + 0.0248 * b + 0.01 * p
        let mode = ((n + 1) * p).rounded(.down)
        let top = Gamma.logarithm(mode + 1) + Gamma.logarithm(n - mode + 1)
        while true {
            let u = uniform() - 0.5
            let v = uniform()
            let edge = 0.5 - abs(u)
            let k = ((2 * a / edge + b) * u + n * p + 0.5).rounded(.down)
            if edge >= 0.07, v <= 0.92 - 4.2 / b { return Int(k) }
            guard k >= 0, k <= n else { continue }
            let height = log(v * (2.83 + 5.1 / b) * spread / (a / (edge * edge) + b))
            let density =
                top - Gamma.logarithm(k + 1) - Gamma.logarithm(n - k + 1) + (k - mode) * log(odds)
            if height <= density { return Int(k) }
        }
    }
}
