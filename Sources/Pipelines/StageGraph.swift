import Domain

/// Which stage reads what which other one writes.
struct StageGraph {
    let stages: [Stage]
    /// For every stage those whose outputs it reads, in the order of its deps; itself included if it reads its own.
    private let sources: [[Int]]
    private let clashes: [Mistake]

    /// What makes a graph impossible. Numbers are places in `stages`.
    enum Mistake: Equatable {
        case sameOut(TreePath, Int, Int)
        case nestedOuts(TreePath, Int, inner: TreePath, Int)
        case circle([Int])

        /// The stage at which it is shown.
        var last: Int {
            switch self {
            case .sameOut(_, let first, let second), .nestedOuts(_, let first, inner: _, let second): max(first, second)
            case .circle(let members): members.max() ?? 0
            }
        }
    }

    init(_ stages: [Stage]) {
        self.stages = stages
        let outs = OutIndex(stages)
        clashes = outs.clashes
        let byName = Dictionary(stages.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        sources = stages.map { stage in
            let named = stage.after.compactMap { byName[$0] }
            let read = (stage.deps + stage.params.map(\.file)).flatMap { outs.writers(touching: $0) }
            var seen: Set<Int> = []
            return (named + read).filter { seen.insert($0).inserted }
        }
    }

    /// Everything that is impossible; at most one circle.
    func mistakes() -> [Mistake] {
        let walk = Walk(sources)
        return clashes + (walk.circle.map { [.circle($0)] } ?? [])
    }

    /// The stages in order, `after` filled in. Only for a graph without mistakes.
    func ordered() -> [Stage] {
        let awaited = stages.indices.map { index in
            stages[index].frozen
                ? sources[index].filter { stages[index].after.contains(stages[$0].name) } : sources[index]
        }
        return Walk(awaited).order.map { index in
            var stage = stages[index]
            for source in awaited[index] where !stage.after.contains(stages[source].name) {
                stage.after.append(stages[source].name)
            }
            return stage
        }
    }
}

extension StageGraph.Mistake {
    /// The sentence for people, with stages named by the caller.
    func sentence(_ name: (Int) -> String) -> String {
        switch self {
        case .sameOut(let path, let first, let second):
            return first == second
                ? "stage \(name(first)) names the output '\(path)' twice"
                : "stages \(name(first)) and \(name(second)) both write '\(path)'"
        case .nestedOuts(let outer, let first, let inner, let second):
            return first == second
                ? "in stage \(name(first)) the output '\(inner)' lies in the output '\(outer)'"
                : "the output '\(inner)' of stage \(name(second)) lies in the output '\(outer)' of stage \(name(first))"
        case .circle(let members):
            guard members.count > 1 else {
                return "stage \(name(members.first ?? 0)) reads what it writes itself"
            }
            let shown = members.prefix(10).map(name).joined(separator: ", ") + (members.count > 10 ? ", …" : "")
            return "stages \(shown) wait for one another in a circle"
        }
    }
}

/// Depth-first post-order, without recursion because a hostile chain may be long.
private struct Walk {
    private(set) var order: [Int] = []
    private(set) var circle: [Int]?

    init(_ sources: [[Int]]) {
        enum Mark { case new, open, done }
        var marks = Array(repeating: Mark.new, count: sources.count)
        for start in sources.indices where marks[start] == .new {
            var path: [(stage: Int, next: Int)] = [(start, 0)]
            marks[start] = .open
            while let (stage, next) = path.last {
                guard next < sources[stage].count else {
                    marks[stage] = .done
                    order.append(stage)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let source = sources[stage][next]
                switch marks[source] {
                case .new:
                    marks[source] = .open
                    path.append((source, 0))
                case .open where circle == nil:
                    circle = path.map(\.stage).drop { $0 != source } + []
                case .open, .done: break
                }
            }
        }
    }
}
