/// What a pattern says, as a tree.
indirect enum NamePatternNode {
    case nothing
    case letter(LetterSet)
    case start
    case end
    case wordEdge(Bool)
    case all([NamePatternNode])
    case either([NamePatternNode])
    case part(NamePatternNode, number: Int)
    case repeated(NamePatternNode, least: Int, most: Int?, isLazy: Bool)
    case found
}

/// Reads the text of a pattern.
struct NamePatternReader {
    private let text: [Unicode.Scalar]
    private var place = 0
    private var depth = 0
    private var ignoresCase = false
    /// The whole is part 0.
    private(set) var names: [String?] = [nil]

    private static let deepest = 50
    private static let mostRepeats = 1000

    init(_ text: [Unicode.Scalar]) { self.text = text }

    mutating func read() throws(NamePatternMistake) -> NamePatternNode {
        let node = try either()
        if place < text.count { throw NamePatternMistake("there is a ')' too many") }
        return node
    }

    private var next: Unicode.Scalar? { place < text.count ? text[place] : nil }

    private mutating func take(_ wanted: String) -> Bool {
        guard text[place...].starts(with: wanted.unicodeScalars) else { return false }
        place += wanted.unicodeScalars.count
        return true
    }

    private mutating func either() throws(NamePatternMistake) -> NamePatternNode {
        var ways = [try sequence()]
        while take("|") { ways.append(try sequence()) }
        return ways.count == 1 ? ways[0] : .either(ways)
    }

    private mutating func sequence() throws(NamePatternMistake) -> NamePatternNode {
        var nodes: [NamePatternNode] = []
        while let letter = next, letter != "|", letter != ")" { nodes.append(try repeated()) }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .nothing : .all(nodes)
    }

    private mutating func repeated() throws(NamePatternMistake) -> NamePatternNode {
        let node = try single()
        guard let (least, most) = try count() else { return node }
        let isLazy = take("?")
        if let letter = next, "*+?{".unicodeScalars.contains(letter) {
            throw NamePatternMistake("'\(letter)' follows what is repeated already")
        }
        return .repeated(node, least: least, most: most, isLazy: isLazy)
    }

    private mutating func count() throws(NamePatternMistake) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        let least = number()
        let isRange = take(",")
        let most = isRange ? number() : least
        guard take("}"), let low = least ?? most.map({ _ in 0 }) else {
            throw NamePatternMistake(#"'{' must be as in '{4}' or '{1,3}', or be written '\{'"#)
        }
        guard low <= Self.mostRepeats, most ?? low <= Self.mostRepeats, most.map({ $0 >= low }) ?? true else {
            throw NamePatternMistake("something is to be repeated more than \(Self.mostRepeats) times, or never")
        }
        return (low, most)
    }

    private mutating func number() -> Int? {
        let start = place
        while let letter = next, LetterSet.digit.holds(letter), place - start < 6 { place += 1 }
        return Int(String(String.UnicodeScalarView(text[start..<place])))
    }

    private mutating func single() throws(NamePatternMistake) -> NamePatternNode {
        if take("(") { return try group() }
        if take("[") { return .letter(try set()) }
        if take(".") { return .letter(.any) }
        if take("^") { return .start }
        if take("$") { return .end }
        if take(#"\"#) { return try escaped() }
        guard let letter = next, !"*+?{".unicodeScalars.contains(letter) else {
            throw NamePatternMistake("there is nothing before '\(next.map { String($0) } ?? "")' to repeat")
        }
        place += 1
        return .letter(LetterSet(letter...letter, ignoresCase: ignoresCase))
    }

    private mutating func group() throws(NamePatternMistake) -> NamePatternNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.deepest { throw NamePatternMistake("groups lie more than \(Self.deepest) deep in each other") }
        if take("?i)") {
            ignoresCase = true
            return .nothing
        }
        let before = ignoresCase
        defer { ignoresCase = before }
        var number: Int?
        if take("?:") {
            number = nil
        } else if take("?i:") {
            ignoresCase = true
        } else if take("?P<") || (!isLookBehind && take("?<")) {
            number = names.count
            names.append(try name())
        } else if next == "?" {
            throw NamePatternMistake("look-ahead, look-behind and other groups that begin with '(?' are not known")
        } else {
            number = names.count
            names.append(nil)
        }
        let node = try either()
        guard take(")") else { throw NamePatternMistake("a ')' is missing") }
        return number.map { .part(node, number: $0) } ?? node
    }

    private var isLookBehind: Bool {
        let rest = text[place...]
        return rest.starts(with: "?<=".unicodeScalars) || rest.starts(with: "?<!".unicodeScalars)
    }

    private mutating func name() throws(NamePatternMistake) -> String {
        let start = place
        while let letter = next, LetterSet.word.holds(letter) { place += 1 }
        let name = String(String.UnicodeScalarView(text[start..<place]))
        guard !name.isEmpty, take(">") else { throw NamePatternMistake("the name of a part must be as in '(?<date>'") }
        if names.contains(name) { throw NamePatternMistake("two parts are named '\(name)'") }
        return name
    }

    private mutating func escaped() throws(NamePatternMistake) -> NamePatternNode {
        if take("b") { return .wordEdge(true) }
        if take("B") { return .wordEdge(false) }
        if take("A") { return .start }
        if take("z") || take("Z") { return .end }
        if let set = takeClass() { return .letter(set) }
        let letter = try escapedLetter()
        return .letter(LetterSet(letter...letter, ignoresCase: ignoresCase))
    }

    private mutating func takeClass() -> LetterSet? {
        let classes: [(String, LetterSet)] = [("d", .digit), ("w", .word), ("s", .space)]
        for (letter, set) in classes {
            if take(letter) { return set }
            if take(letter.uppercased()) { return set.inverted }
        }
        return nil
    }

    private mutating func escapedLetter() throws(NamePatternMistake) -> Unicode.Scalar {
        guard let letter = next else { throw NamePatternMistake(#"it ends with '\'"#) }
        let isKnown = letter.isASCII ? !LetterSet.word.holds(letter) || letter == "_" : true
        guard isKnown else { throw NamePatternMistake(#"'\\#(letter)' is not known"#) }
        place += 1
        return letter
    }

    private mutating func set() throws(NamePatternMistake) -> LetterSet {
        let isInverted = take("^")
        var set = LetterSet(ignoresCase: ignoresCase)
        var isFirst = true
        while isFirst || next != "]" {
            isFirst = false
            if next == "[" { throw NamePatternMistake(#"a '[' in a set must be written '\['"#) }
            for word in ["&&", "--", "~~"] where take(word) {
                throw NamePatternMistake("'\(word)' in a set is not known")
            }
            if take(#"\"#) {
                if let known = takeClass() {
                    set = set.union(known)
                    continue
                }
                let letter = try escapedLetter()
                set = set.union(try range(from: letter))
            } else if let letter = next {
                place += 1
                set = set.union(try range(from: letter))
            } else {
                throw NamePatternMistake("a ']' is missing")
            }
        }
        place += 1
        return isInverted ? set.inverted : set
    }

    private mutating func range(from first: Unicode.Scalar) throws(NamePatternMistake) -> LetterSet {
        guard next == "-", place + 1 < text.count, text[place + 1] != "]" else { return LetterSet(first...first) }
        place += 1
        var last = text[place]
        if take(#"\"#) {
            last = try escapedLetter()
        } else {
            place += 1
        }
        guard first <= last else { throw NamePatternMistake("the set's range '\(first)-\(last)' runs backwards") }
        return LetterSet(first...last)
    }
}
