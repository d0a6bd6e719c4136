import Domain
import Foundation
import Policies
import Testing

struct ExpandedPolicyTests {
    @Test(arguments: [
        fullPolicy, smallPolicy,
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
}
