import Foundation

/// Where numbers lie between the ends of an axis.
struct Scale {
    let low: Double
    let high: Double

    /// Nil if no number is finite, or the numbers lie too far apart to be told from one another.
    ///
    /// - Parameter padding: the share of the axis that stays free at each end.
    init?(covering values: some Sequence<Double>, padding: Double = 0) {
        let finite = values.filter(\.isFinite)
        guard let least = finite.min(), let most = finite.max() else { return nil }
        let spread = most - least
        // A single value stands in the middle.
        let room = spread > 0 ? spread * padding : max(abs(least) * 0.05, 1e-9)
        self.init(from: least - room, to: most + room)
    }

    /// Nil unless both ends and the way between them are finite, and the way is not nothing.
    init?(from low: Double, to high: Double) {
        guard low < high, (high - low).isFinite else { return nil }
        self.low = low
        self.high = high
    }

    /// From 0 at the low end to 1 at the high one; values outside stand at the nearer end.
    func share(_ value: Double) -> Double {
        guard value.isFinite else { return value == .infinity ? 1 : 0 }
        return min(1, max(0, (value - low) / (high - low)))
    }

    /// Round numbers along the axis: multiples of 1, 2 or 5 times a power of ten, about as many as are asked for.
    func ticks(_ count: Int) -> [Double] {
        let rough = (high - low) / Double(max(1, count))
        let power = pow(10, log10(rough).rounded(.down))
        guard power > 0, power.isFinite else { return [] }
        let step = power * ([1, 2, 5].first { $0 * power >= rough * 0.75 } ?? 10)
        let first = (low / step).rounded(.up)
        var ticks: [Double] = []
        for index in 0..<(3 * count + 3) {
            let tick = (first + Double(index)) * step
            if tick > high + step * 1e-9 { break }
            ticks.append(tick == 0 ? 0 : tick)
        }
        return ticks
    }
}
