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
