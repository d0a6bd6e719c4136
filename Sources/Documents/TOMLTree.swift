import Domain

/// A table of a TOML document while it is read: later lines may add to it.
struct TOMLTree {
    /// A part of a dotted key.
    struct Key {
        let text: String
        let place: Document.Place
    }

    private enum Value {
        case node(Document.Node)
        case table(TOMLTree)
    }

    private let place: Document.Place
    /// True once a `[header]` has named it.
    private var isNamed = false
    private var keys: [Key] = []
    private var values: [Value] = []
    private var places: [String: Int] = [:]

    init(at place: Document.Place) { self.place = place }

    /// Puts a value below a dotted key; a complaint if there is one already.
    mutating func add(_ node: Document.Node, below path: ArraySlice<Key>, file: String) -> Complaint? {
        guard let key = path.first else { return nil }
        if path.count == 1 {
            if let first = places[key.text] { return TOMLTree.twice(key, keys[first].place, file) }
            append(key, .node(node))
            return nil
        }
        return change(key, file) { $0.add(node, below: path.dropFirst(), file: file) }
    }

    /// Makes the table of a `[header]`; a complaint if that was done before, or if there is a value of that name.
    mutating func name(_ path: ArraySlice<Key>, file: String) -> Complaint? {
        guard let key = path.first else { return nil }
        let isLast = path.count == 1
        return change(key, file) { table in
            if !isLast { return table.name(path.dropFirst(), file: file) }
            if table.isNamed { return TOMLTree.twice(key, table.place, file) }
            table.isNamed = true
            return nil
        }
    }

    private mutating func change(_ key: Key, _ file: String, _ body: (inout TOMLTree) -> Complaint?) -> Complaint? {
        guard let index = places[key.text] else {
            var table = TOMLTree(at: key.place)
            let complaint = body(&table)
            append(key, .table(table))
            return complaint
        }
        guard case .table(var table) = values[index] else { return TOMLTree.twice(key, keys[index].place, file) }
        // The place is emptied first, so that the table is changed where it is.
        values[index] = .table(TOMLTree(at: place))
        let complaint = body(&table)
        values[index] = .table(table)
        return complaint
    }

    private mutating func append(_ key: Key, _ value: Value) {
        places[key.text] = keys.count
        keys.append(key)
        values.append(value)
    }

    private static func twice(_ key: Key, _ first: Document.Place, _ file: String) -> Complaint {
        Complaint(
            file: file, at: key.place,
            "'\(key.text)' is given twice, first at line \(first.line), column \(first.column); keep one of them")
    }

    var node: Document.Node {
        .mapping(
            zip(keys, values).map { key, value in
                let node =
                    switch value {
                    case .node(let node): node
                    case .table(let table): table.node
                    }
                return Document.Entry(key: key.text, keyPlace: key.place, value: node)
            }, place)
    }
}
