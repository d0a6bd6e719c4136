import Domain

/// Builds a document from YAML events within the limits.
struct YAMLComposer {
    private typealias Event = YAMLEvents.Event
    /// A node, how many values it stands for when every alias is written out, and how deep they nest.
    private typealias Weighed = (node: Document.Node, weight: Int, height: Int)

    private let file: String
    private var anchors: [String: (node: Document.Node, weight: Int, height: Int)] = [:]
    private var aliases = 0
    private var aliasedValues = 0
    private var complaints: [Complaint] = []

    /// The root of the one document in the bytes; nil if there is nothing in it.
    static func compose(_ bytes: [UInt8], file: String) throws(Complaints) -> Document.Node? {
        try bytes.withUnsafeBufferPointer { (buffer) throws(Complaints) in
            var events = try YAMLEvents(buffer, file: file)
            var composer = YAMLComposer(file: file)
            return try composer.document(&events)
        }
    }

    private init(file: String) {
        self.file = file
    }

    private mutating func document(_ events: inout YAMLEvents) throws(Complaints) -> Document.Node? {
        var root: Document.Node?
        var documents = 0
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd:
                if !complaints.isEmpty { throw Complaints(complaints) }
                return root.flatMap { $0.isNull ? nil : $0 }
            case .documentStart:
                documents += 1
                if documents > 1 {
                    throw stop(event.place, "a second document starts here", "keep one document in the file")
                }
            case .alias, .scalar, .sequenceStart, .mappingStart:
                root = try node(event, &events, depth: 1).node
            case .end, .other:
                continue
            }
        }
    }

    private mutating func node(
        _ event: Event, _ events: inout YAMLEvents, depth: Int
    ) throws(Complaints) -> Weighed {
        guard depth <= DocumentLimits.depth else {
            throw tooDeep(event.place)
        }
        let made: Weighed
        switch event.kind {
        case .alias(let name):
            let found = try expanded(name, at: event.place)
            guard depth + found.height - 1 <= DocumentLimits.depth else { throw tooDeep(event.place) }
            return found
        case .scalar(let text, let plain):
            let quoted = try isText(event, plain: plain)
            made = (.scalar(text: text, quoted: quoted, event.place), 1 + text.utf8.count / 64, 1)
        case .sequenceStart:
            try check(event.tag, allowed: ["seq"], at: event.place)
            made = try sequence(event, &events, depth: depth)
        case .mappingStart:
            try check(event.tag, allowed: ["map"], at: event.place)
            made = try mapping(event, &events, depth: depth)
        case .end, .documentStart, .streamEnd, .other:
            throw stop(event.place, "this is not valid YAML")
        }
        if let anchor = event.anchor { anchors[anchor] = made }
        return made
    }

    private mutating func expanded(_ name: String, at place: Document.Place) throws(Complaints) -> Weighed {
        guard let found = anchors[name] else {
            let advice = Spelling.nearest(to: name, in: anchors.keys.sorted()).map { "did you mean '*\($0)'?" }
            throw stop(place, "there is no anchor '&\(name)' before this alias", advice)
        }
        aliases += 1
        aliasedValues += found.weight
        guard aliases <= DocumentLimits.aliases else {
            throw stop(place, "more than \(DocumentLimits.aliases) aliases are used")
        }
        guard aliasedValues <= DocumentLimits.aliasedValues else {
            throw stop(place, "the aliases stand for more than \(DocumentLimits.aliasedValues) values")
        }
        return found
    }

    private mutating func sequence(
        _ start: Event, _ events: inout YAMLEvents, depth: Int
    ) throws(Complaints) -> Weighed {
        var items: [Document.Node] = []
        var weight = 1
        var height = 0
        while true {
            let event = try events.next()
            if case .end = event.kind { return (.sequence(items, start.place), weight, height + 1) }
            let item = try node(event, &events, depth: depth + 1)
            items.append(item.node)
            weight += item.weight
            height = max(height, item.height)
        }
    }

    private mutating func mapping(
        _ start: Event, _ events: inout YAMLEvents, depth: Int
    ) throws(Complaints) -> Weighed {
        var entries = EntryList()
        var merged: [Document.Node] = []
        var weight = 1
        var height = 0
        while true {
            let keyEvent = try events.next()
            if case .end = keyEvent.kind { break }
            let key = try node(keyEvent, &events, depth: depth + 1).node
            let value = try node(try events.next(), &events, depth: depth + 1)
            weight += value.weight + 1
            height = max(height, value.height)
            guard case .scalar(let text, let quoted, _) = key, !key.isNull else {
                complain(keyEvent.place, "a key must be a text", "put the key in quotes")
                continue
            }
            if text == "<<", !quoted {
                merged.append(value.node)
                continue
            }
            let entry = Document.Entry(key: text, keyPlace: keyEvent.place, value: value.node)
            if let complaint = entries.add(entry, file: file) { complain(complaint) }
        }
        for node in merged { merge(node, into: &entries) }
        return (.mapping(entries.all, start.place), weight, height + 1)
    }

    /// `<<`: the keys of the named mappings that are not given here; of several mappings, the earlier wins.
    private mutating func merge(_ node: Document.Node, into entries: inout EntryList) {
        switch node {
        case .mapping(let others, _):
            for entry in others { entries.addIfMissing(entry) }
        case .sequence(let nodes, _) where nodes.allSatisfy({ $0.entries != nil }):
            for node in nodes { merge(node, into: &entries) }
        case .scalar, .sequence:
            complain(node.place, "'<<' takes a mapping or a list of mappings, found \(node.what)")
        }
    }

    /// True if a scalar is text whatever it looks like.
    private func isText(_ event: Event, plain: Bool) throws(Complaints) -> Bool {
        guard let tag = event.tag else { return !plain }
        if tag == "!" || tag == Self.tagPrefix + "str" { return true }
        try check(tag, allowed: ["int", "float", "bool", "null"], at: event.place)
        return false
    }

    private static let tagPrefix = "tag:yaml.org,2002:"

    private func check(_ tag: String?, allowed: [String], at place: Document.Place) throws(Complaints) {
        guard let tag, tag != "!", !allowed.contains(where: { tag == Self.tagPrefix + $0 }) else { return }
        let shown = tag.hasPrefix(Self.tagPrefix) ? "!!" + tag.dropFirst(Self.tagPrefix.count) : tag
        throw stop(place, "the tag '\(shown)' cannot be used here", "remove it")
    }

    private mutating func complain(_ place: Document.Place, _ message: String, _ advice: String? = nil) {
        complain(Complaint(file: file, at: place, message, advice: advice))
    }

    private mutating func complain(_ complaint: Complaint) {
        if complaints.count < DocumentLimits.complaints { complaints.append(complaint) }
    }

    private func tooDeep(_ place: Document.Place) -> Complaints {
        stop(place, "values are nested more than \(DocumentLimits.depth) deep")
    }

    private func stop(_ place: Document.Place, _ message: String, _ advice: String? = nil) -> Complaints {
        Complaints(complaints + [Complaint(file: file, at: place, message, advice: advice)])
    }
}
