extension Unicode.Scalar {
    /// How a scalar is written out that could steer a terminal or hide letters: `\n`, `\u{1B}`, `\u{202E}`. Nil for all
    /// that may be shown as they are. The one rule for whatever comes from outside and ends up before a person.
    package var escaped: String? {
        switch self {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            return "\\u{" + String(value, radix: 16, uppercase: true) + "}"
        default:
            return nil
        }
    }
}
