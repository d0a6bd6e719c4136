import Domain
import Foundation
import Testing

@testable import Reports

@Test func `the terminal report says what a decision needs, aligned, and ends with what can be done`() throws {
    let text = ReportRenderer.terminal(try sampleReport(), colour: false, width: 80)

    #expect(
        text == """
            ✓ run 12 of flight-delay: promotable, waits for a decision

            Challenger
              metric          challenger
              auc          ↑      0.7213
              epochs                  20
              model_bytes  ↓      1.2 MB
              There is no champion yet: gates against it do not apply.

            Gates
                 gate        found
              ✓  auc ≥ 0.70  auc 0.7213 is above 0.70

            Decision
              Needs 1 approval.
              approve:    sluice approve 12
              reject:     sluice reject 12 --reason "…"
              reproduce:  sluice reproduce 12
              everything: sluice show 12 --all

            """)
}

@Test func `everything is shown when it is asked for`() throws {
    let text = ReportRenderer.terminal(try sampleReport(), colour: false, width: 80, details: true)

    #expect(
        text.contains(
            """
            Stages
                 stage           outcome                wall      cpu  peak memory
              ✓  test:unit       succeeded          1 m 12 s  1 m 1 s     212.3 MB
              ✓  schema:flights  succeeded                 –        –            –
              ✓  train           reused from run 9         –        –            –
              Together 1 m 12 s, 1 m 1 s of CPU, at most 212.3 MB; 1 reused.

            Data
              dataset  snapshot  digest        rows tested
              flights         3  16a0eeb0791b       27,004

            Code and environment
              commit a1a1a1a1a1 “Use the scheduled hour” by Alice <alice@example.org>
              Python 3.11.7 on x86_64-linux-gnu, built by uv 0.13.9 (ba5285161ba6)

            Decision
            """))
    #expect(!text.contains("everything:"))
}

@Test func `a terminal of any width shows pictures as blocks and cuts no word of a verdict`() throws {
    let report = try RichReport.make()
    for width in [60, 80, 100, 200] {
        let text = ReportRenderer.terminal(report, colour: false, width: width, details: true)

        for line in text.split(separator: "\n") { #expect(columns(of: String(line)) <= width, "\(line)") }
        #expect(text.contains("  dep_hour           ██████████     0.31\n"))
        #expect(text.contains("no difference\n") && !text.contains("no differe…"))
    }
}

@Test func `a narrow terminal gets sentences in place of tables that do not fit`() throws {
    let text = ReportRenderer.terminal(try worseReport(), colour: false, width: 20)

    #expect(
        text.contains(
            """
            Gates
              ✗ auc ≥ 0.70: auc 0.671 is below 0.70
              ✗ auc at most 0.005 below the champion: auc 0.671 is below
                the champion's 0.705 by 0.034, more than 0.005
            """))
    for line in text.split(separator: "\n") { #expect(columns(of: String(line)) <= 60) }
}

@Test func `colour is there only when asked for`() throws {
    let report = try worseReport()
    let plain = ReportRenderer.terminal(report, colour: false, width: 80)
    let coloured = ReportRenderer.terminal(report, colour: true, width: 80)

    #expect(!plain.contains("\u{1B}"))
    #expect(coloured.contains("\u{1B}[31m↓ worse\u{1B}[0m"))
    #expect(coloured.replacing(/\u{1B}\[[0-9]+m/, with: "") == plain)
}

@Test func `a headline gives the answer and its one reason`() throws {
    let passed = try sampleReport()
    var free = passed
    free.plan.policy.approval.required = 0
    var errored = passed
    errored.run.state = .errored(Fault(.environment, "the disk is full\n/var/lib"))
    var cancelled = passed
    cancelled.run.state = .cancelled(by: PersonName("bob"), reason: "wrong branch")

    #expect(ReportRenderer.headline(passed) == "run 12 of flight-delay: promotable, waits for a decision")
    #expect(ReportRenderer.headline(free) == "run 12 of flight-delay: promotable, needs no decision")
    #expect(
        ReportRenderer.headline(try worseReport())
            == "run 12 of flight-delay: not promotable: auc 0.671 is below 0.70 (and 1 more)")
    #expect(
        ReportRenderer.headline(try erroredChampionReport())
            == "run 12 of flight-delay: could not tell: the champion could not be evaluated: no column 'dep_hour'")
    #expect(ReportRenderer.headline(errored) == "run 12 of flight-delay: could not tell: the disk is full")
    #expect(ReportRenderer.headline(cancelled) == "run 12 of flight-delay: cancelled by bob: wrong branch")
}

@Test func `two runs stand side by side`() throws {
    let left = try sampleReport()
    var right = try worseReport()
    right.run.id = try #require(RunID(13))
    right.plan.snapshots[0].number = 4
    let text = ReportRenderer.comparison(left, right, colour: false, width: 80)

    #expect(
        text == """
            run 12 and run 13 of flight-delay

            Metrics
              metric       run 12  run 13  difference
              auc          0.7213  0.6710     −0.0503  ↓ worse
              epochs           20      20           0  =
              model_bytes  1.2 MB  1.2 MB           0  =

            Inputs
                            run 12                    run 13
              verdict       passed                    failed                    differs
              commit        a1a1a1a1a1                a1a1a1a1a1                =
              policy        823412d1eacb              823412d1eacb              =
              environment   ba5285161ba6              ba5285161ba6              =
              data flights  snapshot 3, 16a0eeb0791b  snapshot 4, 16a0eeb0791b  differs
              params.yaml   a20b52fae57c              a20b52fae57c              =

            Stages
                              run 12                 run 13
              test:unit       succeeded in 1 m 12 s  succeeded in 1 m 12 s  =
              schema:flights  succeeded              succeeded              =
              train           reused from run 9      reused from run 9      =

            """)
}

@Test(arguments: [("a", 1), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("🦀", 2), ("❤️", 2), ("✓", 1), ("", 0)])
func `letters are as wide as a terminal shows them`(_ text: String, _ width: Int) {
    #expect(columns(of: text) == width)
    #expect(columns(of: fitted(text + text + text, to: 3)) <= 3)
}
