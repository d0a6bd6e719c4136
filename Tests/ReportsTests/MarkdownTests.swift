import Domain
import Foundation
import Testing

@testable import Reports

@Test func `a first run that passes says that there is no champion and how to approve`() throws {
    let text = ReportRenderer.markdown(try sampleReport())

    #expect(
        text == """
            ### ✓ Promotable: every stage and gate passed

            Run 12 of flight-delay, at commit `a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1`

            #### Challenger

            | metric | better | challenger |
            |:---|:---:|---:|
            | auc | ↑ | 0.7213 |
            | epochs |  | 20 |
            | model_bytes | ↓ | 1.2 MB |

            There is no champion yet: gates against it do not apply.

            #### Gates

            | | gate | found |
            |:---|:---|:---|
            | ✓ | auc ≥ 0.70 | auc 0.7213 is above 0.70 |

            <details><summary>Stages: 1 m 12 s, 1 m 1 s of CPU, at most 212.3 MB; 1 reused</summary>

            | | stage | outcome | wall | cpu | peak memory |
            |:---|:---|:---|---:|---:|---:|
            | ✓ | test:unit | succeeded | 1 m 12 s | 1 m 1 s | 212.3 MB |
            | ✓ | schema:flights | succeeded | – | – | – |
            | ✓ | train | reused from run 9 | – | – | – |

            </details>

            #### Made from

            - data: flights, snapshot 3 (`16a0eeb0791b`), rows tested: 27,004
            - code: Use the scheduled hour, by Alice &lt;alice@&#8203;example.org&gt;
            - environment: Python 3.11.7 on x86_64-linux-gnu, built by uv 0.13.9 (`ba5285161ba6`)

            #### Decision

            Needs 1 approval.

                sluice approve 12
                sluice reject 12 --reason "…"

            <details><summary>How to make it again, and all digests</summary>

                sluice reproduce 12

            | what | digest |
            |:---|:---|
            | plan | `64879f7d6b960a01909762d911a32d4582c20010c5641ee90278b644a9e3b525` |
            | commit | `a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1` |
            | tree | `b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2` |
            | policy | `823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812` |
            | parameters params.yaml | `a20b52fae57cc7a99c9651f1b573950fd211823e3ace3bb9c273c06430f24cd3` |
            | data flights, snapshot 3 | `16a0eeb0791b6c92451fd284dd9f599e0a7dbe7f6ebea6e2d2d06c7f74aec112` |
            | environment | `ba5285161ba6eed0085fb13784ce5c92f70ebc268b94fd66aa1d68a32884204d` |
            | lock file | `0c030586945fe504b604ecc2e875c38ede400cd5cd73da9730302162e6b02c6f` |
            | train: models/model.pkl | `9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4` |

            </details>

            """)
}

@Test func `a challenger that is worse than the champion is told by how much`() throws {
    let text = ReportRenderer.markdown(try worseReport())

    #expect(
        part(of: text, until: "<details><summary>Stages") == """
            ### ✗ Not promotable: auc 0.671 is below 0.70 (and 1 more)

            Run 12 of flight-delay, at commit `a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1`

            - auc 0.671 is below 0.70
            - auc 0.671 is below the champion's 0.705 by 0.034, more than 0.005

            #### Champion and challenger

            | metric | better | champion | challenger | difference | |
            |:---|:---:|---:|---:|---:|:---|
            | auc | ↑ | 0.705 | 0.671 | −0.034 | ↓ worse |
            | epochs |  | – | 20 |  |  |
            | model_bytes | ↓ | 1,234,001 bytes | 1,234,567 bytes | +566 bytes | ↑ worse |

            The champion is version 2, made by run 9. Both were scored on the same 54,861 rows.

            #### Gates

            | | gate | found |
            |:---|:---|:---|
            | ✗ | auc ≥ 0.70 | auc 0.671 is below 0.70 |
            | ✗ | auc at most 0.005 below the champion | \
            auc 0.671 is below the champion's 0.705 by 0.034, more than 0.005 |


            """)
    #expect(text.contains("- uncommitted changes, not used: train.py, notes/a b.txt\n"))
    #expect(text.contains("There is nothing to decide.\n"))
    #expect(!text.contains("sluice approve"))
}

@Test func `data that breaks its schema is shown in a table, and what it stopped is skipped`() throws {
    let text = ReportRenderer.markdown(try brokenSchemaReport())

    #expect(
        part(of: text, until: "#### Made from") == """
            ### ✗ Not promotable: schema:flights found 1 complaint about the data: \
            'Z&#124;9' is not one of the 16 allowed values

            Run 12 of flight-delay, at commit `a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1`

            #### Challenger

            Nothing was measured. There is no champion yet: gates against it do not apply.

            <details><summary>Stages: 1 m 12 s, 1 m 1 s of CPU, at most 212.3 MB</summary>

            | | stage | outcome | wall | cpu | peak memory |
            |:---|:---|:---|---:|---:|---:|
            | ✓ | test:unit | succeeded | 1 m 12 s | 1 m 1 s | 212.3 MB |
            | ✗ | schema:flights | failed | – | – | – |
            | – | train | skipped: schema:flights did not succeed | – | – | – |

            </details>

            #### Failures

            **schema:flights** found 1 complaint about the data: 'Z&#124;9' is not one of the 16 allowed values

            | check | where | count | value | complaint |
            |:---|:---|---:|:---|:---|
            | enum | flights_2013-03.csv, column carrier, record 1,204 | 17 | Z&#124;9 | \
            'Z&#124;9' is not one of the 16 allowed values |


            """)
}

@Test func `a champion that cannot be evaluated leaves the answer open`() throws {
    let text = ReportRenderer.markdown(try erroredChampionReport())

    #expect(
        part(of: text, until: "#### Made from") == """
            ### ? Could not tell: the champion could not be evaluated: no column 'dep_hour'

            Run 12 of flight-delay, at commit `a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1`

            > ⚠ no sandbox: bubblewrap is not there<br>
            > ⚠ the lock file pins no hashes

            #### Challenger

            | metric | better | challenger |
            |:---|:---:|---:|
            | auc | ↑ | 0.7213 |
            | epochs |  | 20 |
            | model_bytes | ↓ | 1.2 MB |

            The champion (version 2, made by run 9) gave no numbers in this run that can be compared; \
            numbers of another day are not used.

            #### Gates

            | | gate | found |
            |:---|:---|:---|
            | ? | auc at most 0.005 below the champion | the champion could not be evaluated: \
            no column 'dep_hour' in evaluate.py |

            <details><summary>Stages: 1 m 16 s, 1 m 4 s of CPU, at most 212.3 MB; 1 reused</summary>

            | | stage | outcome | wall | cpu | peak memory |
            |:---|:---|:---|---:|---:|---:|
            | ✓ | test:unit | succeeded | 1 m 12 s | 1 m 1 s | 212.3 MB |
            | ✓ | schema:flights | succeeded | – | – | – |
            | ✓ | train | reused from run 9 | – | – | – |
            | ? | evaluate:champion | errored | 3.2 s | 2.9 s | 99 MB |

            </details>

            #### Failures

            **evaluate:champion** could not be asked: no column 'dep_hour'<br>in evaluate.py<br>look at its log


            """)
}

@Test func `what happens after the verdict changes no byte of the report`() throws {
    let before = try sampleReport()
    var after = before
    after.run.state = .judged(.passed)
    after.run.startedAt = Date(timeIntervalSince1970: 1_795_000_100)
    after.run.finishedAt = Date(timeIntervalSince1970: 1_795_009_000)
    after.run.evidence = Evidence(
        code: .of("1"), data: .of("2"), environment: .of("3"), parameters: .of("4"), metrics: .of("5"),
        policy: .of("6"), report: .of("7"))

    #expect(ReportRenderer.markdown(after) == ReportRenderer.markdown(before))
}

@Test func `the same report gives the same bytes a hundred times`() throws {
    var report = try sampleReport()
    report.challenger = Dictionary(uniqueKeysWithValues: (0..<50).map { ("metric\($0)", Double($0) / 7) })
    let bytes = ReportRenderer.markdown(report)

    for _ in 0..<100 {
        let again = try Canonical.decode(Report.self, from: Canonical.bytes(of: report))
        #expect(ReportRenderer.markdown(again) == bytes)
    }
}

@Test func `a reproduction offers nothing to approve`() throws {
    var report = try sampleReport()
    report.run.trigger = .reproduction(of: try #require(RunID(7)))
    let text = ReportRenderer.markdown(report)

    #expect(text.hasPrefix("### ✓ Passed: every stage and gate passed\n"))
    #expect(text.contains("Run 12 of flight-delay, a reproduction of run 7, at commit"))
    #expect(text.contains("A reproduction is compared, never promoted."))
    #expect(!text.contains("sluice approve"))
}

func part(of text: String, until end: String) -> String {
    text.range(of: end).map { String(text[..<$0.lowerBound]) } ?? text
}
