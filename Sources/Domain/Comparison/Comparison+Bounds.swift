extension Comparison {
    /// The bounds at any confidence between 0 and 1: stated ones as they are, others interpolated linearly between
    /// their neighbours on the scale of the normal quantile, on which bounds are nearly straight; beyond the last, its
    /// slope is kept.
    package func bounds(at confidence: Double) -> Bounds {
        if let stated = bounds.first(where: { $0.confidence == confidence }) { return stated }
        let z = Comparison.reach(confidence)
        let centre = Bounds(confidence: 0, lower: difference, upper: difference)
        let known = [centre] + bounds
        let above = known.firstIndex { $0.confidence > confidence } ?? known.count - 1
        guard above > 0 else { return Bounds(confidence: confidence, lower: difference, upper: difference) }
        let (low, high) = (known[above - 1], known[above])
        let share =
            (z - Comparison.reach(low.confidence))
            / (Comparison.reach(high.confidence) - Comparison.reach(low.confidence))
        return Bounds(
            confidence: confidence, lower: low.lower + share * (high.lower - low.lower),
            upper: low.upper + share * (high.upper - low.upper))
    }

    /// True if the difference is more than noise: the p-value is small enough and the bounds leave nothing out. Both
    /// are asked, because they come from different methods and a reader sees both.
    package func isDifferent(at confidence: Double) -> Bool {
        let bounds = bounds(at: confidence)
        // 1 - 0.95 is a hair above 0.05.
        return pValue <= 1 - confidence + 1e-12 && (bounds.lower > 0 || bounds.upper < 0)
    }

    private static func reach(_ confidence: Double) -> Double { Normal.quantile((1 + confidence) / 2) }
}
