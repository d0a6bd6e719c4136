import Domain

/// Sums over blocks of rows, of both sides: all that metrics of losses depend on. Blocks are drawn and swapped as rows
/// are; of few rows, each is a block of its own.
struct Blocks: Sendable {
    let formulas: Formulas
    /// For each block the champion's sums, then the challenger's.
    private let sums: [Double]
    private let count: Int
    /// Sums of one side.
    private let width: Int

    /// - Parameters:
    ///   - columns: the champion's terms, then the challenger's, each with a number for each block.
    /// Nil for columns of unequal lengths.
    init?(_ columns: [[Double]], formulas: Formulas) {
        guard let count = columns.first?.count, columns.count == 2 * formulas.width,
            columns.allSatisfy({ $0.count == count })
        else { return nil }
        self.formulas = formulas
        self.count = count
        width = formulas.width
        var sums = [Double](repeating: 0, count: count * columns.count)
        for (place, column) in columns.enumerated() {
            for block in 0..<count { sums[block * columns.count + place] = column[block] }
        }
        self.sums = sums
    }

    func draws(_ random: inout RandomSource) -> Draws {
        var pair = Sums(formulas)
        var draws = Draws(
            champion: [], challenger: [], resampled: pair.none, swapped: pair.none, leftOut: pair.none, weights: nil,
            units: Double(count), differing: differing)
        var total = [Double](repeating: 0, count: 2 * width)
        add(to: &total) { block in block }
        if draws.differing > 0 {
            for _ in 0..<Draws.resamples {
                var drawn = [Double](repeating: 0, count: 2 * width)
                add(to: &drawn) { _ in random.below(count) }
                pair.set(drawn)
                pair.append(to: &draws.resampled)
            }
            swap(&random, total, &pair, &draws)
            for block in 0..<count {
                pair.set((0..<2 * width).map { total[$0] - sums[block * 2 * width + $0] })
                pair.append(to: &draws.leftOut)
            }
        }
        pair.set(total)
        return pair.values(draws)
    }

    private var differing: Int {
        (0..<count).count { block in
            let start = block * 2 * width
            return (0..<width).contains { sums[start + $0] != sums[start + width + $0] }
        }
    }

    /// Adds as many blocks as there are, each the one that `choose` names.
    private func add(to total: inout [Double], _ choose: (Int) -> Int) {
        let wide = 2 * width
        total.withUnsafeMutableBufferPointer { total in
            sums.withUnsafeBufferPointer { sums in
                guard let total = total.baseAddress, let sums = sums.baseAddress else { return }
                for turn in 0..<count { Blocks.add(wide, sums + choose(turn) * wide, to: total, times: 1) }
            }
        }
    }

    // Four at a time and without checks of overflow, so that the compiler makes one instruction of them.
    @inline(__always)
    private static func add(
        _ count: Int, _ numbers: UnsafePointer<Double>, to total: UnsafeMutablePointer<Double>, times factor: Double
    ) {
        var place = 0
        while place &+ 4 <= count {
            let (a, b) = (total[place] + factor * numbers[place], total[place &+ 1] + factor * numbers[place &+ 1])
            let (c, d) = (
                total[place &+ 2] + factor * numbers[place &+ 2], total[place &+ 3] + factor * numbers[place &+ 3]
            )
            total[place] = a
            total[place &+ 1] = b
            total[place &+ 2] = c
            total[place &+ 3] = d
            place &+= 4
        }
        while place < count {
            total[place] += factor * numbers[place]
            place &+= 1
        }
    }

    private func swap(_ random: inout RandomSource, _ total: [Double], _ pair: inout Sums, _ draws: inout Draws) {
        let gains = (0..<count).flatMap { block in
            (0..<width).map { sums[block * 2 * width + width + $0] - sums[block * 2 * width + $0] }
        }
        for _ in 0..<Draws.swaps {
            var moved = [Double](repeating: 0, count: width)
            moved.withUnsafeMutableBufferPointer { moved in
                gains.withUnsafeBufferPointer { gains in
                    guard let moved = moved.baseAddress, let gains = gains.baseAddress else { return }
                    var bits: UInt64 = 0
                    for block in 0..<count {
                        if block & 63 == 0 { bits = random.next() }
                        // No branch: half of the blocks are swapped, which no processor can foresee.
                        let isSwapped = Double(bits & 1)
                        bits >>= 1
                        Blocks.add(width, gains + block * width, to: moved, times: isSwapped)
                    }
                }
            }
            pair.set(
                (0..<width).map { total[$0] + moved[$0] } + (0..<width).map { total[width + $0] - moved[$0] })
            pair.append(to: &draws.swapped)
        }
    }
}

extension Sums {
    /// The champion's sums, then the challenger's.
    mutating func set(_ both: [Double]) {
        for index in champion.indices {
            champion[index] = both[index]
            challenger[index] = both[champion.count + index]
        }
    }
}
