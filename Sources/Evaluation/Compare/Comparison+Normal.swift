import Domain
import Foundation

extension PairedRows {
    /// The areas under the ROC curve of all rows; empty if they cannot be told.
    func areas() async throws(Fault) -> [Comparison] {
        guard case .binary = kind, hasScore else { return [] }
        let rows = "SELECT 0 AS g, y, sa, sb FROM pairs"
        guard let sums = try await ask(DeLong.sql(rows)).first, let area = DeLong(sums) else { return [] }
        return [area.comparison(slice: nil, rows: self.rows)]
    }
}

extension DeLong {
    func comparison(slice: Slice?, rows: Int64) -> Comparison {
        let difference = challenger - champion
        let error = variance.squareRoot()
        return Comparison(
            metric: "auc", slice: slice, rows: rows, champion: champion, challenger: challenger, method: .delong,
            pValue: error == 0 ? 1 : 2 * Normal.cumulative(-abs(difference) / error),
            bounds: Comparison.standardConfidences.map { confidence in
                let reach = error * Normal.quantile((1 + confidence) / 2)
                return .init(confidence: confidence, lower: difference - reach, upper: difference + reach)
            })
    }
}
