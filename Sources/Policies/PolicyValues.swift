import Documents
package import Domain
package import Foundation

extension PolicyFile {
    /// The policy with blocks and defaults filled in, key by key: `gates[1].max_drop` to `0.01`. Throws every mistake found.
    package static func values(
        _ bytes: Data, file: String = name, blocks: [TreePath: Data] = [:]
    ) throws(Complaints) -> [String: String] {
        let expanded = try expanded(bytes, file: file, blocks: blocks)
        let document = try Document(Data(expanded.utf8), file: file)
        var values: [String: String] = [:]
        if let root = document.root { add(root, "", &values) }
        return values
    }

    private static func add(_ node: Document.Node, _ key: String, _ values: inout [String: String]) {
        switch node {
        case .scalar(let text, _, _): values[key] = text
        case .sequence(let items, _):
            if items.isEmpty { values[key] = "[]" }
            for (index, item) in items.enumerated() { add(item, "\(key)[\(index)]", &values) }
        case .mapping(let entries, _):
            if entries.isEmpty { values[key] = "{}" }
            for entry in entries { add(entry.value, key.isEmpty ? entry.key : "\(key).\(entry.key)", &values) }
        }
    }
}
