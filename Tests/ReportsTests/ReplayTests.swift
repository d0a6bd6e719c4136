import Domain
import Testing

@testable import Reports

private func row(
    _ run: Int, _ before: String, _ now: String, _ why: String, version: Int? = nil, isPromoted: Bool = false
) throws -> PolicyReplay.Row {
    PolicyReplay.Row(
        run: try #require(RunID("\(run)")), version: version, wasPromoted: isPromoted, before: before, now: now,
        why: why)
}

private func text(_ replay: PolicyReplay, width: Int = 100) throws -> String {
    ReportRenderer.terminal(
        replay, of: "stricter.yaml", model: try #require(ModelName("flight-delay")), colour: false, width: width)
}

@Test func `a replay says what would be different, and why`() throws {
    let replay = PolicyReplay(
        runs: 120,
        refused: [
            try row(98, "passed", "failed", "auc 0.713 is below 0.72", version: 71, isPromoted: true),
            try row(64, "passed", "failed", "auc 0.702 is below 0.72", version: 50),
        ], refusedCount: 2,
        letThrough: [try row(7, "undecided", "passed", "this run measured no 'brier'")], letThroughCount: 1,
        unanswered: [try row(3, "passed", "undecided", "this run measured no slices of 'carrier'", version: 2)],
        unansweredCount: 1)

    #expect(
        try text(replay, width: 140) == """
            stricter.yaml on 120 judged runs of flight-delay: 2 that passed would not pass (1 promoted), 1 that did not pass would pass, 1 recorded too
            little to tell

            Would not pass
              run  version            before  now     why
               98       71  promoted  passed  failed  auc 0.713 is below 0.72
               64       50            passed  failed  auc 0.702 is below 0.72

            Would pass
              run  version  before     now     why
                7        –  undecided  passed  this run measured no 'brier'

            Could not tell
              run  version  before  now        why
                3        2  passed  undecided  this run measured no slices of 'carrier'

            """)
}

@Test func `a replay without differences is one line`() throws {
    let none = try text(PolicyReplay(runs: 1))
    #expect(none == "stricter.yaml on 1 judged run of flight-delay: no verdict would be different\n")
    let empty = try text(PolicyReplay(runs: 0))
    #expect(empty == "stricter.yaml on 0 judged runs of flight-delay: nothing to compare with\n")
}

@Test func `rows that are left out are counted, and what is promoted among them is not known`() throws {
    let replay = PolicyReplay(
        runs: 900, refused: [try row(900, "passed", "failed", "auc 0.1\u{1B}[2J", isPromoted: true)],
        refusedCount: 700)
    let shown = try text(replay)
    #expect(shown.replacing("\n", with: " ").contains("700 that passed would not pass (at least 1 promoted)"))
    #expect(shown.contains("… and 699 more"))
    #expect(!shown.contains("\u{1B}"))
}
