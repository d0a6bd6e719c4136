extension String {
    /// The text as a person may safely see it: control characters escaped (`\u{0}`, `\n`), cut to `limit` characters.
    package func shown(limit: Int = 200) -> String {
        var result = ""
        for scalar in unicodeScalars.prefix(limit) {
            switch (scalar, scalar.properties.generalCategory) {
            case ("\n", _): result += "\\n"
            case ("\r", _): result += "\\r"
            case ("\t", _): result += "\\t"
            case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator):
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return unicodeScalars.dropFirst(limit).isEmpty ? result : result + "…"
    }
}
