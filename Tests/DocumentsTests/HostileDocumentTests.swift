import Documents
import Domain
import Foundation
import TestSupport
import Testing

struct HostileDocumentTests {
    @Test func `an alias bomb is refused before it is built`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }

        // Built whole it would be 3.8 billion values, and the test would not end.
        let found = complaints(text)

        #expect(found.first?.contains("aliases stand for more than 100000 values") == true)
    }

    @Test func `more than 100 aliases are refused`() {
        let text = "a: &a 1\nb: [" + Array(repeating: "*a", count: 101).joined(separator: ", ") + "]\n"
        #expect(complaints(text) == ["a.yaml:2:405: more than 100 aliases are used"])
    }

    @Test(arguments: ["a.yaml", "a.json"])
    func `nesting beyond 64 is refused, however deep it goes`(file: String) {
        let fits = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(complaints(fits, file: file) == [])
        for depth in [65, 900, 200_000] {
            let found = complaints(String(repeating: "[", count: depth), file: file)
            #expect(found.first?.contains("nested more than 64 deep") == true, "\(found)")
        }
        #expect(complaints(String(repeating: "{\"a\":", count: 100_000), file: file).count == 1)
        #expect(complaints(String(repeating: "- ", count: 100_000)).count == 1)
    }

    @Test func `nesting that aliases pile up is refused too`() throws {
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        let piled = "a: &a \(deep)\nb: " + deep.replacingOccurrences(of: "[]", with: "[*a]")
        #expect(complaints(piled) == ["a.yaml:2:44: values are nested more than 64 deep"])
        #expect(complaints("a: &a \(deep)\nb: [[[*a]]]") == [])
    }

    @Test func `a file over 1 MiB is refused`() {
        let found = complaints(Data(count: (1 << 20) + 1))
        #expect(found == ["a.yaml: the file has 1048577 bytes; at most 1048576 are read"])
    }

    @Test func `a long flat file is read whole`() throws {
        let lines = (0..<40_000).map { "key\($0): [1, 2]" }.joined(separator: "\n")
        #expect(try document(lines).root?.entries?.count == 40_000)
    }

    @Test(arguments: ["a.yaml", "a.json"])
    func `damaged bytes never crash the reader`(file: String) {
        var random = SeededNumbers(seed: 7)
        let good = Array(
            "{\"a\": [1, \"\\ud83d\\ude00\", null], \"b\": {\"c\": -1.5e3, \"d\": \"é\"}}\n# x &a *a <<: | > !t %".utf8)
        for _ in 0..<3_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1:
                    bytes.insert(Array("{}[]:,\"'&*!|>%@`#-\\\n\t ".utf8).randomElement(using: &random) ?? 0, at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            if let read = try? Document(Data(bytes), file: file) { _ = read.root?.json }
        }
    }
}
