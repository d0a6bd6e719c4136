package import Domain

/// Takes typed values out of a document and collects what is wrong with them, so that a user sees every mistake at
/// once.
///
/// Each taker returns nil after it has complained; a reader goes on with the rest and throws `complaints` at the end.
package struct Reading {
    package let file: String
    package private(set) var complaints: [Complaint] = []

    package init(file: String) {
        self.file = file
    }

    /// Records what is wrong at a place.
    package mutating func complain(_ place: Document.Place, _ message: String, advice: String? = nil) {
        complaints.append(Complaint(file: file, at: place, message, advice: advice))
    }

    /// Records that a value is of the wrong kind: `'seed': expected a number, found a list`.
    package mutating func complain(_ name: String, wants wanted: String, found node: Document.Node) {
        let shown = node.scalarText.map { $0.isEmpty || $0.count > 40 || node.isNull ? "" : " (\($0))" } ?? ""
        complain(node.place, "'\(name)': expected \(wanted), found \(node.what)\(shown)")
    }

    /// Throws everything recorded so far, in the order of the file, if there is something.
    package func throwComplaints() throws(Complaints) {
        if !complaints.isEmpty { throw Complaints(complaints.sortedByPlace()) }
    }

    /// The entries of a mapping. Complains about keys that are not known, with the nearest one that is.
    package mutating func entries(
        _ node: Document.Node, _ name: String, known: some Collection<String>
    ) -> [String: Document.Entry]? {
        guard let entries = mapping(node, name) else { return nil }
        var found: [String: Document.Entry] = [:]
        for entry in entries {
            if known.contains(entry.key) {
                found[entry.key] = entry
            } else {
                let nearest = Spelling.nearest(to: entry.key, in: known)
                complain(
                    entry.keyPlace, "unknown key '\(entry.key)'",
                    advice: nearest.map { "did you mean '\($0)'?" }
                        ?? "known are \(known.map { "'\($0)'" }.joined(separator: ", "))")
            }
        }
        return found
    }

    /// The entries of a mapping with any keys.
    package mutating func mapping(_ node: Document.Node, _ name: String) -> [Document.Entry]? {
        if let entries = node.entries { return entries }
        complain(name, wants: "a mapping", found: node)
        return nil
    }

    /// A text that is not empty. A number or a truth value without quotes is not a text.
    package mutating func text(_ node: Document.Node, _ name: String, wants wanted: String = "a text") -> String? {
        if case .string(let text) = node.json, !text.isEmpty { return text }
        complain(name, wants: wanted, found: node)
        return nil
    }

    /// A list of texts, none empty.
    package mutating func texts(
        _ node: Document.Node, _ name: String, wants wanted: String = "a list of texts"
    ) -> [String]? {
        guard let items = node.items else {
            complain(name, wants: wanted, found: node)
            return nil
        }
        let texts = items.compactMap { text($0, name) }
        return texts.count == items.count ? texts : nil
    }

    /// One text or a list of texts.
    package mutating func textOrTexts(_ node: Document.Node, _ name: String) -> [String]? {
        node.items == nil
            ? text(node, name, wants: "a text or a list of texts").map { [$0] } : texts(node, name)
    }

    /// A finite number.
    package mutating func number(_ node: Document.Node, _ name: String) -> Double? {
        switch node.json {
        case .integer(let value): return Double(value)
        case .number(let value) where value.isFinite: return value
        case .number(let value):
            complain(node.place, "'\(name)': expected a finite number, found \(value)")
            return nil
        case .null, .bool, .string, .array, .object:
            complain(name, wants: "a number", found: node)
            return nil
        }
    }

    /// A whole number within a range.
    package mutating func wholeNumber(_ node: Document.Node, _ name: String, in range: ClosedRange<Int>) -> Int? {
        if case .integer(let value) = node.json, range.contains(Int(value)) { return Int(value) }
        complain(name, wants: "a whole number from \(range.lowerBound) to \(range.upperBound)", found: node)
        return nil
    }

    /// `true` or `false`.
    package mutating func truth(_ node: Document.Node, _ name: String) -> Bool? {
        if case .bool(let value) = node.json { return value }
        let isOldWord = ["yes", "no", "on", "off"].contains(node.scalarText?.lowercased() ?? "")
        complain(name, wants: isOldWord ? "true or false, as YAML 1.2 writes them" : "true or false", found: node)
        return nil
    }
}
