/// Numbers of a column, counted in bins.
///
/// Bin `i` holds what is greater than edge `i-1` and at most edge `i`; the first and the last bin are open. A value that
/// many rows share has a bin of its own, from the number just below it.
package struct NumberProfile: Codable, Sendable, Equatable {
    package let edges: [Double]
    /// One more than edges.
    package let counts: [Int64]
    /// Nil if there are no values.
    package let minimum: Double?
    package let maximum: Double?
    package let mean: Double
    /// Of the values themselves (divided by their number).
    package let deviation: Double

    package init(
        edges: [Double], counts: [Int64], minimum: Double?, maximum: Double?, mean: Double, deviation: Double
    ) {
        self.edges = edges
        self.counts = counts
        self.minimum = minimum
        self.maximum = maximum
        self.mean = mean
        self.deviation = deviation
    }

    package var count: Int64 { counts.reduce(0, +) }

    /// Shares of all values, bin by bin.
    var shares: [Double] {
        let total = Double(max(1, count))
        return counts.map { Double($0) / total }
    }

    /// True if the bin holds one value only.
    func isSingle(_ bin: Int) -> Bool {
        bin > 0 && bin < edges.count && edges[bin - 1] == edges[bin].nextDown
    }

    /// The largest share of a bin that holds more than one value.
    var coarsest: Double {
        zip(counts.indices, shares).filter { !isSingle($0.0) }.map(\.1).max() ?? 0
    }

    /// The ends of a bin within which it has values; nil for a bin without any.
    func extent(_ bin: Int) -> (low: Double, high: Double)? {
        guard counts[bin] > 0, let minimum, let maximum else { return nil }
        let low = bin == 0 ? minimum : max(minimum, edges[bin - 1])
        return (low, bin == edges.count ? maximum : min(maximum, edges[bin]))
    }

    /// Mean and deviation by the formula of Chan, Golub and LeVeque (1979).
    func adding(_ other: NumberProfile) -> NumberProfile {
        let (n, m) = (Double(count), Double(other.count))
        if n == 0 { return other }
        if m == 0 { return self }
        let step = other.mean - mean
        let square = deviation * deviation * n + other.deviation * other.deviation * m + step * step * n * m / (n + m)
        return NumberProfile(
            edges: edges, counts: zip(counts, other.counts).map { $0 + $1 },
            minimum: [minimum, other.minimum].compactMap { $0 }.min(),
            maximum: [maximum, other.maximum].compactMap { $0 }.max(),
            mean: mean + step * m / (n + m), deviation: (square / (n + m)).squareRoot())
    }
}

/// Texts of a column, counted one by one up to a thousand of them.
package struct CategoryProfile: Codable, Sendable, Equatable {
    /// Of texts over 200 characters the first 200.
    package let counts: [String: Int64]
    /// Values that are none of these.
    package let rest: Int64

    package init(counts: [String: Int64], rest: Int64) {
        self.counts = counts
        self.rest = rest
    }

    /// Categories that are counted one by one.
    static let limit = 1000

    package var count: Int64 { counts.values.reduce(rest, +) }

    /// Categories that only one side knows stay if that side's count is all of them, and join the rest otherwise.
    func adding(_ other: CategoryProfile) -> CategoryProfile {
        var sum: [String: Int64] = [:]
        var rest = rest + other.rest
        for name in Set(counts.keys).union(other.counts.keys) {
            let (one, two) = (counts[name], other.counts[name])
            let isWhole = (one != nil || self.rest == 0) && (two != nil || other.rest == 0)
            if isWhole { sum[name] = (one ?? 0) + (two ?? 0) } else { rest += (one ?? 0) + (two ?? 0) }
        }
        for (_, name) in sum.map({ ($1, $0) }).sorted(by: { ($1.0, $0.1) < ($0.0, $1.1) }).dropFirst(Self.limit) {
            rest += sum.removeValue(forKey: name) ?? 0
        }
        return CategoryProfile(counts: sum, rest: rest).settled
    }

    /// Texts with control characters can be counted one by one only as long as every text is: they are never asked for
    /// by name. Then they join the rest.
    var settled: CategoryProfile {
        let odd = rest > 0 ? counts.keys.filter { !isPlain($0) } : []
        if odd.isEmpty { return self }
        return CategoryProfile(
            counts: counts.filter { isPlain($0.key) }, rest: rest + odd.reduce(0) { $0 + (counts[$1] ?? 0) })
    }
}
