import Domain
import Testing

private func comparison(_ metric: String, _ difference: Double, z: Double) -> Comparison {
    Measured.comparison(metric, 0.5, 0.5 + difference, error: abs(difference) / z)
}

@Test func `a word says which way a metric went, or that it did not`() {
    let words = Holm.standings(
        [
            comparison("auc", 0.02, z: 5), comparison("log_loss", 0.02, z: 5), comparison("f1", -0.02, z: 5),
            comparison("profit", -0.02, z: 5), comparison("recall", 0.02, z: 1),
        ], ["profit": .unknown])
    #expect(
        words == [
            "auc": .better, "log_loss": .worse, "f1": .worse, "profit": .different, "recall": .noDifference,
        ])
    #expect(Holm.standings([comparison("profit", -0.02, z: 5)], ["profit": .lower]) == ["profit": .better])
}

@Test func `many metrics need more proof than one`() {
    let near = comparison("auc", 0.02, z: 2.2)
    #expect(Holm.standings([near], [:]) == ["auc": .better])
    let idle = ["accuracy", "f1", "recall"].map { comparison($0, 0.001, z: 0.5) }
    #expect(Holm.standings([near] + idle, [:])["auc"] == .noDifference)

    // A clear one does not count against the next: only what is still open does.
    let clear = comparison("brier", -0.02, z: 9)
    #expect(Holm.standings([near, clear], [:]) == ["auc": .better, "brier": .better])
    #expect(Holm.standings([near, clear, idle[0]], [:])["auc"] == .noDifference)
}

@Test func `slices are left out of the words, and nothing gives none`() {
    let sliced = Measured.comparison("auc", 0.5, 0.9, error: 0.001, slice: Measured.slice("AA"))
    #expect(Holm.standings([sliced], [:]).isEmpty)
    #expect(Holm.standings([], [:]).isEmpty)
}
