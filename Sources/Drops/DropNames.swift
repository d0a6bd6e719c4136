import Domain

/// What a name in a drop says before anything is known about what has it.
enum DropNames {
    enum Meaning: Equatable {
        /// Never looked at, whatever it is.
        case ignored
        case marker(DropMarker)
        case plain
    }

    /// Folders at the top of a drop that are ours or the file system's.
    static let quarantine = "quarantine"
    private static let ignoredAtTop: Set<String> = [quarantine, "lost+found"]
    /// Spark's workers write below it until a job is committed.
    private static let ignoredAnywhere: Set<String> = ["_temporary"]
    /// Names under which other programs write before they rename, and our own reasons.
    private static let ignoredEndings = [".part", ".tmp", ".partial", ".crdownload", ".filepart", "~", ".reason.json"]

    static func meaning(of name: RawName) -> Meaning {
        let last = RawName(bytes: Array(name.last))
        let text = last.text ?? ""
        if last.bytes.first == UInt8(ascii: ".") || last.bytes.first == UInt8(ascii: "~") { return .ignored }
        if ignoredAnywhere.contains(text) { return .ignored }
        if name.bytes.count == last.bytes.count, ignoredAtTop.contains(text) { return .ignored }
        let lowered = last.bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }
        if ignoredEndings.contains(where: { lowered.ends(with: $0) }) { return .ignored }
        if last.bytes.elementsEqual(DropMarker.success.rawValue.utf8) { return .marker(.success) }
        if last.bytes.ends(with: DropMarker.done.rawValue) { return .marker(.done) }
        return .plain
    }

    static let longest = 1000

    /// Why nothing of this name can be taken in; nil if it can.
    static func refusal(of name: RawName) -> String? {
        guard let text = name.text else { return "has a name that is not UTF-8" }
        let isUnsafe = text.unicodeScalars.contains {
            [.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
        if isUnsafe { return "has control characters in its name" }
        if name.bytes.count > longest { return "has a path of more than \(longest) bytes" }
        guard TreePath(text)?.text.utf8.elementsEqual(name.bytes) == true else {
            return "has a name that a dataset cannot hold"
        }
        return nil
    }

    /// True if the name or a folder on its way is ignored.
    static func isIgnored(_ name: RawName) -> Bool {
        var folder = RawName.top
        for component in name.components {
            folder = folder.appending(component)
            if meaning(of: folder) == .ignored { return true }
        }
        return false
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool {
        suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
