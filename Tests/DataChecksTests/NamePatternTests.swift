import DataChecks
import Domain
import Testing

/// Regular expressions for names of files, which strangers choose.
@Suite(.timeLimit(.minutes(15)))
struct NamePatternTests {
    @Test(arguments: [#"(a+)+b\.csv"#, #"(a|a)*b\.csv"#, #"(a*)*b"#, #"(?:a?){100}a{100}b"#, #".*.*.*.*.*.*x"#])
    func `a name for which a pattern knows a thousand million ways is answered at once`(pattern: String) throws {
        let name = String(repeating: "a", count: 240) + ".csv"
        let findings = try FileName(pattern: pattern).findings(name)
        #expect(findings.map(\.check) == ["file-name"])
    }

    @Test(
        arguments: [
            (#"flights_\d{4}-\d{2}\.csv"#, "flights_2024-01.csv", true),
            (#"flights_\d{4}\.csv"#, "flights_202.csv", false),
            (#"part-.*\.csv"#, "part-.csv", true), (#"part-.*\.csv"#, "part-1.csv.gz", false),
            (#"(a|b|)c"#, "c", true), (#"(a|b|)c"#, "ac", true), (#"(a|b|)c"#, "abc", false),
            (#"[^a-c\d]+"#, "xyz", true), (#"[^a-c\d]+"#, "x1", false), (#"[]\-a-]+"#, "]-a", true),
            (#"\w+\s?\W"#, "grüße !", true), (#"(?i)ABC[d-f]"#, "abcE", true), (#"a(?i:B)c"#, "abC", false),
            (#"a{,2}"#, "aaa", false), (#"a{2,}"#, "aaa", true), (#"a{2}"#, "aaa", false), (#"^a$|b"#, "b", true),
            (#"a.c"#, "a\nc", false), (#"\bab\b"#, "ab", true), (#"caf(é|e)"#, "cafe\u{301}", true), ("", "", true),
            (#"a+?b*?c??"#, "aab", true), (#"(?P<x>a)(?:b)+"#, "abb", true), (#"\p{2}"#, "p", nil), (#"a**"#, "a", nil),
            (#"(?=a)a"#, "a", nil), (#"(?<!b)a"#, "a", nil), (#"(a)\1"#, "aa", nil), (#"a{3,1}"#, "a", nil),
            (#"(((?:){1000}){1000}){1000}"#, "", nil), (#"[b-a]"#, "a", nil), (#"a)"#, "a", nil), (#"(a"#, "a", nil),
            (#"[a"#, "a", nil), (#"*a"#, "a", nil), (#"a\"#, "a", nil), (#"(?<n>a)(?<n>b)"#, "ab", nil),
            (#"a{1001}"#, "a", nil), (#"[a&&b]"#, "a", nil),
            (String(repeating: "(", count: 100_000), "a", nil),
        ] as [(String, String, Bool?)])
    func `a pattern means what it means elsewhere, or is the policy's fault`(
        pattern: String, name: String, fits: Bool?
    ) throws {
        guard let fits else {
            let fault = #expect(throws: Fault.self) { try FileName(pattern: pattern) }
            #expect(fault?.kind == .input)
            #expect(fault?.message.contains("is not a regular expression for a file's name") ?? false)
            return
        }
        #expect(try FileName(pattern: pattern).findings(name).isEmpty == fits)
    }

    @Test func `the parts of a name are those that the first way gives`() throws {
        let pattern = try FileName(pattern: #"(?<date>\d+)_?(?<time>\d*)\.csv"#)
        #expect(pattern.findings("20240131_235959.csv").isEmpty)
        #expect(
            pattern.findings("20240131_245959.csv").map(\.message) == [
                "the part '245959' of the file's name is no time"
            ])
        // Greedy: all digits are of the first part, which is then no date.
        #expect(
            pattern.findings("20240131235959.csv").map(\.message) == [
                "the part '20240131235959' of the file's name is no date"
            ])
    }
}
