import Domain
import Foundation

/// The difference of two areas under the ROC curve of the same rows, with its variance.
///
/// DeLong, DeLong and Clarke-Pearson, "Comparing the areas under two or more correlated receiver operating
/// characteristic curves", Biometrics 44 (1988). The structural component of a positive row is the share of the
/// negatives that it outranks, of a negative row the share of the positives that outrank it, ties counted half; Sun and
/// Xu, "Fast implementation of DeLong's algorithm", IEEE Signal Processing Letters 21 (2014), get them from ranks.
/// Here components are counts of twice the pairs, which are whole, so that their sums are exact.
struct DeLong: Sendable, Equatable {
    let positives: Double
    let negatives: Double
    let champion: Double
    let challenger: Double
    /// Of the difference's part that comes from the choice of the positive rows.
    let positiveVariance: Double
    /// Of the difference's part that comes from the choice of the negative rows.
    let negativeVariance: Double
    /// True if both sides rank all rows alike, and so have the same area whatever the rows.
    let isSame: Bool

    /// Of challenger minus champion.
    var variance: Double { positiveVariance + negativeVariance }

    /// From the sums of components, see `sql`; nil if there are not two rows of each class.
    init?(_ sums: [String: JSONValue]) {
        func number(_ name: String) -> Double { sums[name]?.double ?? .nan }
        let (positives, negatives) = (number("pos"), number("neg"))
        guard positives > 1, negatives > 1 else { return nil }
        let pairs = 2 * positives * negatives
        self.positives = positives
        self.negatives = negatives
        champion = number("area_a") / pairs
        challenger = number("area_b") / pairs
        // n Σd² - (Σd)² is whole and exact, where a mean of squares less a squared mean would lose its digits.
        positiveVariance =
            number("spread_pos") / (positives * (positives - 1)) / positives / (4 * negatives * negatives)
        negativeVariance =
            number("spread_neg") / (negatives * (negatives - 1)) / negatives / (4 * positives * positives)
        isSame = number("moved") == 0
    }

    /// Sums of the components, one row for each value of `g` of the rows (`g`, `y`, `sa`, `sb`).
    static func sql(_ rows: String) -> String {
        func component(_ score: String) -> String {
            let frame = "(PARTITION BY g ORDER BY \(score) RANGE BETWEEN"
            let (upTo, tied) = (
                "\(frame) UNBOUNDED PRECEDING AND CURRENT ROW)", "\(frame) CURRENT ROW AND CURRENT ROW)"
            )
            return """
                CASE y WHEN 1 THEN 2 * sum(1 - y) OVER \(upTo) - sum(1 - y) OVER \(tied)
                ELSE 2 * sum(y) OVER (PARTITION BY g) - 2 * sum(y) OVER \(upTo) + sum(y) OVER \(tied) END
                """
        }
        let texts = ["pos", "neg", "area_a", "area_b", "spread_pos", "spread_neg", "moved"]
            .map { "\($0)::VARCHAR AS \($0)" }.joined(separator: ", ")
        return """
            SELECT g, rows, \(texts) FROM (
            SELECT g, count(*) AS rows, count_if(y = 1) AS pos, count_if(y = 0) AS neg,
            sum(CASE y WHEN 1 THEN ua END) AS area_a, sum(CASE y WHEN 1 THEN ub END) AS area_b,
            count_if(y = 1)::HUGEINT * sum(CASE y WHEN 1 THEN (ub - ua) * (ub - ua) END)
            - sum(CASE y WHEN 1 THEN ub - ua END) * sum(CASE y WHEN 1 THEN ub - ua END) AS spread_pos,
            count_if(y = 0)::HUGEINT * sum(CASE y WHEN 0 THEN (ub - ua) * (ub - ua) END)
            - sum(CASE y WHEN 0 THEN ub - ua END) * sum(CASE y WHEN 0 THEN ub - ua END) AS spread_neg,
            count_if(ua <> ub) AS moved
            FROM (SELECT g, y, (\(component("sa")))::BIGINT AS ua, (\(component("sb")))::BIGINT AS ub FROM (\(rows)))
            GROUP BY g) ORDER BY g;
            """
    }
}
