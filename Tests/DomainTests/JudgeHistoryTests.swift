import Domain
import Foundation
import Testing

private let converged = Gate(metric: "loss", condition: .converged)

private func curve(_ count: Int, _ value: (Double) -> Double) -> [Double] {
    (0..<count).map { value(Double($0) / Double(count - 1)) }
}

@Test(arguments: [5, 10, 50, 200])
func `a curve that falls and comes to rest has converged`(_ count: Int) {
    let values = curve(count) { 0.2 + exp(-12 * $0) }
    let result = Measured.decide(converged, Measured.history(values))
    #expect(result.outcome == .passed)
    #expect(result.challenger == values.last)
}

@Test func `noise at rest is rest`() {
    let values = curve(100) { 0.2 + exp(-12 * $0) + 0.02 * sin(900 * $0) }
    #expect(Measured.decide(converged, Measured.history(values)).outcome == .passed)
}

@Test func `a curve that has not converged is told why`() {
    func reason(_ values: [Double]) -> GateResult.Reason? {
        let result = Measured.decide(converged, Measured.history(values))
        #expect(result.outcome == .failed)
        return result.reason
    }
    let flat = reason(Array(repeating: 0.7, count: 20))
    #expect(flat == .notFallen(from: 0.7, to: 0.7))
    let rising = reason([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    #expect(rising == .notFallen(from: 0.1, to: 0.6))
    let slight = reason([1, 0.999, 0.998, 0.997, 0.996])
    #expect(slight == .notFallen(from: 1, to: 0.996))

    guard case .stillFalling(let share) = reason(curve(100) { 1 - $0 }) else {
        Issue.record("a straight line falls to its end")
        return
    }
    #expect(abs(share - 0.2 / 0.9) < 0.02)

    let spike = reason(curve(100) { $0 > 0.85 && $0 < 0.87 ? 0.7 : 0.2 + exp(-12 * $0) })
    guard case .risen(let best, let highest) = spike else {
        Issue.record("it jumped near its end: \(String(describing: spike))")
        return
    }
    #expect(abs(best - 0.2) < 0.001 && highest == 0.7)
    let broken = reason([3, 2, .nan, 1, 1, 1])
    #expect(broken == .notFinite(metric: "loss", place: 3))
}

@Test func `a history that is missing or short cannot show it`() {
    let short = Measured.decide(converged, Measured.history([3, 2, 1, 1]))
    #expect(short.why == "the history of 'loss' has 4 values: fewer than 5 cannot show that it came to rest")
    let other = Measured.decide(converged, Measured.history([3, 2, 1, 1, 1], "los"))
    #expect(other.why == "this run measured no history of 'loss'; did you mean 'los'?")
    #expect(other.reason == .notMeasured)
}

@Test func `every number of a run can be asked to be finite`() {
    let all = Gate(metric: "*", condition: .finite)
    var measured = Measured.history([2, 1, 1])
    #expect(Measured.decide(all, measured).outcome == .passed)

    measured.histories[0].values[1] = .infinity
    #expect(Measured.decide(all, measured).reason == .notFinite(metric: "loss", place: 2))
    #expect(Measured.decide(Gate(metric: "loss", condition: .finite), measured).outcome == .failed)
    #expect(Measured.decide(Gate(metric: "auc", condition: .finite), measured).outcome == .passed)

    measured.challenger["brier"] = .nan
    #expect(Measured.decide(all, measured).reason == .notFinite(metric: "brier", place: nil))
    #expect(
        Measured.decide(Gate(metric: "brie", condition: .finite), measured).why
            == "this run measured no 'brie'; did you mean 'brier'?")
    #expect(Measured.decide(all, Measurements(challenger: [:])).why == "this run measured nothing")
}

@Test func `a command answers for its gate`() {
    let gate = Gate(metric: "business-check", condition: .answers(["python3 check.py"]))
    func result(_ answer: Measurements.Answer?) -> GateResult {
        Measured.decide(gate, Measurements(challenger: [:], answers: answer.map { ["business-check": $0] } ?? [:]))
    }
    #expect(result(.yes).outcome == .passed)
    #expect(result(.no("too few bookings")).outcome == .failed)
    #expect(result(.no("too few bookings")).reason == .answered("too few bookings"))
    #expect(
        result(.couldNotTell("ended with status 2")).outcome
            == .undecided(why: "business-check could not tell: ended with status 2"))
    #expect(result(nil).why == "this run recorded no answer of the command 'business-check'")
    #expect(result(nil).reason == .notMeasured)
}

@Test func `the best of the last promotions is what counts`() throws {
    func promoted(_ version: Int, _ metrics: [String: Double]) throws -> Measurements.PastPromotion {
        Measurements.PastPromotion(version: version, run: try #require(RunID("\(version)")), metrics: metrics)
    }
    func result(_ condition: Gate.Condition, last: Int, _ past: [Measurements.PastPromotion]) -> GateResult {
        Measured.decide(
            Gate(metric: "auc", condition: condition, against: .promotions(last: last)),
            Measurements(challenger: ["auc": 0.70], promotions: past))
    }
    let past = [
        try promoted(9, ["auc": 0.71]), try promoted(8, ["auc": 0.72]), try promoted(7, ["auc": 0.75]),
        try promoted(6, ["loss": 1]), try promoted(5, ["auc": .infinity]),
    ]
    let two = result(.maxDrop(0.02), last: 2, past)
    #expect(two.outcome == .passed)
    #expect(two.champion == 0.72 && two.pastVersion == 8)
    #expect(result(.maxDrop(0.02), last: 5, past).outcome == .failed)
    #expect(result(.maxDrop(0.02), last: 5, past).pastVersion == 7)
    #expect(result(.maxRise(0.02), last: 5, past).pastVersion == 9, "lower is better: the lowest is the best")
    #expect(result(.maxDrop(0.02), last: 5, []).outcome == .noChampion)
    let none = result(.maxDrop(0.02), last: 2, Array(past.suffix(2)))
    #expect(none.why == "none of the last 2 promotions recorded 'auc'")
    #expect(none.reason == .notMeasured)
}
