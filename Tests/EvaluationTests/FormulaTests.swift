import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@testable import Evaluation

/// Sums of blocks, added up, give the metrics that the scorer gives of all rows.
@Suite(.timeLimit(.minutes(15)))
struct FormulaTests {
    @Test(
        arguments: [
            (
                "label,prediction,score",
                { @Sendable (row: Int) in
                    "\(row % 3 == 0 ? 1 : 0),\(row % 5 == 0 ? 1 : 0),\(Double(row * 37 % 101) / 101)"
                }
            ),
            (
                "label,prediction,reference",
                { @Sendable (row: Int) in
                    "\(1e6 + Double(row * 37 % 101)),\(1e6 + Double(row * 41 % 101)),\(1e6 + Double(row % 50))"
                }
            ),
            ("label,prediction", { @Sendable (row: Int) in "c\(row * row % 11),c\(row % 13)" }),
            (
                "query,label,score",
                { @Sendable (row: Int) in "q\(row % 60),\(row * 37 % 4 + 5),\(Double(row * 41 % 10))" }
            ),
        ] as [(String, @Sendable (Int) -> String)])
    func `sums of blocks give the metrics of all rows`(header: String, row: @Sendable (Int) -> String) async throws {
        let text = ([header] + (1...1000).map(row)).joined(separator: "\n")
        let whole = try await score(text).metrics

        try await withTemporaryFolder { folder in
            let path = folder.appending("predictions.csv")
            try Data(text.utf8).write(to: URL(filePath: path.string))
            let rows = try await ReadyRows.prepare(
                path, options: .init(), try scorer().duckdb, in: folder.appending("a"))
            let isRanking = rows.kind == .relevance
            let formulas = isRanking ? Formulas.ofQueries() : Formulas(rows.basis)
            let table = isRanking ? "(\(Ranking.queries("(SELECT *, 0 AS g FROM \(rows.table()))")))" : rows.table()
            let sums = formulas.terms(of: "t").enumerated().map { "fsum(\($1))::VARCHAR AS t\($0)" }
            let blocks = try await rows.run(
                "SELECT \(isRanking ? "first" : "rn") % 7 AS block, \(sums.joined(separator: ", ")) FROM \(table) t "
                    + "GROUP BY block;")
            var total = [Double](repeating: 0, count: formulas.width)
            for block in blocks {
                for index in total.indices { total[index] += try #require(block["t\(index)"]?.double) }
            }

            let told = formulas.values(total)

            #expect(blocks.count == 7)
            #expect(!told.isEmpty)
            for (metric, value) in told {
                let expected = try #require(whole[metric])
                #expect(abs(value - expected) <= 1e-9 * max(1, abs(expected)), "\(metric): \(value), not \(expected)")
            }
            let ranked: Set<String> = ["auc", "pr_auc"]
            #expect(Set(whole.keys).subtracting(ranked) == Set(told.keys))
        }
    }

    @Test func `only the sums that wanted metrics need are asked for`() {
        let basis = Formulas.Basis(kind: .binary(negative: 0), hasPrediction: true, isProbability: true)

        let formulas = Formulas(basis, only: ["recall", "brier"])

        #expect(formulas.metrics == ["recall", "brier"])
        #expect(formulas.width == 5)
        #expect(formulas.values([4, 1, 1, 1, 0.5]) == ["recall": 0.5, "brier": 0.125])
        #expect(formulas.values([4, 0, 1, 0, 0.5]) == ["brier": 0.125])
    }
}
