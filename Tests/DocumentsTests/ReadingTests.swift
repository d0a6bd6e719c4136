import Documents
import Domain
import Foundation
import Testing

struct ReadingTests {
    @Test func `takers say what they wanted and found, all at once and in the order of the file`() throws {
        let text = "words: 3\ncuont: many\nflag: yes\nratio: .inf\nlist: [a, 1, '']\n"
        let root = try #require(try document(text).root)
        var reading = Reading(file: "a.yaml")

        let known = ["words", "count", "flag", "ratio", "list"]
        let entries = reading.entries(root, "file", known: known) ?? [:]
        #expect(entries["list"].flatMap { reading.texts($0.value, "list") } == nil)
        #expect(entries["ratio"].flatMap { reading.number($0.value, "ratio") } == nil)
        #expect(entries["flag"].flatMap { reading.truth($0.value, "flag") } == nil)
        #expect(entries["words"].flatMap { reading.text($0.value, "words") } == nil)

        let thrown = #expect(throws: Complaints.self) { try reading.throwComplaints() }
        #expect(
            thrown?.all.map(\.description) == [
                "a.yaml:1:8: 'words': expected a text, found a number (3)",
                "a.yaml:2:1: unknown key 'cuont'; did you mean 'count'?",
                "a.yaml:3:7: 'flag': expected true or false, as YAML 1.2 writes them, found a text (yes)",
                "a.yaml:4:8: 'ratio': expected a finite number, found inf",
                "a.yaml:5:11: 'list': expected a text, found a number (1)",
                "a.yaml:5:14: 'list': expected a text, found an empty text",
            ])
    }

    @Test func `takers give what is there`() throws {
        let root = try #require(try document("a: [x, y]\nb: z\nc: 3\nd: 2.5\n").root)
        var reading = Reading(file: "a.yaml")

        #expect(root["a"].flatMap { reading.textOrTexts($0, "a") } == ["x", "y"])
        #expect(root["b"].flatMap { reading.textOrTexts($0, "b") } == ["z"])
        #expect(root["c"].flatMap { reading.wholeNumber($0, "c", in: 0...3) } == 3)
        #expect(root["d"].flatMap { reading.number($0, "d") } == 2.5)
        try reading.throwComplaints()
    }
}
