import Host
import Testing

struct CSVHeaderTests {
    @Test(arguments: [
        ("a,b\n1,2\n", ["a", "b"]), ("a,b", ["a", "b"]), ("\u{FEFF}a,b\r\n1,2\r\n", ["a", "b"]),
        ("\"a,1\",\"b \"\"x\"\"\"\n", ["a,1", "b \"x\""]), ("\"a\nb\",c\n", ["a\nb", "c"]), (",x\n", ["", "x"]),
        ("a, b \n", ["a", " b "]), ("\"\",b\n", ["", "b"]), ("a,\n", ["a", ""]), ("å,日\n", ["å", "日"]),
    ])
    func `names are read as they are written`(text: String, names: [String]) throws {
        #expect(try CSVHeader(Array(text.utf8)).names == names)
    }

    @Test(
        arguments: [
            ([], .empty), ([0xEF, 0xBB, 0xBF], .empty), ([0xFF, 0xFE, 0x61, 0x00], .wideCharacters),
            ([0xFE, 0xFF, 0x00, 0x61], .wideCharacters), ([0x61, 0x00, 0x0A], .nul), ([0x61, 0xFF, 0x0A], .notUTF8),
            (Array("\na,b\n".utf8), .blankLine), (Array("\"a,b\n".utf8), .endless),
            (Array("\"a\"b,c\n".utf8), .strayQuote),
            (Array("PAR1xxxx".utf8), .other("Parquet")), ([0x1F, 0x8B, 8, 0], .other("gzip")),
        ] as [([UInt8], CSVHeader.Flaw)])
    func `what is no header is named`(bytes: [UInt8], flaw: CSVHeader.Flaw) {
        #expect(throws: flaw) { try CSVHeader(bytes) }
    }

    @Test func `a header longer than what is looked at is endless`() {
        let bytes = [UInt8](repeating: 0x61, count: CSVHeader.limit)

        #expect(throws: CSVHeader.Flaw.endless) { try CSVHeader(bytes) }
    }

    @Test func `control characters are shown escaped and long texts cut`() {
        #expect("a\nb\u{0}\u{1B}[31m\t\u{202E}é".shown() == "a\\nb\\u{0}\\u{1B}[31m\\t\\u{202E}é")
        #expect(String(repeating: "x", count: 300).shown() == String(repeating: "x", count: 200) + "…")
    }
}
