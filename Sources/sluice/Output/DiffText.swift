import DataChecks
import Domain
import Engine
import Foundation
import Host
import Reports
import Storage

/// A difference of snapshots for the terminal.
struct DiffText {
    let diff: SnapshotDiff
    /// True: lists every file and column.
    let isWhole: Bool

    private static let most = (files: 50, columns: 20)

    func lines() -> [String] {
        let (before, after) = (diff.before, diff.after)
        if diff.isEqual {
            let same = before.ref.number == after.ref.number
            return [
                same
                    ? "that is the same snapshot twice"
                    : "snapshots \(before.ref.number) and \(after.ref.number) of '\(after.ref.dataset)' have the same content"
            ]
        }
        var lines = [
            "before  \(SnapshotText.title(before)) of '\(before.ref.dataset)', \(SnapshotText.origin(before))",
            "after   \(SnapshotText.title(after)) of '\(after.ref.dataset)', \(SnapshotText.origin(after))", "",
        ]
        lines += files()
        switch diff.content {
        case .unasked: break
        case .measured(let tables): lines += columns(tables) + distributions(tables.drift)
        case .unreadable(let why): lines += ["", "rows and columns could not be compared: \(why)"]
        }
        return lines.map(Console.printable)
    }

    // MARK: Files

    private func files() -> [String] {
        let added = diff.files.filter { $0.before == nil }
        let removed = diff.files.filter { $0.after == nil }
        let changed = diff.files.filter { $0.before != nil && $0.after != nil }
        let counts = summary([
            ("added", added.count), ("removed", removed.count), ("changed", changed.count),
            ("the same", diff.unchangedFiles),
        ])
        let known = diff.files.contains { ($0.before?.rows ?? $0.after?.rows) != nil }
        let all = (added + removed + changed).map { row($0, hasRows: known) }
        let shown = isWhole ? all : Array(all.prefix(DiffText.most.files))
        return ["files: \(counts)"] + Table.lines(shown).map { "  " + $0 } + left(all.count - shown.count, "file")
    }

    private func row(_ file: SnapshotDiff.File, hasRows: Bool) -> [String] {
        let sides = [file.before, file.after].compactMap { $0 }
        let sign = file.before == nil ? "+" : file.after == nil ? "-" : "~"
        let sizes = step(sides.map { ReportRenderer.size($0.bytes) })
        let rows = "\(step(sides.map { SnapshotText.count($0.rows) })) rows"
        return ["\(sign) \(file.name)", sizes, hasRows ? rows : ""]
    }

    private func step(_ sides: [String]) -> String {
        Set(sides).count == 1 ? sides[0] : sides.joined(separator: " → ")
    }

    private func summary(_ parts: [(String, Int)]) -> String {
        let some = parts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
        return some.isEmpty ? "none" : some.joined(separator: ", ")
    }

    private func left(_ count: Int, _ noun: String) -> [String] {
        count > 0 ? ["  and \(counted(count, noun)) more ('--all' lists all)"] : []
    }

    // MARK: Columns

    private func columns(_ tables: SnapshotDiff.Tables) -> [String] {
        let change = tables.rows.after - tables.rows.before
        let sign = change > 0 ? "+" : ""
        let rows =
            change == 0
            ? "\(tables.rows.after), as before"
            : "\(tables.rows.before) → \(tables.rows.after) (\(sign)\(change))"
        let counts = summary([
            ("added", tables.added.count), ("removed", tables.removed.count),
            ("of another kind", tables.otherKind.count), ("of the same kind", tables.drift.count),
        ])
        let lines =
            tables.added.map { ["+ \($0.name.shown(limit: 40))", $0.values.kind] }
            + tables.removed.map { ["- \($0.name.shown(limit: 40))", $0.values.kind] }
            + tables.otherKind.map {
                ["~ \($0.before.name.shown(limit: 40))", "\($0.before.values.kind) → \($0.after.values.kind)"]
            }
        let shown = isWhole ? lines : Array(lines.prefix(DiffText.most.files))
        return ["", "rows: \(rows)", "columns: \(counts)"] + Table.lines(shown).map { "  " + $0 }
            + left(lines.count - shown.count, "column")
    }

    private func distributions(_ columns: [ColumnDrift]) -> [String] {
        let moved = isWhole ? columns : columns.filter(\.hasMoved)
        let same = columns.count - moved.count
        let rest = same > 0 ? ["  as before: \(counted(same, "column"))"] : []
        if moved.isEmpty { return rest }
        let shown = isWhole ? moved : Array(moved.prefix(DiffText.most.columns))
        let head = ["column", "kind", "psi", "ks/linf", "", "nulls", "mean", "distribution", "categories"]
        return ["", "distributions, the farthest first:"]
            + Table.lines([head] + shown.flatMap(pair)).map { "  " + $0 } + left(moved.count - shown.count, "column")
            + rest
    }

    /// Two lines: before and after.
    private func pair(_ column: ColumnDrift) -> [[String]] {
        func number(_ measures: Measure...) -> String {
            measures.compactMap { column[$0] }.first.map { String(format: "%.3g", $0.value) } ?? SnapshotText.unknown
        }
        func mean(_ side: ColumnProfile) -> String {
            let numbers = column.isHidden ? nil : side.values.numbers.flatMap { $0.count > 0 ? $0 : nil }
            return SnapshotText.value(numbers?.mean, of: side)
        }
        let bars = Sparkline.pair(column.picture.map { ($0.reference, $0.current) })
        return [
            [
                column.column.shown(limit: 24), column.reference.values.kind, number(.psi), number(.ks, .linf),
                "before", SnapshotText.percent(column.referenceNulls), mean(column.reference),
                bars.before, named("gone", column.vanishedCategories),
            ],
            [
                "", "", "", "", "after", SnapshotText.percent(column.currentNulls), mean(column.current),
                bars.after, named("new", column.newCategories),
            ],
        ]
    }

    private func named(_ word: String, _ names: [String]) -> String {
        if names.isEmpty { return "" }
        let more = names.count > 3 ? " and \(names.count - 3) more" : ""
        return "\(word): \(names.prefix(3).map { $0.shown(limit: 12) }.joined(separator: ", "))\(more)"
    }
}

extension ColumnDrift {
    /// False if all that is measured is the same on both sides.
    fileprivate var hasMoved: Bool {
        referenceNulls != currentNulls || reference.values.count == 0 || current.values.count == 0
            || measures.contains { $0.measure != .chi2P && $0.value > 0 }
    }
}
