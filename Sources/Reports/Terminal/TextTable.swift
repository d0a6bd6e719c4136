/// Rows of cells, aligned and cut to the width of a terminal.
struct TextTable {
    struct Column {
        let title: String
        var right = false

        static func left(_ title: String) -> Column { Column(title: title) }
        static func right(_ title: String) -> Column { Column(title: title, right: true) }
    }

    let columns: [Column]
    let rows: [[String]]

    /// True if nothing has to be cut.
    func fits(_ width: Int) -> Bool { excess(naturalWidths, over: width) <= 0 }

    /// The lines, without blanks at their ends.
    func lines(width: Int, brush: Brush) -> [String] {
        let widths = widths(within: width)
        let hasTitles = columns.contains { !$0.title.isEmpty }
        let head = hasTitles ? [line(columns.map(\.title), widths) { _ in .dim }] : []
        return (head + rows.map { line($0, widths, ink: Ink.init(for:)) }).map { $0(brush) }
    }

    /// As wide as the widest cell; while the line is too long, the widest column gives way.
    private func widths(within width: Int) -> [Int] {
        var widths = naturalWidths
        var excess = excess(widths, over: width)
        while excess > 0, let widest = widths.max(), widest > 4, let index = widths.firstIndex(of: widest) {
            let next = widths.filter { $0 < widest }.max() ?? 4
            let step = max(1, min(excess, widest - max(next, 4)))
            widths[index] -= step
            excess -= step
        }
        return widths
    }

    private func excess(_ widths: [Int], over width: Int) -> Int {
        widths.reduce(0, +) + gap.count * max(0, widths.filter { $0 > 0 }.count - 1) - width
    }

    private var naturalWidths: [Int] {
        columns.indices.map { index in
            rows.reduce(Reports.columns(of: columns[index].title)) { widest, row in
                max(widest, index < row.count ? Reports.columns(of: row[index]) : 0)
            }
        }
    }

    private func line(
        _ cells: [String], _ widths: [Int], ink: @escaping (String) -> Ink?
    ) -> (Brush) -> String {
        { brush in
            var line = ""
            var pending = ""
            for (index, cell) in cells.enumerated() where widths[index] > 0 {
                let text = fitted(cell, to: widths[index])
                let blanks = String(repeating: " ", count: widths[index] - Reports.columns(of: text))
                let before = columns[index].right ? blanks : ""
                if !text.isEmpty { line += pending + before + brush.paint(text, ink(cell)) }
                pending = (text.isEmpty ? pending + before : "") + (columns[index].right ? "" : blanks) + gap
            }
            return line
        }
    }

    private var gap: String { "  " }
}
