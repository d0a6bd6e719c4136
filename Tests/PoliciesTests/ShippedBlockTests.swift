import Domain
import Foundation
import Policies
import Testing

/// The blocks of `policies/`: each is there, is described, and means what its page says.
struct ShippedBlockTests {
    private let start =
        smallPolicy + """
            datasets:
              rows: { mount: data, schema: s.json }
              photos: { mount: photos }
            evaluate: { run: "e ${model}", predictions: p.csv }

            """

    private func policy(_ use: String, _ more: String = "") throws -> Policy {
        try read(start + "use: \(use)\n" + more)
    }

    private func atLeast(_ metric: String, _ bound: Double, _ slice: Gate.Slicing? = nil) -> Gate {
        Gate(metric: metric, condition: .atLeast(bound), slice: slice)
    }

    private func atMost(_ metric: String, _ bound: Double) -> Gate {
        Gate(metric: metric, condition: .atMost(bound))
    }

    /// Non-inferiority of all rows.
    private func compared(_ metric: String, _ condition: Gate.Condition) -> Gate {
        Gate(metric: metric, condition: condition, test: .init())
    }

    /// Harm to a slice must be shown.
    private func compared(_ metric: String, _ condition: Gate.Condition, _ slice: Gate.Slicing) -> Gate {
        Gate(metric: metric, condition: condition, test: .init(whenUnsure: .pass), slice: slice)
    }

    private let finite = Gate(metric: "*", condition: .finite)

    @Test func `tabular-classification`() throws {
        let gates = [
            finite, atLeast("auc", 0.65), compared("auc", .maxDrop(0.01)),
            compared("log_loss", .maxRise(.relative(0.02))),
            atMost("calibration_error", 0.1), atMost("model_bytes", 500e6),
        ]
        #expect(try policy("tabular-classification").gates == gates)

        let more = try policy(
            "{ block: tabular-classification, with: { slice: carrier, min_recall: 0.5, max_drop: 1%, min_auc: ~ } }")
        let carrier = Gate.Slicing(column: "carrier", minRows: 200)
        #expect(
            more.gates == [
                finite, compared("auc", .maxDrop(.relative(0.01))), gates[3], gates[4], atLeast("recall", 0.5),
                compared("auc", .maxDrop(0.05), carrier), gates[5],
            ])
    }

    @Test func `tabular-regression`() throws {
        let gates = [
            finite, atLeast("r2", 0), compared("mae", .maxRise(.relative(0.02))),
            compared("rmse", .maxRise(.relative(0.05))), atMost("model_bytes", 500e6),
        ]
        #expect(try policy("tabular-regression").gates == gates)

        let more = try policy("{ block: tabular-regression, with: { max_mae: 12, slice: site, slice_min_rows: 50 } }")
        let site = Gate.Slicing(column: "site", minRows: 50)
        #expect(
            more.gates == [
                gates[0], gates[1], atMost("mae", 12), gates[2], gates[3],
                compared("mae", .maxRise(.relative(0.1)), site),
                gates[4],
            ])
    }

    @Test func `forecasting`() throws {
        let read = try policy("{ block: forecasting, with: { split_test: python split.py } }")
        #expect(read.tests == [TestPolicy(name: "time_split", commands: ["python split.py"])])
        let horizon = Gate.Slicing(column: "horizon", minRows: 100)
        #expect(
            read.gates == [
                finite, atLeast("skill", 0), compared("mae", .maxRise(.relative(0.02))), atLeast("skill", 0, horizon),
                compared("mae", .maxRise(.relative(0.1)), horizon), atMost("data_age_seconds", 7 * 86_400),
                atMost("model_bytes", 500e6),
            ])

        let small = try policy(
            "{ block: forecasting, with: { split_test: ~, horizon: ~, min_skill: 0.1, max_data_age: ~ } }")
        #expect(small.tests == [])
        #expect(
            small.gates == [
                finite, atLeast("skill", 0.1), compared("mae", .maxRise(.relative(0.02))), atMost("model_bytes", 500e6),
            ])
    }

    @Test func `image-classification`() throws {
        let read = try policy("{ block: image-classification, with: { dataset: photos, classes: [cat, dog] } }")
        #expect(
            read.datasets.last?.rules?.images
                == ImageRules(
                    classes: ["cat", "dog"], minPerClass: 50, minWidth: 32, minHeight: 32, maxBytes: 20_000_000))
        let kind = Gate.Slicing(column: "class", minRows: 30)
        #expect(
            read.gates == [
                finite, atLeast("f1_macro", 0.5), compared("f1_macro", .maxDrop(0.01)), atLeast("accuracy", 0.3, kind),
                compared("accuracy", .maxDrop(0.05), kind), atMost("model_bytes", 1e9),
            ])

        let small = try policy("{ block: image-classification, with: { dataset: ~, class: ~ } }")
        #expect(small.datasets.last?.rules == nil)
        #expect(small.gates.allSatisfy { $0.slice == nil })
        #expect(small.gates.count == 4)
    }

    @Test func `ranking`() throws {
        let gates = [
            finite, atLeast("ndcg", 0.3), compared("ndcg", .maxDrop(0.01)), compared("mrr", .maxDrop(0.02)),
            atMost("model_bytes", 500e6),
        ]
        #expect(try policy("ranking").gates == gates)

        let more = try policy("{ block: ranking, with: { slice: market, max_prediction_time: 0.002s } }")
        let market = Gate.Slicing(column: "market", minRows: 500)
        #expect(
            more.gates == [
                gates[0], gates[1], gates[2], gates[3], compared("ndcg", .maxDrop(0.05), market),
                atMost("prediction_seconds", 0.002), gates[4],
            ])
    }

    @Test func `fairness, once for each column`() throws {
        let read = try policy(
            "[{ block: fairness, with: { group: sex } }, { block: fairness, with: { group: age, max_gap: ~, action: warn } }]"
        )
        func gap(_ metric: String, _ column: String, _ gap: Double, _ action: Gate.Action? = nil) -> Gate {
            Gate(
                metric: metric, condition: .maxGap(gap), slice: .init(column: column, minRows: 100), action: action)
        }
        #expect(
            read.gates == [
                gap("recall", "sex", 0.1), gap("selection_rate", "sex", 0.2),
                gap("false_positive_rate", "sex", 0.1), gap("selection_rate", "age", 0.2, .warn),
                gap("false_positive_rate", "age", 0.1, .warn),
            ])
    }

    @Test func `data-centric`() throws {
        let rules = try policy("{ block: data-centric, with: { dataset: rows, label: y } }").datasets.first?.rules
        #expect(
            rules?.columns == [
                "y": ColumnRules(maxNullFraction: 0, maxTopFraction: 0.95), "*": ColumnRules(maxNullFraction: 0.5),
            ])
        #expect(rules?.leakage == LeakageRules(label: "y", maxAbsCorrelation: 0.99))
        #expect(rules?.growth == GrowthRules(minFactor: 0.5, maxFactor: 3))
        #expect(
            rules?.tests?.map(\.name) == ["class_counts", "duplicates", "label_conflicts", "label_spellings"])

        let numbers = try policy(
            "{ block: data-centric, with: { dataset: rows, label: y, min_per_class: ~, max_class_share: ~, max_growth: ~, max_correlation: ~ } }"
        )
        #expect(numbers.datasets.first?.rules?.columns["y"] == ColumnRules(maxNullFraction: 0))
        #expect(numbers.datasets.first?.rules?.leakage == nil)
        #expect(numbers.datasets.first?.rules?.growth == GrowthRules(minFactor: 0.5))
        #expect(numbers.datasets.first?.rules?.tests?.contains { $0.name == "class_counts" } == false)
    }

    @Test func `every file of policies is shipped, described and has a page that names its parameters`() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: "policies").path(percentEncoded: false))
        #expect(files.sorted() == PolicyFile.shippedBlocks.map { $0.name + ".yaml" })

        let overview = try text(of: "docs/blocks.md")
        for block in PolicyFile.shippedBlocks {
            let yaml = try text(of: "policies/\(block.name).yaml")
            #expect(block.yaml == yaml)
            #expect(yaml.hasPrefix("block: \(block.name)\n"))
            #expect(block.about.count > 20 && block.about.hasSuffix("."))
            #expect(overview.contains("(blocks/\(block.name).md)"))
            let page = try text(of: "docs/blocks/\(block.name).md")
            #expect(page.contains("use:") && page.contains("```yaml\n"), "an example of \(block.name)")
            for parameter in block.parameters {
                #expect(parameter.about?.hasSuffix(".") == true, "\(block.name): \(parameter.name)")
                #expect(page.contains("| `\(parameter.name)` |"), "docs/blocks/\(block.name).md: \(parameter.name)")
            }
        }
    }

    @Test func `a person's decision stays out of every block`() {
        for block in PolicyFile.shippedBlocks {
            for key in ["approval:", "promotion:", "triggers:", "secrets:", "overlays:"] {
                #expect(!block.yaml.contains("\n  \(key)"), "\(block.name)")
            }
        }
    }

    private var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    private func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}
