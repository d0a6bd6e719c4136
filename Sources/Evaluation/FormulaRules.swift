/// A metric of one class against all others.
enum ClassScore: Sendable {
    case precision
    case recall
    case f1

    /// 0 where it is 0/0, as in scikit-learn.
    func value(hits: Double, predicted: Double, actual: Double) -> Double {
        switch self {
        case .precision: predicted == 0 ? 0 : hits / predicted
        case .recall: actual == 0 ? 0 : hits / actual
        case .f1: predicted + actual == 0 ? 0 : 2 * hits / (predicted + actual)
        }
    }
}

/// How a metric follows from sums, with the places of these in the buffer. The first sum is the number of rows.
enum Rule: Sendable {
    case mean(Int)
    case rootMean(Int)
    case accuracy(Int)
    case balancedAccuracy(Int)
    case precision(Int)
    case recall(Int)
    case f1(Int)
    case selectionRate(Int)
    case falsePositiveRate(Int)
    case calibrationError(Int)
    case r2(residual: Int, labels: Int)
    case skill(Int, reference: Int)
    case balancedRecall(Int, classes: Int)
    case macro(ClassScore, Int, classes: Int)
    case weighted(ClassScore, Int, classes: Int)

    func value(_ sums: Span<Double>) -> Double {
        let rows = sums[0]
        switch self {
        case .mean(let place): return sums[place] / rows
        case .rootMean(let place): return (sums[place] / rows).squareRoot()
        case .accuracy(let place): return (rows - sums[place + 1] - sums[place + 2]) / rows
        case .balancedAccuracy, .precision, .recall, .f1, .selectionRate, .falsePositiveRate: return confusion(sums)
        case .calibrationError(let place):
            var sum = 0.0
            for bin in 0...Part.edges.count { sum += abs(sums[place + bin]) }
            return sum / rows
        case .r2(let residual, let labels):
            return Rule.r2(rows, sums[residual], sums[labels], sums[labels + 1])
        case .skill(let place, let reference):
            return sums[reference] == 0 ? .nan : 1 - sums[place] / sums[reference]
        case .balancedRecall, .macro, .weighted: return classes(sums)
        }
    }

    private func confusion(_ sums: Span<Double>) -> Double {
        func share(_ part: Double, _ whole: Double) -> Double { whole == 0 ? 0 : part / whole }
        let rows = sums[0]
        switch self {
        case .balancedAccuracy(let place):
            let (hits, wrong, missed) = (sums[place], sums[place + 1], sums[place + 2])
            let (positives, negatives) = (hits + missed, rows - hits - missed)
            // Of one class, as scikit-learn: the recall of that one.
            if positives == 0 || negatives == 0 { return (rows - wrong - missed) / rows }
            return (hits / positives + 1 - wrong / negatives) / 2
        case .precision(let place): return share(sums[place], sums[place] + sums[place + 1])
        case .recall(let place): return sums[place] / (sums[place] + sums[place + 2])
        case .f1(let place): return share(2 * sums[place], 2 * sums[place] + sums[place + 1] + sums[place + 2])
        case .selectionRate(let place): return (sums[place] + sums[place + 1]) / rows
        case .falsePositiveRate(let place): return sums[place + 1] / (rows - sums[place] - sums[place + 2])
        case .mean, .rootMean, .accuracy, .calibrationError, .r2, .skill, .balancedRecall, .macro, .weighted:
            return .nan
        }
    }

    private static func r2(_ rows: Double, _ residual: Double, _ label: Double, _ square: Double) -> Double {
        guard rows > 1 else { return .nan }
        let total = square - label * label / rows
        // Of equal labels nothing but rounding is left.
        if total <= square * 1e-13 { return residual == 0 ? 1 : 0 }
        return 1 - residual / total
    }

    private func classes(_ sums: Span<Double>) -> Double {
        var (sum, weight) = (0.0, 0.0)
        func add(_ place: Int, _ count: Int, _ body: (_ hits: Double, _ predicted: Double, _ actual: Double) -> Void) {
            for label in 0..<count {
                let start = place + 3 * label
                body(sums[start], sums[start + 1], sums[start + 2])
            }
        }
        switch self {
        case .balancedRecall(let place, let count):
            add(place, count) { hits, _, actual in
                if actual > 0 { (sum, weight) = (sum + hits / actual, weight + 1) }
            }
        case .macro(let score, let place, let count):
            add(place, count) { hits, predicted, actual in
                guard predicted + actual > 0 else { return }
                sum += score.value(hits: hits, predicted: predicted, actual: actual)
                weight += 1
            }
        case .weighted(let score, let place, let count):
            add(place, count) { hits, predicted, actual in
                sum += actual * score.value(hits: hits, predicted: predicted, actual: actual)
                weight += actual
            }
        case .mean, .rootMean, .accuracy, .balancedAccuracy, .precision, .recall, .f1, .selectionRate,
            .falsePositiveRate, .calibrationError, .r2, .skill:
            break
        }
        return sum / weight
    }
}
