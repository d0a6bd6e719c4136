import Domain
import Foundation
import Testing

@testable import DataChecks

/// Two profiles of a column of numbers and one of categories.
private func drift(
    _ reference: [Int64] = [50, 50], _ current: [Int64] = [60, 40], cities: ([String: Int64], [String: Int64])? = nil,
    nulls: (Int64, Int64) = (0, 0)
) throws -> Drift {
    func profile(_ counts: [Int64], _ cities: [String: Int64], _ nulls: Int64) -> Profile {
        let hours = NumberProfile(edges: [1], counts: counts, minimum: 0, maximum: 2, mean: 1, deviation: 1)
        return Profile(
            rows: 100,
            columns: [
                ColumnProfile(name: "hour", nulls: nulls, values: .numbers(hours)),
                ColumnProfile(name: "city", nulls: 0, values: .categories(.init(counts: cities, rest: 0))),
                ColumnProfile(name: "port", nulls: 0, values: .categories(.init(counts: cities, rest: 0))),
            ])
    }
    let cities = cities ?? (["Oslo": 50, "Rome": 50], ["Oslo": 60, "Rome": 40])
    return try Drift(reference: profile(reference, cities.0, nulls.0), current: profile(current, cities.1, nulls.1))
}

private func limits(_ columns: [String: [Measure: Double]], nulls: Double? = nil) -> DriftLimits {
    DriftLimits(
        columns: columns.sorted { $0.key < $1.key }.map { .init(name: $0.key, limits: $0.value, isShared: false) },
        nullFractionDelta: nulls)
}

private func shared(_ columns: [String], _ limits: [Measure: Double]) -> DriftLimits {
    DriftLimits(columns: columns.map { .init(name: $0, limits: limits, isShared: true) })
}

@Test(arguments: [
    (limits(["hour": [.ks: 0.1]]), [], []),
    (limits(["hour": [.ks: 0.0999]]), ["hour 0.1"], []),
    (limits(["city": [.linf: 0.1]], nulls: 0.05), [], []),
    (limits([:], nulls: 0.0499), ["hour 0.05"], []),
    (limits(["city": [.linf: 0.05, .psi: 0.01], "hour": [.psi: 10]]), ["city 0.0405465", "city 0.1"], []),
    (shared(["hour", "city"], [.psi: 0.2]), [], []),
    (shared(["hour", "city"], [.psi: 0.04, .ks: 0.05]), ["hour 0.0405465", "hour 0.1", "city 0.0405465"], []),
    (limits(["city": [.chi2P: 0.1]]), [], []),
    (limits(["city": [.chi2P: 0.2]]), ["city 0.155218"], []),
    (limits(["city": [.ks: 0.1]]), [], ["the column 'city' is one of kind category, for which there is no ks"]),
    (shared(["citty"], [.psi: 1]), [], ["the reference has no column 'citty'; did you mean 'city'?"]),
])
func `limits are inclusive, and what cannot be asked is said`(
    _ limits: DriftLimits, _ findings: [String], _ unanswered: [String]
) throws {
    let verdict = DriftVerdict(try drift(nulls: (0, 5)), limits: limits, file: "new.csv")

    #expect(verdict.findings.map { "\($0.column ?? "") \($0.value ?? "")" } == findings)
    #expect(verdict.findings.allSatisfy { $0.check == "drift" && $0.file == "new.csv" })
    #expect(verdict.unanswered == unanswered)
}

@Test func `a finding names column, measure, value, limit, both shares and what is new`() throws {
    let drift = try drift(cities: (["Oslo": 50, "Rome": 50], ["Oslo": 50, "Rome": 20, "Bern": 30]))

    let verdict = DriftVerdict(drift, limits: limits(["city": [.linf: 0.05]]), file: "new.csv")

    #expect(
        verdict.findings.map(\.message) == [
            """
            the column 'city' has drifted: linf is 0.3, above the limit of 0.05; 'Bern' are 0 % of the reference and \
            30 % of the new data; new: 'Bern'
            """
        ])
}

@Test func `p-values are corrected over the columns that have a limit on them`() throws {
    let drift = try drift()
    let alone = DriftVerdict(drift, limits: limits(["city": [.chi2P: 0.2]]), file: "x")
    let both = DriftVerdict(drift, limits: limits(["city": [.chi2P: 0.2], "port": [.chi2P: 0.2]]), file: "x")

    #expect(alone.findings.count == 1)
    #expect(both.findings.count == 2)
    #expect(ManyTests.benjaminiHochberg([0.02, 0.25, 0.125, 0.5]) == [0.08, 1.0 / 3, 0.25, 0.5])
}

@Test func `profiles on different edges cannot be compared or added`() throws {
    func profile(_ edge: Double) -> Profile {
        let numbers = NumberProfile(edges: [edge], counts: [1, 1], minimum: 0, maximum: 2, mean: 1, deviation: 1)
        return Profile(rows: 2, columns: [ColumnProfile(name: "a", nulls: 0, values: .numbers(numbers))])
    }

    #expect(throws: Fault.self) { try Drift(reference: profile(1), current: profile(2)) }
    #expect(profile(1).adding(profile(2)) == nil)
    #expect(profile(1).adding(profile(1))?.rows == 4)
}
