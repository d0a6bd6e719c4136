/// Texts as `Canonical` writes them.
package enum CanonicalText {
    /// Appends the text as a JSON string, byte for byte as `Canonical` encodes it: `"`, `\` and control characters are
    /// escaped, a slash and all that is not ASCII are not.
    package static func append(_ text: String, to json: inout String) {
        json += "\""
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for position in bytes.indices {
                let byte = bytes[position]
                if byte >= 0x20, byte != 0x22, byte != 0x5C { continue }
                json += String(decoding: bytes[start..<position], as: UTF8.self)
                json += escape(byte)
                start = position + 1
            }
            json += String(decoding: bytes[start...], as: UTF8.self)
        }
        json += "\""
    }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case 0x22: "\\\""
        case 0x5C: "\\\\"
        case 0x08: "\\b"
        case 0x0C: "\\f"
        case 0x0A: "\\n"
        case 0x0D: "\\r"
        case 0x09: "\\t"
        default: byte < 0x10 ? "\\u000\(String(byte, radix: 16))" : "\\u00\(String(byte, radix: 16))"
        }
    }
}
