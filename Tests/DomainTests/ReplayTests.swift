import Domain
import Foundation
import Testing

private func recorded(
    _ number: Int, _ verdict: Verdict, _ measurements: Measurements, isPromoted: Bool = false, at: Date = Measured.day
) throws -> RecordedRun {
    RecordedRun(
        run: try #require(RunID("\(number)")), createdAt: at, version: number, wasPromoted: isPromoted,
        verdict: verdict, measurements: measurements)
}

private func replay(_ runs: [RecordedRun], _ gates: [Gate], overlays: [Overlay]? = nil) throws -> PolicyReplay {
    let policy = try Measured.policy(gates, overlays: overlays)
    return runs.reduce(into: PolicyReplay.empty) { replay, run in
        replay.add(run, policy) { "\($0.gate.metric) says no" }
    }
}

private let low = Finding(.no, source: "gate:auc", message: "auc 0.6 is below 0.65")
private let unit = Finding(.no, source: "test:unit", message: "ended with status 1")
private let open = Finding(.couldNotTell, source: "gate:brier", message: "this run measured no 'brier'")

@Test func `a stricter policy would have refused a promotion, a looser one let a refusal through`() throws {
    let runs = [
        try recorded(3, .passed, Measured.sides(0.7, 0.8)),
        try recorded(2, .failed([low]), Measured.sides(0.7, 0.6)),
        try recorded(1, .passed, Measured.sides(0.7, 0.7), isPromoted: true),
    ]
    let strict = try replay(runs, [Gate(metric: "auc", condition: .atLeast(0.75))])
    #expect(strict.runs == 3)
    #expect(
        strict.refused == [
            PolicyReplay.Row(
                run: runs[2].run, version: 1, wasPromoted: true, before: "passed", now: "failed",
                why: "auc says no")
        ])
    #expect(strict.refusedCount == 1 && strict.letThroughCount == 0 && strict.unansweredCount == 0)

    let loose = try replay(runs, [Gate(metric: "auc", condition: .atLeast(0.5))])
    #expect(
        loose.letThrough == [
            PolicyReplay.Row(
                run: runs[1].run, version: 2, wasPromoted: false, before: "failed", now: "passed",
                why: "auc 0.6 is below 0.65")
        ])
    #expect(loose.refusedCount == 0)
    let same = try replay(runs, [Gate(metric: "auc", condition: .atLeast(0.65))])
    #expect(!same.hasDifferences)
}

@Test func `a run that failed by a test is refused under any gates`() throws {
    let runs = [try recorded(1, .failed([unit, low]), Measurements(challenger: [:]))]
    let loose = try replay(runs, [])
    #expect(loose == PolicyReplay(runs: 1))
    let other = try replay(runs, [Gate(metric: "brier", condition: .atMost(0.1))])
    #expect(other == PolicyReplay(runs: 1))
}

@Test func `what a run did not record cannot be told, unless another gate says no`() throws {
    let runs = [
        try recorded(3, .passed, Measured.sides(0.7, 0.8), isPromoted: true),
        try recorded(2, .failed([low]), Measured.sides(0.7, 0.6)),
        try recorded(1, .undecided([open]), Measured.sides(0.7, 0.8)),
    ]
    let brier = Gate(metric: "brier", condition: .atMost(0.1))
    let asked = try replay(runs, [brier, Gate(metric: "auc", condition: .atLeast(0.65))])
    #expect(asked.unanswered.map(\.run) == [runs[0].run])
    #expect(asked.unanswered.first?.now == "undecided")
    #expect(asked.unanswered.first?.why == "this run measured no 'brier'; it measured: auc")
    #expect(asked.refusedCount == 0)

    let alone = try replay(runs, [brier])
    #expect(alone.unanswered.map(\.run) == [runs[0].run, runs[1].run])
    var warning = brier
    warning.action = .warn
    let warned = try replay(runs, [warning])
    #expect(warned.unansweredCount == 0 && warned.letThroughCount == 2)
}

@Test func `exceptions count as on the day of each run`() throws {
    let overlay = Overlay(
        name: "holiday-data", owner: try #require(PersonName("alice")), reason: "few rows", expires: "2026-12-31",
        gates: [Gate(metric: "auc", condition: .atLeast(0.5))])
    let late = try #require(Timestamp.parse("2027-01-01T00:00:00.000Z"))
    let runs = [
        try recorded(2, .passed, Measured.sides(0.7, 0.6), at: late),
        try recorded(1, .passed, Measured.sides(0.7, 0.6)),
    ]
    let replayed = try replay(runs, [Gate(metric: "auc", condition: .atLeast(0.65))], overlays: [overlay])
    #expect(replayed.refused.map(\.run) == [runs[0].run])
}

@Test func `rows are limited, counts are not`() throws {
    let runs = try (1...120).reversed().map { try recorded($0, .passed, Measured.sides(0.7, 0.6)) }
    let replayed = try replay(runs, [Gate(metric: "auc", condition: .atLeast(0.65))])
    #expect(replayed.refusedCount == 120)
    #expect(replayed.refused.count == PolicyReplay.mostRows)
    #expect(replayed.refused.first?.run == runs[0].run)
}
