import Documents
import Domain

/// One entry of `use:`: which block, with what values for its parameters.
struct BlockUse {
    enum Source: Hashable {
        /// By the name under which it comes with Sluice.
        case shipped(String)
        case file(TreePath)
    }

    /// A value for a parameter, as the user wrote it.
    struct Argument {
        var name: String
        var place: Document.Place
        var node: Document.Node
    }

    var source: Source
    /// Where the block is named.
    var place: Document.Place
    var arguments: [Argument]

    static let limit = 20

    /// The entries below `use`, in the order of the file; what is wrong is complained about in `reading`.
    static func read(_ node: Document.Node, _ reading: inout Reading) -> [BlockUse] {
        let nodes = node.items ?? [node]
        if nodes.count > limit {
            reading.complain(node.place, "'use' names \(nodes.count) blocks, and at most \(limit) can be used")
            return []
        }
        var shape = ShapeCheck(reading: reading)
        for node in nodes { _ = shape.check(node, Language.block, "use") }
        let isSound = shape.reading.complaints.count == reading.complaints.count
        reading = shape.reading
        guard isSound else { return [] }
        return nodes.compactMap { entry($0, &reading) }
    }

    private static func entry(_ node: Document.Node, _ reading: inout Reading) -> BlockUse? {
        let name = node["block"] ?? node
        guard let text = name.scalarText, let source = source(text, name.place, &reading) else { return nil }
        let arguments = (node["with"]?.entries ?? []).map {
            Argument(name: $0.key, place: $0.keyPlace, node: $0.value)
        }
        return BlockUse(source: source, place: name.place, arguments: arguments)
    }

    private static func source(_ text: String, _ place: Document.Place, _ reading: inout Reading) -> Source? {
        guard text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml") else {
            if ShippedBlocks.texts[text] != nil { return .shipped(text) }
            let names = ShippedBlocks.names
            let near = Spelling.nearest(to: text, in: names)
            reading.complain(
                place, "there is no block '\(text)'",
                advice: near.map { "did you mean '\($0)'?" }
                    ?? "shipped are \(names.joined(separator: ", ")); a file of the repository is written './policies/ours.yaml'"
            )
            return nil
        }
        guard let path = TreePath(text) else {
            reading.complain(
                place, "'use': '\(text)' is not a path inside the repository",
                advice: "write it from the root of the repository, without '..'")
            return nil
        }
        return .file(path)
    }
}

extension BlockUse.Source {
    /// The block as complaints and origins name it.
    var shown: String {
        switch self {
        case .shipped(let name): name
        case .file(let path): path.text
        }
    }
}
