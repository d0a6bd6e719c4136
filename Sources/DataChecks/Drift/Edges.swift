/// Where the bins of a column of numbers end.
///
/// First fine ones, about a thousand quantiles of a sample; when all rows are counted on them, neighbours are joined to
/// bins of at most 1/200 of the rows. So the counts are exact, and the bins are as good as those of exact quantiles.
enum Edges {
    /// The largest share of a bin that holds more than one value.
    static let share = 1.0 / 200

    /// Fine edges from quantiles in ascending order. A quantile that comes twice is a value that many rows share, and
    /// gets a bin of its own. Beyond the smallest and the largest value follow edges at growing distances, so that
    /// what other data has there is not all in one bin.
    static func fine(_ quantiles: [Double], minimum: Double, maximum: Double) -> [Double] {
        var edges: Set<Double> = [minimum.nextDown, maximum]
        var previous: Double?
        for quantile in quantiles where quantile >= minimum && quantile <= maximum {
            if quantile == previous { edges.insert(quantile.nextDown) }
            edges.insert(quantile)
            previous = quantile
        }
        let width = maximum > minimum ? maximum - minimum : max(1, maximum.magnitude)
        for power in 0...12 {
            let distance = width / 64 * Double(1 << power)
            edges.insert(minimum - distance)
            edges.insert(maximum + distance)
        }
        return edges.filter(\.isFinite).sorted()
    }

    /// Joins neighbouring bins between the smallest and the largest value as far as the share allows.
    static func joined(_ numbers: NumberProfile) -> NumberProfile {
        guard let minimum = numbers.minimum, let maximum = numbers.maximum else { return numbers }
        let limit = Double(numbers.count) * share
        var edges: [Double] = []
        var counts: [Int64] = []
        var open: Int64 = 0
        for (index, edge) in numbers.edges.enumerated() {
            open += numbers.counts[index]
            let next = numbers.counts[index + 1]
            let mayJoin = edge >= minimum && edge < maximum && Double(open + next) <= limit
            if mayJoin { continue }
            edges.append(edge)
            counts.append(open)
            open = 0
        }
        counts.append(open + (numbers.counts.last ?? 0))
        return NumberProfile(
            edges: edges, counts: counts, minimum: minimum, maximum: maximum, mean: numbers.mean,
            deviation: numbers.deviation)
    }
}

extension Profile {
    /// The counts on the edges of a profile whose edges are some of this one's: exact, bins are joined.
    func rebinned(like other: Profile) -> Profile {
        let columns = zip(columns, other.columns).map { column, other in
            let values: ColumnProfile.Values =
                switch (column.values, other.values.numbers) {
                case (.numbers(let numbers), let like?): .numbers(numbers.rebinned(edges: like.edges))
                case (.times(let numbers), let like?): .times(numbers.rebinned(edges: like.edges))
                case (.numbers, nil), (.times, nil), (.categories, _): column.values
                }
            return ColumnProfile(name: column.name, nulls: column.nulls, values: values)
        }
        return Profile(rows: rows, columns: columns, others: others)
    }
}

extension NumberProfile {
    fileprivate func rebinned(edges wanted: [Double]) -> NumberProfile {
        var sums: [Int64] = []
        var open: Int64 = 0
        for (index, edge) in edges.enumerated() {
            open += counts[index]
            guard sums.count < wanted.count, wanted[sums.count] == edge else { continue }
            sums.append(open)
            open = 0
        }
        sums.append(open + (counts.last ?? 0))
        return NumberProfile(
            edges: wanted, counts: sums, minimum: minimum, maximum: maximum, mean: mean, deviation: deviation)
    }
}
