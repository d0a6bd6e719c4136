/// A distribution as a text of one line: `▁▂▅█▃·`.
package enum Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")

    /// One character for each share: a dot for nothing, else a bar, the highest for `top`.
    ///
    /// - Parameter top: give the largest share of all lines that are to be compared; nil: that of this one.
    package static func text(_ shares: [Double], top: Double? = nil) -> String {
        let top = top ?? shares.filter(\.isFinite).max() ?? 0
        return String(
            shares.map { share in
                guard share > 0, top > 0, share.isFinite, top.isFinite else { return "·" }
                return blocks[Int(min(8, max(1, (share / top * 8).rounded()))) - 1]
            })
    }

    /// Both sides on one scale, so that equal blocks are equal shares.
    package static func pair(_ shares: [(Double, Double)]) -> (before: String, after: String) {
        let top = shares.flatMap { [$0.0, $0.1] }.filter(\.isFinite).max() ?? 0
        return (text(shares.map(\.0), top: top), text(shares.map(\.1), top: top))
    }
}
