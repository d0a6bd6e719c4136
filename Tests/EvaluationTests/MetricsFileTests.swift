import Domain
import Evaluation
import Foundation
import Testing

struct MetricsFileTests {
    @Test(arguments: [
        ("m.json", #"{"auc": 0.75, "test": {"loss": 1e-3, "deep": {"n": 12}}, "rows": 3}"#),
        ("m.yaml", "auc: 0.75\ntest:\n  loss: 1e-3\n  deep: { n: 12 }\nrows: 3\n"),
        ("m.toml", "auc = 0.75 # of all\nrows = 3\n\n[test]\nloss = 1e-3\ndeep.n = 12\n"),
        ("M.TOML", "\"auc\" = +0.75\nrows = 0x3\ntest = { loss = 0.001, deep = { 'n' = 1_2 } }"),
        ("m.csv", "auc,test.loss,test.deep.n,rows\n0.75,1e-3,12,3\n"),
    ])
    func `numbers are read with their keys joined`(file: String, text: String) throws {
        let contents = try MetricsFile.read(Data(text.utf8), file: file)

        #expect(contents.metrics == ["auc": 0.75, "test.loss": 0.001, "test.deep.n": 12, "rows": 3])
        #expect(contents.histories.isEmpty == (file != "m.csv"))
    }

    @Test(arguments: [
        ("m.json", #"{"loss": [0.9, NaN, 0.5], "auc": 0.7}"#), ("m.yaml", "loss: [0.9, NaN, 0.5]\nauc: 0.7"),
        ("m.toml", "loss = [\n  0.9, # first\n  nan,\n  0.5,\n]\nauc = 0.7"),
        ("m.csv", "epoch_name,loss,auc,empty\nfirst,0.9,,\nsecond,nan,,\n\"third, last\",0.5,0.7,\n\n"),
    ])
    func `a list and a column are a history, and its last value is the metric`(file: String, text: String) throws {
        let contents = try MetricsFile.read(Data(text.utf8), file: file)

        #expect(contents.metrics == ["loss": 0.5, "auc": 0.7])
        let loss = try #require(contents.histories.first { $0.metric == "loss" })
        #expect(loss.values.map { $0.isNaN ? -1 : $0 } == [0.9, -1, 0.5])
        #expect(loss.count == 3)
    }

    @Test func `a long history is thinned, and what is not finite stays in it`() throws {
        let rows = (0..<5000).map { $0 == 1234 ? "nan" : "\(5000 - $0)" }

        let contents = try MetricsFile.read(Data(("loss\n" + rows.joined(separator: "\n")).utf8), file: "log.csv")

        let loss = try #require(contents.histories.first)
        #expect(loss.count == 5000)
        #expect(loss.values.count == History.mostValues)
        #expect(loss.values.first == 5000)
        #expect(loss.values.last == 1)
        #expect(loss.values.count { $0.isNaN } == 1)
    }

    @Test(arguments: [
        ("auc,loss\n1\n", "m.csv:2:1: this row has 1 cells, and the header has 2"),
        ("auc\n1\nnan\n", "m.csv: auc ends with NaN"), ("auc\n", "the file holds no metrics"),
        ("name\na\n", "the file holds no metrics"), ("", "the file is empty"),
        ("auc,auc\n1,2\n", "m.csv:1:1: auc is there twice"), ("auc\n\"1\n", "m.csv:2:1: a quote is not closed"),
        ("auc\n\"1\"2\n", "m.csv:2:1: a cell has text beside its quotes"), ("a\0b\n1\n", "not UTF-8"),
    ])
    func `a CSV that is no history is a complaint`(text: String, expected: String) {
        let complaints = #expect(throws: Complaints.self) { try MetricsFile.read(Data(text.utf8), file: "m.csv") }

        #expect(complaints?.description.contains(expected) == true, "\(complaints?.description ?? "none")")
    }

    @Test(arguments: [
        ("m.json", #"{"auc": NaN}"#, "m.json:1:9: auc is NaN"), ("m.json", #"{"auc": Infinity}"#, "auc is infinity"),
        ("m.json", #"{"auc": -Infinity}"#, "auc is minus infinity"),
        ("m.json", #"{"auc": "0.5"}"#, "auc is the text '0.5'"),
        ("m.json", #"{"auc": null}"#, "auc is null"), ("m.json", #"{"auc": true}"#, "auc is true"),
        ("m.json", #"{"a": {"b": [1, "x"]}}"#, "m.json:1:17: a.b is a list that holds the text 'x'"),
        ("m.json", #"{"a": []}"#, "a is a list without values"),
        ("m.json", #"{"a": [[1]]}"#, "a is a list that holds a list"),
        ("m.json", #"{"a": [1, NaN]}"#, "m.json:1:11: a ends with NaN"),
        ("m.toml", "auc = nan", "m.toml:1:7: auc is NaN"), ("m.toml", "", "m.toml: the file is empty"),
        ("m.toml", "auc = \"0.5\"", "auc is the text '0.5'"),
        ("m.json", "{}", "the file holds no metrics"),
        ("m.json", "", "m.json"), ("m.json", "[1]", "a mapping of names to numbers"),
        ("m.json", "{\"auc\": 0.", "m.json:1"),
        ("m.json", #"{"a.b": 1, "a": {"b": 2}}"#, "a.b is there twice"), ("m.yaml", "", "m.yaml: the file is empty"),
        ("m.yaml", "auc: .nan", "auc is NaN"), ("m.yaml", "auc: NaN", "auc is NaN"),
        ("m.yaml", "auc: -.inf", "auc is minus infinity"),
        ("m.yaml", "auc: high", "auc is the text 'high'"), ("m.yaml", "auc:", "auc is null"),
        ("m.yaml", "auc: yes", "auc is the text"),
        ("m.json", #"{"auc": 1e999}"#, "auc is"),
    ])
    func `anything that is no finite number is a complaint`(file: String, text: String, expected: String) {
        let complaints = #expect(throws: Complaints.self) { try MetricsFile.read(Data(text.utf8), file: file) }

        #expect(complaints?.description.contains(expected) == true, "\(complaints?.description ?? "none")")
    }

    @Test func `a file over one MiB is refused`() {
        let text = "{\"a\": 1" + String(repeating: " ", count: 1 << 20) + "}"

        #expect(throws: Complaints.self) { try MetricsFile.read(Data(text.utf8), file: "m.json") }
    }
}
