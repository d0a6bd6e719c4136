import Domain

/// What a metric's name and the policy say about its numbers: unit, and which way is better.
struct Measure {
    let name: String
    let direction: Direction
    let isSize: Bool
    let isDuration: Bool

    /// A gate knows better than a name which way is better.
    init(_ name: String, gates: [Gate]) {
        self.name = name
        let words = Set(name.prefix(200).lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
        isSize = words.contains("bytes")
        isDuration = words.contains("seconds")
        direction = Direction.of(name, gates: gates)
    }

    /// `↑` if higher is better, `↓` if lower is, else nothing.
    var arrow: String {
        switch direction {
        case .higher: "↑"
        case .lower: "↓"
        case .unknown: ""
        }
    }

    /// One number.
    func text(_ value: Double) -> String {
        isSize ? Numbers.bytes(value) : isDuration ? Numbers.duration(value) : Numbers.text(value)
    }

    /// Two numbers that look different if they are.
    func distinct(_ left: Double, _ right: Double) -> (String, String) {
        if isDuration {
            let pair = (Numbers.duration(left), Numbers.duration(right))
            if left == right || pair.0 != pair.1 { return pair }
            let texts = Numbers.distinct(left, right)
            return (texts.0 + " s", texts.1 + " s")
        }
        guard isSize else { return Numbers.distinct(left, right) }
        let pair = (Numbers.bytes(left), Numbers.bytes(right))
        if left == right || pair.0 != pair.1 { return pair }
        let finer = (Numbers.bytes(left, decimals: 2), Numbers.bytes(right, decimals: 2))
        if finer.0 != finer.1 { return finer }
        guard let before = Int64(exactly: left), let now = Int64(exactly: right) else {
            return ("\(left) bytes", "\(right) bytes")
        }
        return (Numbers.count(before) + " bytes", Numbers.count(now) + " bytes")
    }

    /// Two numbers and their difference for a row of a table.
    func row(from left: Double, to right: Double) -> (left: String, right: String, difference: String) {
        guard isSize || isDuration else { return Numbers.row(from: left, to: right) }
        let pair = distinct(left, right)
        guard left.isFinite, right.isFinite else { return (pair.0, pair.1, "") }
        let gap = isSize ? Numbers.bytes(abs(right - left)) : Numbers.duration(abs(right - left))
        return (pair.0, pair.1, right == left ? "0" : (right > left ? "+" : "−") + gap)
    }

    /// `↑ better`, `↓ worse`, `=`; only an arrow where the direction is not known.
    func mark(from left: Double, to right: Double) -> String {
        if left == right { return "=" }
        guard left.isFinite, right.isFinite else { return "" }
        let arrow = right > left ? "↑" : "↓"
        switch direction {
        case .higher: return arrow + (right > left ? " better" : " worse")
        case .lower: return arrow + (right < left ? " better" : " worse")
        case .unknown: return arrow
        }
    }
}
