import Domain
import Foundation
import Pipelines
import Testing

@Suite struct ValuesTests {
    static let text = """
        lr: 0.10
        whole: 1.0
        on: yes
        exact: 1e5
        flag: true
        none: ~
        bad: .nan
        word: nan
        model: {layers: [8, {units: 3.0, a: x}], name: "1"}
        a.b: 5
        """

    private func values(_ keys: [String], _ text: String = text, _ file: String = "params.yaml") throws(Complaints)
        -> [String: String]
    {
        try Pipeline.values(of: ParamsRef(file: path(file), keys: keys), in: Data(text.utf8))
    }

    @Test(arguments: [
        ("lr", "0.1"), ("whole", "1"), ("on", "\"yes\""), ("exact", "100000"), ("flag", "true"), ("none", "null"),
        ("bad", "{\"float\":\"nan\"}"), ("word", "\"nan\""), ("model.layers.0", "8"), ("model.layers.-2", "8"),
        ("model.layers.1.units", "3"), ("model.name", "\"1\""), ("model.layers.1", "{\"a\":\"x\",\"units\":3}"),
    ]) func `a key has a canonical value`(_ key: String, _ value: String) throws {
        #expect(try values([key]) == ["params.yaml:\(key)": value])
    }

    @Test func `no keys are all keys at the top`() throws {
        #expect(
            try values([], #"{"b": 2.0, "a": {"c": [1]}}"#, "p.json") == ["p.json:a": #"{"c":[1]}"#, "p.json:b": "2"])
        #expect(try values([], "").isEmpty)
    }

    @Test(arguments: ["a.b", "model.layers.2", "model.layers[0]", "model.layers.x", "lr.x", "", "whle"])
    func `a missing key is named`(_ key: String) {
        let advice = key == "whle" ? "; did you mean 'whole'?" : ""
        #expect(
            complaints { () throws(Complaints) in _ = try values(["lr", key]) }
                .first?.hasPrefix("params.yaml: there is no parameter '\(key)'" + advice) == true)
    }

    @Test(arguments: [
        ("p.toml", "a = 1", "p.toml: parameters in TOML ('p.toml') are not read yet; YAML and JSON are"),
        ("p.py", "a = 1", "p.py: parameters in Python ('p.py') are not read yet; YAML and JSON are"),
        ("p.yaml", "[1]", "p.yaml: parameters are a mapping of names to values"),
        ("p.yaml", "5", "p.yaml: parameters are a mapping of names to values"),
    ]) func `a file that holds no parameters is refused`(_ file: String, _ text: String, _ complaint: String) {
        #expect(complaints { () throws(Complaints) in _ = try values(["a"], text, file) } == [complaint])
    }

    @Test func `a broken file is refused with its place`() {
        let said = complaints { () throws(Complaints) in _ = try values(["a"], "a: 1\na: 2\n") }
        #expect(said.first?.hasPrefix("params.yaml:2:1: ") == true)
    }
}
