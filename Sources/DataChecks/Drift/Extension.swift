extension Profile {
    /// This profile with more edges outside the range of its values, where `other` has its own: exact, because all bins
    /// there are empty. So a column that moves on with every file (a month, a time) stays finely cut.
    package func extended(by other: Profile) -> Profile {
        let wider = columns.map { column in
            let values: ColumnProfile.Values =
                switch (column.values, other[column.name]?.values) {
                case (.numbers(let one), .numbers(let other)?): .numbers(one.extended(by: other))
                case (.times(let one), .times(let other)?): .times(one.extended(by: other))
                case (.numbers, _), (.times, _), (.categories, _): column.values
                }
            return ColumnProfile(name: column.name, nulls: column.nulls, values: values)
        }
        return Profile(rows: rows, columns: wider, others: others)
    }
}

extension NumberProfile {
    func extended(by other: NumberProfile) -> NumberProfile {
        guard let minimum, let maximum, let low = other.minimum, let high = other.maximum else { return self }
        let own = [minimum.nextDown, maximum]
        let theirs = (other.edges + [low.nextDown, high]).filter {
            ($0 < minimum.nextDown || $0 > maximum) && $0 >= low.nextDown && $0 <= high
        }
        let wider = Set(edges + own + theirs).sorted()
        var counts = Array(repeating: Int64(0), count: wider.count + 1)
        for (bin, count) in self.counts.enumerated() {
            guard count > 0, let extent = extent(bin) else { continue }
            // What a bin holds lies at or below the smaller of its edge and the largest value, which is an edge now.
            counts[wider.firstIndex { $0 >= extent.high } ?? wider.count] += count
        }
        return NumberProfile(
            edges: wider, counts: counts, minimum: minimum, maximum: maximum, mean: mean, deviation: deviation)
    }
}
