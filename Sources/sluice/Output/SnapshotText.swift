import DataChecks
import Domain
import Engine
import Foundation
import Host
import Reports
import Storage

/// A snapshot for the terminal: its files, and what its columns look like.
enum SnapshotText {
    /// What is not known.
    static let unknown = "–"

    static func lines(_ snapshot: Store.Snapshot, rows: [Int64?], schema: Engine.SchemaFile?) -> [String] {
        let size = "\(counted(snapshot.files.count, "file")), \(ReportRenderer.size(snapshot.bytes))"
        var lines = [
            "\(title(snapshot)) of '\(snapshot.ref.dataset)', \(origin(snapshot))",
            total(rows).map { "\(size), \(counted(Int($0), "row"))" } ?? size,
        ]
        if let schema {
            lines.append("schema \(schema.path.text.shown()), \(schema.digest?.short ?? "not there")")
        }
        let files = zip(snapshot.files, rows).map { file, rows in
            [file.name, ReportRenderer.size(file.artifact.bytes), count(rows), file.artifact.digest.short]
        }
        return lines.map(Console.printable) + [""] + Table.lines([["file", "size", "rows", "digest"]] + files)
    }

    /// `snapshot 3`
    static func title(_ snapshot: Store.Snapshot) -> String { "snapshot \(snapshot.ref.number)" }

    /// Digest, time and person.
    static func origin(_ snapshot: Store.Snapshot) -> String {
        let by = snapshot.by.map { ", by \($0)" } ?? ""
        return "\(snapshot.ref.digest.short), \(moment(snapshot.createdAt))\(by)"
    }

    static func count(_ rows: Int64?) -> String { rows.map(String.init) ?? unknown }

    /// A line for each column.
    static func columns(_ profile: Profile, hiding sensitive: Set<String>) -> [String] {
        let head = ["column", "kind", "nulls", "min", "mean", "deviation", "max", "distribution", "most frequent"]
        return Table.lines(
            [head] + profile.columns.map { row($0, rows: profile.rows, isHidden: sensitive.contains($0.name)) })
    }

    private static func row(_ column: ColumnProfile, rows: Int64, isHidden: Bool) -> [String] {
        let numbers = isHidden ? nil : column.values.numbers.flatMap { $0.count > 0 ? $0 : nil }
        return [
            column.name.shown(limit: 24), column.values.kind, percent(Double(column.nulls) / Double(max(1, rows))),
            value(numbers?.minimum, of: column), value(numbers?.mean, of: column),
            span(numbers?.deviation, of: column), value(numbers?.maximum, of: column),
            Sparkline.text(column.picture.map(\.share)),
            isHidden
                ? "(not shown)"
                : column.frequent.prefix(3).map { "\($0.name.shown(limit: 16)) \(percent($0.share))" }
                    .joined(separator: ", "),
        ]
    }

    static func percent(_ share: Double) -> String { String(format: "%.3g %%", share * 100) }

    /// A number of the column; a time in words as long as there is a calendar for it.
    static func value(_ number: Double?, of column: ColumnProfile) -> String {
        guard let number else { return unknown }
        guard case .times = column.values, (-62_135_596_800..<253_402_300_800).contains(number) else {
            return String(format: "%.6g", number)
        }
        let text = Timestamp.text(Date(timeIntervalSince1970: number))
        return text.hasSuffix("T00:00:00.000Z") ? String(text.prefix(10)) : String(text.prefix(19)) + "Z"
    }

    /// A difference between numbers of the column: of times in days or hours.
    private static func span(_ number: Double?, of column: ColumnProfile) -> String {
        guard let number else { return unknown }
        guard case .times = column.values else { return String(format: "%.6g", number) }
        return number >= 86_400
            ? String(format: "%.3g d", number / 86_400) : String(format: "%.3g h", number / 3600)
    }
}
