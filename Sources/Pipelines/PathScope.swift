import Domain

/// A folder of the repository against which paths are read; no components: its root.
struct PathScope {
    private let components: [String]

    init(_ components: [String]) { self.components = components }

    /// Nil if the path leaves the repository, is absolute, goes into `.git` or holds control characters.
    func entering(_ text: String) -> PathScope? {
        guard !text.hasPrefix("/"), !text.isEmpty else { return nil }
        var inner = components
        for part in text.split(separator: "/") where part != "." {
            if part == ".." {
                guard inner.popLast() != nil else { return nil }
            } else {
                inner.append(String(part))
            }
        }
        guard inner.isEmpty || TreePath(inner.joined(separator: "/")) != nil else { return nil }
        return PathScope(inner)
    }

    /// Nil for the root.
    var path: TreePath? { TreePath(components.joined(separator: "/")) }
}
