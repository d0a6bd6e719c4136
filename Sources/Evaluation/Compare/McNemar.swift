import Foundation

/// McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
/// Psychometrika 12 (1947), in its exact form.
enum McNemar {
    /// The two-sided p-value of the rows that only one side has right: if neither side is better, each of them was as
    /// likely to be the other's, and their number is binomial.
    ///
    /// The exact form, not the mid-p: two trainings of the same code differ a little in truth, and the exact test, which
    /// calls 2 to 4 % different where 5 % are allowed, has room for it.
    static func pValue(onlyChampion: Int64, onlyChallenger: Int64) -> Double {
        let rows = onlyChampion + onlyChallenger
        let fewer = min(onlyChampion, onlyChallenger)
        guard rows > 0, onlyChampion != onlyChallenger else { return 1 }
        // From the largest term down, in parts of it, so that nothing underflows.
        var (term, sum) = (1.0, 1.0)
        var successes = fewer
        while successes > 0, term > 1e-18 * sum {
            term *= Double(successes) / Double(rows - successes + 1)
            sum += term
            successes -= 1
        }
        let (n, k) = (Double(rows), Double(fewer))
        let choices = Gamma.logarithm(n + 1) - Gamma.logarithm(k + 1) - Gamma.logarithm(n - k + 1)
        return min(1, 2 * exp(choices - n * log(2)) * sum)
    }
}
