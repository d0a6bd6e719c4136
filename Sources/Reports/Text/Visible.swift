import Domain

/// Text from outside as it may be shown: one line, cut, and with everything that could steer a terminal or hide
/// letters written out (`\n`, `\u{1B}`, `\u{202E}`). Applied to every outside text before it reaches a template.
///
/// Looks at no more scalars than it shows, so a text of any length costs the same. What is written out once stays as it is.
func visible(_ text: String, limit: Int = 200) -> String {
    if text.utf8.count <= limit, text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) { return text }
    var shown = ""
    var room = limit
    for scalar in text.unicodeScalars {
        if room == 0 { return shown + "…" }
        room -= 1
        if let name = scalar.escaped { shown += name } else { shown.unicodeScalars.append(scalar) }
    }
    return shown
}

/// A name that is seen even if there is nothing in it: a label or a value of a slice may be empty.
func named(_ text: String, limit: Int) -> String {
    text.isEmpty ? "(empty)" : visible(text, limit: limit)
}

/// The lines of a text as `visible` shows them, at most `limit`; the last says how many are left out.
func visibleLines(_ text: String, limit: Int = 12) -> [String] {
    let head = String(text.unicodeScalars.prefix(limit * 400))
    let lines = head.split(maxSplits: limit, omittingEmptySubsequences: true, whereSeparator: \.isNewline)
    let shown = lines.prefix(limit).map { visible(String($0), limit: 300) }
    return lines.count > limit ? shown + ["… and more"] : shown
}
