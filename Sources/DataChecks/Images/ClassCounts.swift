import Domain
import Host

/// How many images each class has: the folders at the top are the classes.
struct ClassCounts: Sendable {
    let rules: ImageRules
    private var counts: [String: Int64] = [:]

    init(_ rules: ImageRules) { self.rules = rules }

    /// True if a rule is about classes.
    var areAsked: Bool { rules.classes != nil || rules.minPerClass != nil || rules.maxPerClass != nil }

    mutating func add(_ name: String) { counts[name, default: 0] += 1 }

    /// By reason, then by class. Of each reason the first ten classes have a finding of their own, the rest one
    /// together.
    var findings: [DataFinding] {
        guard areAsked else { return [] }
        let wanted = rules.classes.map(Set.init)
        let found = counts.sorted { $0.key < $1.key }
        let expected = found.filter { wanted?.contains($0.key) ?? true }
        var findings = limited(
            (rules.classes ?? []).filter { counts[$0] == nil }.map { ($0, 0) }, more: "have no image",
            { name, _ in "the class '\(name)' has no image" })
        if let least = rules.minPerClass {
            findings += limited(
                expected.filter { $0.value < least }, more: "have fewer than \(least) images",
                { "the class '\($0)' has \(images($1)), fewer than \(least)" })
        }
        if let most = rules.maxPerClass {
            findings += limited(
                expected.filter { $0.value > most }, more: "have more than \(most) images",
                { "the class '\($0)' has \(images($1)), more than \(most)" })
        }
        if let wanted {
            findings += limited(
                found.filter { !wanted.contains($0.key) }, more: "should not be there",
                { "the class '\($0)' should not be there; it has \(images($1))" })
        }
        return findings
    }

    /// The finding of one file in such a class.
    static func stranger(_ file: String, in name: String) -> DataFinding {
        DataFinding(
            check: "class-count", file: file.shown(), value: name.shown(),
            message: "the file '\(file.shown())' lies in '\(name.shown())', which is none of the classes")
    }

    private func limited(
        _ classes: [(key: String, value: Int64)], more words: String, _ message: (String, Int64) -> String
    ) -> [DataFinding] {
        let findings = classes.prefix(10).map { name, count in
            DataFinding(
                check: "class-count", file: name.shown(), count: count, value: name.shown(),
                message: message(name.shown(), count))
        }
        guard classes.count > 10 else { return findings }
        let first = classes[10].key.shown()
        return findings + [
            DataFinding(
                check: "class-count", file: first, count: Int64(classes.count - 10), value: first,
                message: "\(classes.count - 10) more classes \(words), the first of them '\(first)'")
        ]
    }

    private func images(_ count: Int64) -> String { count == 1 ? "1 image" : "\(count) images" }
}
