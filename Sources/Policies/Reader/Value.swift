import Documents
import Domain

/// A value of the policy that has the shape its key asks for, with its place.
struct Value {
    enum Content {
        case text(String)
        /// Also durations in seconds and sizes in bytes.
        case number(Double)
        /// 0.02 for `2%`.
        case share(Double)
        case truth(Bool)
        case list([Value])
        case mapping([Field])
        /// Whatever the file says there; looked at elsewhere.
        case anything
        /// Given, but not of the right shape, which was complained about.
        case broken
    }

    struct Field {
        var key: String
        var place: Document.Place
        var value: Value
    }

    var content: Content
    var place: Document.Place
    /// A scalar as it is written.
    var written = ""

    subscript(key: String) -> Value? { fields.first { $0.key == key }?.value }

    var isBroken: Bool {
        if case .broken = content { true } else { false }
    }

    var fields: [Field] {
        if case .mapping(let fields) = content { fields } else { [] }
    }

    var items: [Value] {
        if case .list(let items) = content { items } else { [] }
    }

    var text: String? {
        if case .text(let text) = content { text } else { nil }
    }

    /// Never inlined: the optimiser of Swift 6.3.1 fails on a chain of `?.` that ends in an enum's payload.
    @inline(never)
    var number: Double? {
        if case .number(let number) = content { number } else { nil }
    }

    /// Never inlined, as `number`.
    @inline(never)
    var margin: Margin? {
        switch content {
        case .number(let amount): .absolute(amount)
        case .share(let share): .relative(share)
        case .text, .truth, .list, .mapping, .anything, .broken: nil
        }
    }

    func field(_ key: String) -> Field? { fields.first { $0.key == key } }

    /// The whole number below a key.
    func whole(_ key: String) -> Int64? {
        guard let number = self[key]?.number else { return nil }
        return Int64(exactly: number.rounded(.down))
    }

    var truth: Bool? {
        if case .truth(let truth) = content { truth } else { nil }
    }

    /// A text alone, or every text of a list.
    var texts: [String] {
        text.map { [$0] } ?? items.compactMap(\.text)
    }

    /// A text of several lines is one script in which the first command that fails ends it.
    var commands: [String] {
        texts.map { text in
            var lines = text[...]
            while let last = lines.last, last.isWhitespace { lines.removeLast() }
            return lines.contains { $0.isNewline } ? "set -e\n" + lines : String(lines)
        }
    }

    /// A scalar alone, or every item of a list.
    var each: [Value] {
        if case .list(let items) = content { items } else { [self] }
    }
}
