import Domain
import Testing

/// Draws of a fixed sequence, so that a failure comes again.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let mixed = (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
        return mixed ^ (mixed >> 33)
    }

    mutating func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &self) }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int(next() % UInt64(values.count))] }

    mutating func measurements() -> Measurements {
        let slices = (0..<Int.random(in: 1...6, using: &self)).map { index in
            ("s\(index)", Int64.random(in: 1...1000, using: &self), number(0.5...0.9), number(0.5...0.9))
        }
        var measured = Measured.sliced(slices, error: number(0.001...0.1))
        let (champion, challenger) = (number(0.6...0.8), number(0.6...0.8))
        measured.champion = ["auc": champion]
        measured.challenger = ["auc": challenger]
        if pick([true, false]) {
            measured.comparisons.append(
                Measured.comparison("auc", champion, challenger, error: number(0.001...0.05)))
        }
        if pick([true, false, false, false]) { measured.champion = nil }
        if pick([true, false, false, false]) { measured.championFault = "broken" }
        return measured
    }

    mutating func condition(_ margin: Margin) -> Gate.Condition {
        pick([.maxDrop(margin), .maxRise(margin), .minRise(margin), .minDrop(margin)])
    }

    mutating func gate() -> Gate {
        let doubt = pick(Gate.PairedTest.Doubt.allCases)
        let test = Gate.PairedTest(confidence: number(0.5...0.999), whenUnsure: doubt, isAsked: pick([true, false]))
        let margin: Margin = pick([true, false]) ? .absolute(number(0...0.1)) : .relative(number(0...0.1))
        let bound = number(0.5...0.9)
        return Gate(
            metric: pick(["auc", "auc", "auc", "brier"]),
            condition: pick([
                condition(margin), condition(margin), .atLeast(bound), .atMost(bound), .maxGap(number(0...0.3)),
                .converged, .finite, .answers(["true"]),
            ]),
            against: pick([nil, nil, .champion, .promotions(last: 3)]), test: pick([nil, test]),
            slice: pick([nil, Gate.Slicing(column: pick(["carrier", "month"]), minRows: 100)]),
            action: pick([nil, .warn]))
    }
}

@Test func `a stricter margin never turns a no into a yes`() {
    var dice = Dice(state: 1)
    for _ in 0..<3000 {
        let measured = dice.measurements()
        var gate = dice.gate()
        let (small, large) = (dice.number(0...0.05), dice.number(0.05...0.2))
        let (strict, loose): (Gate.Condition, Gate.Condition) = dice.pick([
            (.maxDrop(.absolute(small)), .maxDrop(.absolute(large))),
            (.maxRise(.relative(small)), .maxRise(.relative(large))),
            (.minRise(.absolute(large)), .minRise(.absolute(small))),
            (.minDrop(.relative(large)), .minDrop(.relative(small))),
            (.atLeast(0.6 + large), .atLeast(0.6 + small)), (.atMost(0.7 - large), .atMost(0.7 - small)),
        ])
        gate.condition = loose
        let before = Measured.decide(gate, measured).word
        gate.condition = strict
        let after = Measured.decide(gate, measured).word
        if before != "passed", before != "noChampion" {
            #expect(after != "passed", "\(gate) on \(measured)")
        }
        if before == "failed" { #expect(after == "failed", "\(gate) on \(measured)") }
    }
}

@Test func `what is corrected for many is only wider`() {
    var dice = Dice(state: 2)
    for _ in 0..<500 {
        let measured = dice.measurements()
        let margin = Margin.absolute(dice.number(0...0.1))
        let test = Gate.PairedTest(confidence: dice.number(0.5...0.999), whenUnsure: .pass)
        let gate = Gate(metric: "auc", condition: dice.pick([.maxDrop(margin), .maxRise(margin)]), test: test)
        let alone = Measured.decide(gate, measured)
        let among = Judge.decide(Array(repeating: gate, count: 7), measured)[0]
        guard let narrow = alone.interval, let wide = among.interval else { continue }
        #expect(wide.lower <= narrow.lower && wide.upper >= narrow.upper)
        #expect(wide.confidence > narrow.confidence)
        if alone.outcome == .passed { #expect(among.outcome == .passed, "a gate that needs proof of harm") }
    }
}

@Test func `what counts when unsure changes only what is unsure`() {
    var dice = Dice(state: 3)
    var changed = 0
    for _ in 0..<3000 {
        let measured = dice.measurements()
        var gate = dice.gate()
        gate.metric = "auc"
        gate.condition = dice.condition(.absolute(dice.number(0...0.1)))
        gate.test = Gate.PairedTest(confidence: dice.number(0.5...0.999), whenUnsure: .block)
        let blocking = Measured.decide(gate, measured)
        gate.test?.whenUnsure = .pass
        let passing = Measured.decide(gate, measured)
        if blocking.outcome != passing.outcome {
            changed += 1
            #expect(blocking.reason == .unsure)
            #expect(blocking.word == "undecided")
        }
    }
    #expect(changed > 20, "the draws must meet the case")
}

@Test func `every gate gives exactly one result, and a warning the same as a block`() throws {
    var dice = Dice(state: 4)
    for _ in 0..<1000 {
        let measured = dice.measurements()
        let gates = (0..<6).map { _ in dice.gate() }
        let policy = try Measured.policy(gates)
        let results = Judge.decide(policy, measured, at: Measured.day)
        #expect(results.map(\.gate) == gates)
        #expect(results == Judge.decide(policy, measured, at: Measured.day), "the same again")

        let blocking = gates.map { gate in
            var gate = gate
            gate.action = nil
            return gate
        }
        #expect(Judge.decide(blocking, measured).map(\.outcome) == results.map(\.outcome))
    }
}
