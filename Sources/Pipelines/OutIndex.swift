import Domain

/// Finds the stage that writes a path, its folder, or something below it, without comparing all with all.
struct OutIndex {
    private var writer: [String: Int] = [:]
    /// All outputs in the order of their bytes with `/` first, so that what lies in a folder follows it.
    private var sorted: [(key: [UInt8], stage: Int)] = []
    /// Equal and nested outputs, in the order in which they were met.
    private(set) var clashes: [StageGraph.Mistake] = []

    init(_ stages: [Stage]) {
        for (index, stage) in stages.enumerated() {
            for output in stage.outs {
                if let first = writer[output.path.text] {
                    clashes.append(.sameOut(output.path, first, index))
                } else {
                    writer[output.path.text] = index
                    sorted.append((Self.key(output.path), index))
                }
            }
        }
        sorted.sort { $0.key.lexicographicallyPrecedes($1.key) }
        for (index, stage) in stages.enumerated() {
            for output in stage.outs {
                guard let outer = output.path.folders.first(where: { writer[$0.text] != nil }),
                    let first = writer[outer.text]
                else { continue }
                clashes.append(.nestedOuts(outer, first, inner: output.path, index))
            }
        }
    }

    /// The stages with an output that equals, contains or lies in the path, in the order of the stages.
    func writers(touching path: TreePath) -> [Int] {
        var found: [Int] = []
        for candidate in [path] + path.folders {
            if let stage = writer[candidate.text] { found.append(stage) }
        }
        let prefix = Self.key(path) + [0]
        var index = firstIndex(notBefore: prefix)
        while index < sorted.count, sorted[index].key.starts(with: prefix) {
            found.append(sorted[index].stage)
            index += 1
        }
        return found.sorted()
    }

    private func firstIndex(notBefore key: [UInt8]) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle].key.lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// No byte of a path is 0, so 0 in the place of `/` sorts before all others.
    private static func key(_ path: TreePath) -> [UInt8] { path.text.utf8.map { $0 == 0x2F ? 0 : $0 } }
}

extension TreePath {
    /// The folders that the path lies in, the nearest first.
    fileprivate var folders: [TreePath] {
        var folders: [TreePath] = []
        var rest = text[...]
        while let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            if let folder = TreePath(String(rest)) { folders.append(folder) }
        }
        return folders
    }
}
