import Documents
import Domain
import Foundation
import Testing

func document(_ text: String, file: String = "a.yaml") throws(Complaints) -> Document {
    try Document(Data(text.utf8), file: file)
}

func complaints(_ bytes: Data, file: String = "a.yaml") -> [String] {
    do throws(Complaints) {
        _ = try Document(bytes, file: file)
        return []
    } catch {
        return error.all.map(\.description)
    }
}

func complaints(_ text: String, file: String = "a.yaml") -> [String] {
    complaints(Data(text.utf8), file: file)
}

struct YAMLTests {
    @Test(
        arguments: [
            ("yes", .string("yes")), ("no", .string("no")), ("on", .string("on")), ("~", .null), ("", .null),
            ("null", .null), ("True", .bool(true)), ("false", .bool(false)), ("0o14", .integer(12)),
            ("014", .integer(14)), ("0x1F", .integer(31)), ("0b101", .integer(5)), ("1_000", .integer(1000)),
            ("-7", .integer(-7)), ("+7", .integer(7)), ("1e3", .number(1000)), ("1e-3", .number(0.001)),
            ("1.", .number(1)), (".5", .number(0.5)), ("-0.0", .number(-0.0)), ("1_0.5", .number(10.5)),
            ("-.inf", .number(-.infinity)), ("12345678901234567890123", .number(1.2345678901234568e22)),
            ("2020-01-01", .string("2020-01-01")), ("1.2.3", .string("1.2.3")), ("\n- ", .array([.null])),
            ("'1'", .string("1")),
            ("!!str 1", .string("1")), ("NaN", .string("NaN")), ("1:30", .string("1:30")), ("0x", .string("0x")),
            ("e5", .string("e5")), (".", .string(".")), ("_1", .string("_1")), ("'' # c", .string("")),
        ] as [(String, JSONValue)])
    func `a scalar means what DVC takes it for`(text: String, value: JSONValue) throws {
        #expect(try document("a: \(text)").root?["a"]?.json == value)
    }

    @Test func `NaN is read as a number that is not one`() throws {
        guard case .number(let value) = try document("a: .nan").root?["a"]?.json else {
            Issue.record("not a number")
            return
        }
        #expect(value.isNaN)
    }

    @Test func `every value knows its place, past a byte-order mark, CRLF and letters of several bytes`() throws {
        let text = "\u{FEFF}ä: ö\r\nb:\r\n  - é: [x, \"y\"]\r\n"
        let root = try #require(try document(text).root)

        #expect(root.place == .init(line: 1, column: 1))
        #expect(root.entries?.map(\.keyPlace) == [.init(line: 1, column: 1), .init(line: 2, column: 1)])
        #expect(root["ä"]?.place == .init(line: 1, column: 4))
        let list = try #require(root["b"]?.items?.first?["é"])
        #expect(list.items?.map(\.place) == [.init(line: 3, column: 9), .init(line: 3, column: 12)])
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "---\n...\n", "~"])
    func `a document with nothing in it has no root`(text: String) throws {
        #expect(try document(text).root == nil)
    }

    @Test func `aliases and merge keys give what they name, and own keys win`() throws {
        let text = """
            base: &base {a: 1, b: 2}
            other: &other {b: 3, c: 4}
            one: {<<: *base, b: 9}
            two: {<<: [*other, *base]}
            three: *base
            """
        let root = try document(text).root?.json

        #expect(root?["one"] == .object(["a": .integer(1), "b": .integer(9)]))
        #expect(root?["two"] == .object(["a": .integer(1), "b": .integer(3), "c": .integer(4)]))
        #expect(root?["three"] == root?["base"])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3", "a.yaml:3:1: 'a' is given twice, first at line 1, column 1; keep one of them"),
        ("a: 1\n'a': 3", "a.yaml:2:1: 'a' is given twice, first at line 1, column 1; keep one of them"),
        (
            "a:\n\tb: 1",
            "a.yaml:2:1: this is not valid YAML: found character that cannot start any token"
                + " (while scanning for the next token that starts at line 2, column 1);"
                + " indent with blanks, not with tabs, and put a text that starts with a sign in quotes"
        ),
        (
            "a: b: c",
            "a.yaml:1:5: this is not valid YAML: mapping values are not allowed in this context;"
                + " put a text that holds ': ' in quotes, and check the indentation"
        ),
        (
            "a: 'b",
            "a.yaml:1:6: this is not valid YAML: found unexpected end of stream"
                + " (while scanning a quoted scalar that starts at line 1, column 4); close the quote"
        ),
        (
            "a: {run: score ${model}, out: b}",
            "a.yaml:1:17: this is not valid YAML: did not find expected ',' or '}'"
                + " (while parsing a flow mapping that starts at line 1, column 4);"
                + " put a text that holds a comma or a bracket, such as '${model}', in quotes"
        ),
        ("a: 1\n---\nb: 2", "a.yaml:2:1: a second document starts here; keep one document in the file"),
        ("[a, b]: 1", "a.yaml:1:1: a key must be a text; put the key in quotes"),
        ("{{a: b}: c}", "a.yaml:1:2: a key must be a text; put the key in quotes"),
        ("~: 1", "a.yaml:1:1: a key must be a text; put the key in quotes"),
        ("a: *b", "a.yaml:1:4: there is no anchor '&b' before this alias"),
        ("base: &base 1\na: *bsae", "a.yaml:2:4: there is no anchor '&bsae' before this alias; did you mean '*base'?"),
        ("a: &a [*a]", "a.yaml:1:8: there is no anchor '&a' before this alias"),
        (
            "a: !!python/object:os.system x",
            "a.yaml:1:4: the tag '!!python/object:os.system' cannot be used here; remove it"
        ),
        ("a: !!binary aGk=", "a.yaml:1:4: the tag '!!binary' cannot be used here; remove it"),
        ("a: !mine {}", "a.yaml:1:4: the tag '!mine' cannot be used here; remove it"),
        ("a: 1\n<<: 3", "a.yaml:2:5: '<<' takes a mapping or a list of mappings, found a number"),
        ("ä: \u{0}x", "a.yaml:1:4: the control character U+0000 cannot stand here"),
        ("a: 1\r\nb: \u{7}", "a.yaml:2:4: the control character U+0007 cannot stand here"),
    ])
    func `a mistake is named with its place`(text: String, complaint: String) {
        #expect(complaints(text) == [complaint])
    }

    @Test func `bytes that are not UTF-8 are named with their place`() {
        #expect(
            complaints(Data("a: é\nb: ".utf8) + Data([0xFF, 0x41]))
                == ["a.yaml:2:4: this is not UTF-8 text; save the file as UTF-8"])
        #expect(
            complaints(Data([0xFF, 0xFE, 0x61, 0x00]))
                == ["a.yaml:1:1: this is UTF-16; save the file as UTF-8"])
    }

    @Test func `several mistakes are reported together`() {
        #expect(complaints("a: 1\na: 2\nb: {c: 1, c: 2}\n[x]: 1").count == 3)
    }
}
