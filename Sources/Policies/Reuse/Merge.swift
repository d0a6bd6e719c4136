import Documents
import Domain

/// Lays one policy over another: mappings are merged key by key, everything else of the upper one wins, and gates add
/// up.
enum Merge {
    /// Both are mappings, or the upper one wins.
    static func policy(_ upper: Document.Node, over lower: Document.Node) -> Document.Node {
        guard case .mapping(let above, let place) = upper, case .mapping(let below, _) = lower else { return upper }
        return .mapping(entries(above, below, joiningGates: true), place)
    }

    private static func entries(
        _ above: [Document.Entry], _ below: [Document.Entry], joiningGates: Bool = false
    ) -> [Document.Entry] {
        let lower = Dictionary(below.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let upper = Set(above.map(\.key))
        let merged = above.compactMap { entry -> Document.Entry? in
            guard let beneath = lower[entry.key] else { return entry }
            // Null in the place of a block's value takes it away.
            if entry.value.isNull { return nil }
            let value =
                joiningGates && entry.key == "gates"
                ? gates(entry.value, after: beneath) : node(entry.value, over: beneath)
            return Document.Entry(key: entry.key, keyPlace: entry.keyPlace, value: value)
        }
        return merged + below.filter { !upper.contains($0.key) }
    }

    private static func node(_ upper: Document.Node, over lower: Document.Node) -> Document.Node {
        guard case .mapping(let above, let place) = upper, case .mapping(let below, _) = lower else { return upper }
        return .mapping(entries(above, below), place)
    }

    /// The lower gates without the conditions that the upper ones state anew, then the upper ones.
    private static func gates(_ upper: Document.Node, after lower: Document.Node) -> Document.Node {
        guard case .sequence(let above, let place) = upper, case .sequence(let below, _) = lower else { return upper }
        let stated = Set(above.flatMap { GateKey.keys(of: $0).map(\.key) })
        let kept = below.compactMap { gate -> Document.Node? in
            guard case .mapping(let entries, let place) = gate else { return gate }
            let keys = GateKey.keys(of: gate)
            let replaced = Set(keys.filter { stated.contains($0.key) }.map(\.condition))
            if replaced.isEmpty { return gate }
            return replaced.count == keys.count ? nil : .mapping(entries.filter { !replaced.contains($0.key) }, place)
        }
        return .sequence(kept + above, place)
    }
}

/// What a condition of a gate is about: two with the same key state the same thing.
struct GateKey: Hashable {
    var metric: String
    var slice: String?
    var reference: String?
    var kind: String

    static let conditions: Set = [
        "min", "max", "max_drop", "max_rise", "min_rise", "min_drop", "max_gap", "require", "command",
    ]
    /// Without one of these a gate is about something else.
    static let subjects: Set = ["metric", "slice", "against", "name"]
    private static let comparing: Set = ["max_drop", "max_rise", "min_rise", "min_drop"]

    /// The key of each condition of a gate, by the name of the condition.
    static func keys(of gate: Document.Node) -> [(condition: String, key: GateKey)] {
        let metric = gate["metric"]?.scalarText ?? gate["name"]?.scalarText ?? "*"
        return (gate.entries ?? []).filter { conditions.contains($0.key) }.map { entry in
            let isComparing = comparing.contains(entry.key)
            let kind = entry.key == "require" ? "require \(entry.value.scalarText ?? "")" : entry.key
            let key = GateKey(
                metric: metric, slice: gate["slice"]?.scalarText,
                reference: isComparing ? gate["against"]?.scalarText ?? "champion" : nil, kind: kind)
            return (entry.key, key)
        }
    }
}
