import Domain
import Testing

private func made(_ bytes: String, _ metrics: [String: Double] = [:], path: String = "model.pkl") throws -> StageResult
{
    let object = try #require(ObjectID(String(repeating: "e", count: 32)))
    return StageResult(outs: [path: Artifact(object: object, digest: .of(bytes), bytes: 1)], metrics: metrics)
}

private func compare(_ before: [StageRun], _ now: [StageRun], tolerance: Double = 1e-9) -> ReproductionVerdict {
    ReproductionVerdict.compare(before: before, now: now, tolerance: tolerance)
}

@Test func `equal bytes and metrics are identical, whether made or reused`() throws {
    let before = [try stageRun("train", .succeeded(try made("a", ["auc": 0.7])))]
    let reused = [try stageRun("train", .reused(try made("a", ["auc": 0.7]), from: try runID(9)))]

    #expect(compare(before, before) == .identical)
    #expect(compare(before, reused) == .identical)
    #expect(compare([], []) == .identical)
}

@Test func `other bytes with metrics within the tolerance are equivalent`() throws {
    let verdict = compare(
        [try stageRun("train", .succeeded(try made("a", ["auc": 0.5])))],
        [try stageRun("train", .succeeded(try made("b", ["auc": 0.75])))], tolerance: 0.25)

    #expect(
        verdict
            == .equivalent([
                Divergence(
                    stage: try stageName("train"),
                    what: .output(path: "model.pkl", before: .of("a"), now: .of("b")))
            ]))
}

@Test func `a metric out of tolerance is different, and the first divergence comes first`() throws {
    let before = [
        try stageRun("prepare", .succeeded(try made("a"))),
        try stageRun("train", .succeeded(try made("b", ["auc": 0.5]))),
    ]
    let now = [
        try stageRun("train", .succeeded(try made("c", ["auc": 0.75]))),
        try stageRun("prepare", .succeeded(try made("d"))),
    ]

    #expect(
        compare(before, now, tolerance: 0.125)
            == .different([
                Divergence(
                    stage: try stageName("prepare"),
                    what: .output(path: "model.pkl", before: .of("a"), now: .of("d"))),
                Divergence(
                    stage: try stageName("train"),
                    what: .output(path: "model.pkl", before: .of("b"), now: .of("c"))),
                Divergence(stage: try stageName("train"), what: .metric(name: "auc", before: 0.5, now: 0.75)),
            ]))
}

@Test(arguments: [
    (["auc": 0.7], [:]), ([:], ["auc": 0.7]), (["auc": 0.7], ["auc": Double.nan]), (["auc": .nan], ["auc": 0.7]),
])
func `a metric that went, came or is no number is different`(_ before: [String: Double], _ now: [String: Double]) throws
{
    let verdict = compare(
        [try stageRun("train", .succeeded(try made("a", before)))],
        [try stageRun("train", .succeeded(try made("a", now)))], tolerance: 1)

    #expect(verdict.word == "different")
}

@Test func `another outcome or a missing stage is different`() throws {
    let before = [try stageRun("train", .succeeded(try made("a")))]
    let failed = [try stageRun("train", .failed(.exit(1), nil))]
    let name = try stageName("train")

    #expect(
        compare(before, failed)
            == .different([Divergence(stage: name, what: .outcome(before: "succeeded", now: "failed"))]))
    #expect(
        compare(before, [])
            == .different([Divergence(stage: name, what: .outcome(before: "succeeded", now: "missing"))]))
    #expect(compare(failed, failed) == .identical)
}

@Test func `an output that is not written any more is named`() throws {
    let verdict = compare(
        [try stageRun("train", .succeeded(try made("a")))], [try stageRun("train", .succeeded(StageResult(outs: [:])))])

    #expect(
        verdict
            == .equivalent([
                Divergence(
                    stage: try stageName("train"), what: .output(path: "model.pkl", before: .of("a"), now: nil))
            ]))
}

@Test func `the champion of another day is left out`() throws {
    let before = [try stageRun("evaluate:champion", .evaluate(.champion), .succeeded(try made("a", ["auc": 0.7])))]

    #expect(compare(before, []) == .identical)
}
