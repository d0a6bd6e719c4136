import Domain
import SystemPackage

/// Counts the lines that `Ranks` had written, from the highest score to the lowest.
struct RankReading {
    private let values: [[String]]
    /// The first counter of each column; the very first one is that of all rows.
    private var starts: [Int] = []
    private var counters: [RankCounter]
    private var curve: CurvePoints
    /// The number of the run of equal scores.
    private var run = 0

    init(values: [[String]], curve: CurvePoints) {
        self.values = values
        self.curve = curve
        var count = 1
        for column in values {
            starts.append(count)
            count += column.count
        }
        counters = Array(repeating: RankCounter(), count: count)
    }

    mutating func readAll(_ file: FileDescriptor, width: Int) throws {
        var buffer = [UInt8](repeating: 0, count: (1 << 20) / width * width)
        var filled = 0
        while true {
            let count = try buffer.withUnsafeMutableBytes { bytes in
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
            }
            filled += count
            if count > 0, filled < buffer.count { continue }
            read(buffer.span.extracting(first: filled), width: width)
            filled = 0
            if count == 0 { break }
        }
        endRun()
        for index in counters.indices { counters[index].endRun() }
    }

    private mutating func read(_ lines: Span<UInt8>, width: Int) {
        var line = 0
        while line + width <= lines.count {
            if lines[line] != UInt8(ascii: "=") {
                endRun()
                run += 1
            }
            let isPositive = lines[line + 1] == UInt8(ascii: "1")
            counters[0].add(isPositive, run: run)
            for column in starts.indices {
                let place = line + 2 + 2 * column
                let code =
                    Int(lines[place] &- Ranks.base) * Ranks.digits + Int(lines[place + 1] &- Ranks.base)
                if code < values[column].count { counters[starts[column] + code].add(isPositive, run: run) }
            }
            line += width
        }
    }

    private mutating func endRun() {
        counters[0].endRun()
        curve.add(truePositives: counters[0].truePositives, falsePositives: counters[0].falsePositives)
    }

    var curves: Ranks.Curves {
        var areas: [Ranks.Area] = []
        func add(_ counter: RankCounter, _ column: Int, _ value: String) {
            guard let auc = counter.auc, let precision = counter.averagePrecision else { return }
            areas.append(Ranks.Area(column: column, value: value, auc: auc, precisionRecall: precision))
        }
        add(counters[0], -1, "")
        for (column, start) in starts.enumerated() {
            for (code, value) in values[column].enumerated() { add(counters[start + code], column, value) }
        }
        return Ranks.Curves(areas: areas, roc: curve.roc, precisionRecall: curve.precisionRecall)
    }
}

/// Rows of one choice, from the highest score to the lowest, in runs of equal scores.
struct RankCounter {
    private(set) var truePositives: Int64 = 0
    private(set) var falsePositives: Int64 = 0
    private var run = 0
    private var runPositives: Int64 = 0
    private var runNegatives: Int64 = 0
    /// Twice the pairs that are ranked right, and once those that are tied: whole, so that nothing is rounded.
    private var pairs: UInt128 = 0
    /// Of the precision at each positive label, with what its additions lost (Neumaier).
    private var precisions = 0.0
    private var lost = 0.0

    mutating func add(_ isPositive: Bool, run number: Int) {
        if number != run {
            endRun()
            run = number
        }
        if isPositive { runPositives += 1 } else { runNegatives += 1 }
    }

    mutating func endRun() {
        pairs += UInt128(runNegatives) * UInt128(2 * truePositives + runPositives)
        truePositives += runPositives
        falsePositives += runNegatives
        if runPositives > 0 {
            let more = Double(runPositives) * Double(truePositives) / Double(truePositives + falsePositives)
            let sum = precisions + more
            lost += abs(precisions) >= abs(more) ? (precisions - sum) + more : (more - sum) + precisions
            precisions = sum
        }
        runPositives = 0
        runNegatives = 0
    }

    /// Nil unless both labels are there.
    var auc: Double? {
        guard truePositives > 0, falsePositives > 0 else { return nil }
        return Double(pairs) / (2 * Double(truePositives) * Double(falsePositives))
    }

    var averagePrecision: Double? {
        guard truePositives > 0, falsePositives > 0 else { return nil }
        return (precisions + lost) / Double(truePositives)
    }
}

/// At most `Portrait.mostPoints` points of each curve, chosen along it: the last of each stretch of equal length, which
/// is measured by both rates for the one curve and by recall for the other.
struct CurvePoints {
    private let positives: Double
    private let negatives: Double
    private var rates: [Portrait.Point?]
    private var precisions: [Portrait.Point?]

    init(positives: Int64, negatives: Int64) {
        self.positives = Double(positives)
        self.negatives = Double(negatives)
        // Of the first curve both ends are points of their own.
        rates = Array(repeating: nil, count: Portrait.mostPoints - 2)
        precisions = Array(repeating: nil, count: Portrait.mostPoints)
    }

    private var isDrawn: Bool { positives > 0 && negatives > 0 }

    mutating func add(truePositives: Int64, falsePositives: Int64) {
        guard isDrawn, truePositives + falsePositives > 0 else { return }
        let (hits, wrong) = (Double(truePositives), Double(falsePositives))
        let (recall, fallout) = (hits / positives, wrong / negatives)
        if recall < 1 || fallout < 1 {
            rates[place((recall + fallout) / 2, of: rates.count)] = Portrait.Point(x: fallout, y: recall)
        }
        let bin = place(recall, of: precisions.count)
        // Rows that only lower the precision at the same recall are no new point.
        if (precisions[bin]?.x ?? -1) < recall {
            precisions[bin] = Portrait.Point(x: recall, y: hits / (hits + wrong))
        }
    }

    private func place(_ share: Double, of count: Int) -> Int { min(count - 1, Int(share * Double(count))) }

    var roc: [Portrait.Point] {
        isDrawn ? [Portrait.Point(x: 0, y: 0)] + rates.compactMap { $0 } + [Portrait.Point(x: 1, y: 1)] : []
    }

    var precisionRecall: [Portrait.Point] { isDrawn ? precisions.compactMap { $0 } : [] }
}
