import Domain

/// What chance does to the difference of each metric: in resamples, after swaps of sides, and with one unit left out.
struct Draws: Sendable {
    /// By metric: values of all units.
    let champion: [Double]
    let challenger: [Double]
    /// By metric: challenger minus champion in each resample.
    var resampled: [[Double]]
    var swapped: [[Double]]
    var leftOut: [[Double]]
    /// How many units there are of each kind that was left out; nil: one.
    var weights: [Double]?
    /// Rows, or blocks of rows.
    let units: Double
    /// Units in which the sides differ.
    let differing: Int

    /// Resamples for BCa bounds, of which Efron asks for 2,000.
    static let resamples = 2000
    static let swaps = 2000

    /// The comparison of one metric; nil if the rows, or too many resamples of them, cannot tell it.
    /// - Parameter pValue: of a test that is exact; nil: by the swaps.
    func comparison(_ metric: Int, named name: String, slice: Slice?, rows: Int64, pValue: Double?) -> Comparison? {
        let difference = challenger[metric] - champion[metric]
        let method: Comparison.Method =
            pValue == nil ? .bootstrap(resamples: Draws.resamples) : .mcnemar(resamples: Draws.resamples)
        func comparison(_ pValue: Double, _ bounds: [Comparison.Bounds]) -> Comparison {
            Comparison(
                metric: name, slice: slice, rows: rows, champion: champion[metric], challenger: challenger[metric],
                method: method, pValue: pValue, bounds: bounds)
        }
        guard difference.isFinite else { return nil }
        if differing == 0 {
            return comparison(1, Comparison.nested(around: difference) { _ in (difference, difference) })
        }
        let interval = BCa(
            estimate: difference, replicates: resampled[metric],
            acceleration: BCa.acceleration(leftOut[metric], weights: weights), units: units)
        guard let interval else { return nil }
        let swaps = Permutation.pValue(of: difference, swapped: swapped[metric], differing: differing)
        return comparison(pValue ?? swaps, interval.bounds())
    }
}
