import Domain

/// Rows counted by label and both sides' predictions: all that metrics of predicted classes depend on, however many rows
/// there are. Resamples of the rows are multinomial counts of these.
struct Cells: Sendable {
    struct Cell: Sendable, Hashable {
        let label: Int
        let champion: Int
        let challenger: Int

        /// The rows with their sides swapped.
        var mirror: Cell { Cell(label: label, champion: challenger, challenger: champion) }
    }

    let cells: [Cell]
    /// Rows of each cell; 0 for the mirrors that no row is in.
    let rows: [Int64]
    let formulas: Formulas
    private let champion: [[Int]]
    private let challenger: [[Int]]

    var total: Int64 { rows.reduce(0, +) }

    init(_ counts: [Cell: Int64], formulas: Formulas) {
        let mirrors = counts.keys.map(\.mirror).filter { counts[$0] == nil }
        let sorted = (counts.keys + mirrors).sorted {
            ($0.label, $0.champion, $0.challenger) < ($1.label, $1.champion, $1.challenger)
        }
        cells = sorted
        rows = sorted.map { counts[$0] ?? 0 }
        self.formulas = formulas
        champion = sorted.map { formulas.places(label: $0.label, prediction: $0.champion) }
        challenger = sorted.map { formulas.places(label: $0.label, prediction: $0.challenger) }
    }

    /// McNemar's exact p of the rows that only one side has right.
    var pValue: Double {
        var (onlyChampion, onlyChallenger): (Int64, Int64) = (0, 0)
        for (cell, count) in zip(cells, rows) where cell.champion != cell.challenger {
            if cell.champion == cell.label { onlyChampion += count }
            if cell.challenger == cell.label { onlyChallenger += count }
        }
        return McNemar.pValue(onlyChampion: onlyChampion, onlyChallenger: onlyChallenger)
    }

    func draws(_ random: inout RandomSource) -> Draws {
        var sums = Sums(formulas)
        var draws = Draws(
            champion: [], challenger: [], resampled: sums.none, swapped: sums.none, leftOut: sums.none,
            weights: [], units: Double(total), differing: differing)
        if draws.differing == 0 {
            sums.clear()
            add(rows.map(Double.init), to: &sums)
            return sums.values(draws)
        }
        let (chances, whole) = (chances, Int(total))
        var counts = [Double](repeating: 0, count: cells.count)
        for _ in 0..<Draws.resamples {
            var rest = whole
            for index in cells.indices {
                let drawn = random.binomial(rest, chances[index])
                counts[index] = Double(drawn)
                rest -= drawn
            }
            sums.clear()
            add(counts, to: &sums)
            sums.append(to: &draws.resampled)
        }
        swap(&random, &sums, &draws)
        leaveOut(&sums, &draws)
        sums.clear()
        add(rows.map(Double.init), to: &sums)
        return sums.values(draws)
    }

    private var differing: Int {
        Int(zip(cells, rows).reduce(0) { $1.0.champion == $1.0.challenger ? $0 : $0 + $1.1 })
    }

    /// The chance of each cell among the ones from it on.
    ///
    /// Rows that differ lend one row to the pool, half of it mirrored, so that what was not seen in few rows is not taken
    /// for impossible: as Agresti and Min, "Simple improved confidence intervals for comparing matched proportions",
    /// Statistics in Medicine 24 (2005), who add half a row to each of the cells.
    private var chances: [Double] {
        let (differing, place) = (Double(differing), Dictionary(uniqueKeysWithValues: zip(cells, cells.indices)))
        let shares = cells.indices.map { index in
            let cell = cells[index]
            guard cell.champion != cell.challenger else { return Double(rows[index]) }
            let mirrored = place[cell.mirror].map { rows[$0] } ?? 0
            return Double(rows[index]) + Double(rows[index] + mirrored) / (2 * differing)
        }
        var rest = shares.reduce(0, +)
        return shares.enumerated().map { index, share in
            defer { rest -= share }
            return index == shares.count - 1 || rest <= share ? 1 : share / rest
        }
    }

    private func add(_ counts: [Double], to sums: inout Sums) {
        for index in cells.indices where counts[index] != 0 {
            for place in champion[index] { sums.champion[place] += counts[index] }
            for place in challenger[index] { sums.challenger[place] += counts[index] }
        }
    }

    private func swap(_ random: inout RandomSource, _ sums: inout Sums, _ draws: inout Draws) {
        for _ in 0..<Draws.swaps {
            sums.clear()
            for index in cells.indices where rows[index] > 0 {
                let isSame = cells[index].champion == cells[index].challenger
                let swapped = isSame ? 0 : Double(random.binomial(Int(rows[index]), 0.5))
                let kept = Double(rows[index]) - swapped
                for place in champion[index] {
                    sums.champion[place] += kept
                    sums.challenger[place] += swapped
                }
                for place in challenger[index] {
                    sums.challenger[place] += kept
                    sums.champion[place] += swapped
                }
            }
            sums.append(to: &draws.swapped)
        }
    }

    private func leaveOut(_ sums: inout Sums, _ draws: inout Draws) {
        draws.weights = rows.filter { $0 > 0 }.map(Double.init)
        sums.clear()
        add(rows.map(Double.init), to: &sums)
        for index in cells.indices where rows[index] > 0 {
            for place in champion[index] { sums.champion[place] -= 1 }
            for place in challenger[index] { sums.challenger[place] -= 1 }
            sums.append(to: &draws.leftOut)
            for place in champion[index] { sums.champion[place] += 1 }
            for place in challenger[index] { sums.challenger[place] += 1 }
        }
    }
}
