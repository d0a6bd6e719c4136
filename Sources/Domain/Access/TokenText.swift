/// The secret text of a token or a session: `sluice_` and 43 letters, digits, `-` and `_` (256 random bits in base64url).
///
/// Shown once, to whom it belongs; only `hash` is stored. It never shows itself: not in a log, not in an error.
package struct TokenText: Hashable, Sendable, CustomStringConvertible {
    /// The text. Never to be logged, stored, or put into a URL.
    package let secret: String

    /// Nil unless the text is of that form.
    package init?(_ text: String) {
        let prefix = "sluice_"
        guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + 43,
            text.utf8.dropFirst(prefix.utf8.count).allSatisfy(Self.isDigit)
        else { return nil }
        secret = text
    }

    /// A new one, from the system's random numbers.
    package static func random() -> TokenText {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        // 43 digits of 6 bits hold more than 256 bits, all of them random.
        let digits = (0..<43).map { _ in letters[Int(generator.next() & 63)] }
        return TokenText(checked: "sluice_" + String(digits))
    }

    private init(checked text: String) { secret = text }

    /// What the store keeps: SHA-256 of the whole text.
    package var hash: Digest { Digest.of(secret) }
    package var description: String { "[token]" }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
            || byte == 0x2D || byte == 0x5F
    }
}
