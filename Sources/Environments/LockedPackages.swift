package import Domain
package import Foundation

/// The packages that a lock file names, for people who want to know what changed. Nothing is installed from it.
package enum LockedPackages {
    /// Versions by name, from pip's format or from a `uv.lock`; a package that is locked more than once, for different
    /// machines, has all its versions. Lines that say nothing of a version are passed over.
    package static func versions(_ bytes: Data, lock: TreePath?) -> [String: String] {
        let text = String(decoding: bytes, as: UTF8.self)
        let pairs = lock?.text.hasSuffix("uv.lock") == true ? uvPairs(text) : pipPairs(text)
        return Dictionary(grouping: pairs, by: \.name)
            .mapValues { Set($0.map(\.version)).sorted().joined(separator: ", ") }
    }

    /// `name==version` at the beginning of a line.
    private static func pipPairs(_ text: String) -> [(name: String, version: String)] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            guard let equals = line.firstRange(of: "=="), let first = line.first, first.isLetter || first.isNumber
            else { return nil }
            let name = line[..<equals.lowerBound].prefix { $0 != "[" }.trimmingCharacters(in: .whitespaces)
            let version = line[equals.upperBound...].prefix { !$0.isWhitespace && $0 != ";" && $0 != "\\" }
            return name.isEmpty || version.isEmpty ? nil : (name.lowercased(), String(version))
        }
    }

    /// The first `name` and `version` below each `[[package]]`.
    private static func uvPairs(_ text: String) -> [(name: String, version: String)] {
        var pairs: [(name: String, version: String)] = []
        var name: String?
        var isPackage = false
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("[") {
                isPackage = line.hasPrefix("[[package]]")
                if isPackage { name = nil }
            } else if isPackage, let value = quoted(line, key: "name") {
                name = name ?? value
            } else if isPackage, let version = quoted(line, key: "version"), let known = name {
                pairs.append((known, version))
                isPackage = false
            }
        }
        return pairs
    }

    private static func quoted(_ line: Substring, key: String) -> String? {
        guard line.hasPrefix(key + " = \""), line.hasSuffix("\"") else { return nil }
        return String(line.dropFirst(key.count + 4).dropLast())
    }
}
