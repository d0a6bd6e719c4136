extension Profile {
    /// The profile of a set of files of which some were removed, and others added; all three on the same edges.
    ///
    /// Nil if that cannot be told exactly: the smallest or largest value was removed and something larger or smaller
    /// was not added, or the edges are not the same. The files must then be counted anew.
    package func replacing(_ removed: Profile, by added: Profile?) -> Profile? {
        guard layout == removed.layout, added == nil || added?.layout == layout else { return nil }
        // A column outside the layout may have gone with the removed files.
        guard others.isEmpty, rows >= removed.rows else { return nil }
        var changed: [ColumnProfile] = []
        for (index, column) in columns.enumerated() {
            let out = removed.columns[index]
            let new = added?.columns[index]
            guard column.nulls >= out.nulls, let values = column.values.replacing(out.values, by: new?.values) else {
                return nil
            }
            changed.append(
                ColumnProfile(name: column.name, nulls: column.nulls - out.nulls + (new?.nulls ?? 0), values: values))
        }
        return Profile(rows: rows - removed.rows + (added?.rows ?? 0), columns: changed, others: added?.others ?? [])
    }
}

extension ColumnProfile.Values {
    fileprivate func replacing(_ removed: Self, by added: Self?) -> Self? {
        switch (self, removed) {
        case (.numbers(let all), .numbers(let out)):
            all.replacing(out, by: added?.numbers).map { .numbers($0) }
        case (.times(let all), .times(let out)):
            all.replacing(out, by: added?.numbers).map { .times($0) }
        case (.categories(let all), .categories(let out)):
            all.replacing(out, by: added?.categories).map { .categories($0) }
        case (.numbers, _), (.times, _), (.categories, _): nil
        }
    }
}

extension NumberProfile {
    /// What is left without `removed`, by the formula of `adding` solved for one part.
    fileprivate func replacing(_ removed: NumberProfile, by added: NumberProfile?) -> NumberProfile? {
        if removed.count == 0 { return added.map(adding) ?? self }
        let left = zip(counts, removed.counts).map { $0 - $1 }
        let count = left.reduce(0, +)
        if left.contains(where: { $0 < 0 }) { return nil }
        guard count > 0 else {
            let none = NumberProfile(edges: edges, counts: left, minimum: nil, maximum: nil, mean: 0, deviation: 0)
            return added.map(none.adding) ?? none
        }
        guard let minimum, let maximum, let low = removed.minimum, let high = removed.maximum else { return nil }
        guard low > minimum || added?.minimum ?? .infinity <= minimum else { return nil }
        guard high < maximum || added?.maximum ?? -.infinity >= maximum else { return nil }
        let (all, out, n) = (Double(self.count), Double(removed.count), Double(count))
        let mean = mean + (mean - removed.mean) * out / n
        let step = removed.mean - mean
        let square =
            deviation * deviation * all - removed.deviation * removed.deviation * out - step * step * n * out / all
        let kept = NumberProfile(
            edges: edges, counts: left, minimum: minimum, maximum: maximum, mean: mean,
            deviation: max(0, square / n).squareRoot())
        return added.map(kept.adding) ?? kept
    }
}

extension CategoryProfile {
    fileprivate func replacing(_ removed: CategoryProfile, by added: CategoryProfile?) -> CategoryProfile? {
        // A name that one side only has was counted within the rest of the other.
        guard removed.counts.keys.allSatisfy({ counts[$0] != nil }), rest >= removed.rest else { return nil }
        guard removed.rest == 0 || removed.counts.count == counts.count else { return nil }
        let left = counts.reduce(into: [String: Int64]()) { left, entry in
            left[entry.key] = entry.value - (removed.counts[entry.key] ?? 0)
        }
        if left.values.contains(where: { $0 < 0 }) { return nil }
        let kept = CategoryProfile(counts: left, rest: rest - removed.rest)
        return added.map(kept.adding) ?? kept
    }
}
