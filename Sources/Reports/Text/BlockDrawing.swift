import Domain

/// Pictures of one line, made of letters that every terminal and forge has.
enum BlockDrawing {
    /// Nothing for a chart, which needs more than a line.
    static func text(_ drawing: Drawing) -> String {
        switch drawing {
        case .bar(let share): bar(share, width: 10)
        case .swing(let share): swing(share, width: 5)
        case .line(let values): line(values, width: 40)
        case .chart: ""
        }
    }

    /// `██████▌···`
    static func bar(_ share: Double, width: Int) -> String {
        let halves = halves(share, width: width)
        let full = String(repeating: "█", count: halves / 2) + (halves.isMultiple(of: 2) ? "" : "▌")
        return full + String(repeating: "·", count: width - full.count)
    }

    /// `··▐██│·····` for a fall, `·····│███▌·` for a rise.
    static func swing(_ share: Double, width: Int) -> String {
        let halves = halves(abs(share), width: width)
        let isFall = share < 0
        let half = halves.isMultiple(of: 2) ? "" : isFall ? "▐" : "▌"
        let full = String(repeating: "█", count: halves / 2)
        let rest = String(repeating: "·", count: width - full.count - half.count)
        let empty = String(repeating: "·", count: width)
        return isFall ? rest + half + full + "│" + empty : empty + "│" + full + half + rest
    }

    /// A course on one line, lowest to highest; `·` for what is not finite.
    static func line(_ values: [Double], width: Int) -> String {
        let thin = thinned(values, to: width)
        let finite = thin.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return String(repeating: "·", count: thin.count) }
        let span = high / 8 - low / 8
        // Both ends are shown: the lowest as the lowest block, not as nothing.
        return Sparkline.text(
            thin.map { value in
                guard value.isFinite else { return 0 }
                return span > 0 ? 1 + 7 * ((value / 8 - low / 8) / span) : 4
            }, top: 8)
    }

    /// At most so many values, evenly taken, the first and the last among them.
    static func thinned<Value>(_ values: [Value], to count: Int) -> [Value] {
        guard values.count > count, count > 1 else { return values }
        return (0..<count).map { values[$0 * (values.count - 1) / (count - 1)] }
    }

    private static func halves(_ share: Double, width: Int) -> Int {
        guard share.isFinite, share > 0 else { return 0 }
        // What is there at all is seen.
        return max(1, Int((min(1, share) * Double(2 * width)).rounded()))
    }
}
