import Domain
import Evaluation
import Foundation
import Testing

struct FeatureImportanceTests {
    @Test(arguments: [
        ("i.json", #"{"distance": 0.5, "hour": -0.75, "carrier": 0}"#),
        ("i.json", #"{"importances": {"distance": 0.5, "hour": -0.75, "carrier": 0}}"#),
        ("i.json", #"[["distance", 0.5], ["hour", -0.75], ["carrier", 0]]"#),
        (
            "i.yaml",
            """
            - { feature: distance, importance: 0.5 }
            - { name: hour, value: -0.75 }
            - { feature: carrier, importance: 0 }
            """
        ),
        ("i.toml", "distance = 0.5\nhour = -0.75\ncarrier = 0\n"),
        ("i.csv", "distance,0.5\nhour,-0.75\ncarrier,0\n"),
        ("i.csv", "feature,importance\ndistance,0.5\nhour,-0.75\ncarrier,0\n"),
    ])
    func `importances of every shape come with the greatest first`(file: String, text: String) throws {
        let importances = try FeatureImportance.read(Data(text.utf8), file: file)

        #expect(importances.map(\.feature) == ["hour", "distance", "carrier"])
        #expect(importances.map(\.value) == [-0.75, 0.5, 0])
    }

    @Test func `thirty are kept, and a hostile name stays the text that it is`() throws {
        let rows = (0..<100).map { "f\($0),\($0)" }.joined(separator: "\n")
        let name = "<script>alert(1)</script>\u{1B}[31m"

        let importances = try FeatureImportance.read(Data("\(rows)\n\"\(name)\",1000\n".utf8), file: "i.csv")

        #expect(importances.count == 30)
        #expect(importances.first?.feature == name)
        #expect(importances.last?.feature == "f71")
    }

    @Test(arguments: [
        ("i.json", #"{"a": "x", "b": 1}"#, "i.json:1:7: the importance of 'a' is the text 'x', not a number"),
        ("i.json", #"{"a": NaN, "b": 1}"#, "i.json:1:7: the importance of 'a' is NaN"),
        ("i.json", "{}", "no importances"),
        ("i.json", "3", "a mapping of names to numbers, or a list"), ("i.json", "[1]", "expected [name, number]"),
        ("i.csv", "a,b,c\n", "i.csv:1:1: expected two columns"), ("i.csv", "a,1\nb,x\n", "i.csv:2:1: 'x' is no number"),
        ("i.yaml", "", "a mapping of names to numbers, or a list"),
    ])
    func `what is no importance is a complaint`(file: String, text: String, expected: String) {
        let complaints = #expect(throws: Complaints.self) { try FeatureImportance.read(Data(text.utf8), file: file) }

        #expect(complaints?.description.contains(expected) == true, "\(complaints?.description ?? "none")")
    }
}
