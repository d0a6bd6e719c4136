import Domain
import Foundation

/// The measures of two columns of categories.
struct CategoryDrift {
    /// Counts of both sides by category, the rest under nil; in the order of the names.
    let table: [(name: String?, reference: Int64, current: Int64)]
    /// In the new data only, most frequent first.
    let new: [String]
    /// In the reference only, most frequent first.
    let vanished: [String]

    /// A category that only the new data has is new if the reference is known in full, and belongs to its rest otherwise.
    init(reference: CategoryProfile, current: CategoryProfile) {
        var table: [(name: String?, reference: Int64, current: Int64)] = []
        var rest = (reference: reference.rest, current: current.rest)
        for name in Set(reference.counts.keys).union(current.counts.keys).sorted() {
            let (one, two) = (reference.counts[name] ?? 0, current.counts[name] ?? 0)
            if reference.counts[name] == nil, reference.rest > 0 {
                rest.current += two
            } else if current.counts[name] == nil, current.rest > 0 {
                rest.reference += one
            } else {
                table.append((name, one, two))
            }
        }
        if rest.reference + rest.current > 0 { table.append((nil, rest.reference, rest.current)) }
        self.table = table.filter { $0.reference + $0.current > 0 }
        func names(_ rows: [(name: String?, reference: Int64, current: Int64)]) -> [String] {
            rows.sorted { ($1.reference + $1.current, $0.name ?? "") < ($0.reference + $0.current, $1.name ?? "") }
                .compactMap(\.name)
        }
        new = names(table.filter { $0.reference == 0 && $0.current > 0 })
        vanished = names(table.filter { $0.reference > 0 && $0.current == 0 })
    }

    func measured() -> [Measured] {
        let total = table.reduce((0.0, 0.0)) { ($0.0 + Double($1.reference), $0.1 + Double($1.current)) }
        guard total.0 > 0, total.1 > 0 else { return [] }
        let shares = table.map { (Double($0.reference) / total.0, Double($0.current) / total.1) }
        func result(_ measure: Measure, _ parts: [Double], _ value: Double) -> Measured {
            let top = parts.indices.max { parts[$0] < parts[$1] } ?? 0
            return Measured(
                measure: measure, value: value, error: nil, place: table[top].name.map { "'\($0)'" } ?? "all others",
                reference: shares[top].0, current: shares[top].1)
        }
        let psi = shares.map { Formula.psi($0, $1) }
        let js = shares.map { Formula.js($0, $1) }
        let differences = shares.map { abs($0 - $1) }
        var chi = Array(repeating: 0.0, count: table.count)
        for (index, row) in table.enumerated() {
            let share = Double(row.reference + row.current) / (total.0 + total.1)
            for (observed, all) in [(row.reference, total.0), (row.current, total.1)] {
                let expected = share * all
                chi[index] += (Double(observed) - expected) * (Double(observed) - expected) / expected
            }
        }
        let p = ChiSquare.tail(chi.reduce(0, +), degrees: table.count - 1)
        return [
            result(.psi, psi, psi.reduce(0, +)), result(.js, js, max(0, js.reduce(0, +))),
            result(.linf, differences, differences.max() ?? 0), result(.chi2P, chi, p),
        ]
    }
}

/// The chi-square distribution.
enum ChiSquare {
    /// The chance of a value above `x`: the regularized upper incomplete gamma function Q(degrees / 2, x / 2), by its
    /// series below the mean and by Lentz's continued fraction above it (Numerical Recipes, 6.2). 1 without degrees.
    static func tail(_ x: Double, degrees: Int) -> Double {
        guard degrees > 0, x > 0 else { return 1 }
        let (a, x) = (Double(degrees) / 2, x / 2)
        let scale = exp(a * log(x) - x - lgamma(a))
        if x < a + 1 {
            var (term, sum, n) = (1 / a, 1 / a, a)
            while term > sum * 1e-16 {
                n += 1
                term *= x / n
                sum += term
            }
            return max(0, 1 - sum * scale)
        }
        var b = x + 1 - a
        var c = 1e300
        var d = 1 / b
        var fraction = d
        for step in 1...100_000 {
            let i = Double(step)
            let factor = i * (a - i)
            b += 2
            d = 1 / guarded(factor * d + b)
            c = guarded(b + factor / c)
            fraction *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return min(1, scale * fraction)
    }

    private static func guarded(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
}

/// Corrections for asking many columns at once.
enum ManyTests {
    /// p-values after Benjamini and Hochberg, Controlling the false discovery rate (1995): of the columns that are
    /// called drifted, at most that share is called so by chance.
    static func benjaminiHochberg(_ values: [Double]) -> [Double] {
        var adjusted = values
        var least = 1.0
        for (rank, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated().reversed() {
            least = min(least, values[index] * Double(values.count) / Double(rank + 1))
            adjusted[index] = least
        }
        return adjusted
    }
}
