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

    /// By how much the bounds are widened before a difference is called one.
    ///
    /// Bounds are of the choice of the rows; but two models of the same code and other seeds differ a little in truth. The
    /// variance that training adds is about rows of test / rows of training of the one that the rows have (Nadeau and
    /// Bengio, "Inference for the generalization error", Machine Learning 52, 2003): a quarter, at the usual four to one.
    package static let trainingAllowance = 1.25.squareRoot()

    /// True if the difference is more than noise of rows and of training: the p-value is small enough, and the bounds
    /// leave 0 out even if they are widened by `trainingAllowance`. Both are asked, because they come from different
    /// methods and a reader sees both.
    package func isDifferent(at confidence: Double) -> Bool {
        let bounds = bounds(at: confidence)
        let (down, up) = (difference - bounds.lower, bounds.upper - difference)
        let isOutside =
            difference - Comparison.trainingAllowance * down > 0 || difference + Comparison.trainingAllowance * up < 0
        // 1 - 0.95 is a hair above 0.05.
        return pValue <= 1 - confidence + 1e-12 && isOutside
    }

    private static func reach(_ confidence: Double) -> Double { Normal.quantile((1 + confidence) / 2) }
}
