import Domain

/// Keeps what is recorded of a run small, however many slices its predictions have. What gates ask is never left out,
/// so that a verdict does not depend on it.
extension Measurements {
    /// About what the measurements of a run may take in the store, in bytes.
    static let mostBytes = 500_000

    /// Leaves out, one after the other and only as long as they are too many: numbers of past promotions and of slices
    /// that no gate asks for, comparisons of slices that no gate asks for, slices of columns that no gate names; of the
    /// last two those with the fewest rows.
    func trimmed(for gates: [Gate], to limit: Int = Measurements.mostBytes) -> Measurements {
        var trimmed = self
        let asked = Set(gates.map(\.metric)).union(comparisons.filter { $0.slice != nil }.map(\.metric))
        if trimmed.size > limit {
            for index in promotions.indices {
                trimmed.promotions[index].metrics = promotions[index].metrics.filter { asked.contains($0.key) }
            }
        }
        if trimmed.size > limit {
            trimmed.challengerSlices = challengerSlices.map { $0.only(asked) }
            trimmed.championSlices = championSlices.map { $0.only(asked) }
        }
        let columns = Set(gates.compactMap { $0.slice?.column })
        let compared = Set(gates.filter(\.comparesWithChampion).compactMap { $0.slice?.column })
        var excess = trimmed.size - limit
        let spare = comparisons.indices.filter { index in
            comparisons[index].slice.map { !compared.contains($0.column) } ?? false
        }
        var dropped: Set<Int> = []
        for index in spare.sorted(by: { comparisons[$0].rows < comparisons[$1].rows }) where excess > 0 {
            excess -= comparisons[index].size
            dropped.insert(index)
        }
        trimmed.comparisons = comparisons.indices.filter { !dropped.contains($0) }.map { comparisons[$0] }
        let unnamed = trimmed.challengerSlices.filter { !columns.contains($0.slice.column) }
        var left: Set<Slice> = []
        for scores in unnamed.sorted(by: { $0.rows < $1.rows }) where excess > 0 {
            excess -= 2 * scores.size
            left.insert(scores.slice)
        }
        trimmed.challengerSlices.removeAll { left.contains($0.slice) }
        trimmed.championSlices.removeAll { left.contains($0.slice) }
        return trimmed
    }

    /// About the length of the canonical text.
    private var size: Int {
        let slices = (challengerSlices + championSlices).reduce(0) { $0 + $1.size }
        let past = promotions.reduce(0) { $0 + 50 + numbers($1.metrics) }
        return slices + past + comparisons.reduce(0) { $0 + $1.size }
            + histories.reduce(0) { $0 + 22 * $1.values.count }
    }
}

private func numbers(_ metrics: [String: Double]) -> Int { metrics.reduce(0) { $0 + $1.key.utf8.count + 24 } }

extension SliceScores {
    fileprivate var size: Int { 60 + slice.column.utf8.count + slice.value.utf8.count + numbers(metrics) }

    fileprivate func only(_ names: Set<String>) -> SliceScores {
        SliceScores(slice: slice, rows: rows, metrics: metrics.filter { names.contains($0.key) })
    }
}

extension Comparison {
    fileprivate var size: Int {
        250 + bounds.count * 85 + (slice.map { $0.column.utf8.count + $0.value.utf8.count } ?? 0)
    }
}
