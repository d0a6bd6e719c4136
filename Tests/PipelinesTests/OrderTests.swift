import Domain
import Foundation
import Pipelines
import Testing

@Suite struct OrderTests {
    /// The orders are those in which DVC 3.67.1 ran the same files.
    static let orders: [(stages: String, order: String)] = [
        (
            "z: {cmd: x, deps: [c/x], outs: [zo]} | a: {cmd: x, outs: [ao]} | c: {cmd: x, deps: [ao, bo], outs: [c]} | b: {cmd: x, outs: [bo]}",
            "a b c z"
        ),
        ("z: {cmd: x, deps: [bo, ao], outs: [zo]} | a: {cmd: x, outs: [ao]} | b: {cmd: x, outs: [bo]}", "b a z"),
        ("z: {cmd: x, deps: [d], outs: [zo]} | a: {cmd: x, outs: [d/z]} | b: {cmd: x, outs: [d/a]}", "a b z"),
        ("f: {cmd: x, deps: [bo], outs: [fo], frozen: true} | b: {cmd: x, outs: [bo]}", "f b"),
        (
            "f: {cmd: x, params: [{gen.yaml: [a]}], deps: [bo], outs: [fo]} | b: {cmd: x, outs: [bo]} | g: {cmd: x, outs: [gen.yaml]}",
            "b g f"
        ),
        ("a: {cmd: x, deps: [d-x/o], outs: [ao]} | b: {cmd: x, outs: [d]} | c: {cmd: x, outs: [d-x]}", "c a b"),
    ]

    @Test(arguments: orders) func `stages run in DVC's order`(_ row: (stages: String, order: String)) throws {
        let stages = try read(file(row.stages))

        let ordered = try Pipeline.order(stages, file: "dvc.yaml")

        #expect(ordered.map { String($0.name.text.dropFirst(6)) }.joined(separator: " ") == row.order)
    }

    @Test func `a stage waits for those that write what it reads, and for those it was told to`() throws {
        var stages = try read(file(Self.orders[0].stages))
        stages[3].after = [name("test:unit")]

        let ordered = try Pipeline.order(stages, file: "dvc.yaml")

        #expect(ordered.map(\.after.count) == [0, 1, 2, 1])
        #expect(ordered[2].after == [name("train:a"), name("train:b")])
        #expect(ordered[1].after == [name("test:unit")])
        #expect(try Pipeline.order(ordered, file: "dvc.yaml") == ordered)
    }

    static let impossible: [(stages: String, complaint: String)] = [
        (
            "a: {cmd: x, deps: [bo], outs: [ao]} | b: {cmd: x, deps: [ao], outs: [bo]}",
            "dvc.yaml:3:3: stages 'a' (line 2), 'b' (line 3) wait for one another in a circle"
        ),
        (
            "f: {cmd: x, deps: [bo], outs: [fo], frozen: true} | b: {cmd: x, deps: [fo], outs: [bo]}",
            "dvc.yaml:3:3: stages 'f' (line 2), 'b' (line 3) wait for one another in a circle"
        ),
        ("a: {cmd: x, deps: [ao], outs: [ao]}", "dvc.yaml:2:3: stage 'a' (line 2) reads what it writes itself"),
        ("a: {cmd: x, deps: [d/ao], outs: [d]}", "dvc.yaml:2:3: stage 'a' (line 2) reads what it writes itself"),
        ("a: {cmd: x, deps: [d], outs: [d/ao]}", "dvc.yaml:2:3: stage 'a' (line 2) reads what it writes itself"),
        (
            "a: {cmd: x, outs: [o]} | b: {cmd: x, outs: [./o]}",
            "dvc.yaml:3:3: stages 'a' (line 2) and 'b' (line 3) both write 'o'"
        ),
        (
            "a: {cmd: x, outs: [o/p/q]} | b: {cmd: x, metrics: [o]}",
            "dvc.yaml:3:3: the output 'o/p/q' of stage 'a' (line 2) lies in the output 'o' of stage 'b' (line 3)"
        ),
        ("a: {cmd: x, outs: [o], metrics: [o]}", "dvc.yaml:2:3: stage 'a' (line 2) names the output 'o' twice"),
        (
            "a: {cmd: x, outs: [o, o/b]}",
            "dvc.yaml:2:3: in stage 'a' (line 2) the output 'o/b' lies in the output 'o'"
        ),
    ]

    @Test(arguments: impossible) func `an impossible graph is refused with both stages and their lines`(
        _ row: (stages: String, complaint: String)
    ) {
        #expect(complaints { () throws(Complaints) in _ = try read(file(row.stages)) } == [row.complaint])
    }

    @Test func `stages from elsewhere are refused by name`() {
        let stages = ["train:a", "test:b"].map {
            Stage(name: name($0), kind: .train, commands: ["x"], outs: [Output(path: path("o"))])
        }
        #expect(
            complaints { () throws(Complaints) in _ = try Pipeline.order(stages, file: "sluice.yaml") }
                == ["sluice.yaml: stages 'train:a' and 'test:b' both write 'o'"])
    }

    @Test func `a chain of three thousand stages is ordered in no time`() throws {
        let lines = (1...3000).reversed().map { "  s\($0): {cmd: x, deps: [o\($0 - 1)], outs: [o\($0)]}" }
        let stages = try read("stages:\n" + lines.joined(separator: "\n"))

        let ordered = try Pipeline.order(stages, file: "dvc.yaml")

        #expect(ordered.first?.name == name("train:s1"))
        #expect(ordered.last?.after == [name("train:s2999")])
    }

    private func file(_ stages: String) -> String {
        "stages:\n" + stages.components(separatedBy: " | ").map { "  \($0)\n" }.joined()
    }
}
