import Domain
import Testing

private func outcome(
    _ condition: Gate.Condition, _ challenger: Double, _ champion: Double? = nil, fault: String? = nil
) -> GateResult.Outcome {
    Judge.decide(
        Gate(metric: "auc", condition: condition), challenger: ["auc": challenger],
        champion: champion.map { ["auc": $0] }, championFault: fault
    ).outcome
}

@Test(arguments: [
    (Gate.Condition.atLeast(0.7), 0.7, nil, GateResult.Outcome.passed), (.atLeast(0.7), 0.6999, nil, .failed),
    (.atMost(0.7), 0.7, nil, .passed), (.atMost(0.7), 0.7001, nil, .failed),
    (.maxDrop(0.25), 0.5, 0.75, .passed), (.maxDrop(0.25), 0.4999, 0.75, .failed), (.maxDrop(0), 0.75, 0.75, .passed),
    (.maxRise(0.25), 1.0, 0.75, .passed), (.maxRise(0.25), 1.0001, 0.75, .failed),
    (.maxDrop(0.25), 0.1, nil, .noChampion), (.maxRise(0.25), 0.1, nil, .noChampion),
])
func `a gate holds up to its bound`(
    _ condition: Gate.Condition, _ challenger: Double, _ champion: Double?, _ expected: GateResult.Outcome
) {
    #expect(outcome(condition, challenger, champion) == expected)
}

@Test func `a champion that could not be evaluated leaves comparisons open, and only those`() {
    let open = GateResult.Outcome.undecided(why: "the champion could not be evaluated: no column")

    #expect(outcome(.maxDrop(0.1), 0.9, nil, fault: "no column") == open)
    #expect(outcome(.maxRise(0.1), 0.9, 0.9, fault: "no column") == open)
    #expect(outcome(.atLeast(0.1), 0.9, nil, fault: "no column") == .passed)
}

@Test(arguments: [Double.nan, .infinity, -.infinity])
func `a number that is not finite decides nothing`(_ value: Double) {
    let unmeasured = GateResult.Outcome.undecided(why: "this run measured no 'auc'; did you mean 'auc'?")

    #expect(outcome(.atLeast(0.7), value) == unmeasured)
    #expect(outcome(.maxDrop(0.1), value, 0.7) == unmeasured)
    #expect(
        outcome(.maxDrop(0.1), 0.7, value) == .undecided(why: "the evaluation of the champion measured no 'auc'"))
}

@Test func `a metric that was not measured is named with what was meant or what there is`() {
    let gate = Gate(metric: "acu", condition: .atLeast(0.7))
    func why(_ metrics: [String: Double]) -> GateResult.Outcome {
        Judge.decide(gate, challenger: metrics, champion: nil).outcome
    }

    #expect(why(["auc": 0.9, "loss": 1]) == .undecided(why: "this run measured no 'acu'; did you mean 'auc'?"))
    #expect(why(["loss": 1, "brier": 2]) == .undecided(why: "this run measured no 'acu'; it measured: brier, loss"))
    #expect(why([:]) == .undecided(why: "this run measured no 'acu'"))
}

@Test func `a result carries both numbers`() {
    let gate = Gate(metric: "auc", condition: .maxDrop(0.1))
    let result = Judge.decide(gate, challenger: ["auc": 0.7], champion: ["auc": 0.75])

    #expect(result == GateResult(gate: gate, outcome: .passed, challenger: 0.7, champion: 0.75))
}

@Test func `a missing answer weighs more than a no, and a no more than a yes`() {
    let no = Finding(.no, source: "test:unit", message: "ended with status 1")
    let open = Finding(.couldNotTell, source: "gate:auc", message: "no number")

    #expect(Verdict.fold([]) == .passed)
    #expect(Verdict.fold([no]) == .failed([no]))
    #expect(Verdict.fold([open]) == .undecided([open]))
    #expect(Verdict.fold([no, open]) == .undecided([no, open]))
    #expect(Verdict.fold([open, no]) == .undecided([open, no]))
    #expect(Verdict.fold([no, open]).findings == [no, open])
    #expect(Verdict.passed.findings.isEmpty)
}
