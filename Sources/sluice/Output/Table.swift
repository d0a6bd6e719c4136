import Domain
import Foundation

/// Plain columns for lists.
enum Table {
    /// Left-aligned columns two blanks apart, without blanks at the end. Cells are made printable and cut.
    static func lines(_ rows: [[String]], limit: Int = 60) -> [String] {
        let cells = rows.map { row in row.map { cut(Console.printable($0).replacing("\n", with: " "), limit) } }
        let columns = cells.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            cells.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return cells.map { row in
            let line = row.enumerated().map { index, cell in
                cell + String(repeating: " ", count: widths[index] - cell.count)
            }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }
}

/// A time for people: `2026-11-24 15:04:05 UTC`. Scripts get milliseconds from `--json`.
func moment(_ date: Date) -> String {
    Timestamp.text(date).prefix(19).replacing("T", with: " ") + " UTC"
}

/// `1 file`, `3 files`.
func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}
