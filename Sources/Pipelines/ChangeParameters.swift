import Documents
package import Domain
package import Foundation

extension Pipeline {
    /// A file of parameters with some of them changed, and every other byte as it was. Keys are dotted, with list indexes;
    /// values are YAML (in a JSON file they become JSON).
    ///
    /// The result was read again: the parameters that were asked for have their new values and no other has changed. A
    /// missing key is a complaint that names the nearest; so is a value that cannot be put in place (it stands over several
    /// lines, or an alias shares it).
    package static func changing(
        _ changes: [String: String], of file: TreePath, in bytes: Data
    ) throws(Complaints) -> Data {
        if let sentence = unreadable(file) { throw Complaints([Complaint(file: file.text, message: sentence)]) }
        var bytes = bytes
        for (key, value) in changes.sorted(by: { $0.key < $1.key }) {
            bytes = try ParameterChange(file: file, key: key, value: value).apply(to: bytes)
        }
        return bytes
    }
}

/// One value of a file of parameters, to be changed in place.
private struct ParameterChange {
    let file: TreePath
    let key: String
    let value: String

    func apply(to bytes: Data) throws(Complaints) -> Data {
        let wanted = try newValue()
        guard let root = try Document(bytes, file: file.text).root else { throw missing(in: nil) }
        let steps = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let node = node(root, steps) else { throw missing(in: root) }
        guard let target = replaced(root.json, steps[...], by: wanted) else { throw missing(in: root) }
        let goal = Canonical.text(of: comparable(target))
        let text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        guard let start = offset(of: node.place, in: text) else { throw fixed(node.place) }
        let isJSON = file.text.lowercased().hasSuffix(".json")
        let json = Canonical.text(of: wanted)
        let writings = isJSON ? [json] : [value.trimmingCharacters(in: .whitespaces), json]
        for end in ends(from: start, in: text) {
            for writing in writings {
                // Nothing stands behind a key whose value is empty.
                let gap = end == start && start > 0 && !text[start - 1].properties.isWhitespace ? " " : ""
                var changed = String.UnicodeScalarView(text[..<start])
                changed.append(contentsOf: (gap + writing).unicodeScalars)
                changed.append(contentsOf: text[end...])
                let result = Data(String(changed).utf8)
                guard let read = try? Document(result, file: file.text).root?.json else { continue }
                if Canonical.text(of: comparable(read)) == goal { return result }
            }
        }
        throw fixed(node.place)
    }

    private func newValue() throws(Complaints) -> JSONValue {
        guard value.utf8.count <= 1000, !value.contains(where: \.isNewline),
            let root = try? Document(Data("v: \(value)\n".utf8), file: "value.yaml").root, let node = root["v"]
        else { throw complaint("the new value of '\(key.brief(80))' is not YAML on one line") }
        return node.json
    }

    private func node(_ root: Document.Node, _ steps: [String]) -> Document.Node? {
        var node = root
        for step in steps {
            if let member = node[step] {
                node = member
            } else if let items = node.items, let index = Int(step), items.indices.contains(index) {
                node = items[index]
            } else {
                return nil
            }
        }
        return node
    }

    private func replaced(_ json: JSONValue, _ steps: ArraySlice<String>, by new: JSONValue) -> JSONValue? {
        guard let step = steps.first else { return new }
        switch json {
        case .object(var members):
            guard let old = members[step], let value = replaced(old, steps.dropFirst(), by: new) else { return nil }
            members[step] = value
            return .object(members)
        case .array(var items):
            guard let index = Int(step), items.indices.contains(index),
                let value = replaced(items[index], steps.dropFirst(), by: new)
            else { return nil }
            items[index] = value
            return .array(items)
        case .null, .bool, .integer, .number, .string: return nil
        }
    }

    // MARK: Places

    private func offset(of place: Document.Place, in text: [Unicode.Scalar]) -> Int? {
        guard place.file == nil else { return nil }
        var (line, index) = (1, 0)
        while line < place.line {
            guard let newline = text[index...].firstIndex(of: "\n") else { return nil }
            (line, index) = (line + 1, newline + 1)
        }
        let offset = index + place.column - 1
        return offset <= text.count ? offset : nil
    }

    /// Where the value may end; the first that gives the right document is right.
    private func ends(from start: Int, in text: [Unicode.Scalar]) -> [Int] {
        let lineEnd = text[start...].firstIndex { $0 == "\n" || $0 == "\r" } ?? text.count
        guard start < lineEnd else { return [start] }
        switch text[start] {
        case "\"", "'": return quoted(from: start, to: lineEnd, in: text).map { [$0] } ?? []
        case "[", "{": return bracketed(from: start, to: lineEnd, in: text).map { [$0] } ?? []
        default: break
        }
        func trimmed(_ end: Int) -> Int {
            var end = end
            while end > start, text[end - 1] == " " || text[end - 1] == "\t" { end -= 1 }
            return end
        }
        var comment = lineEnd
        for index in start..<lineEnd where text[index] == "#" {
            if index == start || text[index - 1] == " " || text[index - 1] == "\t" {
                comment = index
                break
            }
        }
        let flow = text[start..<lineEnd].firstIndex { $0 == "," || $0 == "]" || $0 == "}" } ?? lineEnd
        return [trimmed(comment), trimmed(flow), start]
    }

    private func quoted(from start: Int, to end: Int, in text: [Unicode.Scalar]) -> Int? {
        let quote = text[start]
        var index = start + 1
        while index < end {
            if quote == "\"", text[index] == "\\" {
                index += 2
            } else if text[index] == quote {
                guard quote == "'", index + 1 < end, text[index + 1] == "'" else { return index + 1 }
                index += 2
            } else {
                index += 1
            }
        }
        return nil
    }

    private func bracketed(from start: Int, to end: Int, in text: [Unicode.Scalar]) -> Int? {
        var (depth, index) = (0, start)
        while index < end {
            switch text[index] {
            case "[", "{": depth += 1
            case "]", "}":
                depth -= 1
                if depth == 0 { return index + 1 }
            case "\"", "'":
                guard let behind = quoted(from: index, to: end, in: text) else { return nil }
                index = behind - 1
            default: break
            }
            index += 1
        }
        return nil
    }

    // MARK: Complaints

    private func missing(in root: Document.Node?) -> Complaints {
        var keys: [String] = []
        func collect(_ node: Document.Node, _ prefix: String) {
            for entry in node.entries ?? [] where keys.count < 10_000 {
                let name = prefix + entry.key
                keys.append(name)
                collect(entry.value, name + ".")
            }
        }
        if let root { collect(root, "") }
        let near =
            Spelling.nearest(to: key, in: keys)
            ?? keys.first { $0.hasSuffix("." + key) }
            ?? Spelling.nearest(
                to: key.split(separator: ".").last.map(String.init) ?? key,
                in: keys.filter { !$0.contains(".") })
        let some = keys.prefix(10).joined(separator: ", ")
        return complaint(
            "there is no parameter '\(key.brief(80))'",
            advice: near.map { "did you mean '\($0)'?" } ?? (some.isEmpty ? nil : "the parameters are \(some)"))
    }

    private func fixed(_ place: Document.Place) -> Complaints {
        Complaints([
            Complaint(
                file: file.text, at: place, "'\(key.brief(80))' cannot be changed in place",
                advice: "only a value on one line, which nothing else shares, can be")
        ])
    }

    private func complaint(_ message: String, advice: String? = nil) -> Complaints {
        Complaints([Complaint(file: file.text, message: message, advice: advice)])
    }
}
