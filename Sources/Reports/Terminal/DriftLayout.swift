extension Layout {
    /// For each dataset its sentence, then for each column the facts with both distributions beside them, the reference
    /// above the new data.
    func drift(_ drift: Page.Table<Page.DriftRow>?) -> [String] {
        guard let drift else { return [] }
        return drift.rows.flatMap { row in
            text("\(row.concerning): \(([row.summary] + row.consequence).joined(separator: " "))")
                + row.doubts.flatMap { doubts in doubts.rows.flatMap { text($0, mark: "? ") } + doubts.more }
                + row.moved.flatMap(moved)
        } + drift.more
    }

    private func moved(_ moved: Page.Table<Page.MovedRow>) -> [String] {
        let table = TextTable(
            columns: [.left(""), .left("column"), .left("measured / limit"), .left("distribution")],
            rows: moved.rows.flatMap(rows))
        return table.lines(width: width - 2, brush: brush) + moved.more
    }

    private func rows(_ row: Page.MovedRow) -> [[String]] {
        let facts = row.measured + ["missing \(row.missing)"] + row.categories
        let pictures = row.before.isEmpty ? [] : ["\(row.before) then", "\(row.after) now"]
        // The column that gives way to a narrow terminal is the one of names.
        let name = fitted(row.moving, to: width < 76 ? 14 : 28)
        return (0..<max(facts.count, pictures.count)).map { line in
            [
                line == 0 ? row.beyond : "", line == 0 ? name : "", line < facts.count ? facts[line] : "",
                line < pictures.count ? pictures[line] : "",
            ]
        }
    }
}
