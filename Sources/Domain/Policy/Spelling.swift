/// Finds what a person meant to type.
package enum Spelling {
    /// The nearest of the words, if it is near enough to be worth suggesting: at most a third of its letters differ
    /// (Damerau-Levenshtein distance with adjacent transpositions, case ignored).
    package static func nearest(to word: String, in words: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased().prefix(100))
        var best: (word: String, distance: Int)?
        for candidate in words {
            let distance = distance(typed, Array(candidate.lowercased().prefix(100)))
            let allowed = max(1, candidate.count / 3)
            if distance <= allowed, distance < (best?.distance ?? .max) { best = (candidate, distance) }
        }
        return best?.word
    }

    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var twoBack: [Int] = []
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + Array(repeating: 0, count: right.count)
            for column in 1...right.count {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                current[column] = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    current[column] = min(current[column], twoBack[column - 2] + 1)
                }
            }
            twoBack = previous
            previous = current
        }
        return previous[right.count]
    }
}
