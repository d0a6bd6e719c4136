/// Makes the steps of a pattern.
struct NamePatternCompiler {
    private(set) var program: [NamePattern.Step] = []
    /// Counts what makes no step, too: nothing can be repeated very often.
    private var visits = 0

    /// Bounds the time for one name: every letter meets each step once at most.
    private static let most = 10_000

    mutating func add(_ node: NamePatternNode) throws(NamePatternMistake) {
        visits += 1
        guard visits < Self.most, program.count < Self.most else { throw NamePatternMistake("it is too large") }
        switch node {
        case .nothing: break
        case .letter(let set): program.append(.letter(set))
        case .start: program.append(.start)
        case .end: program.append(.end)
        case .wordEdge(let wanted): program.append(.wordEdge(wanted))
        case .found: program.append(.found)
        case .all(let nodes): for node in nodes { try add(node) }
        case .either(let nodes): try add(either: nodes)
        case .part(let node, let number):
            program.append(.mark(number * 2))
            try add(node)
            program.append(.mark(number * 2 + 1))
        case .repeated(let node, let least, let most, let isLazy):
            for _ in 0..<least { try add(node) }
            guard let most else { return try add(endless: node, isLazy) }
            try add(node, atMost: most - least, isLazy)
        }
    }

    private mutating func add(either nodes: [NamePatternNode]) throws(NamePatternMistake) {
        var jumps: [Int] = []
        for (index, node) in nodes.enumerated() {
            if index == nodes.count - 1 {
                try add(node)
                break
            }
            let split = reserve()
            try add(node)
            jumps.append(reserve())
            program[split] = .split(split + 1, program.count)
        }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    private mutating func add(endless node: NamePatternNode, _ isLazy: Bool) throws(NamePatternMistake) {
        let split = reserve()
        try add(node)
        program.append(.jump(split))
        program[split] = Self.split(into: split + 1, past: program.count, isLazy)
    }

    private mutating func add(
        _ node: NamePatternNode, atMost count: Int, _ isLazy: Bool
    ) throws(NamePatternMistake) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(reserve())
            try add(node)
        }
        for split in splits { program[split] = Self.split(into: split + 1, past: program.count, isLazy) }
    }

    /// A step whose target is known only later.
    private mutating func reserve() -> Int {
        program.append(.jump(0))
        return program.count - 1
    }

    private static func split(into: Int, past: Int, _ isLazy: Bool) -> NamePattern.Step {
        isLazy ? .split(past, into) : .split(into, past)
    }
}
