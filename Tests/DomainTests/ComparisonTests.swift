import Domain
import Testing

private func comparison(_ bounds: [Comparison.Bounds], p: Double = 0.04) -> Comparison {
    Comparison(
        metric: "auc", rows: 100, champion: 0.70, challenger: 0.72, method: .delong, pValue: p, bounds: bounds)
}

/// Bounds of a normal difference of 0.02 with a standard error of 0.01.
private let normal = Comparison.standardConfidences.map { confidence in
    let reach = Normal.quantile((1 + confidence) / 2) * 0.01
    return Comparison.Bounds(confidence: confidence, lower: 0.02 - reach, upper: 0.02 + reach)
}

@Test(arguments: [
    (0.5, 0.0), (0.975, 1.959_963_984_540_054), (0.025, -1.959_963_984_540_054), (0.9, 1.281_551_565_544_600_4),
    (1e-9, -5.997_807_015_007_687), (0.841_344_746_068_542_9, 1.0), (1e-300, -37.0470962994),
])
func `normal quantiles are those of tables`(_ p: Double, _ z: Double) {
    #expect(abs(Normal.quantile(p) - z) < 1e-7)
    #expect(abs(Normal.cumulative(Normal.quantile(p)) - p) < 1e-12)
}

@Test(arguments: [0.1, 0.6, 0.95, 0.96, 0.9975, 0.99995])
func `bounds between and beyond the stated ones lie on the same curve`(_ confidence: Double) {
    let bounds = comparison(normal).bounds(at: confidence)
    let reach = Normal.quantile((1 + confidence) / 2) * 0.01

    #expect(abs(bounds.lower - (0.02 - reach)) < 1e-9)
    #expect(abs(bounds.upper - (0.02 + reach)) < 1e-9)
    #expect(bounds.confidence == confidence)
}

@Test func `a difference needs a small p and bounds without zero`() {
    let clear = normal.map {
        Comparison.Bounds(confidence: $0.confidence, lower: $0.lower + 0.003, upper: $0.upper - 0.003)
    }
    #expect(!comparison(normal, p: 0.045).isDifferent(at: 0.95), "within the allowance for training")
    #expect(comparison(clear, p: 0.045).isDifferent(at: 0.95))
    #expect(!comparison(clear, p: 0.045).isDifferent(at: 0.96))
    #expect(!comparison(clear, p: 0.06).isDifferent(at: 0.95))
    #expect(!comparison([.init(confidence: 0.95, lower: -0.001, upper: 0.04)], p: 0.01).isDifferent(at: 0.95))
    #expect(!comparison([.init(confidence: 0.95, lower: 0, upper: 0)], p: 1).isDifferent(at: 0.95))
}

@Test func `a bound on what is too good to be true does not turn a metric round`() {
    let suspicious = Gate(metric: "auc", condition: .atMost(0.95), action: .warn)
    let cost = Gate(metric: "cost", condition: .atMost(10))

    #expect(Direction.of("auc", gates: [suspicious]) == .higher)
    #expect(Direction.of("cost", gates: [cost]) == .lower)
    #expect(Direction.of("log_loss", gates: []) == .lower)
    #expect(Direction.of("cost", gates: [Gate(metric: "cost", condition: .maxDrop(1))]) == .higher)
}
