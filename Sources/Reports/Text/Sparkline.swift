/// Shares as a row of blocks, for a terminal and for a comment alike.
enum Sparkline {
    /// Both sides on one scale, so that equal blocks are equal shares; `·` is nothing at all.
    static func pair(_ shares: [(Double, Double)]) -> (before: String, after: String) {
        let top = shares.flatMap { [$0.0, $0.1] }.filter(\.isFinite).max() ?? 0
        return (
            String(shares.map { block($0.0, of: top) }), String(shares.map { block($0.1, of: top) })
        )
    }

    private static let blocks = Array("▁▂▃▄▅▆▇█")

    private static func block(_ share: Double, of top: Double) -> Character {
        guard share > 0, share.isFinite, top > 0 else { return "·" }
        return blocks[min(blocks.count, max(1, Int((share / top * Double(blocks.count)).rounded()))) - 1]
    }
}
