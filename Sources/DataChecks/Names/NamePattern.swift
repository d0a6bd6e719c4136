import Foundation

/// A regular expression for a file's name that answers in a time that grows only with the lengths of name and pattern.
///
/// Senders choose the names, and an engine that tries one way after the other needs years for some of them. Here all
/// ways are followed at once, so there is no look-around and no back-reference, as in RE2.
struct NamePattern: Sendable {
    /// Names of parts, by their numbers; the whole is part 0.
    private let names: [String?]
    private let program: [Step]

    /// One step of a way through a name.
    enum Step: Sendable {
        case letter(LetterSet)
        case start
        case end
        case wordEdge(Bool)
        /// Ways are tried in this order.
        case split(Int, Int)
        case jump(Int)
        case mark(Int)
        case found
    }

    /// Throws what is wrong with the pattern, half a sentence.
    init(_ text: String) throws(NamePatternMistake) {
        // A letter is the same however its accents were written.
        var reader = NamePatternReader(Array(text.precomposedStringWithCanonicalMapping.unicodeScalars))
        let tree = try reader.read()
        names = reader.names
        var compiler = NamePatternCompiler()
        try compiler.add(.part(tree, number: 0))
        try compiler.add(.found)
        program = compiler.program
    }

    /// The named parts of a name that is as the pattern has it, in their order; nil for another name.
    func parts(of name: String) -> [(name: String, text: String)]? {
        let letters = Array(name.precomposedStringWithCanonicalMapping.unicodeScalars)
        var marks: [Int]?
        var ways = Ways(program, count: names.count * 2)
        ways.enter(0, at: 0, letters, [Int](repeating: -1, count: names.count * 2))
        for (index, letter) in letters.enumerated() {
            if ways.current.isEmpty { return nil }
            ways.step(over: letter, at: index, letters)
        }
        marks = ways.found
        guard let marks else { return nil }
        return names.indices.compactMap { number in
            guard let name = names[number], marks[number * 2] >= 0, marks[number * 2 + 1] >= marks[number * 2] else {
                return nil
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: letters[marks[number * 2]..<marks[number * 2 + 1]])
            return (name, String(text))
        }
    }
}

/// What is wrong with a pattern.
struct NamePatternMistake: Error, Equatable {
    /// Half a sentence: `there is a ')' too many`.
    let words: String

    init(_ words: String) { self.words = words }
}

/// All ways through a pattern that the beginning of a name leaves open, the preferred first.
private struct Ways {
    private let program: [NamePattern.Step]
    private(set) var current: [(place: Int, marks: [Int])] = []
    /// Where the preferred way ends with the name.
    private(set) var found: [Int]?
    private var seen: [Int]
    private var round = 0

    init(_ program: [NamePattern.Step], count: Int) {
        self.program = program
        seen = [Int](repeating: -1, count: program.count)
    }

    mutating func step(over letter: Unicode.Scalar, at index: Int, _ letters: [Unicode.Scalar]) {
        let ways = current
        current = []
        found = nil
        round += 1
        for way in ways {
            guard case .letter(let set) = program[way.place], set.holds(letter) else { continue }
            enter(way.place + 1, at: index + 1, letters, way.marks)
        }
    }

    /// Follows what reads no letter. By a list of our own: a pattern may nest deeper than the stack.
    mutating func enter(_ place: Int, at index: Int, _ letters: [Unicode.Scalar], _ marks: [Int]) {
        var waiting = [(place, marks)]
        while let (place, marks) = waiting.popLast() {
            if seen[place] == round { continue }
            seen[place] = round
            switch program[place] {
            case .letter: current.append((place, marks))
            case .found: if index == letters.count, found == nil { found = marks }
            case .jump(let next): waiting.append((next, marks))
            case .split(let first, let second):
                waiting.append((second, marks))
                waiting.append((first, marks))
            case .mark(let number):
                var marked = marks
                marked[number] = index
                waiting.append((place + 1, marked))
            case .start: if index == 0 { waiting.append((place + 1, marks)) }
            case .end: if index == letters.count { waiting.append((place + 1, marks)) }
            case .wordEdge(let wanted):
                let before = index > 0 && LetterSet.word.holds(letters[index - 1])
                let after = index < letters.count && LetterSet.word.holds(letters[index])
                if (before != after) == wanted { waiting.append((place + 1, marks)) }
            }
        }
    }
}
