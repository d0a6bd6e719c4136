/// Sums that belong together, as SQL over the columns of `ReadyRows`.
enum Part: Sendable, Equatable {
    case rows
    /// True positives, false positives, false negatives.
    case confusion
    case brier
    case logLoss
    /// Score minus label in each of ten bins of equal width: (0, 0.1] and so on, 0 in the first.
    case bins
    /// Distance of a column from the label.
    case absolute(String)
    case squared
    /// Distance of the prediction, as a share of the label.
    case relative
    case pinball(Double)
    /// Labels and their squares, counted from a number near their mean.
    case labels(Double)
    case hits
    /// Hits, predictions and labels of each class.
    case classes(Int)
    /// A number that each row has already.
    case column(String)

    var width: Int {
        switch self {
        case .rows, .brier, .logLoss, .absolute, .squared, .relative, .pinball, .hits, .column: 1
        case .labels: 2
        case .confusion: 3
        case .bins: Part.edges.count + 1
        case .classes(let count): 3 * count
        }
    }

    /// The inner edges of the bins, to the bit as NumPy's `linspace(0, 1, 11)`, which scikit-learn's
    /// `calibration_curve` uses.
    static let edges = [0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8, 0.9]

    /// The number of a score's bin, from 0.
    static func bin(_ score: String) -> String {
        "(" + edges.map { "(\(score) > \($0)::DOUBLE)::INT" }.joined(separator: " + ") + ")"
    }

    func terms(_ at: String) -> [String] {
        let (y, h, s) = ("\(at)y", "\(at)h", "\(at)s")
        switch self {
        case .rows: return ["1"]
        case .confusion:
            return ["(\(y) = 1 AND \(h) = 1)::INT", "(\(y) = 0 AND \(h) = 1)::INT", "(\(y) = 1 AND \(h) = 0)::INT"]
        case .brier: return ["(\(s) - \(y)) * (\(s) - \(y))"]
        case .logLoss:
            let clipped = "least(greatest(\(s), 2.220446049250313e-16), 1 - 2.220446049250313e-16::DOUBLE)"
            return ["CASE WHEN \(y) = 1 THEN -ln(\(clipped)) ELSE -ln(1 - \(clipped)) END"]
        case .bins:
            return (0...Part.edges.count).map { "CASE WHEN \(Part.bin(s)) = \($0) THEN \(s) - \(y) ELSE 0 END" }
        case .absolute(let column): return ["abs(\(at)\(column) - \(y))"]
        case .squared: return ["(\(h) - \(y)) * (\(h) - \(y))"]
        case .relative: return ["abs(\(h) - \(y)) / greatest(abs(\(y)), 2.220446049250313e-16)"]
        case .pinball(let quantile):
            return [
                "CASE WHEN \(y) >= \(h) THEN \(quantile)::DOUBLE * (\(y) - \(h)) "
                    + "ELSE (1 - \(quantile)::DOUBLE) * (\(h) - \(y)) END"
            ]
        case .labels(let centre):
            let distance = "(\(y) - (\(centre))::DOUBLE)"
            return [distance, "\(distance) * \(distance)"]
        case .hits: return ["(\(y) = \(h))::INT"]
        case .classes(let count):
            return (0..<count).flatMap { label in
                ["(\(y) = \(label) AND \(h) = \(label))::INT", "(\(h) = \(label))::INT", "(\(y) = \(label))::INT"]
            }
        case .column(let name): return ["\(at)\(name)"]
        }
    }
}
