import Domain
import Foundation
import Policies
import Testing

struct ExpandedPolicyTests {
    @Test(arguments: [
        fullPolicy, smallPolicy, gatesPolicy,
        smallPolicy + "gates: []\ntests: {}\ndatasets: {}\ntriggers: {}\napproval: {by: []}\n",
        smallPolicy + "tests:\n  a: |\n    echo \"x: 'y' # z\"\n    echo é😀\\t\n"
            + "  b: '  - [odd] *x &y !z %'\n  c: '3'\n  d: 'yes: no'\n  e: \"a\\u2028b\\x85\"\n",
        smallPolicy
            + "evaluate: &e {run: ['a ${model}', 'true'], metrics: e.json}\ngates: [{metric: 'x: y', min: 0x10, max: 1_000}]",
    ])
    func `the expanded policy reads as the same policy, and expands to itself`(text: String) throws {
        let expanded = try PolicyFile.expanded(Data(text.utf8))

        #expect(try read(expanded) == read(text), "\(expanded)")
        let again = try PolicyFile.expanded(Data(expanded.utf8))
        #expect(try read(again) == read(text))
    }

    @Test func `every line says where it comes from`() throws {
        let text = smallPolicy + "approval:\n  by:\n  - alice\ngates:\n- {metric: model_bytes, max: 5 MB}\n"
        #expect(
            try PolicyFile.expanded(Data(text.utf8)) == """
                version: 1  # sluice.yaml:1
                model: m  # sluice.yaml:2
                triggers:  # default
                  data: []  # default
                train:  # sluice.yaml:3
                  run: python train.py  # sluice.yaml:4
                  model: model.pkl  # sluice.yaml:5
                  metrics: []  # default
                gates:  # sluice.yaml:9
                  - metric: model_bytes  # sluice.yaml:10
                    max: 5 MB  # sluice.yaml:10
                    action: block  # default
                approval:  # sluice.yaml:6
                  required: 1  # default
                  by:  # sluice.yaml:7
                    - alice  # sluice.yaml:8
                  not_by_author: false  # default
                promotion:  # default
                  alias: champion  # default
                  rollback: automatic  # default
                limits:  # default
                  time: 1d  # default
                  output: 64 MiB  # default
                sandbox:  # default
                  network: false  # default
                  require: best_effort  # default
                reproduce:  # default
                  tolerance: 1e-9  # default

                """)
    }

    @Test func `gates say how they are decided where the policy leaves it open`() throws {
        let text =
            smallPolicy + """
                evaluate: {run: 'e ${model}', predictions: p.csv}
                gates:
                  - {metric: auc, against: champion, max_drop: 0.01}
                  - {metric: auc, slice: carrier, against: champion, max_drop: 0.01}
                  - {metric: auc, against: champion, min_rise: 0, confidence: 0.9}
                  - {metric: model_bytes, against: champion, max_rise: 10%}
                  - {metric: auc, against: promotions, max_drop: 1%}

                """
        let expanded = try PolicyFile.expanded(Data(text.utf8))
        let shown = expanded.components(separatedBy: "\n").drop { !$0.hasPrefix("gates:") }.prefix {
            $0 != "approval:  # default"
        }
        #expect(
            shown.joined(separator: "\n") == """
                gates:  # sluice.yaml:7
                  - metric: auc  # sluice.yaml:8
                    against: champion  # sluice.yaml:8
                    max_drop: 0.01  # sluice.yaml:8
                    # confidence: 0.95 where both sides have predictions  # default
                    when_unsure: block  # default
                    action: block  # default
                  - metric: auc  # sluice.yaml:9
                    slice: carrier  # sluice.yaml:9
                    min_rows: 1  # default
                    against: champion  # sluice.yaml:9
                    max_drop: 0.01  # sluice.yaml:9
                    # confidence: 0.95 where both sides have predictions  # default
                    when_unsure: pass  # default
                    action: block  # default
                  - metric: auc  # sluice.yaml:10
                    against: champion  # sluice.yaml:10
                    min_rise: 0  # sluice.yaml:10
                    confidence: 0.9  # sluice.yaml:10
                    action: block  # default
                  - metric: model_bytes  # sluice.yaml:11
                    against: champion  # sluice.yaml:11
                    max_rise: 10%  # sluice.yaml:11
                    confidence: none  # default
                    action: block  # default
                  - metric: auc  # sluice.yaml:12
                    against: promotions  # sluice.yaml:12
                    last: 5  # default
                    max_drop: 1%  # sluice.yaml:12
                    action: block  # default
                """)
    }
}
