import Domain
import Testing

@testable import Reports

@Test(arguments: [
    (0.7, "0.70"), (0.671, "0.671"), (0.005, "0.005"), (0.123456, "0.1235"), (0.99999, "1.00"), (1.0, "1"),
    (12.5, "12.5"), (336_776, "336776"), (1234.5678, "1235"), (-0.25, "-0.25"), (0, "0"), (1.2e-7, "1.200e-07"),
    (3.5e20, "3.500e+20"), (.nan, "nan"), (.infinity, "inf"),
])
func `a number has four digits that count`(_ value: Double, _ text: String) {
    #expect(Numbers.text(value) == text)
}

@Test(arguments: [
    (0.7, 0.7, "0.70", "0.70"), (0.69999, 0.7, "0.69999", "0.70"), (0.70001, 0.70002, "0.70001", "0.70002"),
    (1, 1.0000001, "1", "1.0000001"), (100_000.25, 100_000.5, "100000.2", "100000.5"),
])
func `two numbers look different when they are`(_ left: Double, _ right: Double, _ first: String, _ second: String) {
    #expect(Numbers.distinct(left, right) == (first, second))
}

@Test func `neighbouring doubles still look different`() {
    let pair = Numbers.distinct(0.1, 0.1.nextUp)

    #expect(pair.0 != pair.1)
}

@Test(arguments: [
    (0.705, 0.671, "0.705", "0.671", "−0.034"), (0.7, 0.72134, "0.7000", "0.7213", "+0.0213"),
    (1, 0.95, "1.00", "0.95", "−0.05"), (20, 25, "20", "25", "+5"), (0.5, 0.5, "0.50", "0.50", "0"),
    (0.25, .nan, "0.25", "nan", "nan"),
])
func `a row has one count of decimals and a signed difference`(
    _ left: Double, _ right: Double, _ first: String, _ second: String, _ difference: String
) {
    #expect(Numbers.row(from: left, to: right) == (first, second, difference))
}

@Test(arguments: [
    (0, "0 bytes"), (812, "812 bytes"), (1000, "1 kB"), (50_000_000, "50 MB"), (48_311_000, "48.3 MB"),
    (999_960, "1 MB"), (4e9, "4 GB"), (-1500, "−1.5 kB"),
])
func `a size has a unit`(_ count: Double, _ text: String) {
    #expect(Numbers.bytes(count) == text)
}

@Test(arguments: [
    (0.02, "20 ms"), (0.9999, "1 s"), (3.44, "3.4 s"), (9.96, "10 s"), (45, "45 s"), (59.7, "1 m"), (72.4, "1 m 12 s"),
    (7200, "2 h"), (7500, "2 h 5 m"), (604_800, "7 d"), (86_400 + 60, "1 d"), (-1, "-1.0 s"), (.nan, "nan s"),
])
func `a span of time has two units at most`(_ seconds: Double, _ text: String) {
    #expect(Numbers.duration(seconds) == text)
}

@Test(arguments: [
    ("auc", "↑ better"), ("val/f1_score", "↑ better"), ("log_loss", "↑ worse"), ("rmse", "↑ worse"),
    ("latency.p99", "↑ worse"), ("model_bytes", "↑ worse"), ("epochs", "↑"), ("closses", "↑"),
])
func `a name says which way is better, or an arrow says only the way`(_ name: String, _ mark: String) {
    #expect(Measure(name, gates: []).mark(from: 1, to: 2) == mark)
}

@Test func `a gate knows better than the name`() {
    let gates = [Gate(metric: "epochs", condition: .atMost(5)), Gate(metric: "loss", condition: .maxDrop(1))]

    #expect(Measure("epochs", gates: gates).mark(from: 1, to: 2) == "↑ worse")
    #expect(Measure("loss", gates: gates).mark(from: 1, to: 2) == "↑ better")
}

@Test func `sizes that differ by a byte look different`() {
    let row = Measure("model_bytes", gates: []).row(from: 1_234_567, to: 1_234_566)

    #expect(row == ("1,234,567 bytes", "1,234,566 bytes", "−1 bytes"))
}
