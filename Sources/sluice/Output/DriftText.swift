import DataChecks
import Domain
import Foundation
import Host
import Reports

/// A drift for the terminal: a line for each column with its measures and both distributions.
enum DriftText {
    static func lines(
        _ drift: Drift, _ verdict: DriftVerdict, _ names: DataDriftCommand.Names, hasLimits: Bool
    ) -> [String] {
        var lines = [
            "reference  \(names.reference), \(counted(Int(drift.referenceRows), "row"))",
            "new data   \(names.current), \(counted(Int(drift.currentRows), "row"))", "",
        ]
        let drifted = Set(verdict.findings.compactMap(\.column))
        let head = [
            "", "column", "kind", "psi", "ks/linf", "js", "w1/p", "nulls", "reference", "new data", "categories",
        ]
        lines += Table.lines([head] + drift.columns.map { row($0, isDrifted: drifted.contains($0.column.shown())) })
        if !drift.newColumns.isEmpty {
            lines += ["", "not in the reference: \(drift.newColumns.map { $0.shown() }.joined(separator: ", "))"]
        }
        lines.append("")
        lines += verdict.findings.map { "drift: \($0.message)" }
        lines += verdict.unanswered.map { "could not tell: \($0)" }
        if !hasLimits {
            lines.append("no limits were given, so nothing was judged ('--limits FILE')")
        } else if verdict.findings.isEmpty, verdict.unanswered.isEmpty {
            lines.append("no limit is passed")
        }
        return lines.map(Console.printable)
    }

    private static func row(_ column: ColumnDrift, isDrifted: Bool) -> [String] {
        func number(_ measures: Measure...) -> String {
            measures.compactMap { column[$0] }.first.map { String(format: "%.3g", $0.value) } ?? "-"
        }
        let nulls = [column.referenceNulls, column.currentNulls].map { String(format: "%.3g%%", $0 * 100) }
        let bars = Sparkline.pair(column.picture.map { ($0.reference, $0.current) })
        return [
            isDrifted ? "!" : "", column.column.shown(limit: 24), column.reference.values.kind, number(.psi),
            number(.ks, .linf), number(.js), number(.wasserstein, .chi2P),
            nulls[0] == nulls[1] ? nulls[0] : "\(nulls[0]) > \(nulls[1])",
            bars.before,
            bars.after, categories(column),
        ]
    }

    private static func categories(_ column: ColumnDrift) -> String {
        let parts = [("new", column.newCategories), ("gone", column.vanishedCategories)].filter { !$0.1.isEmpty }
        return parts.map { word, names in
            let more = names.count > 3 ? " and \(names.count - 3) more" : ""
            return "\(word): \(names.prefix(3).map { $0.shown(limit: 16) }.joined(separator: ", "))\(more)"
        }.joined(separator: "; ")
    }
}
