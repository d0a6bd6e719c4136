import Foundation
import Testing

@testable import Domain

/// Texts that are written by hand must be the bytes that the encoder writes: hashes of years depend on it.
@Test func `a text is written byte for byte as it is encoded`() {
    var texts = (0..<0x180).compactMap { Unicode.Scalar($0) }.map { "a\($0)b" }
    texts += [
        "", "/", "\u{2028}\u{2029}", "e\u{301}", "\"\u{301}", "👩‍🚀", "\u{FEFF}x", "\u{FFFD}", "a\"\\\"b\n", "\r\n",
        "\u{10FFFF}",
    ]
    for text in texts {
        var json = "{"
        CanonicalText.append(text, to: &json)
        #expect(Array(json.dropFirst().utf8) == Array(Canonical.bytes(of: text)), "\(text.unicodeScalars.map(\.value))")
    }
}
