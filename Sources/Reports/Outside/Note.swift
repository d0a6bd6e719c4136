import Domain

extension Outside {
    /// The note of a commit after something is said of it. A report takes the place of the one of the same model, and
    /// those of other models stay; what is no report (no run came of the commit) gives way to whatever is said next.
    ///
    /// - Parameter note: the note that is there, by whomever it was written.
    package static func note(_ said: String, into note: String?) -> String {
        let others = reports(in: note ?? "").filter { marker(of: $0) != marker(of: Substring(said)) }
        let size = others.reduce(said.utf8.count) { $0 + $1.utf8.count }
        guard size <= longestNote else { return said }
        return (others.map { $0.trimmingSuffix(while: \.isNewline) } + [Substring(said)]).joined(separator: "\n\n")
    }

    /// More is not read by anybody; what others wrote may be of any size.
    private static let longestNote = 2_000_000

    /// The model's marker in the first line of a report; nil: it is none.
    private static func marker(of text: Substring) -> Substring? {
        let line = text.prefix { !$0.isNewline }
        guard line.hasPrefix("<!-- sluice:report:"), line.hasSuffix(" -->") else { return nil }
        return line
    }

    /// What begins with the marker of a model, up to the next one.
    private static func reports(in note: String) -> [Substring] {
        var reports: [Substring] = []
        var start: String.Index?
        var line = note.startIndex
        while line < note.endIndex {
            if marker(of: note[line...]) != nil {
                if let start { reports.append(note[start..<line]) }
                start = line
            }
            guard let end = note[line...].firstIndex(where: \.isNewline) else { break }
            line = note.index(after: end)
        }
        if let start { reports.append(note[start...]) }
        return reports
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var text = self
        while let last = text.last, predicate(last) { text.removeLast() }
        return text
    }
}
