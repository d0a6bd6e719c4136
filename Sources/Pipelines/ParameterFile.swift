import Documents
import Domain
import Foundation

/// A file of parameters, read by its suffix.
struct ParameterFile {
    private let file: TreePath
    private let root: JSONValue

    init(_ bytes: Data, file: TreePath) throws(Complaints) {
        if let sentence = unreadable(file) { throw Complaints([Complaint(file: file.text, message: sentence)]) }
        let document = try Document(bytes, file: file.text)
        let root = document.root?.json ?? .object([:])
        guard case .object = root == .null ? .object([:]) : root else {
            throw Complaints([Complaint(file: file.text, message: "parameters are a mapping of names to values")])
        }
        self.file = file
        self.root = root
    }

    /// No keys: all that stand at the top.
    func values(of keys: [String]) throws(Complaints) -> [String: String] {
        let top: [String] = if case .object(let members) = root { members.keys.sorted() } else { [] }
        var values: [String: String] = [:]
        var missing: [Complaint] = []
        for key in keys.isEmpty ? top : keys {
            if let value = keys.isEmpty ? root[key] : value(at: key) {
                values["\(file):\(key)"] = Canonical.text(of: comparable(value))
            } else {
                let advice = Spelling.nearest(to: key, in: top).map { "did you mean '\($0)'?" }
                missing.append(
                    Complaint(file: file.text, message: "there is no parameter '\(key)'", advice: advice))
            }
        }
        guard missing.isEmpty else { throw Complaints(missing) }
        return values
    }

    /// As DVC: a name with a dot in it cannot be reached; an index may count from the end.
    private func value(at key: String) -> JSONValue? {
        var value = root
        for step in key.split(separator: ".", omittingEmptySubsequences: false) {
            switch value {
            case .object(let members):
                guard let member = members[String(step)] else { return nil }
                value = member
            case .array(let items):
                guard let index = Int(step) else { return nil }
                let position = index < 0 ? items.count + index : index
                guard items.indices.contains(position) else { return nil }
                value = items[position]
            case .null, .bool, .integer, .number, .string: return nil
            }
        }
        return value
    }
}

/// The sentence for a file whose suffix DVC reads in a way that is not read here; nil for all others, which are YAML
/// or JSON.
func unreadable(_ file: TreePath) -> String? {
    let suffixes = [".toml": "TOML", ".py": "Python"]
    guard let format = suffixes.first(where: { file.text.hasSuffix($0.key) })?.value else { return nil }
    return "parameters in \(format) ('\(file)') are not read yet; YAML and JSON are"
}

/// Equal numbers made the same; what JSON has no number for made unlike every text.
func comparable(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number(let number) where !number.isFinite: .object(["float": .string("\(number)")])
    case .number(let number): Int64(exactly: number).map(JSONValue.integer) ?? value
    case .array(let items): .array(items.map(comparable))
    case .object(let members): .object(members.mapValues(comparable))
    case .null, .bool, .integer, .string: value
    }
}
