import Domain
import Testing

private func gate(
    _ condition: Gate.Condition, minRows: Int64 = 100, test: Gate.PairedTest? = nil, metric: String = "auc",
    column: String = "carrier"
) -> Gate {
    Gate(metric: metric, condition: condition, test: test, slice: .init(column: column, minRows: minRows))
}

private let carriers = Measured.sliced([
    ("AA", 500, 0.72, 0.71), ("DL", 300, 0.70, 0.60), ("UA", 200, 0.65, 0.66), ("HA", 20, 0.9, 0.1),
])

@Test func `the worst slice with enough rows decides and is named`() {
    let failed = Measured.decide(gate(.atLeast(0.62)), carriers)
    #expect(
        failed
            == GateResult(
                gate: gate(.atLeast(0.62)), outcome: .failed, challenger: 0.60, champion: nil,
                slice: Measured.slice("DL"), judgedSlices: 3, smallSlices: 1))

    #expect(Measured.decide(gate(.atLeast(0.60)), carriers).outcome == .passed)
    #expect(Measured.decide(gate(.atLeast(0.60), minRows: 1), carriers).slice == Measured.slice("HA"))
    #expect(Measured.decide(gate(.atMost(0.7)), carriers).slice == Measured.slice("AA"))
}

@Test func `slices are compared with the champion's`() {
    let result = Measured.decide(gate(.maxDrop(0.05)), carriers)
    #expect(result.outcome == .failed)
    #expect(result.slice == Measured.slice("DL"))
    #expect(result.challenger == 0.60 && result.champion == 0.70)
    #expect(Measured.decide(gate(.maxDrop(.relative(0.2))), carriers).outcome == .passed)
}

@Test func `slices without a champion do not block`() {
    var first = carriers
    first.champion = nil
    first.championSlices = []
    #expect(Measured.decide(gate(.maxDrop(0.05)), first).outcome == .noChampion)
    #expect(Measured.decide(gate(.atLeast(0.9)), first).outcome == .failed)

    first.championFault = "ended with status 1"
    #expect(Measured.decide(gate(.maxDrop(0.05)), first).word == "undecided")
}

@Test func `slices that cannot be judged leave the gate open and say why`() {
    func why(_ gate: Gate, _ measured: Measurements = carriers) -> String {
        let result = Measured.decide(gate, measured)
        #expect(result.reason == .notMeasured)
        return result.why
    }
    #expect(
        why(gate(.atLeast(0.5), minRows: 1000)) == "no slice of 'carrier' has 1000 rows; the largest has 500")
    #expect(
        why(gate(.atLeast(0.5), column: "carriers"))
            == "this run measured no slices of 'carriers'; did you mean 'carrier'?")
    #expect(
        why(gate(.atLeast(0.5), column: "month")) == "this run measured no slices of 'month'; it measured: carrier")
    #expect(why(gate(.atLeast(0.5)), Measurements(challenger: [:])) == "this run measured no slices of 'carrier'")
    #expect(why(gate(.atLeast(0.5), metric: "acu")) == "this run measured no 'acu'; did you mean 'auc'?")

    var onlyOurs = carriers
    onlyOurs.championSlices.removeFirst()
    #expect(
        why(gate(.maxDrop(0.2)), onlyOurs)
            == "the evaluation of the champion measured no 'auc' of slice 'AA'")
}

@Test func `a slice of which a metric cannot be told is counted with the small ones`() {
    var measured = carriers
    measured.challengerSlices[1].metrics = ["accuracy": 0.5]
    let result = Measured.decide(gate(.atLeast(0.62)), measured)
    #expect(result.outcome == .passed)
    #expect(result.judgedSlices == 2)
    #expect(result.smallSlices == 2)
}

@Test func `the confidence of slices is shared among those that are judged`() {
    let test = Gate.PairedTest(confidence: 0.95, whenUnsure: .pass)
    let slices = (0..<5).map { ("s\($0)", Int64(1000), 0.70, $0 == 3 ? 0.676 : 0.70) }
    let measured = Measured.sliced(slices + [("small", 5, 0.7, 0.1)], error: 0.01)

    let five = Measured.decide(gate(.maxDrop(0), test: test), measured)
    #expect(five.outcome == .passed, "2.4 standard errors of one of five are no proof")
    #expect(abs((five.interval?.confidence ?? 0) - 0.99) < 1e-12)
    #expect(five.slice == Measured.slice("s3"))
    #expect(five.comparison?.slice == Measured.slice("s3"))

    let alone = Measured.sliced([slices[3]], error: 0.01)
    #expect(Measured.decide(gate(.maxDrop(0), test: test), alone).outcome == .failed)

    let two = Judge.decide(Array(repeating: gate(.maxDrop(0), test: test), count: 2), measured)
    #expect(two.allSatisfy { abs(($0.interval?.confidence ?? 0) - 0.995) < 1e-12 })
}

@Test func `a slice that fails outweighs one that cannot be told`() {
    let test = Gate.PairedTest(confidence: 0.95, whenUnsure: .block)
    let measured = Measured.sliced([("AA", 500, 0.7, 0.7), ("DL", 500, 0.7, 0.5), ("UA", 500, 0.7, 0.8)], error: 0.01)
    let result = Measured.decide(gate(.maxDrop(0.01), test: test), measured)
    #expect(result.outcome == .failed)
    #expect(result.slice == Measured.slice("DL"))

    let open = Measured.sliced([("AA", 500, 0.7, 0.7), ("UA", 500, 0.7, 0.8)], error: 0.01)
    #expect(Measured.decide(gate(.maxDrop(0.01), test: test), open).word == "undecided")
    #expect(Measured.decide(gate(.maxDrop(0.01), test: test), open).slice == Measured.slice("AA"))
}

@Test func `the gap between slices is that of the best and the worst`() {
    let wide = Measured.decide(gate(.maxGap(0.1)), carriers)
    #expect(wide.outcome == .failed)
    #expect(abs((wide.challenger ?? 0) - 0.11) < 1e-12)
    #expect(wide.slice == Measured.slice("DL"))
    #expect(wide.bestSlice == Measured.slice("AA"))
    #expect(wide.judgedSlices == 3 && wide.smallSlices == 1)
    #expect(Measured.decide(gate(.maxGap(0.12)), carriers).outcome == .passed)

    let lower = Measurements(
        challenger: [:],
        challengerSlices: [("m", 0.2), ("f", 0.4)].map {
            SliceScores(slice: Slice(column: "sex", value: $0.0), rows: 100, metrics: ["log_loss": $0.1])
        })
    let worst = Measured.decide(gate(.maxGap(0.1), metric: "log_loss", column: "sex"), lower)
    #expect(worst.slice == Slice(column: "sex", value: "f"), "of a loss the highest is the worst")
}

@Test func `one slice has no gap`() {
    let result = Measured.decide(gate(.maxGap(0.1), minRows: 400), carriers)
    #expect(result.why == "only one slice of 'carrier' has 400 rows: there is no gap to measure")
}

@Test func `a slice with too few rows to be compared is unsure, and does not share the confidence`() {
    func test(_ doubt: Gate.PairedTest.Doubt) -> Gate.PairedTest { .init(confidence: 0.95, whenUnsure: doubt) }
    var measured = Measured.sliced([("AA", 500, 0.7, 0.7), ("HA", 5, 0.7, 0.2)], error: 0.01)
    measured.comparisons.removeLast()

    let passed = Measured.decide(gate(.maxDrop(0.05), minRows: 1, test: test(.pass)), measured)
    #expect(passed.outcome == .passed)
    #expect(passed.judgedSlices == 2)
    let open = Measured.decide(gate(.maxDrop(0.05), minRows: 1, test: test(.block)), measured)
    #expect(open.slice == Measured.slice("HA"))
    #expect(open.why == "there are too few rows to compare 'auc'")
    #expect(open.reason == .unsure)
    let large = Measured.decide(gate(.maxDrop(0.05), test: test(.block)), measured)
    #expect(large.interval?.confidence == 0.95)
}

@Test func `a column that was not compared is not judged by its noise`() {
    var measured = carriers
    measured.comparisons = [Measured.comparison("auc", 0.7, 0.7, error: 0.01)]
    let tested = Measured.decide(gate(.maxDrop(0.2), test: .init(whenUnsure: .pass)), measured)
    #expect(tested.why == "this run compared no 'auc' of slices of 'carrier'")
    #expect(tested.reason == .notMeasured)
    #expect(Measured.decide(gate(.maxDrop(0.2)), measured).outcome == .passed, "no test is asked")
}
