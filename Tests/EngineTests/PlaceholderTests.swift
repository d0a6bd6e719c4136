import Domain
import Host
import TestSupport
import Testing

@testable import Engine

/// What `${…}` in a command comes to, read by a real shell.
struct PlaceholderTests {
    private func words(of command: String) async throws -> [String] {
        let shell = try Tool.find("sh", advice: "")
        return try await shell.output(["-c", "printf '%s\\n' \(command)"]).split(separator: "\n").map(String.init)
    }

    @Test(arguments: [
        "models/model.pkl", "my model.pkl", "it's.pkl", "a\"b", "$(touch pwned)", "`id`", "a;b&c|d", "*", "~", "-rf",
        "${data}", "'${data}'", "a\\b", "#x", "größe.pkl",
    ])
    func `a path is one word of the shell, whatever is in it`(_ path: String) async throws {
        let filled = Placeholders(values: ["model": path, "data": "x y' z"]).fill("${model} ${data}")

        #expect(try await words(of: filled) == [path, "x y' z"])
    }

    @Test(arguments: [
        ("${model}", "m"), ("${model}${model}", "mm"), ("$model ${HOME} ${model", "$model ${HOME} ${model"),
        ("${${model}}", "${m}"), ("${data.flights}/x", "d/x"), ("${}", "${}"), ("", ""), ("$${model}", "$m"),
    ])
    func `only our own words are filled in`(_ command: String, _ filled: String) {
        #expect(Placeholders(values: ["model": "m", "data.flights": "d"]).fill(command) == filled)
    }
}
