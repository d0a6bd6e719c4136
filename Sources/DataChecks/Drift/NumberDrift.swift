import Domain
import Foundation

/// The measures of two columns of numbers that are counted on the same edges.
struct NumberDrift {
    let reference: NumberProfile
    let current: NumberProfile

    private var edges: [Double] { reference.edges }

    func measured() -> [Measured] {
        [psi(), ks(), js(), wasserstein()]
    }

    // MARK: PSI

    /// The edges nearest to the deciles of the reference.
    var deciles: [Int] {
        var sum = 0.0
        var nearest = (1...9).map { _ in (distance: Double.infinity, index: 0) }
        for (index, share) in reference.shares.dropLast().enumerated() {
            sum += share
            for decile in 1...9 where abs(sum - Double(decile) / 10) < nearest[decile - 1].distance {
                nearest[decile - 1] = (abs(sum - Double(decile) / 10), index)
            }
        }
        return Set(nearest.map(\.index)).sorted()
    }

    private func psi() -> Measured {
        let cuts = deciles
        let (p, q) = (sums(reference.shares, cuts), sums(current.shares, cuts))
        let parts = zip(p, q).map { Formula.psi($0, $1) }
        let top = parts.indices.max { parts[$0] < parts[$1] } ?? 0
        let place = Self.place(top == 0 ? nil : edges[cuts[top - 1]], top == cuts.count ? nil : edges[cuts[top]])
        return Measured(
            measure: .psi, value: parts.reduce(0, +), error: nil, place: place, reference: p[top], current: q[top])
    }

    /// Sums of shares up to and including each cut, and of the rest.
    private func sums(_ shares: [Double], _ cuts: [Int]) -> [Double] {
        var start = 0
        return (cuts.map { $0 + 1 } + [shares.count]).map { end in
            defer { start = end }
            return shares[start..<end].reduce(0, +)
        }
    }

    static func place(_ low: Double?, _ high: Double?) -> String {
        switch (low, high) {
        case (nil, nil): "all values"
        case (nil, let high?): "up to \(shown(high))"
        case (let low?, nil): "over \(shown(low))"
        case (let low?, let high?) where low == high.nextDown: shown(high)
        case (let low?, let high?): "over \(shown(low)) up to \(shown(high))"
        }
    }

    static func shown(_ value: Double) -> String { String(format: "%.6g", value) }

    // MARK: Kolmogorov-Smirnov

    private func ks() -> Measured {
        let (p, q) = (reference.shares, current.shares)
        var (f, g) = (0.0, 0.0)
        var best = (value: -1.0, edge: 0, f: 0.0, g: 0.0)
        for index in edges.indices {
            f += p[index]
            g += q[index]
            if abs(f - g) > best.value { best = (abs(f - g), index, f, g) }
        }
        // Inside a bin the difference can exceed that at both ends by the smaller of the two shares at most.
        let inside = p.indices.filter { !reference.isSingle($0) }.map { min(p[$0], q[$0]) }.max() ?? 0
        return Measured(
            measure: .ks, value: max(0, best.value), error: inside,
            place: edges.isEmpty ? "all values" : "up to \(Self.shown(edges[best.edge]))", reference: best.f,
            current: best.g)
    }

    // MARK: Jensen-Shannon

    /// Shares over bins of equal width from `low` to `high`; what a bin holds lies evenly in it.
    static func even(_ numbers: NumberProfile, bins: Int, low: Double, high: Double) -> [Double] {
        var shares = Array(repeating: 0.0, count: bins)
        let width = (high - low) / Double(bins)
        func place(_ value: Double) -> Int {
            width > 0 ? Int(min(max((value - low) / width, 0), Double(bins - 1))) : 0
        }
        for (index, share) in numbers.shares.enumerated() {
            guard let (from, to) = numbers.extent(index) else { continue }
            if numbers.isSingle(index) || from >= to {
                shares[place(to)] += share
                continue
            }
            for bin in place(from)...place(to) {
                let left = bin == 0 ? -Double.infinity : low + Double(bin) * width
                let right = bin == bins - 1 ? Double.infinity : low + Double(bin + 1) * width
                shares[bin] += share * max(0, min(to, right) - max(from, left)) / (to - from)
            }
        }
        return shares
    }

    private func js() -> Measured {
        let low = [reference.minimum, current.minimum].compactMap { $0 }.min() ?? 0
        let high = [reference.maximum, current.maximum].compactMap { $0 }.max() ?? 0
        let p = Self.even(reference, bins: 20, low: low, high: high)
        let q = Self.even(current, bins: 20, low: low, high: high)
        let parts = zip(p, q).map { Formula.js($0, $1) }
        let top = parts.indices.max { parts[$0] < parts[$1] } ?? 0
        let width = (high - low) / 20
        let place = Self.place(low + Double(top) * width, low + Double(top + 1) * width)
        return Measured(
            measure: .js, value: max(0, parts.reduce(0, +)), error: nil, place: place, reference: p[top],
            current: q[top])
    }

    // MARK: Wasserstein

    /// The integral of |F - G|, both straight inside a bin. Nothing is to be divided by for a constant reference: then
    /// in the column's own unit.
    private func wasserstein() -> Measured {
        let ends = [reference.minimum, current.minimum, reference.maximum, current.maximum].compactMap { $0 }
        guard let low = ends.min(), let high = ends.max() else { return ks().of(.wasserstein, 0, 0) }
        let points = ([low, high] + ends + edges.filter { $0 > low && $0 < high }).sorted()
        let (f, g) = (Self.distribution(reference, points), Self.distribution(current, points))
        var (sum, error) = (0.0, 0.0)
        let (p, q) = (reference.shares, current.shares)
        var bin = 0
        for index in points.indices.dropLast() {
            let width = points[index + 1] - points[index]
            guard width > 0 else { continue }
            let (start, end) = (f[index] - g[index], f[index + 1] - g[index + 1])
            let total = abs(start) + abs(end)
            sum += start * end >= 0 ? total / 2 * width : (start * start + end * end) / (2 * total) * width
            while bin < edges.count, edges[bin] <= points[index] { bin += 1 }
            error += max(p[bin], q[bin]) * width
        }
        let unit = reference.deviation > 0 ? reference.deviation : 1
        return ks().of(.wasserstein, sum / unit, error / unit)
    }

    /// Shares at or below each point, in ascending order.
    private static func distribution(_ numbers: NumberProfile, _ points: [Double]) -> [Double] {
        let shares = numbers.shares
        var (bin, below) = (0, 0.0)
        return points.map { point in
            while bin < numbers.edges.count, numbers.edges[bin] <= point {
                below += shares[bin]
                bin += 1
            }
            guard let (from, to) = numbers.extent(bin), point > from else { return below }
            return below + shares[bin] * (to > from ? min(1, (point - from) / (to - from)) : 1)
        }
    }
}

extension Measured {
    /// The same place and shares under another measure.
    fileprivate func of(_ measure: Measure, _ value: Double, _ error: Double) -> Measured {
        Measured(
            measure: measure, value: value, error: error, place: place, reference: reference, current: current)
    }
}
