import Domain
import Evaluation
import Foundation
import Testing

struct MetricsFileTests {
    @Test(arguments: [
        ("m.json", #"{"auc": 0.75, "test": {"loss": 1e-3, "deep": {"n": 12}}, "rows": 3}"#),
        ("m.yaml", "auc: 0.75\ntest:\n  loss: 1e-3\n  deep: { n: 12 }\nrows: 3\n"),
    ])
    func `numbers are read with their keys joined`(file: String, text: String) throws {
        let metrics = try MetricsFile.read(Data(text.utf8), file: file)

        #expect(metrics == ["auc": 0.75, "test.loss": 0.001, "test.deep.n": 12, "rows": 3])
    }

    @Test(arguments: [
        ("m.json", #"{"auc": NaN}"#, "m.json:1:9: auc is NaN"), ("m.json", #"{"auc": Infinity}"#, "auc is infinity"),
        ("m.json", #"{"auc": -Infinity}"#, "auc is minus infinity"),
        ("m.json", #"{"auc": "0.5"}"#, "auc is the text '0.5'"),
        ("m.json", #"{"auc": null}"#, "auc is null"), ("m.json", #"{"auc": true}"#, "auc is true"),
        ("m.json", #"{"a": {"b": [1]}}"#, "a.b is a list"), ("m.json", "{}", "the file holds no metrics"),
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
