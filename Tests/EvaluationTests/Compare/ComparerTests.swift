import Domain
import Evaluation
import Foundation
import Testing

/// Rows of all kinds of tasks, by a small generator that is the same each time.
private struct Rows {
    private var state: UInt64 = 42
    private mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53
    }

    /// Two files of the same rows, of which the second knows a little more.
    mutating func binary(_ count: Int) -> (String, String) {
        var texts = ["label,prediction,score,place\n", "label,prediction,score,place\n"]
        for row in 0..<count {
            let truth = next()
            let label = next() < truth ? 1 : 0
            for side in 0..<2 {
                let score = min(1, max(0, truth + (next() - 0.5) * (side == 0 ? 0.6 : 0.2)))
                texts[side] += "\(label),\(score > 0.5 ? 1 : 0),\(score),\("NSWE".map { $0 }[row % 4])\n"
            }
        }
        return (texts[0], texts[1])
    }

    mutating func numbers(_ count: Int) -> (String, String) {
        var texts = ["label,prediction,reference,place\n", "label,prediction,reference,place\n"]
        for row in 0..<count {
            let label = 100 + 40 * next()
            let reference = label + 30 * next()
            for side in 0..<2 {
                texts[side] += "\(label),\(label + (next() - 0.4) * (side == 0 ? 9 : 8)),\(reference),\(row % 3)\n"
            }
        }
        return (texts[0], texts[1])
    }

    mutating func classes(_ count: Int) -> (String, String) {
        let names = ["cat", "dog", "fox", "owl"]
        var texts = ["label,prediction,place\n", "label,prediction,place\n"]
        for row in 0..<count {
            let label = Int(next() * 3)
            for side in 0..<2 {
                let answer = next() < (side == 0 ? 0.6 : 0.7) ? label : (label + 1 + side) % (3 + side)
                texts[side] += "\(names[label]),\(names[answer]),\(row % 2)\n"
            }
        }
        return (texts[0], texts[1])
    }

    mutating func queries(_ count: Int) -> (String, String) {
        var texts = ["query,label,score\n", "query,label,score\n"]
        for row in 0..<count {
            let label = Int(next() * 4)
            for side in 0..<2 {
                texts[side] += "q\(row / 5),\(label),\(Double(label) + next() * (side == 0 ? 4 : 3))\n"
            }
        }
        return (texts[0], texts[1])
    }
}

@Suite(.timeLimit(.minutes(15)))
struct ComparerTests {
    @Test(arguments: ["binary", "numbers", "classes", "queries"])
    func `values are those that each side is scored with, of all rows and of slices`(task: String) async throws {
        var rows = Rows()
        let (champion, challenger) =
            switch task {
            case "binary": rows.binary(400)
            case "numbers": rows.numbers(400)
            case "classes": rows.classes(400)
            default: rows.queries(400)
            }
        let (old, new) = (try await score(champion), try await score(challenger))
        let every = Set(old.metrics.keys)

        let comparisons = try await compare(champion, challenger, sliceMetrics: ["place": every])

        #expect(Set(comparisons.filter { $0.slice == nil }.map(\.metric)) == every)
        for comparison in comparisons {
            let metric = comparison.metric
            func value(_ scores: Scorer.Scores) throws -> Double {
                guard let slice = comparison.slice else { return try #require(scores.metrics[metric]) }
                return try #require(scores.slices.first { $0.slice == slice }?.metrics[metric])
            }
            let (first, second) = (try value(old), try value(new))
            #expect(abs(comparison.champion - first) < 1e-9, "\(metric): \(comparison.champion), not \(first)")
            #expect(abs(comparison.challenger - second) < 1e-9, "\(metric): \(comparison.challenger), not \(second)")
            #expect(comparison.pValue > 0 && comparison.pValue <= 1, "\(metric)")
            #expect(comparison.bounds.map(\.confidence) == Comparison.standardConfidences)
            var (lower, upper) = (comparison.difference, comparison.difference)
            for bounds in comparison.bounds {
                #expect(bounds.lower <= lower && bounds.upper >= upper, "\(metric) \(bounds)")
                (lower, upper) = (bounds.lower, bounds.upper)
            }
        }
        let slices = Set(comparisons.compactMap(\.slice))
        #expect(slices.count == ["binary": 4, "numbers": 3, "classes": 2][task] ?? 0)
    }

    @Test func `sides that change places turn differences and bounds around`() async throws {
        var rows = Rows()
        let (champion, challenger) = rows.binary(600)

        let there = try await compare(champion, challenger)
        let back = try await compare(challenger, champion)

        #expect(there.map(\.metric) == back.map(\.metric))
        for (first, second) in zip(there, back) {
            #expect(abs(first.difference + second.difference) < 1e-12, "\(first.metric)")
            let width = first.bounds(at: 0.95).upper - first.bounds(at: 0.95).lower
            let (bounds, mirrored) = (first.bounds(at: 0.95), second.bounds(at: 0.95))
            #expect(abs(bounds.lower + mirrored.upper) <= 0.1 * width, "\(first.metric) \(bounds) \(mirrored)")
            #expect(abs(bounds.upper + mirrored.lower) <= 0.1 * width, "\(first.metric) \(bounds) \(mirrored)")
            if first.method == .delong { #expect(abs(first.pValue - second.pValue) < 1e-12) }
        }
    }

    @Test func `a file compared with itself differs in nothing`() async throws {
        var rows = Rows()
        let (text, _) = rows.binary(300)

        for comparison in try await compare(text, text) {
            #expect(comparison.difference == 0 && comparison.pValue == 1, "\(comparison.metric)")
            #expect(comparison.bounds.allSatisfy { $0.lower == 0 && $0.upper == 0 }, "\(comparison.metric)")
        }
    }

    @Test func `the same files give the same bits`() async throws {
        var rows = Rows()
        let (champion, challenger) = rows.binary(500)

        let first = try await compare(champion, challenger, sliceMetrics: ["place": ["f1", "log_loss", "pr_auc"]])
        let second = try await compare(champion, challenger, sliceMetrics: ["place": ["f1", "log_loss", "pr_auc"]])

        #expect(first == second)
        #expect(first.count { $0.slice != nil } == 12)
    }

    @Test func `slices of few rows or of one class are left out, and few rows give wide bounds`() async throws {
        var (champion, challenger) = ("label,prediction,score,at\n", "label,prediction,score,at\n")
        func add(_ label: Int, _ first: Double, _ second: Double, _ slice: String) {
            champion += "\(label),\(first > 0.5 ? 1 : 0),\(first),\(slice)\n"
            challenger += "\(label),\(second > 0.5 ? 1 : 0),\(second),\(slice)\n"
        }
        for row in 0..<9 { add(row % 2, 0.3, 0.4, "small") }
        for row in 0..<30 { add(1, 0.6, row < 3 ? 0.2 : 0.7, "one class") }
        for row in 0..<12 { add(row % 2, Double(row % 2) * 0.8, Double(row % 2) * 0.8 + Double(row) / 100, "perfect") }

        let comparisons = try await compare(champion, challenger, sliceMetrics: ["at": ["auc", "accuracy"]])

        #expect(!comparisons.contains { $0.slice?.value == "small" })
        #expect(!comparisons.contains { $0.slice?.value == "one class" && $0.metric == "auc" })
        let perfect = try #require(comparisons.first { $0.slice?.value == "perfect" && $0.metric == "auc" })
        #expect(perfect.difference == 0 && perfect.pValue == 1)
        #expect(perfect.bounds(at: 0.95).lower < -0.1)
        let fewer = try #require(comparisons.first { $0.slice?.value == "one class" && $0.metric == "accuracy" })
        #expect(abs(fewer.pValue - 0.25) < 1e-12)
        #expect(fewer.bounds(at: 0.95).lower < -0.2 && fewer.bounds(at: 0.95).upper > -0.05)
    }

    @Test(arguments: [
        ("label,score\n1,0.9\n0,0.1\n", "label,score\n0,0.9\n1,0.1\n", "not of the same rows"),
        ("label,score\n1,0.9\n0,0.1\n", "label,score\n1,0.9\n", "not of the same rows"),
        ("id,label,score\na,1,0.9\n", "id,label,score\nb,1,0.9\n", "not of the same rows"),
        ("label,score\n1,0.9\n", "", "is empty"), ("", "label,score\n1,0.9\n", "is empty"),
        ("label,score\n1,0.9\n0,0.2\n", "label,score\n1,0.9\n0,nan\n", "not a finite number"),
        ("label,score\n1,0.9\n0,0.2\n", "label,score\n1,0.9\n0,0.1,7\n", "more cells than the header"),
    ])
    func `files that cannot be compared are refused`(champion: String, challenger: String, words: String) async {
        let fault = await #expect(throws: Fault.self) { try await compare(champion, challenger) }

        #expect(fault?.kind == .input)
        #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
    }
}
