import Domain

/// How `{{value}}` is written in an HTML template: as text that a browser shows and never obeys, between tags and
/// between the quotes of an attribute alike.
enum HTMLText {
    /// Every character that means something to HTML or SVG as an entity, and what steers or hides written out.
    static func escape(_ text: String) -> String {
        if text.utf8.allSatisfy(isPlain) { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "`": escaped += "&#96;"
            default:
                if let name = scalar.escaped { escaped += name } else { escaped.unicodeScalars.append(scalar) }
            }
        }
        return escaped
    }

    /// True for ASCII that stands for itself: nearly every text is only that.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"),
            UInt8(ascii: "`"):
            false
        default: byte >= 0x20 && byte < 0x7F
        }
    }
}
