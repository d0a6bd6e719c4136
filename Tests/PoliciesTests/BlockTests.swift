import Domain
import Foundation
import Policies
import Testing

/// What `use:` does with blocks of the repository.
struct BlockTests {
    private static let ours = """
        block: ours
        about: What our team asks of every model.
        parameters:
          max_drop: { default: 0.005, about: How much worse it may be. }
          group: { about: A column. }
          check: { default: ~ }
        policy:
          tests:
            own: $(check)
          evaluate:
            run: python -m ours.evaluate ${model}
            predictions: p.csv
          gates:
            - { metric: auc, min: 0.7, max: 0.99 }
            - { metric: auc, against: champion, max_drop: $(max_drop) }
            - { metric: auc, slice: $(group), min: 0.6 }
          limits: { time: 1h, memory: 8 GB }

        """

    private func policy(
        _ text: String, _ blocks: [String: String] = ["ours.yaml": ours]
    ) throws(Complaints) -> Policy {
        try PolicyFile.read(Data(text.utf8), blocks: files(blocks))
    }

    private func files(_ blocks: [String: String]) -> [TreePath: Data] {
        var files: [TreePath: Data] = [:]
        for (path, text) in blocks {
            if let path = TreePath(path) { files[path] = Data(text.utf8) }
        }
        return files
    }

    private func complaints(_ text: String, _ blocks: [String: String] = ["ours.yaml": ours]) -> [String] {
        do throws(Complaints) {
            _ = try policy(text, blocks)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    private func complaints(use block: String) -> [String] {
        complaints(smallPolicy + "use: ./b.yaml\n", ["b.yaml": block])
    }

    @Test func `a block lies below the policy's own keys`() throws {
        let read = try policy(
            smallPolicy + "use: { block: ./ours.yaml, with: { group: sex } }\nlimits: { time: 2h }\n"
                + "evaluate: { predictions: own.csv }\ngates: [{ metric: brier, max: 0.2 }]\n")

        #expect(read.limits.time == 7200)
        #expect(read.limits.memory == 8_000_000_000)
        #expect(read.evaluate?.commands == ["python -m ours.evaluate ${model}"])
        #expect(read.evaluate?.predictions?.text == "own.csv")
        #expect(read.tests == [])
        #expect(
            read.gates == [
                Gate(metric: "auc", condition: .atLeast(0.7)), Gate(metric: "auc", condition: .atMost(0.99)),
                Gate(metric: "auc", condition: .maxDrop(0.005), test: .init()),
                Gate(metric: "auc", condition: .atLeast(0.6), slice: .init(column: "sex", minRows: 1)),
                Gate(metric: "brier", condition: .atMost(0.2)),
            ])
    }

    @Test func `a gate of the policy stands in the place of the block's that asks the same`() throws {
        let read = try policy(
            smallPolicy + "use: { block: ./ours.yaml, with: { group: sex } }\ngates:\n  - { metric: auc, min: 0.8 }\n"
                + "  - { metric: auc, against: champion, max_drop: 2%, action: warn }\n"
                + "  - { metric: auc, against: promotions, max_drop: 0.1 }\n  - { metric: auc, slice: age, min: 0.5 }\n"
        )

        #expect(
            read.gates == [
                Gate(metric: "auc", condition: .atMost(0.99)),
                Gate(metric: "auc", condition: .atLeast(0.6), slice: .init(column: "sex", minRows: 1)),
                Gate(metric: "auc", condition: .atLeast(0.8)),
                Gate(metric: "auc", condition: .maxDrop(.relative(0.02)), test: .init(), action: .warn),
                Gate(metric: "auc", condition: .maxDrop(0.1), against: .promotions(last: 5)),
                Gate(metric: "auc", condition: .atLeast(0.5), slice: .init(column: "age", minRows: 1)),
            ])
    }

    @Test func `a later block wins over an earlier one, and null takes a block's value away`() throws {
        let second = "block: b\nabout: B.\npolicy:\n  limits: { time: 3h }\n  gates: [{ metric: auc, min: 0.9 }]\n"
        let read = try policy(
            smallPolicy + "use: [{ block: ./ours.yaml, with: { group: ~ } }, ./second.yml]\nlimits: { memory: ~ }\n",
            ["ours.yaml": Self.ours, "second.yml": second])

        #expect(read.limits == Limits(time: 10_800))
        #expect(
            read.gates == [
                Gate(metric: "auc", condition: .atMost(0.99)),
                Gate(metric: "auc", condition: .maxDrop(0.005), test: .init()),
                Gate(metric: "auc", condition: .atLeast(0.9)),
            ])
    }

    @Test func `a parameter takes its type along, stands inside texts and in keys, and may be a list`() throws {
        let block = """
            block: b
            about: B.
            parameters: { data: {}, n: {}, days: {}, names: {} }
            policy:
              datasets:
                $(data):
                  tests: { "few_$(n)": { sql: "SELECT * FROM data WHERE n < $(n) OR d < $(days)" } }
                  mojibake: { columns: $(names) }
              tests: { shell: "echo $$(date) $(n) $(pwd -P) $((1 + 2)) $${n}" }

            """
        let read = try policy(
            smallPolicy
                + "datasets: { d: { schema: s.json } }\n"
                + "use: { block: b.yaml, with: { data: d, n: 1_0, days: '010', names: [a, b] } }\n", ["b.yaml": block])

        let rules = read.datasets.first?.rules
        #expect(
            rules?.tests == [
                DataTest(name: "few_1_0", question: .sql("SELECT * FROM data WHERE n < 1_0 OR d < 010"))
            ])
        #expect(rules?.mojibake == MojibakeRules(columns: ["a", "b"]))
        #expect(read.tests == [TestPolicy(name: "shell", commands: ["echo $(date) 1_0 $(pwd -P) $((1 + 2)) $${n}"])])
    }

    @Test func `the expanded policy names both the block's line and the parameter's, and reads as the same policy`()
        throws
    {
        let text =
            smallPolicy + "use:\n  block: ours.yaml\n  with:\n    group: sex\ngates:\n  - { metric: x, min: 0 }\n"
        let blocks = files(["ours.yaml": Self.ours])

        let expanded = try PolicyFile.expanded(Data(text.utf8), blocks: blocks)

        let lines = expanded.components(separatedBy: "\n")
        for line in [
            "gates:  # sluice.yaml:10",
            "    max_drop: 0.005  # ours.yaml:15, max_drop at ours.yaml:4",
            "    slice: sex  # ours.yaml:16, group at sluice.yaml:9",
            "  - metric: x  # sluice.yaml:11",
            "  time: 1h  # ours.yaml:17",
            "  output: 64 MiB  # default",
        ] {
            #expect(lines.contains(line), "\(expanded)")
        }
        #expect(!expanded.contains("use:"))
        #expect(try read(expanded) == PolicyFile.read(Data(text.utf8), blocks: blocks))
    }

    @Test(arguments: [
        (
            "use: tabular-clasification\n",
            "sluice.yaml:6:6: there is no block 'tabular-clasification'; did you mean 'tabular-classification'?"
        ),
        (
            "use: [ours.yaml]\n",
            "sluice.yaml:6:7: the block 'ours' needs the parameter 'group': A column.; write '{block: ours.yaml, with: {group: …}}'"
        ),
        (
            "use: {block: ours.yaml, with: {grup: sex}}\n",
            "sluice.yaml:6:32: the block 'ours' has no parameter 'grup'; did you mean 'group'?"
        ),
        (
            "use: ./there/is/none.yaml\n",
            "sluice.yaml:6:6: there is no file 'there/is/none.yaml' to take a block from; write the path from the root of the repository, and commit the file"
        ),
        (
            "use: ../ours.yaml\n",
            "sluice.yaml:6:6: 'use': '../ours.yaml' is not a path inside the repository; write it from the root of the repository, without '..'"
        ),
        ("use: {with: {group: sex}}\n", "sluice.yaml:6:6: the key 'block' is missing in 'use'; add 'block: fairness'"),
        ("use: 3\n", "sluice.yaml:6:6: 'use': expected a text or a mapping, found a number (3)"),
        (
            "use: {block: x.yaml, repository: https://example.org/p.git, revision: v1}\n",
            "sluice.yaml:6:22: 'use.repository' takes a block from another repository, which this version cannot do yet; copy the file into this repository"
        ),
        (
            "use: {block: ours.yaml, with: {group: sex, max_drop: much}}\n",
            "sluice.yaml:6:54: 'gates.max_drop': expected a number of at least 0, a share such as 2%, a size such as 50 MB or a duration such as 2h, found 'much' (as $(max_drop) at ours.yaml:15)"
        ),
        (
            "use: {block: ours.yaml, with: {group: [a]}}\n",
            "sluice.yaml:6:39: 'gates.slice': expected a text, found a list (as $(group) at ours.yaml:16)"
        ),
    ])
    func `a mistake is told where it stands`(text: String, complaint: String) {
        let found = complaints(smallPolicy + text)
        #expect(found.contains(complaint), "\(found)")
    }

    @Test(arguments: [
        ("about: A.\npolicy: {}\n", "b.yaml:1:1: the key 'block' is missing in the block"),
        ("", "b.yaml: the file is empty; a block has the keys 'block', 'about' and 'policy'"),
        ("a: [", "b.yaml:2:1: "),
        (
            smallPolicy,
            "b.yaml:1:1: this is a policy and not a block; put its keys below 'policy:', and add 'block:' and 'about:'"
        ),
        (
            "block: b\nabout: A.\nuse: fairness\npolicy: {}\n",
            "b.yaml:3:1: a block cannot use other blocks; name them all in the policy"
        ),
        (
            "block: b\nabout: A.\npolicy: { use: fairness }\n",
            "b.yaml:3:11: a block cannot use other blocks; name them all in the policy"
        ),
        (
            "block: b\nabout: A.\npolicy:\n  approval: { required: 0 }\n",
            "b.yaml:4:3: a block cannot bring 'approval', which is the policy's own; give it in sluice.yaml"
        ),
        (
            "block: b\nabout: A.\npolicy:\n  gatez: []\n",
            "b.yaml:4:3: unknown key 'gatez' in 'policy'; did you mean 'gates'?"
        ),
        (
            "block: b\nabout: A.\npolicy:\n  datasets: { d: { drop: /tmp } }\n",
            "b.yaml:4:20: a block cannot bring 'drop' of a dataset; give it in sluice.yaml"
        ),
        (
            "block: b\nabout: A.\nparameters: { max: {} }\npolicy:\n  tests: { t: 'a $(mx) $(max)' }\n",
            "b.yaml:5:15: '$(mx)' is no parameter of this block; did you mean '$(max)'?"
        ),
        (
            "block: b\nabout: A.\npolicy:\n  tests: { t: 'echo $(date)' }\n",
            "b.yaml:4:15: '$(date)' is no parameter of this block; add it to 'parameters'; what is meant for the shell is written '$$(date)'"
        ),
        (
            "block: b\nabout: A.\nparameters: { n: { default: 1 } }\npolicy: {}\n",
            "b.yaml:3:15: the parameter 'n' is used nowhere in the block; remove it, or write '$(n)' where it goes"
        ),
        (
            "block: b\nabout: A.\nparameters: { n: { defalt: 1 } }\npolicy: { tests: { t: '$(n)' } }\n",
            "b.yaml:3:20: unknown key 'defalt'; did you mean 'default'?"
        ),
        (
            "block: b\nabout: A.\npolicy:\n  gates: [{ metric: auc, mini: 0.5 }]\n",
            "b.yaml:4:26: unknown key 'mini' in 'gates'; did you mean 'min'?"
        ),
        (
            "block: b\nabout: A.\npolicy:\n  datasets: { flights: { file: { minRows: 1 } } }\n",
            "b.yaml:4:15: the block 'b.yaml' has rules for the dataset 'flights', which the policy does not have; add it below 'datasets'"
        ),
    ])
    func `a mistake in a block is told with the block's file and line`(block: String, complaint: String) {
        let found = complaints(use: block)
        #expect(found.contains { $0.hasPrefix(complaint) }, "\(found)")
    }

    @Test func `more than twenty blocks, and one that grows without end, are refused`() {
        let many = Array(repeating: "ours.yaml", count: 21).joined(separator: ", ")
        #expect(
            complaints(smallPolicy + "use: [\(many)]\n") == [
                "sluice.yaml:6:6: 'use' names 21 blocks, and at most 20 can be used"
            ])

        let hungry =
            "block: b\nabout: A.\nparameters: { x: {} }\npolicy: { tests: { t: '\(String(repeating: "$(x)", count: 5000))' } }\n"
        let long = String(repeating: "y", count: 1000)
        let found = complaints(smallPolicy + "use: { block: b.yaml, with: { x: \(long) } }\n", ["b.yaml": hungry])
        #expect(found.count == 1)
        #expect(found.first?.contains("the block grows beyond 1 MiB when its parameters are filled in") == true)
    }

    @Test func `the digest covers the blocks, and is that of the file without any`() throws {
        let plain = Data(smallPolicy.utf8)
        #expect(try PolicyFile.digest(plain) == Digest.of(plain))
        let using = Data((smallPolicy + "use: [./ours.yaml, fairness]\n").utf8)
        #expect(try PolicyFile.blocks(using).map(\.text) == ["ours.yaml"])

        let one = try PolicyFile.digest(using, blocks: files(["ours.yaml": Self.ours]))
        let other = try PolicyFile.digest(using, blocks: files(["ours.yaml": Self.ours + "# one byte\n"]))

        #expect(Set([one, other, Digest.of(using)]).count == 3)
    }

    @Test func `rules of a dataset come from blocks, too`() throws {
        let block = "block: b\nabout: B.\npolicy:\n  datasets: { d: { file: { minRows: 5 } } }\n"
        let text = Data((smallPolicy + "use: b.yaml\ndatasets: { d: { schema: s.json } }\n").utf8)

        let rules = try PolicyFile.rules(text, file: "sluice.yaml", dataset: "d", blocks: files(["b.yaml": block]))
            .rules

        #expect(rules.file.minRows == 5)
    }

    @Test func `a file that holds a block can be checked alone`() {
        let check = { (text: String) in
            PolicyFile.complaints(Data(text.utf8), file: "b.yaml", blocks: [:]).map(\.description)
        }
        #expect(check(Self.ours) == [])
        #expect(check(smallPolicy) == [])
        #expect(
            check("block: b\nabout: A.\npolicy: { model: m }\n") == [
                "b.yaml:3:11: a block cannot bring 'model', which is the policy's own; give it in sluice.yaml"
            ])
    }
}
