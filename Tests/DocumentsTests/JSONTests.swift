import Documents
import Domain
import Foundation
import Testing

struct JSONTests {
    @Test func `JSON comes through the same door, with what Python adds to it`() throws {
        let text = #"{"a": -Infinity, "b": "\ud83d\ude00\/\n", "c":[1,2.5e3,true,null], "d": "\ud83d", "e": 1e400}"#
        let root = try #require(try document(text, file: "metrics.json").root)

        #expect(root["a"]?.json == .number(-.infinity))
        #expect(root["b"]?.json == .string("😀/\n"))
        #expect(root["c"]?.json == .array([.integer(1), .number(2500), .bool(true), .null]))
        #expect(root["d"]?.json == .string("\u{FFFD}"))
        #expect(root["e"]?.json == .number(.infinity))
        #expect(root["c"]?.items?.last?.place == .init(line: 1, column: 61))
    }

    @Test(arguments: [
        ("{\"a\": 1,\n \"a\": 2}", "a.json:2:2: 'a' is given twice, first at line 1, column 2; keep one of them"),
        ("{a: 1}", "a.json:1:2: this is not valid JSON: expected a key in double quotes"),
        ("{\"a\": 01}", "a.json:1:7: this is not valid JSON: '01' is not a JSON value"),
        ("[1,]", "a.json:1:4: this is not valid JSON: expected a value"),
        ("[1 2]", "a.json:1:4: this is not valid JSON: expected ',' or ']'"),
        ("{} {}", "a.json:1:4: this is not valid JSON: there is more after the end of the value"),
        ("[\"é\\x\"]", "a.json:1:5: this is not valid JSON: '\\' stands before a letter that it cannot escape"),
        ("[\"abc\n\"]", "a.json:1:2: this is not valid JSON: the text that starts here is not closed on its line"),
        ("[True]", "a.json:1:2: this is not valid JSON: 'True' is not a JSON value"),
    ])
    func `a mistake in JSON is named with its place`(text: String, complaint: String) {
        #expect(complaints(text, file: "a.json") == [complaint])
    }
}
