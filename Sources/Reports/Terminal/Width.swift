/// Columns that text takes on a terminal: marks that join the letter before take none, wide letters and pictures two.
func columns(of text: String) -> Int {
    text.reduce(0) { $0 + columns(of: $1) }
}

/// The text in at most `width` columns, ending in `…` if something was left out.
func fitted(_ text: String, to width: Int) -> String {
    if columns(of: text) <= width { return text }
    var shown = ""
    var used = 0
    for character in text {
        let next = columns(of: character)
        if used + next > width - 1 { break }
        shown.append(character)
        used += next
    }
    return shown + "…"
}

/// The text in lines of at most `width` columns, broken at blanks where there are any.
func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
        for piece in pieces(of: word, width: width) {
            let size = columns(of: piece)
            if used > 0, used + 1 + size > width {
                lines.append(line)
                (line, used) = ("", 0)
            }
            line += used > 0 ? " " + piece : piece
            used += used > 0 ? 1 + size : size
        }
    }
    return used > 0 ? lines + [line] : lines
}

private func pieces(of word: Substring, width: Int) -> [String] {
    if columns(of: String(word)) <= width { return [String(word)] }
    var pieces: [String] = []
    var piece = ""
    var used = 0
    for character in word {
        let size = columns(of: character)
        if used + size > width {
            pieces.append(piece)
            (piece, used) = ("", 0)
        }
        piece.append(character)
        used += size
    }
    return pieces + [piece]
}

private func columns(of character: Character) -> Int {
    var widest = 0
    for scalar in character.unicodeScalars.prefix(8) {
        if scalar.value == 0xFE0F { return 2 }
        widest = max(widest, columns(of: scalar))
    }
    return widest
}

private func columns(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
}

/// East Asian wide and full-width blocks.
private let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x20000...0x3FFFD,
]
