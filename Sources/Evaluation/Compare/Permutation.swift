import Domain
import Foundation

/// The p-value of a difference among those that come about when the sides of rows are swapped at random.
///
/// Fisher, "The Design of Experiments" (1935), III; the number of swaps counts itself, so that p is never too small:
/// Phipson and Smyth, "Permutation p-values should never be zero", Statistical Applications in Genetics and Molecular
/// Biology 9 (2010).
enum Permutation {
    /// Swaps beyond the difference that make their share an honest p-value; below that it is continued by a t
    /// distribution with the variance and the kurtosis of the swaps.
    static let honest = 10

    /// Two-sided.
    /// - Parameters:
    ///   - swapped: the differences after random swaps.
    ///   - differing: units in which swapping changes something; with so many, p is at least 2^(1 - differing).
    static func pValue(of difference: Double, swapped: [Double], differing: Int) -> Double {
        let told = swapped.filter(\.isFinite)
        guard differing > 0, difference != 0, !told.isEmpty else { return 1 }
        let least = abs(difference) * (1 - 1e-9)
        let beyond = told.count { abs($0) >= least }
        let share = Double(beyond + 1) / Double(told.count + 1)
        if beyond >= honest { return share }
        let floor = exp2(Double(1 - min(differing, 1000)))
        return max(min(share, tail(abs(difference), told)), min(share, floor), 1e-15)
    }

    // Swapping all rows turns the difference's sign, so that the distribution is symmetric about 0.
    private static func tail(_ difference: Double, _ swapped: [Double]) -> Double {
        let count = Double(swapped.count)
        let variance = swapped.reduce(0) { $0 + $1 * $1 } / count
        guard variance > 0 else { return 1 }
        let excess = swapped.reduce(0) { $0 + $1 * $1 * $1 * $1 } / count / (variance * variance) - 3
        guard excess > 0.01 else { return 2 * Normal.cumulative(-difference / variance.squareRoot()) }
        let degrees = 4 + 6 / excess
        let scale = (variance * (degrees - 2) / degrees).squareRoot()
        return 2 * Student.cumulative(-difference / scale, degrees: degrees)
    }
}
