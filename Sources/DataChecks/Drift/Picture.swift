/// Distributions over at most ten bins, to be looked at.
extension ColumnProfile {
    /// The column's own: bins with their shares of the values.
    package var picture: [(label: String, share: Double)] {
        picture(beside: self).map { ($0.label, $0.reference) }
    }

    /// Categories with their shares of the values, most frequent first; empty for numbers.
    package var frequent: [(name: String, share: Double)] {
        guard let categories = values.categories else { return [] }
        let total = Double(max(1, categories.count))
        return categories.counts.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { ($0.key, Double($0.value) / total) }
    }

    /// Two on the same bins: for numbers ten of equal width over the middle 98 of 100 values of both sides, the outer
    /// ones open; for categories the most frequent ones. Empty if the columns are of different kinds.
    func picture(beside other: ColumnProfile) -> [(label: String, reference: Double, current: Double)] {
        if let one = values.numbers, let other = other.values.numbers {
            let inner = [one, other].flatMap { numbers in [numbers.quantile(0.01), numbers.quantile(0.99)] }
                .compactMap { $0 }
            guard let low = inner.min(), let high = inner.max() else { return [] }
            let p = NumberDrift.even(one, bins: 10, low: low, high: high)
            let q = NumberDrift.even(other, bins: 10, low: low, high: high)
            let width = (high - low) / 10
            return p.indices.map { bin in
                (NumberDrift.place(low + Double(bin) * width, low + Double(bin + 1) * width), p[bin], q[bin])
            }
        }
        guard let one = values.categories, let other = other.values.categories else { return [] }
        let rows = CategoryDrift(reference: one, current: other).table.filter { $0.name != nil }
        let total = (Double(max(1, one.count)), Double(max(1, other.count)))
        return rows.sorted { ($1.reference, $1.current, $0.name ?? "") < ($0.reference, $0.current, $1.name ?? "") }
            .prefix(10).map { ($0.name ?? "", Double($0.reference) / total.0, Double($0.current) / total.1) }
    }
}

extension ColumnDrift {
    /// Both distributions on the same bins.
    package var picture: [(label: String, reference: Double, current: Double)] {
        let bins = reference.picture(beside: current)
        guard isHidden else { return bins }
        return bins.enumerated().map { ("bin \($0 + 1)", $1.reference, $1.current) }
    }
}
