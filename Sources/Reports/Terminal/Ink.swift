/// How a piece of terminal text looks, where colour is asked for.
enum Ink: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"

    /// The ink of a sign such as `✓`, or of a direction such as `↑ better`.
    init?(for sign: String) {
        switch sign {
        case "✓": self = .green
        case "✗": self = .red
        case "?", "⚠": self = .yellow
        case "better": self = .green
        case "worse": self = .red
        case "–", "=", "no difference": self = .dim
        default:
            if sign.hasSuffix(" better") {
                self = .green
            } else if sign.hasSuffix(" worse") {
                self = .red
            } else {
                return nil
            }
        }
    }
}

/// Puts colour on text, or leaves it.
struct Brush {
    let colour: Bool

    func paint(_ text: String, _ ink: Ink?) -> String {
        guard colour, let ink, !text.isEmpty else { return text }
        return "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m"
    }
}
