/// The sums of both sides for one choice of rows, and the differences of metrics that they come to.
struct Sums {
    private let formulas: Formulas
    var champion: [Double]
    var challenger: [Double]

    init(_ formulas: Formulas) {
        self.formulas = formulas
        champion = Array(repeating: 0, count: formulas.width)
        challenger = champion
    }

    /// No differences of any metric.
    var none: [[Double]] { Array(repeating: [], count: formulas.metrics.count) }

    mutating func clear() {
        for index in champion.indices { (champion[index], challenger[index]) = (0, 0) }
    }

    /// Adds the difference of each metric to the list of it.
    func append(to differences: inout [[Double]]) {
        for metric in formulas.metrics.indices {
            differences[metric].append(
                formulas.value(metric, challenger.span) - formulas.value(metric, champion.span))
        }
    }

    /// The draws with the values of these sums.
    func values(_ draws: Draws) -> Draws {
        Draws(
            champion: formulas.metrics.indices.map { formulas.value($0, champion.span) },
            challenger: formulas.metrics.indices.map { formulas.value($0, challenger.span) },
            resampled: draws.resampled, swapped: draws.swapped, leftOut: draws.leftOut, weights: draws.weights,
            units: draws.units, differing: draws.differing)
    }
}
