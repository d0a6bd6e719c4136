import Domain

/// The entries of a mapping while it is read: each key once, in the order of the file.
struct EntryList {
    private(set) var all: [Document.Entry] = []
    private var places: [String: Document.Place] = [:]

    /// Adds an entry, or returns the complaint that its key was there before.
    mutating func add(_ entry: Document.Entry, file: String) -> Complaint? {
        if let first = places[entry.key] {
            let message = "'\(entry.key)' is given twice, first at line \(first.line), column \(first.column)"
            return Complaint(file: file, at: entry.keyPlace, message, advice: "keep one of them")
        }
        places[entry.key] = entry.keyPlace
        all.append(entry)
        return nil
    }

    /// Adds an entry unless its key is there.
    mutating func addIfMissing(_ entry: Document.Entry) {
        guard places[entry.key] == nil else { return }
        places[entry.key] = entry.keyPlace
        all.append(entry)
    }
}
