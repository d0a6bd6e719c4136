import Domain

extension String {
    /// The text as a person may safely see it: control characters escaped (`\u{0}`, `\n`), cut to `limit` characters.
    package func shown(limit: Int = 200) -> String {
        var result = ""
        for scalar in unicodeScalars.prefix(limit) {
            if let name = scalar.escaped { result += name } else { result.unicodeScalars.append(scalar) }
        }
        return unicodeScalars.dropFirst(limit).isEmpty ? result : result + "…"
    }
}
