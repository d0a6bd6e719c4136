import Documents
import Domain

/// Puts the values of parameters into a block's policy.
///
/// A parameter that is null takes away the key, or the item of a list, in whose value it stands; a mapping of which
/// nothing is left goes with it, and so does a gate that would then be about something else, and a rule of a dataset
/// that lacks a key it cannot do without.
struct FillIn {
    let parameters: [String: Document.Node]
    var reading: Reading
    /// Bytes that may still be filled in, so that no block can grow without end.
    private var room = 1 << 20

    init(_ parameters: [String: Document.Node], reading: Reading) {
        self.parameters = parameters
        self.reading = reading
    }

    /// What a parameter's value has become.
    private enum Filled<Result> {
        case kept(Result)
        case dropped
    }

    mutating func policy(_ node: Document.Node) -> Document.Node {
        guard case .mapping(let entries, let place) = node else { return node }
        var kept: [Document.Entry] = []
        for entry in entries {
            if entry.key == "gates", case .sequence(let gates, let place) = entry.value {
                let value = Document.Node.sequence(gates.compactMap { gate($0) }, place)
                kept.append(Document.Entry(key: entry.key, keyPlace: entry.keyPlace, value: value))
            } else if let value = fill(entry.value, entry.key == "datasets" ? Language.root["datasets"]?.shape : nil) {
                kept.append(Document.Entry(key: entry.key, keyPlace: entry.keyPlace, value: value))
            }
        }
        return .mapping(kept, place)
    }

    private mutating func gate(_ node: Document.Node) -> Document.Node? {
        guard let filled = fill(node) else { return nil }
        let before = Set((node.entries ?? []).map(\.key))
        let lost = before.subtracting((filled.entries ?? []).map(\.key))
        if !lost.isDisjoint(with: GateKey.subjects) { return nil }
        let conditions = before.intersection(GateKey.conditions)
        return !conditions.isEmpty && conditions.isSubset(of: lost) ? nil : filled
    }

    /// - Parameter shape: what is expected there, where that decides what goes with a key.
    private mutating func fill(_ node: Document.Node, _ shape: Shape? = nil) -> Document.Node? {
        switch node {
        case .scalar(let text, let quoted, let place): return scalar(text, quoted, place)
        case .sequence(let items, let place):
            let kept = items.compactMap { fill($0) }
            return kept.isEmpty && !items.isEmpty ? nil : .sequence(kept, place)
        case .mapping(let entries, let place):
            var kept: [Document.Entry] = []
            for entry in entries {
                guard let key = key(entry), let value = fill(entry.value, shape?.below(entry.key)) else {
                    if case .mapping(let mapping) = shape, mapping[entry.key]?.required == true { return nil }
                    continue
                }
                if kept.contains(where: { $0.key == key.text }) {
                    reading.complain(key.place, "'\(key.text)' is given twice", advice: "keep one of them")
                }
                kept.append(Document.Entry(key: key.text, keyPlace: key.place, value: value))
            }
            return kept.isEmpty && !entries.isEmpty ? nil : .mapping(kept, place)
        }
    }

    private mutating func key(_ entry: Document.Entry) -> (text: String, place: Document.Place)? {
        let parts = Placeholder.parts(of: entry.key)
        guard case .kept(let text) = text(parts, entry.keyPlace) else { return nil }
        return (text, entry.keyPlace.filled(fillings(of: parts)))
    }

    private mutating func scalar(_ text: String, _ quoted: Bool, _ place: Document.Place) -> Document.Node? {
        let parts = Placeholder.parts(of: text)
        let place = place.filled(fillings(of: parts))
        if case .parameter(let name) = parts.first, parts.count == 1 {
            guard let value = value(name) else { return nil }
            guard take(value.weight, place) else { return nil }
            return value.moved(to: place)
        }
        guard case .kept(let filled) = self.text(parts, place) else { return nil }
        // A text that holds a parameter stays a text: `$(a)$(b)` is never a number.
        return .scalar(text: filled, quoted: quoted || !fillings(of: parts).isEmpty, place)
    }

    private mutating func text(_ parts: [Placeholder.Part], _ place: Document.Place) -> Filled<String> {
        var filled = ""
        for part in parts {
            switch part {
            case .text(let text): filled += text
            case .parameter(let name):
                guard let value = value(name) else { return .dropped }
                guard let text = value.scalarText else {
                    reading.complain(
                        place, "'$(\(name))' stands inside a text, and its value is \(value.what)",
                        advice: "give one value")
                    return .dropped
                }
                guard take(text.utf8.count, place) else { return .dropped }
                filled += text
            }
        }
        return .kept(filled)
    }

    /// Nil for null. What is no parameter was complained about when the block was read.
    private func value(_ name: String) -> Document.Node? {
        guard let value = parameters[name], !value.isNull else { return nil }
        return value
    }

    private mutating func take(_ bytes: Int, _ place: Document.Place) -> Bool {
        let before = room
        room -= min(bytes, room + 1)
        if room < 0, before >= 0 {
            reading.complain(place, "the block grows beyond 1 MiB when its parameters are filled in")
        }
        return room >= 0
    }

    private func fillings(of parts: [Placeholder.Part]) -> [Document.Place.Filling] {
        var fillings: [Document.Place.Filling] = []
        for case .parameter(let name) in parts {
            guard let value = parameters[name], !fillings.contains(where: { $0.parameter == name }) else { continue }
            fillings.append(Document.Place.Filling(parameter: name, place: value.place))
        }
        return fillings
    }
}

extension Shape {
    /// The shape of a key's value.
    fileprivate func below(_ key: String) -> Shape? {
        switch self {
        case .mapping(let mapping): mapping[key]?.shape
        case .named(_, let inner), .columns(let inner): inner
        default: nil
        }
    }
}

extension Document.Node {
    /// About how many bytes the node takes as text.
    fileprivate var weight: Int {
        switch self {
        case .scalar(let text, _, _): text.utf8.count + 1
        case .sequence(let items, _): items.reduce(2) { $0 + $1.weight }
        case .mapping(let entries, _): entries.reduce(2) { $0 + $1.key.utf8.count + $1.value.weight }
        }
    }

    /// The same value at another place; what it holds stays where it was given.
    fileprivate func moved(to place: Document.Place) -> Document.Node {
        switch self {
        case .scalar(let text, let quoted, _): .scalar(text: text, quoted: quoted, place)
        case .sequence(let items, _): .sequence(items, place)
        case .mapping(let entries, _): .mapping(entries, place)
        }
    }
}
