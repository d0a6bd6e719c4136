import Documents
import Domain
import Foundation
import Testing

struct TOMLTests {
    @Test func `TOML of tables, keys, numbers and lists is read with its places`() throws {
        let text = """
            # numbers of a run
            auc = 0.75
            "a name".'with dots. in it' = -1_000
            path = "C:\\\\new\\u00e9" # é
            raw = 'C:\\new'

            [ test . deep ]
            on = true
            values = [ 1, 2.5e3, # two
              inf, ]
            [test]
            point = { x = 1, y.z = 0x1F }
            """
        let root = try #require(try document(text, file: "metrics.toml").root)

        #expect(root["auc"]?.json == .number(0.75))
        #expect(root["a name"]?["with dots. in it"]?.json == .integer(-1000))
        #expect(root["path"]?.json == .string("C:\\newé"))
        #expect(root["raw"]?.json == .string("C:\\new"))
        #expect(root["test"]?["deep"]?["on"]?.json == .bool(true))
        #expect(root["test"]?["deep"]?["values"]?.json == .array([.integer(1), .number(2500), .number(.infinity)]))
        #expect(root["test"]?["point"]?["y"]?["z"]?.json == .integer(31))
        #expect(root["test"]?["deep"]?["on"]?.place == .init(line: 8, column: 6))
    }

    @Test(arguments: [
        ("a = 1\na = 2", "a.toml:2:1: 'a' is given twice, first at line 1, column 1; keep one of them"),
        ("[a]\n[a]", "a.toml:2:2: 'a' is given twice, first at line 1, column 2; keep one of them"),
        ("a = 1\n[a]", "a.toml:2:2: 'a' is given twice, first at line 1, column 1; keep one of them"),
        ("a = 1\na.b = 2", "a.toml:2:1: 'a' is given twice, first at line 1, column 1; keep one of them"),
        ("[[a]]", "a.toml:1:2: this is not TOML as it is read here: arrays of tables ('[[…]]') are not"),
        ("a = 2024-01-31", "a.toml:1:5: this is not TOML as it is read here: dates and times are not"),
        ("a = \"\"\"x\"\"\"", "a.toml:1:5: this is not TOML as it is read here: texts in three quotes are not"),
        ("a = yes", "a.toml:1:5: this is not TOML as it is read here: 'yes' is no value"),
        ("a =", "a.toml:1:4: this is not TOML as it is read here: expected a value"),
        ("a", "a.toml:1:2: this is not TOML as it is read here: expected '=' after a key"),
        ("= 1", "a.toml:1:1: this is not TOML as it is read here: expected a key"),
        ("a = 1 b = 2", "a.toml:1:7: this is not TOML as it is read here: expected the end of the line"),
        ("a = [1 2]", "a.toml:1:8: this is not TOML as it is read here: expected ',' or ']'"),
        (
            "a = 'x",
            "a.toml:1:5: this is not TOML as it is read here: the text that starts here is not closed on its line"
        ),
        ("[a", "a.toml:1:3: this is not TOML as it is read here: expected ']'"),
    ])
    func `a mistake in TOML, and what is not read, is named with its place`(text: String, complaint: String) {
        #expect(complaints(text, file: "a.toml") == [complaint])
    }

    @Test(arguments: [
        "a = " + String(repeating: "[", count: 100_000),
        "a = " + String(repeating: "{a=", count: 100_000),
        (0..<100_000).map { "a\($0 % 7)" }.joined(separator: ".") + " = 1",
    ])
    func `TOML that is nested without end is refused`(text: String) {
        #expect(complaints(text, file: "a.toml").first?.contains("nested too deep") == true)
    }
}
