import Domain
import Testing

private func gate(
    _ condition: Gate.Condition, _ doubt: Gate.PairedTest.Doubt = .block, confidence: Double = 0.95,
    isAsked: Bool = false
) -> Gate {
    Gate(
        metric: "auc", condition: condition,
        test: Gate.PairedTest(confidence: confidence, whenUnsure: doubt, isAsked: isAsked))
}

// The champion has 0.70; 1.96 standard errors are 0.0196 where the error is 0.01.
@Test(arguments: [
    // Harm is excluded, shown, or neither.
    (Gate.Condition.maxDrop(0.01), 0.71, 0.01, "passed"), (.maxDrop(0.01), 0.70, 0.01, "undecided"),
    (.maxDrop(0.01), 0.67, 0.01, "failed"), (.maxDrop(0.01), 0.685, 0.01, "undecided"),
    (.maxDrop(0), 0.70, 0, "passed"), (.maxDrop(.relative(0.05)), 0.69, 0.01, "passed"),
    (.maxDrop(.relative(0.01)), 0.69, 0.01, "undecided"),
    // Lower is better: the mirror of it.
    (.maxRise(0.01), 0.69, 0.01, "passed"), (.maxRise(0.01), 0.70, 0.01, "undecided"),
    (.maxRise(0.01), 0.73, 0.01, "failed"),
    // An improvement is shown, is not more than noise, or is the other way round.
    (.minRise(0), 0.723, 0.01, "passed"), (.minRise(0), 0.72, 0.01, "noDifference"),
    (.minRise(0), 0.70, 0, "noDifference"), (.minRise(0), 0.67, 0.01, "failed"),
    (.minRise(0.01), 0.73, 0.01, "passed"), (.minRise(0.01), 0.722, 0.01, "failed"),
    (.minRise(0.01), 0.71, 0.01, "noDifference"),
    (.minDrop(0), 0.677, 0.01, "passed"), (.minDrop(0), 0.68, 0.01, "noDifference"),
    (.minDrop(0), 0.73, 0.01, "failed"),
])
func `a paired interval decides`(
    _ condition: Gate.Condition, _ challenger: Double, _ error: Double, _ expected: String
) {
    let result = Measured.decide(gate(condition), Measured.sides(0.70, challenger, error: error))
    #expect(result.word == expected)
    #expect(result.comparison?.metric == "auc")
    #expect(result.interval?.confidence == 0.95)
}

@Test func `a gate that cannot tell says between which values the difference lies`() {
    let result = Measured.decide(gate(.maxDrop(0.01)), Measured.sides(0.70, 0.70, error: 0.01))
    #expect(
        result.why
            == "the rows cannot tell whether auc lies more than 0.01 below the champion's: the difference is between "
            + "-0.0196 and 0.0196")
    #expect(result.reason == .unsure)
}

@Test func `when unsure, the policy says what counts`() {
    let sides = Measured.sides(0.70, 0.70, error: 0.01)
    let passed = Measured.decide(gate(.maxDrop(0.01), .pass), sides)
    #expect(passed.outcome == .passed)
    #expect(passed.reason == .unsure)
    #expect(Measured.decide(gate(.maxDrop(0.01), .pass), Measured.sides(0.7, 0.6, error: 0.01)).outcome == .failed)
}

@Test func `a lower confidence decides sooner`() {
    let sides = Measured.sides(0.70, 0.705, error: 0.01)
    #expect(Measured.decide(gate(.maxDrop(0.01), confidence: 0.95), sides).word == "undecided")
    #expect(Measured.decide(gate(.maxDrop(0.01), confidence: 0.8), sides).word == "passed")
}

@Test func `an improvement needs the p-value as well as the interval`() {
    var sides = Measured.sides(0.70, 0.72, error: 0.01)
    sides.comparisons[0].pValue = 0.06
    #expect(Measured.decide(gate(.minRise(0)), sides).outcome == .noDifference)
}

@Test func `a metric without a paired comparison is compared as it is, unless confidence was asked for`() {
    let sides = Measured.sides(0.70, 0.695)
    #expect(Measured.decide(gate(.maxDrop(0.01)), sides).outcome == .passed)
    #expect(Measured.decide(gate(.maxDrop(0.001)), sides).outcome == .failed)

    let open = Measured.decide(gate(.maxDrop(0.01), isAsked: true), sides)
    #expect(open.reason == .notMeasured)
    #expect(
        open.why
            == "there is no paired comparison to answer with confidence: 'auc' is not computed from predictions")

    var faulty = sides
    faulty.comparisonFault = "the evaluation writes no predictions"
    #expect(
        Measured.decide(gate(.maxDrop(0.01), isAsked: true), faulty).why
            == "there is no paired comparison to answer with confidence: the evaluation writes no predictions")
}

@Test func `without a test values are compared as they are, whatever their noise`() {
    let sides = Measured.sides(0.70, 0.695, error: 0.1)
    let plain = Gate(metric: "auc", condition: .maxDrop(0.01))
    #expect(Measured.decide(plain, sides).outcome == .passed)
    #expect(Measured.decide(plain, sides).interval == nil)
    #expect(Measured.decide(Gate(metric: "auc", condition: .maxDrop(0.001)), sides).outcome == .failed)
    #expect(
        Measured.decide(Gate(metric: "auc", condition: .minRise(0)), Measured.sides(0.7, 0.7)).outcome
            == .noDifference)
    #expect(
        Measured.decide(Gate(metric: "auc", condition: .minRise(0.1)), Measured.sides(0.7, 0.75)).outcome == .failed)
    #expect(
        Measured.decide(Gate(metric: "auc", condition: .minDrop(.relative(0.1))), Measured.sides(0.7, 0.6)).outcome
            == .passed)
}

@Test(arguments: [Gate.Condition.maxDrop(0.01), .maxRise(0.01), .minRise(0), .minDrop(0)])
func `without a champion, or without its numbers, a test is not asked`(_ condition: Gate.Condition) {
    var alone = Measurements(challenger: ["auc": 0.7])
    #expect(Measured.decide(gate(condition, isAsked: true), alone).outcome == .noChampion)
    alone.championFault = "ended with status 1"
    #expect(
        Measured.decide(gate(condition), alone).outcome
            == .undecided(why: "the champion could not be evaluated: ended with status 1"))
}

@Test func `gates that pass when unsure share their error, others do not`() {
    let sides = Measured.sides(0.70, 0.68, error: 0.009)
    let lax = gate(.maxDrop(0), .pass)
    #expect(Judge.decide([lax], sides).map(\.word) == ["failed"])

    let together = Judge.decide(Array(repeating: lax, count: 10), sides)
    #expect(Set(together.map(\.word)) == ["passed"])
    #expect(together.allSatisfy { abs(($0.interval?.confidence ?? 0) - 0.995) < 1e-12 })

    let strict = Judge.decide([gate(.maxDrop(0)), lax, gate(.maxDrop(0.01)), gate(.minRise(0), .pass)], sides)
    #expect(strict.map { $0.interval?.confidence } == [0.95, 0.95, 0.95, 0.95])
}
