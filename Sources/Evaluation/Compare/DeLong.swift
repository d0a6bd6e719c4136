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
    /// What comes from the choice of the rows of one class.
    struct Part: Sendable, Equatable {
        let rows: Double
        /// Rows whose components differ between the sides.
        let moved: Double
        /// Of challenger minus champion.
        let variance: Double
    }

    let positives: Part
    let negatives: Part
    let champion: Double
    let challenger: Double
    /// True if both sides rank all rows alike, and so have the same area whatever the rows.
    let isSame: Bool

    /// Of challenger minus champion.
    var variance: Double { positives.variance + negatives.variance }
    var difference: Double { challenger - champion }

    /// From the sums of components, see `sql`; nil if there are not two rows of each class.
    init?(_ sums: [String: JSONValue]) {
        func number(_ name: String) -> Double { sums[name]?.double ?? .nan }
        let (positives, negatives) = (number("pos"), number("neg"))
        guard positives > 1, negatives > 1 else { return nil }
        func part(_ name: String, _ rows: Double, others: Double) -> Part {
            // n Σd² - (Σd)² is whole and exact, where a mean of squares less a squared mean would lose its digits.
            Part(
                rows: rows, moved: number("moved_\(name)"),
                variance: number("spread_\(name)") / (rows * (rows - 1)) / rows / (4 * others * others))
        }
        self.positives = part("pos", positives, others: negatives)
        self.negatives = part("neg", negatives, others: positives)
        champion = number("area_a") / (2 * positives * negatives)
        challenger = number("area_b") / (2 * positives * negatives)
        isSame = number("reordered") == 0
    }

    /// The standard error that is reckoned with. Where neither side ranks any pair wrong, DeLong's variance is 0 however
    /// few rows there are; then that of half a row.
    private var error: Double {
        if isSame { return 0 }
        if variance > 0 { return variance.squareRoot() }
        return 0.5 * (1 / (positives.rows * positives.rows) + 1 / (negatives.rows * negatives.rows)).squareRoot()
    }

    /// Degrees of freedom of the sum of two variances: Welch, "The generalization of 'Student's' problem when several
    /// different population variances are involved", Biometrika 34 (1947). Rows that did not move tell nothing of it.
    private var degrees: Double {
        func freedom(_ part: Part) -> Double { max(part.moved - 1, 1) }
        guard variance > 0 else { return min(positives.rows, negatives.rows) - 1 }
        let shares = [positives, negatives].map { $0.variance * $0.variance / freedom($0) }
        return variance * variance / (shares[0] + shares[1])
    }

    func comparison(slice: Slice?, rows: Int64) -> Comparison {
        let (error, degrees) = (error, degrees)
        return Comparison(
            metric: "auc", slice: slice, rows: rows, champion: champion, challenger: challenger, method: .delong,
            pValue: error == 0 ? 1 : max(2 * Student.cumulative(-abs(difference) / error, degrees: degrees), 1e-15),
            bounds: Comparison.nested(around: difference) { confidence in
                let reach = error == 0 ? 0 : error * Student.quantile((1 + confidence) / 2, degrees: degrees)
                return (difference - reach, difference + reach)
            })
    }
}

extension DeLong {
    /// Sums of the components, one row for each `g` of a table with `g`, `y`, `sa`, `sb`.
    static func sql(_ table: String) -> String {
        func component(_ score: String) -> String {
            let frame = "(PARTITION BY g ORDER BY \(score) RANGE BETWEEN"
            let (upTo, tied) = (
                "\(frame) UNBOUNDED PRECEDING AND CURRENT ROW)", "\(frame) CURRENT ROW AND CURRENT ROW)"
            )
            return """
                (CASE y WHEN 1 THEN 2 * sum(1 - y) OVER \(upTo) - sum(1 - y) OVER \(tied)
                ELSE 2 * sum(y) OVER (PARTITION BY g) - 2 * sum(y) OVER \(upTo) + sum(y) OVER \(tied) END)::BIGINT
                """
        }
        let classes = [("pos", 1), ("neg", 0)].map { name, label in
            """
            count(d) FILTER (y = \(label)) AS \(name), count_if(d <> 0 AND y = \(label)) AS moved_\(name),
            (count(d) FILTER (y = \(label))::HUGEINT * sum(d::HUGEINT * d) FILTER (y = \(label))
            - sum(d) FILTER (y = \(label)) * sum(d) FILTER (y = \(label)))::VARCHAR AS spread_\(name)
            """
        }
        return """
            SELECT g, count(*) AS rows, \(classes.joined(separator: ", ")), count_if(ra <> rb) AS reordered,
            (sum(ua) FILTER (y = 1))::VARCHAR AS area_a, (sum(ub) FILTER (y = 1))::VARCHAR AS area_b
            FROM (SELECT *, ub - ua AS d FROM (
                SELECT g, y, \(component("sa")) AS ua, \(component("sb")) AS ub,
                rank() OVER (PARTITION BY g ORDER BY sa) AS ra, rank() OVER (PARTITION BY g ORDER BY sb) AS rb
                FROM \(table)))
            GROUP BY g ORDER BY g;

            """
    }
}
