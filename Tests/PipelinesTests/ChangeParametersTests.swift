import Domain
import Foundation
import Pipelines
import Testing

struct ChangeParametersTests {
    private let yaml = """
        # Chosen by hand.
        train:
          lr: 0.1   # too high?
          name: "a \\"b\\""
          'single': 'it''s'
          layers: [64, {units: 32, drop: 0.5}, 16]
          steps:
            - 1
            - 20
        "ü": 1
        empty:
        shared: &s 3
        again: *s
        text: |
          two
          lines

        """

    private func change(_ changes: [String: String], in text: String, file: String = "params.yaml") throws -> String {
        let path = try #require(TreePath(file))
        return String(decoding: try Pipeline.changing(changes, of: path, in: Data(text.utf8)), as: UTF8.self)
    }

    @Test(
        arguments: [
            ("train.lr", "0.05", "  lr: 0.1   #", "  lr: 0.05   #"),
            ("train.lr", "1e-3", "  lr: 0.1   #", "  lr: 1e-3   #"),
            ("train.name", "plain", #"name: "a \"b\"""#, "name: plain"),
            ("train.single", "2", "'single': 'it''s'", "'single': 2"),
            ("train.layers.0", "128", "[64, {", "[128, {"),
            ("train.layers.1.drop", "0.1", "drop: 0.5}", "drop: 0.1}"),
            ("train.layers", "[1, 2]", "[64, {units: 32, drop: 0.5}, 16]", "[1, 2]"),
            ("train.steps.1", "30", "    - 20\n", "    - 30\n"),
            ("ü", "2", "\"ü\": 1", "\"ü\": 2"),
        ])
    func `one value changes and every other byte stays`(
        _ key: String, _ value: String, _ before: String, _ after: String
    ) throws {
        #expect(try change([key: value], in: yaml) == yaml.replacingOccurrences(of: before, with: after))
    }

    @Test func `a key without a value gets one`() throws {
        #expect(try change(["empty": "5"], in: yaml).contains("empty: 5\n"))
    }

    @Test func `windows line ends and JSON stay what they are`() throws {
        #expect(try change(["b": "3"], in: "a: 1\r\nb: 2\r\nc: 4\r\n") == "a: 1\r\nb: 3\r\nc: 4\r\n")
        #expect(
            try change(["a.b": "yes please", "c": "0.50"], in: "{\"a\": {\"b\": \"x\"},\n \"c\": 1}\n", file: "p.json")
                == "{\"a\": {\"b\": \"yes please\"},\n \"c\": 0.5}\n")
    }

    @Test(
        arguments: [
            ("lr", "params.yaml: there is no parameter 'lr'; did you mean 'train.lr'?"),
            ("trian.lr", "params.yaml: there is no parameter 'trian.lr'; did you mean 'train.lr'?"),
            ("train.layers.9", "params.yaml: there is no parameter 'train.layers.9'; did you mean 'train.layers'?"),
        ])
    func `an unknown key is refused with the nearest`(_ key: String, _ sentence: String) {
        let complaints = #expect(throws: Complaints.self) { try change([key: "1"], in: yaml) }

        #expect(complaints?.description == sentence)
    }

    @Test(arguments: ["shared", "again", "text", "train", "train.steps"])
    func `what cannot be changed alone is refused`(_ key: String) {
        let complaints = #expect(throws: Complaints.self) { try change([key: "1"], in: yaml) }

        #expect(
            complaints?.description.contains("'\(key)' cannot be changed in place") == true,
            "\(complaints?.description ?? "")")
    }

    @Test(arguments: ["1\nevil: 2", "[1", "a: b: c", "\"", "{", "1, evil: 2", "]"])
    func `a value that is more than a value changes nothing else`(_ value: String) throws {
        let flow = "p: {lr: 0.1, n: 2}\n"
        guard let changed = try? change(["p.lr": value], in: flow) else { return }

        let path = try #require(TreePath("params.yaml"))
        let all = try Pipeline.values(of: ParamsRef(file: path, keys: ["p.n"]), in: Data(changed.utf8))
        #expect(all == ["params.yaml:p.n": "2"])
        #expect(!changed.contains("\nevil"))
    }
}
