import Domain
import Evaluation
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15)))
struct ComparerTests {
    @Test func `areas under the curve are compared on paired rows`() async throws {
        let champion = "label,score\n1,0.9\n1,0.4\n1,0.6\n0,0.5\n0,0.1\n0,0.3\n"
        let challenger = "label,score\n1,0.9\n1,0.7\n1,0.6\n0,0.5\n0,0.1\n0,0.8\n"

        let comparison = try #require(try await compare(champion, challenger).first { $0.metric == "auc" })

        #expect(abs(comparison.champion - 8.0 / 9) < 1e-12)
        #expect(abs(comparison.challenger - 7.0 / 9) < 1e-12)
        #expect(comparison.rows == 6)
        #expect(comparison.bounds.map(\.confidence) == Comparison.standardConfidences)
    }

    @Test func `files of other rows are refused`() async {
        let fault = await #expect(throws: Fault.self) {
            try await compare("label,score\n1,0.9\n0,0.1\n", "label,score\n0,0.9\n1,0.1\n")
        }

        #expect(fault?.kind == .input)
        #expect(fault?.message.contains("not of the same rows") == true)
    }
}
