import Domain

/// Rows with both sides' scores, for the area under the precision-recall curve: it depends on the order of all scores,
/// and is no function of sums.
struct RankSample: Sendable {
    private let count: Int
    /// 1 for a positive label, else 0.
    private let labels: [Double]
    private let champion: Order
    private let challenger: Order
    /// Both sides' ranks in one order, as rows of the champion's and, from `count` on, of the challenger's.
    private let pooled: Order

    /// Entries by falling value.
    private struct Order: Sendable {
        let entries: [Int32]
        /// True for an entry whose value the next one does not share.
        let isLast: [Bool]

        init(_ values: [Double]) {
            let sorted = values.indices.sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
            entries = sorted.map(Int32.init)
            isLast = sorted.indices.map { $0 + 1 == sorted.count || values[sorted[$0]] != values[sorted[$0 + 1]] }
        }

        /// The mean rank of each entry among those that share its value.
        var ranks: [Double] {
            var ranks = [Double](repeating: 0, count: entries.count)
            var start = 0
            for (place, isLast) in isLast.enumerated() where isLast {
                for index in start...place { ranks[Int(entries[index])] = -Double(start + place) / 2 }
                start = place + 1
            }
            return ranks
        }
    }

    /// Nil for columns of unequal lengths, and where one of the two labels is not there.
    init?(labels: [Double], champion: [Double], challenger: [Double]) {
        guard labels.count == champion.count, labels.count == challenger.count, labels.contains(1), labels.contains(0)
        else { return nil }
        self.labels = labels
        count = labels.count
        self.champion = Order(champion)
        self.challenger = Order(challenger)
        pooled = Order(self.champion.ranks + self.challenger.ranks)
    }

    /// Resamples of rows, and swaps of their ranks: two models' scores need not have one scale, but ranks do, as in
    /// Venkatraman and Begg, "A distribution-free procedure for comparing receiver operating characteristic curves from
    /// a paired experiment", Biometrika 83 (1996).
    func draws(_ random: inout RandomSource) -> Draws {
        var weights = [Double](repeating: 1, count: count)
        let (first, second) = (area(champion, weights), area(challenger, weights))
        var draws = Draws(
            champion: [first], challenger: [second], resampled: [[]], swapped: [[]], leftOut: [[]], weights: nil,
            units: Double(count), differing: zip(champion.ranks, challenger.ranks).count { $0 != $1 })
        if draws.differing == 0 { return draws }
        for _ in 0..<Draws.resamples {
            weights.withUnsafeMutableBufferPointer { weights in
                weights.update(repeating: 0)
                for _ in 0..<count { weights[random.below(count)] += 1 }
            }
            draws.resampled[0].append(area(challenger, weights) - area(champion, weights))
        }
        var isSwapped = [Int](repeating: 0, count: count)
        for _ in 0..<Draws.swaps {
            var bits: UInt64 = 0
            for row in 0..<count {
                if row & 63 == 0 { bits = random.next() }
                isSwapped[row] = Int(bits & 1)
                bits >>= 1
            }
            draws.swapped[0].append(swappedDifference(isSwapped))
        }
        leaveOut(&draws)
        return draws
    }

    /// Groups that are left out, each once, for the acceleration; it is the same for groups as for rows.
    private static let groups = 200

    private func leaveOut(_ draws: inout Draws) {
        var weights = [Double](repeating: 1, count: count)
        let groups = min(count, RankSample.groups)
        for group in 0..<groups {
            for row in stride(from: group, to: count, by: groups) { weights[row] = 0 }
            draws.leftOut[0].append(area(challenger, weights) - area(champion, weights))
            for row in stride(from: group, to: count, by: groups) { weights[row] = 1 }
        }
    }

    /// Average precision, the sum over thresholds of the rise of recall times precision; NaN without positive rows.
    private func area(_ order: Order, _ weights: [Double]) -> Double {
        var sum = Running()
        order.entries.withUnsafeBufferPointer { entries in
            order.isLast.withUnsafeBufferPointer { isLast in
                weights.withUnsafeBufferPointer { weights in
                    labels.withUnsafeBufferPointer { labels in
                        for place in 0..<count {
                            let row = Int(entries[place])
                            sum.add(labels[row], times: weights[row])
                            if isLast[place] { sum.close() }
                        }
                    }
                }
            }
        }
        return sum.area / sum.hits
    }

    /// The difference of areas by ranks, of which those of some rows are swapped (1, not 0).
    private func swappedDifference(_ isSwapped: [Int]) -> Double {
        // Indexed by side: a branch that takes either side by chance is one that no processor can foresee.
        var sides = [Running(), Running()]
        sides.withUnsafeMutableBufferPointer { sides in
            pooled.entries.withUnsafeBufferPointer { entries in
                pooled.isLast.withUnsafeBufferPointer { isLast in
                    isSwapped.withUnsafeBufferPointer { isSwapped in
                        labels.withUnsafeBufferPointer { labels in
                            var hits = 0.0
                            for place in 0..<2 * count {
                                let entry = Int(entries[place])
                                let own = entry < count ? 0 : 1
                                let row = entry &- own &* count
                                sides[own ^ isSwapped[row]].add(labels[row])
                                hits += labels[row]
                                if isLast[place], hits > 0 {
                                    sides[0].close()
                                    sides[1].close()
                                    hits = 0
                                }
                            }
                        }
                    }
                }
            }
        }
        return sides[1].area / sides[1].hits - sides[0].area / sides[0].hits
    }

    private struct Running {
        var hits = 0.0
        var rows = 0.0
        var before = 0.0
        var area = 0.0

        mutating func add(_ label: Double, times weight: Double = 1) {
            hits += label * weight
            rows += weight
        }

        mutating func close() {
            guard hits > before else { return }
            area += (hits - before) * hits / rows
            before = hits
        }
    }
}
