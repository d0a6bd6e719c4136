import Domain
import Foundation
import Policies
import Testing

/// The rules of a dataset: in a policy, and in a file of their own.
struct RulesTests {
    private static let yaml = """
        file: { namePattern: 'a_(?<date>[0-9]+)\\.csv', minRows: 1, maxRows: 10 }
        columns:
          "Sensor - 1": { maxNullFraction: 0.5, aliases: ["", Sensor-1] }
          y: { maxTopFraction: 1 }
        leakage: { label: y, maxAbsCorrelation: 0.9 }
        mojibake: { columns: [y] }
        """
    private static let expected = DataRules(
        file: FileRules(namePattern: "a_(?<date>[0-9]+)\\.csv", minRows: 1, maxRows: 10),
        columns: [
            "Sensor - 1": ColumnRules(maxNullFraction: 0.5, aliases: ["", "Sensor-1"]),
            "y": ColumnRules(maxTopFraction: 1),
        ],
        leakage: LeakageRules(label: "y", maxAbsCorrelation: 0.9), mojibake: MojibakeRules(columns: ["y"]))

    private static func policy(_ dataset: String) -> Data {
        Data(
            "version: 1\nmodel: m\ndatasets:\n  d:\n    mount: data\n\(dataset)\ntrain: { run: make, model: m.bin }\n"
                .utf8)
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
    }

    @Test func `the same words mean the same alone, as JSON and in a policy`() throws {
        #expect(
            try PolicyFile.rules(Data(RulesTests.yaml.utf8), file: "r.yaml", dataset: nil).rules == RulesTests.expected)
        let json = #"""
            {"file": {"namePattern": "a_(?<date>[0-9]+)\\.csv", "minRows": 1, "maxRows": 10},
             "columns": {"Sensor - 1": {"maxNullFraction": 0.5, "aliases": ["", "Sensor-1"]}, "y": {"maxTopFraction": 1}},
             "leakage": {"label": "y", "maxAbsCorrelation": 0.9}, "mojibake": {"columns": ["y"]}}
            """#
        #expect(try PolicyFile.rules(Data(json.utf8), file: "r.json", dataset: "d").rules == RulesTests.expected)

        let bytes = RulesTests.policy("    schema: s.json\n" + RulesTests.indented(RulesTests.yaml))
        #expect(try PolicyFile.read(bytes).datasets.first?.rules == RulesTests.expected)
        let found = try PolicyFile.rules(bytes, file: "sluice.yaml", dataset: "d")
        #expect(found.rules == RulesTests.expected)
        #expect(found.schema?.text == "s.json")
        let expanded = try PolicyFile.expanded(bytes)
        #expect(try PolicyFile.read(Data(expanded.utf8)).datasets.first?.rules == RulesTests.expected)
    }

    @Test(arguments: [
        ("file: { minRow: 1 }", "did you mean 'minRows'?"), ("file: { minRows: -1 }", "'file.minRows'"),
        ("columns: { a: { maxNullFraction: x } }", "'columns.a.maxNullFraction'"),
        ("leakage: { label: y }", "'maxAbsCorrelation' is missing"),
        ("drift: { columns: [a] }", "'drift.columns' sets no limit"),
        ("tests: { t: { sql: DROP TABLE x } }", "'tests.t.sql' is not a SELECT"),
        ("growth: {}", "'growth' sets no limit"),
        ("columns: { 's-*': { aliases: [b] } }", "cannot share aliases"),
        ("[1]", "a mapping"),
    ])
    func `what is wrong with rules has a place and advice`(text: String, words: String) {
        let complaints = #expect(throws: Complaints.self) {
            try PolicyFile.rules(Data(text.utf8), file: "r.yaml", dataset: nil)
        }
        #expect(complaints?.description.contains(words) == true, "\(complaints?.description ?? "")")
        #expect(complaints?.description.contains("r.yaml:1:") == true)
    }

    @Test func `rules without a schema would be asked by nobody`() {
        let complaints = #expect(throws: Complaints.self) {
            try PolicyFile.read(RulesTests.policy("    file: { minRows: 1 }"))
        }
        #expect(complaints?.description.contains("'datasets.d.file' needs 'schema'") == true)
    }
}
