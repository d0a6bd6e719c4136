import Domain
import Foundation
import Testing

private let strict = Gate(metric: "auc", condition: .maxDrop(0.005))
private let lax = Gate(metric: "auc", condition: .maxDrop(0.02))

private func overlay(_ gates: [Gate], expires: String = "2026-12-31", name: String = "holiday-data") throws -> Overlay {
    Overlay(
        name: name, owner: try #require(PersonName("alice")), reason: "Christmas week is short of rows",
        expires: expires, gates: gates)
}

private func named(_ gate: Gate, _ name: String = "holiday-data") -> Gate {
    var gate = gate
    gate.overlay = name
    return gate
}

private func time(_ text: String) throws -> Date { try #require(Timestamp.parse(text)) }

@Test func `an exception counts until the day on which it expires begins`() throws {
    let policy = try Measured.policy([strict], overlays: [try overlay([lax])])
    let before = try time("2026-12-30T23:59:59.999Z")
    let after = try time("2026-12-31T00:00:00.000Z")

    #expect(Judge.gates(of: policy, at: before) == [named(lax)])
    #expect(Judge.gates(of: policy, at: after) == [strict])
    #expect(Judge.exceptions(of: policy, at: before).map(\.hasExpired) == [false])
    #expect(Judge.exceptions(of: policy, at: after).map(\.hasExpired) == [true])

    let measured = Measured.sides(0.70, 0.69)
    let results = Judge.decide(policy, measured, at: before)
    #expect(results.map(\.word) == ["passed"])
    #expect(results.map(\.gate.overlay) == ["holiday-data"])
    #expect(Judge.decide(policy, measured, at: after).map(\.word) == ["failed"])
}

@Test func `an exception takes the place of gates that ask the same, and of no others`() throws {
    let slice = Gate.Slicing(column: "carrier", minRows: 200)
    let others = [
        Gate(metric: "auc", condition: .atLeast(0.7)), Gate(metric: "brier", condition: .maxDrop(0.1)),
        Gate(metric: "auc", condition: .maxDrop(0.1), slice: slice),
        Gate(metric: "auc", condition: .maxDrop(0.1), against: .promotions(last: 5)),
        Gate(metric: "auc", condition: .minRise(0)),
    ]
    let policy = try Measured.policy(
        others.prefix(2) + [strict, strict] + others.suffix(3), overlays: [try overlay([lax])])
    #expect(Judge.gates(of: policy, at: Measured.day) == others.prefix(2) + [named(lax)] + others.suffix(3))

    let fewer = Gate(metric: "auc", condition: .maxDrop(0.1), slice: .init(column: "carrier", minRows: 10))
    let shorter = Gate(metric: "auc", condition: .maxDrop(0.1), against: .promotions(last: 1))
    let both = try Measured.policy(others, overlays: [try overlay([fewer, shorter])])
    #expect(
        Judge.gates(of: both, at: Measured.day)
            == others.prefix(2) + [named(fewer), named(shorter)] + others.suffix(1))
}

@Test func `what an exception asks beyond the gates comes last, and of two exceptions the later stands`() throws {
    let new = Gate(metric: "brier", condition: .atMost(0.3), action: .warn)
    let policy = try Measured.policy(
        [strict],
        overlays: [try overlay([lax, new]), try overlay([strict], expires: "2027-01-01", name: "audit")])
    #expect(Judge.gates(of: policy, at: Measured.day) == [named(strict, "audit"), named(new)])
}

@Test(arguments: ["2026-13-45", "soon", "", "2026-12-31T00:00:00.000Z"])
func `an exception with a day that is none has expired`(_ day: String) throws {
    let policy = try Measured.policy([strict], overlays: [try overlay([lax], expires: day)])
    #expect(Judge.gates(of: policy, at: Measured.day) == [strict])
}

@Test func `only gates that block stand in the way`() {
    let warning = Gate(metric: "auc", condition: .atLeast(0.9), action: .warn)
    let open = Gate(metric: "brier", condition: .atMost(0.2))
    let results = Judge.decide(
        [
            warning, strict, open, Gate(metric: "auc", condition: .minRise(0)),
            Gate(metric: "auc", condition: .atMost(1)),
        ],
        Measured.sides(0.7, 0.7))
    #expect(results.map(\.word) == ["failed", "passed", "undecided", "noDifference", "passed"])
    let findings = Judge.findings(of: results) { "words on \($0.gate.metric)" }
    #expect(
        findings == [
            Finding(.couldNotTell, source: "gate:brier", message: "this run measured no 'brier'; it measured: auc"),
            Finding(.no, source: "gate:auc", message: "words on auc"),
        ])
}
