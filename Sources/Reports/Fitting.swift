import Domain

/// Makes a page smaller, whole rows and sections at a time, until what is rendered from it fits.
struct Fitting {
    /// One thing that can be left out: its name in the sentence on what is missing, and how to take it away.
    private struct Cut {
        let name: String
        /// Says how many rows went; 0: there was nothing to take.
        let take: (inout Page) -> Int

        init(_ name: String, _ take: @escaping (inout Page) -> Int) {
            self.name = name
            self.take = take
        }
    }

    /// Bytes that any report fits into, whatever is in it.
    static let least = 4_000
    /// Of a report without a stated limit.
    static let usual = 400_000

    /// The page without its least important parts, and how long one text may be.
    struct Level {
        var page: Page
        var textLimit: Int?
        /// Names of what is gone, or gone in part.
        var left: [String] = []
        /// False for everything.
        var isCut = false
    }

    /// From everything to almost nothing; each holds less than the one before.
    static func levels(_ page: Page) -> [Level] {
        var level = Level(page: page)
        var levels = [level]
        level.isCut = true
        level.textLimit = 1_000
        levels.append(level)
        for cut in cuts {
            let taken = cut.take(&level.page)
            guard taken > 0 else { continue }
            level.left.removeAll { $0 == cut.name }
            level.left.append(cut.name)
            levels.append(level)
        }
        for limit in [300, 100] {
            level.textLimit = limit
            levels.append(level)
        }
        return levels
    }

    /// The first level whose text fits, found by halving; the last if none does.
    /// - Parameter text: what is shown of a level.
    static func fit(_ page: Page, within limit: Int, text: (Level) -> String) -> (text: String, fits: Bool) {
        let whole = text(Level(page: page))
        if whole.utf8.count <= limit { return (whole, true) }
        let levels = levels(page)
        var (low, high) = (1, levels.count - 1)
        var best = text(levels[high])
        guard best.utf8.count <= limit else { return (best, false) }
        while low < high {
            let middle = (low + high) / 2
            let shown = text(levels[middle])
            if shown.utf8.count <= limit {
                best = shown
                high = middle
            } else {
                low = middle + 1
            }
        }
        return (best, true)
    }

    /// The least important first.
    private static var cuts: [Cut] { pictures + lists + sections }

    /// What a reader looks at after everything else.
    private static var pictures: [Cut] {
        [
            Cut("digests") { drop(&$0.digests) },
            Cut("curves") { drop(&$0.curves) },
            Cut("pictures of drift") { page in
                rows(&page.drift) { row in
                    let count = row.pictures.count
                    row.pictures = []
                    return count
                }
            },
            Cut("training curves") { drop(&$0.training) },
            Cut("feature importance") { page in within(&page.importance) { $0.features.cut(to: 10) } },
            Cut("confusion matrix") { drop(&$0.confusion) },
            Cut("feature importance") { drop(&$0.importance) },
        ]
    }

    /// Long lists become short ones.
    private static var lists: [Cut] {
        [
            Cut("slices") { page in within(&page.slices) { $0.moved.cut(to: 5) } },
            Cut("packages") { page in within(&page.changes) { drop(&$0.packages) } },
            Cut("replayed runs") { page in
                within(&page.replay) { each(&$0.groups) { $0.replayed.cut(to: 5) } }
            },
            Cut("slices") { drop(&$0.slices) },
            Cut("stages") { page in
                within(&page.stages) { stages in
                    let before = stages.rows.count
                    stages.rows.removeAll { $0.outcome == "✓" }
                    stages.left += before - stages.rows.count
                    return before - stages.rows.count
                }
            },
            Cut("changes") { page in
                within(&page.changes) { changes in
                    short(&changes.commits, 5) + short(&changes.parameters, 5) + short(&changes.policy, 5)
                        + short(&changes.datasets, 5)
                }
            },
            Cut("notes") { drop(&$0.notes) },
            Cut("columns of drift") { page in
                rows(&page.drift) { each(&$0.moved) { $0.cut(to: 5) } + each(&$0.doubts) { $0.cut(to: 3) } }
            },
            Cut("the project's sections") { drop(&$0.sections) },
            Cut("complaints") { page in rows(&page.failures) { each(&$0.complaints) { $0.cut(to: 3) } } },
            Cut("metrics") { page in
                within(&page.comparison) { $0.metrics.cut(to: 10) } + within(&page.alone) { short(&$0.metrics, 10) }
            },
        ]
    }

    /// Whole sections, until nothing but the answer and what speaks against it is left.
    private static var sections: [Cut] {
        [
            Cut("replayed runs") { drop(&$0.replay) },
            Cut("stages") { drop(&$0.stages) },
            Cut("drift") { drop(&$0.drift) },
            Cut("changes") { drop(&$0.changes) },
            Cut("gates") { page in
                within(&page.gates) { gates in
                    // What did not pass is said first.
                    let isYes = { (row: Page.GateRow) in row.outcome == "✓" }
                    gates.rows = gates.rows.filter { !isYes($0) } + gates.rows.filter(isYes)
                    return gates.cut(to: 10)
                }
            },
            Cut("failures") { short(&$0.failures, 3) },
            Cut("exceptions") { short(&$0.exceptions, 5) },
            Cut("reasons") { short(&$0.reasons, 3) },
            Cut("warnings") { short(&$0.warnings, 3) },
            Cut("what it was made from") { drop(&$0.data) },
            Cut("failures") { drop(&$0.failures) },
            Cut("metrics") { page in
                within(&page.comparison) { $0.metrics.cut(to: 3) } + within(&page.alone) { short(&$0.metrics, 3) }
            },
            Cut("exceptions") { page in
                short(&page.exceptions, 2) + rows(&page.exceptions) { $0.claims.cut(to: 1) }
            },
            Cut("gates") { short(&$0.gates, 3) },
            Cut("warnings") { short(&$0.warnings, 1) },
            Cut("reasons") { drop(&$0.reasons) },
            Cut("metrics") { drop(&$0.comparison) + drop(&$0.alone) },
            Cut("exceptions") { short(&$0.exceptions, 1) },
        ]
    }

    /// Takes a part away.
    private static func drop<Part>(_ part: inout Part?) -> Int {
        let count = part == nil ? 0 : 1
        part = nil
        return count
    }

    private static func short<Row>(_ table: inout Page.Table<Row>?, _ limit: Int) -> Int {
        within(&table) { $0.cut(to: limit) }
    }

    private static func rows<Row>(_ table: inout Page.Table<Row>?, _ take: (inout Row) -> Int) -> Int {
        within(&table) { each(&$0.rows, take) }
    }

    private static func each<Row>(_ rows: inout [Row], _ take: (inout Row) -> Int) -> Int {
        rows.indices.reduce(0) { $0 + take(&rows[$1]) }
    }

    private static func within<Part>(_ part: inout Part?, _ take: (inout Part) -> Int) -> Int {
        guard var whole = part else { return 0 }
        let count = take(&whole)
        part = whole
        return count
    }
}
